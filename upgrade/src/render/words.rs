//! An operation in a few words, the same in every output.

use crate::plan::{Operation, SwitchChange, What};

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
