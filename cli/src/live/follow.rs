//! What happens in a run, shown while it happens, on standard error: on a terminal a line at the bottom that says how far it is, elsewhere a
//! line for each event. How it is shown changes nothing of what is done: a coordinator does not know whether anybody reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use rtreg_runtime::live::Event;
use rtreg_upgrade::execute::BundleEnd;

use super::Told;
use super::progress::{Progress, spoken};
use crate::app::App;

/// How often the line at the bottom is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// Reads the events of a coordinator until it ends; what became of the bundles, or none if it did not say.
pub fn follow(app: &App, output: impl Read, told: Told) -> Option<BTreeMap<String, BundleEnd>> {
    let mut screen = if told == Told::Nothing { Screen::Nowhere } else { Screen::of(app) };
    let mut ended = None;
    for line in BufReader::new(output).lines() {
        let Ok(line) = line else { break };
        let Ok(event) = serde_json::from_str::<Event>(&line) else { continue };
        screen.show(&event);
        if let Event::RunEnded { outcome, .. } = event {
            ended = Some(outcome.bundles);
        }
    }
    screen.end();
    ended
}

/// Where progress is shown.
enum Screen {
    /// Nowhere: a program reads the answer, or nobody wants to know.
    Nowhere,
    /// A line for each event.
    Lines,
    /// A line for what has ended, and one at the bottom for what is at work.
    Terminal { bar: ProgressBar, shared: Arc<Mutex<Progress>>, begun: Instant },
}

impl Screen {
    fn of(app: &App) -> Self {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        match (app.json(), io::stderr().is_terminal() && !is_dumb) {
            (true, _) => Self::Nowhere,
            (false, false) => Self::Lines,
            (false, true) => Self::terminal(),
        }
    }

    fn terminal() -> Self {
        let (shared, begun) = (Arc::new(Mutex::new(Progress::default())), Instant::now());
        let line = {
            let shared = Arc::clone(&shared);
            move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
                _ = out.write_str(&held(&shared).line(begun.elapsed()));
            }
        };
        // No colour: what it says is in its words.
        let style = ProgressStyle::with_template("{elapsed} [{bar:10}] {pos}/{len} steps  {rest}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ").with_key("rest", line);
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_style(style);
        Self::Terminal { bar, shared, begun }
    }

    fn show(&mut self, event: &Event) {
        match self {
            Self::Nowhere => {}
            // Whoever reads may have gone: the run goes on.
            Self::Lines => drop(writeln!(io::stderr(), "{}", spoken(event))),
            Self::Terminal { bar, shared, begun } => {
                let (done, steps) = {
                    let mut progress = held(shared);
                    progress.heard(event, begun.elapsed());
                    progress.steps()
                };
                bar.set_length(steps);
                bar.set_position(done);
                bar.enable_steady_tick(TICK);
                if !matches!(event, Event::StepBegun { .. }) {
                    bar.println(ended(event));
                }
            }
        }
    }

    fn end(self) {
        if let Self::Terminal { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}

/// The line of something that is over: there is none above it that says what it was.
fn ended(event: &Event) -> String {
    let mut line = spoken(event);
    if let Event::StepEnded { operation, words, node, .. } = event {
        let rest = line.split_off(operation.len());
        let place = node.as_deref().map(|node| format!(" on {node}")).unwrap_or_default();
        _ = write!(line, " {words}{place}:{rest}");
    }
    line
}

/// A thread that panicked has left words, nothing that could be half done.
fn held(shared: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
