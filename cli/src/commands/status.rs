//! `rtreg status`: where the store is, why there, and what it holds.

use std::path::Path;

use rtreg_registry::commands::status::{Place, Report, status};
use rtreg_registry::inspect;

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::output;

/// Shows it.
///
/// # Errors
/// A store that cannot be read.
pub fn run(app: &App) -> Result<Exit, CliError> {
    let (path, because) = app.place()?;
    let bytes = bytes_on_disk(&path);
    let place = Place {
        store: format!("sqlite:{}", path.display()),
        because: because.to_owned(),
        exists: bytes.is_some(),
        bytes,
    };
    let local_node = app.context().local_node;
    let store = app.store_for_reading()?;
    let report = inspect(store, |view| status(view, env!("CARGO_PKG_VERSION"), &local_node, place))?;
    output::answer(app, &report, Report::text)
}

/// The database and its log.
fn bytes_on_disk(path: &Path) -> Option<u64> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let bytes = |path: &Path| std::fs::metadata(path).ok().map(|found| found.len());
    Some(bytes(path)? + bytes(Path::new(&log)).unwrap_or(0))
}
