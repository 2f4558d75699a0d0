//! What happens in a run, shown while it happens: a line for each thing on standard error.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use rtreg_runtime::live::Event;
use rtreg_upgrade::execute::BundleEnd;

use crate::app::App;

/// Reads the events of a coordinator until it ends; what became of the bundles, or none if it did not say.
pub fn follow(app: &App, output: impl Read) -> Option<BTreeMap<String, BundleEnd>> {
    let mut ended = None;
    for line in BufReader::new(output).lines() {
        let Ok(line) = line else { break };
        let Ok(event) = serde_json::from_str::<Event>(&line) else { continue };
        if !app.json() {
            show(&event);
        }
        if let Event::RunEnded { outcome, .. } = event {
            ended = Some(outcome.bundles);
        }
    }
    ended
}

fn show(event: &Event) {
    let place = |node: &Option<String>| node.as_deref().map(|node| format!(" on {node}")).unwrap_or_default();
    match event {
        Event::RunBegun { run, what, steps, done, expected_seconds, .. } => {
            let expected = expected_seconds.map(|seconds| format!(", about {seconds} s")).unwrap_or_default();
            let done = if *done > 0 { format!(", {done} of them done") } else { String::new() };
            eprintln!("run {run}: {what}: {steps} steps{done}{expected}; it goes on if this terminal is closed");
        }
        Event::Waiting { operation, words, .. } => eprintln!("{operation} {words}: still at work, is waited for"),
        Event::StepBegun { operation, words, node, expected_seconds, .. } => {
            let expected = expected_seconds.map(|seconds| format!(", about {seconds} s")).unwrap_or_default();
            eprintln!("{operation} {words}{}{expected}", place(node));
        }
        Event::StepEnded { operation, end, sentence, .. } => match sentence {
            Some(sentence) => eprintln!("{operation} {end}: {sentence}"),
            None => eprintln!("{operation} {end}"),
        },
        Event::Bundle { bundle, note, .. } => eprintln!("bundle {bundle}: {}", note.words()),
        Event::RunEnded { run, state, .. } => eprintln!("run {run}: {}", state.as_str()),
    }
}
