//! `rtreg lsp`: an editor is told what `rtreg lint` would say of the same file. Settings and baselines are found here; the
//! protocol is the crate `rtreg-lsp`'s.

use std::collections::BTreeMap;
use std::io::{BufReader, stdin, stdout};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use rtreg_checker::{LintOptions, check, levels::Levels};
use rtreg_lsp::{Checked, Ended, Host, serve};
use rtreg_model::FileId;

use super::lint::check_text;
use crate::config::{Resolver, SettingArguments, Settings};
use crate::error::{CliError, Exit};

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    settings: SettingArguments,
    /// For clients that ask for it; there is no other way.
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Serves one editor.
///
/// # Errors
/// Settings on the command line that cannot be used; standard output cannot be written.
pub fn run(arguments: Arguments) -> Result<Exit, CliError> {
    // What is wrong on the command line is said before the editor waits for an answer.
    Resolver::new(&arguments.settings)?;
    let editor = Editor { arguments: arguments.settings, known: BTreeMap::new() };
    let ended = serve(BufReader::new(stdin()), stdout(), editor)
        .map_err(|error| CliError::io(format!("standard output cannot be written: {error}")))?;
    Ok(match ended {
        Ended::Properly => Exit::Done,
        Ended::Abruptly => Exit::Left,
    })
}

/// What tells whether a file is still the one that was read: inode, modification in nanoseconds, length.
type Stamp = Option<(u64, i64, i64, u64)>;

/// Settings by the file they come from, as they were read last.
struct Editor {
    arguments: SettingArguments,
    known: BTreeMap<Option<PathBuf>, (Stamp, Arc<Settings>)>,
}

impl Editor {
    /// What holds for a file now; a file with settings is read again when it changed.
    fn settings(&mut self, path: &Path) -> Result<Arc<Settings>, CliError> {
        let file = Resolver::file_of(&self.arguments, path);
        let stamp = file.as_deref().and_then(stamp);
        if let Some((_, settings)) = self.known.get(&file).filter(|(before, _)| *before == stamp) {
            return Ok(Arc::clone(settings));
        }
        let settings = Resolver::new(&self.arguments)?.of(path)?;
        self.known.insert(file, (stamp, Arc::clone(&settings)));
        Ok(settings)
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok()?;
    Some((metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), metadata.len()))
}

impl Host for Editor {
    fn check(&mut self, path: Option<&Path>, text: &str) -> Checked {
        // A text without a file is what standard input is to the command line.
        let path = path.unwrap_or(Path::new("-"));
        match self.settings(path) {
            Ok(settings) => {
                let (findings, fault) = check_text(path, text.as_bytes(), &settings);
                let checked = Checked::new(findings, settings.lint_options(path));
                match fault {
                    Some(fault) => checked.trouble(fault.words()),
                    None => checked,
                }
            }
            Err(error) => {
                let options = LintOptions::default();
                let rtr = rtreg_parser::parse(text.as_bytes(), FileId(0));
                Checked::new(check(&rtr, &options, &Levels::default()), options).trouble(error.words())
            }
        }
    }
}
