//! An operation in a few words, and how long something is expected to take: the same in every output.

use crate::plan::{Expected, Operation, SwitchChange, What};

/// What an operation does, without its node.
pub fn operation_words(operation: &Operation) -> String {
    match &operation.what {
        What::Method(call) => {
            let update = if call.arguments.first().is_some_and(|first| first == "-u") { " -u" } else { "" };
            format!("{}{update} of {} ({})", call.method.as_str(), call.version, call.resource)
        }
        What::Hook(program) => format!("hook {}", program.path),
        What::Script(program) => format!("script {}", program.path),
        What::Switch(switch) => match switch.change {
            SwitchChange::FollowDown => format!("{} goes offline with what it depends on", switch.resource),
            SwitchChange::FollowUp => format!("{} comes online with what it depends on", switch.resource),
            SwitchChange::Restart => format!("{} is restarted behind what it depends on", switch.resource),
            change => format!("{} {}", change.as_str(), switch.resource),
        },
        What::Group(change) => {
            let nodes =
                if change.nodes.is_empty() { String::new() } else { format!(" on {}", change.nodes.join(", ")) };
            format!("{} group {}{nodes}", change.change.as_str(), change.group)
        }
        What::SetTypeVersion(set) => {
            let sets = set.resources.iter().map(|set| format!("{} {} -> {}", set.resource, set.from, set.to));
            let verb = if set.gated { "Type_version of" } else { "restore" };
            format!("{verb} {}", sets.collect::<Vec<_>>().join(", "))
        }
        What::NodeAction(action) => action.action.clone(),
        What::Mark { .. } => "point of no return".to_owned(),
    }
}

/// How long something is expected to take; none if nothing is known that would be worth saying.
pub fn expected_words(of: &Expected) -> Option<String> {
    match (of.seconds, of.at_least_seconds) {
        (_, 0) => None,
        (Some(seconds), _) => Some(format!("{seconds} s")),
        (None, at_least) if of.unknown_steps == 0 => Some(format!("at least {at_least} s")),
        (None, at_least) => {
            let steps = if of.unknown_steps == 1 { "1 step".to_owned() } else { format!("{} steps", of.unknown_steps) };
            Some(format!("at least {at_least} s, not known for {steps}"))
        }
    }
}
