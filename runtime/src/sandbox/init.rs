//! The first process of a sandbox: sets it up, waits for orphans, and does what it is ordered to. It ends when its orders end.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};

use super::{Blueprint, Step, loopback, root};
use crate::cell::{Order, Place, Report};
use crate::children::Children;
use crate::files;
use crate::method;
use crate::processes;
use crate::scha::Folder;
use crate::scha::folder::DEFAULT_FOLDER;

/// Serves until the orders end; the exit status.
pub fn init() -> u8 {
    _ = set_pdeathsig(Signal::SIGKILL);
    umask(Mode::from_bits_truncate(0o022));
    say(&Report::Done);
    let orders = listen();
    let inside = match orders.recv() {
        Ok(line) => set_up(&line),
        Err(_) => return 0,
    };
    let inside = match inside {
        Ok(inside) => inside,
        Err(why) => {
            say(&Report::Failed(why));
            return 1;
        }
    };
    say(&Report::Done);
    for line in orders {
        say(&inside.carry_out(&line).unwrap_or_else(Report::Failed));
    }
    0
}

/// Reads orders on a thread of its own. When they end this process ends at once, whatever it is doing: the kernel then ends
/// all others inside.
fn listen() -> Receiver<String> {
    let (sender, receiver) = channel();
    let read = move || {
        for line in std::io::stdin().lock().lines() {
            match line {
                Ok(line) => _ = sender.send(line),
                Err(_) => break,
            }
        }
        std::process::exit(0);
    };
    if std::thread::Builder::new().name("orders".to_owned()).spawn(read).is_err() {
        // Without its sender the channel is closed, and the caller ends.
        return channel().1;
    }
    receiver
}

struct Inside {
    children: Children,
    scha: Folder,
    places: [Place; 2],
}

fn set_up(line: &str) -> Result<Inside, String> {
    let blueprint: Blueprint = serde_json::from_str(line).step("read the blueprint")?;
    loopback::bring_up()?;
    root::enter(&blueprint)?;
    let children = Children::default();
    children.reap_orphans().step("wait for orphans")?;
    Ok(Inside { children, scha: Folder::new(DEFAULT_FOLDER), places: blueprint.places })
}

impl Inside {
    fn carry_out(&self, line: &str) -> Result<Report, String> {
        Ok(match serde_json::from_str(line).step("read the order")? {
            Order::Call(invocation) => Report::Ended(method::run(&invocation, &self.children)),
            Order::Facts(facts) => {
                self.scha.set(&facts).step("write the facts")?;
                Report::Done
            }
            Order::Install(side) => {
                root::install(side, &self.places)?;
                Report::Done
            }
            Order::Processes => {
                let table = processes::table();
                Report::Processes(table.into_iter().filter(|process| process.pid != 1).collect())
            }
            Order::Files => Report::Files(files::snapshot(Path::new("/"), Path::new(root::OWN))),
            Order::Heard => Report::Heard(self.scha.heard().step("read the log")?),
        })
    }
}

fn say(report: &Report) {
    let line = serde_json::to_string(report).unwrap_or_else(|_| "{\"Failed\":\"it cannot be said\"}".to_owned());
    let mut out = std::io::stdout().lock();
    _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
