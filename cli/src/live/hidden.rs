//! The hidden subcommands: coordinator of a run, supervisor of a method. Looked at before anything else, since a supervisor is started
//! for each step.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use rtreg_registry::{CommandError, Context};
use rtreg_runtime::live::{self, COORDINATE_COMMAND, Event, Mode, SUPERVISE_COMMAND, World};
use rtreg_store::SqliteStore;

use super::asked::{ASKED_COMMAND, asked};
use super::{REASON_VARIABLE, place_of};
use crate::app;
use crate::error::Exit;

/// Is a process of a run, if that is what it was started as; the arguments are those behind the program.
pub fn hidden(arguments: &[OsString]) -> Option<u8> {
    let (command, rest) = arguments.split_first()?;
    let act: fn(&[String], &World<'_>) -> Result<(), CommandError> = match command.to_str()? {
        SUPERVISE_COMMAND => |rest, world| live::supervise(world, rest),
        COORDINATE_COMMAND => coordinate,
        ASKED_COMMAND => |_, _| Ok(()),
        _ => return None,
    };
    let words: Option<Vec<String>> = rest.iter().map(|word| word.to_str().map(str::to_owned)).collect();
    let words = words?;
    if command == ASKED_COMMAND {
        return Some(asked(&words));
    }
    let (store, words) = words.split_first()?;
    live::leave_behind();
    Some(match with_world(Path::new(store), |world| act(words, world)) {
        Ok(()) => Exit::Done.code(),
        Err(error) => {
            // Standard error is the run's file of complaints.
            eprintln!("error: {} {}: {error}", command.display(), words.join(" "));
            Exit::Failed.code()
        }
    })
}

fn with_world(path: &Path, act: impl FnOnce(&World<'_>) -> Result<(), CommandError>) -> Result<(), CommandError> {
    let missing = || CommandError::Internal(format!("there is no store at {}", path.display()));
    let store = SqliteStore::open_existing(path)?.ok_or_else(missing)?;
    let program = std::env::current_exe().map_err(|error| CommandError::Internal(error.to_string()))?;
    let clock = || context();
    act(&World { store: &store, clock: &clock, place: place_of(path), node: context().local_node, program })
}

fn context() -> Context {
    app::context(std::env::var(REASON_VARIABLE).ok())
}

/// Carries a run on: run, direction, and the file of events.
fn coordinate(words: &[String], world: &World<'_>) -> Result<(), CommandError> {
    let (run, epoch, mode, file) = match words {
        [run, epoch, mode] => (run, epoch, mode, None),
        [run, epoch, mode, file] => (run, epoch, mode, Some(PathBuf::from(file))),
        _ => return Err(CommandError::Internal("a coordinator is called with run and direction".to_owned())),
    };
    let mode = Mode::parse(mode).ok_or_else(|| CommandError::Internal("a run goes on or back".to_owned()))?;
    let broken = |error: io::Error| CommandError::Internal(error.to_string());
    live::leave();
    let lock = File::from(io::stdin().as_fd().try_clone_to_owned().map_err(broken)?);
    live::sign_owner(&lock).map_err(broken)?;
    let epoch = epoch.parse().map_err(|_| CommandError::Internal("an epoch is a number".to_owned()))?;
    std::thread::scope(|scope| {
        let (say, heard) = channel();
        std::thread::Builder::new()
            .name("tell".to_owned())
            .spawn_scoped(scope, move || tell(file.as_deref(), &heard))
            .map_err(broken)?;
        let mut say = |event: &Event| {
            if let Ok(line) = serde_json::to_string(event) {
                _ = say.send(line);
            }
        };
        live::coordinate(world, (run, epoch, mode), &lock, &mut say).map(drop)
    })
}

/// Tells events to whoever follows, in a thread of its own: a reader who is slow, stopped or gone holds nothing up.
fn tell(file: Option<&Path>, heard: &Receiver<String>) {
    let open = |file: &Path| match OpenOptions::new().create(true).append(true).open(file) {
        Ok(file) => Some(file),
        Err(error) => {
            // Standard error is the run's file of complaints.
            eprintln!("error: {}: {error}", file.display());
            None
        }
    };
    let mut events = file.and_then(open);
    for line in heard {
        _ = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
        if let Some(events) = &mut events {
            _ = writeln!(events, "{line}");
        }
    }
}
