//! An operation in a few words, and how long something is expected to take: the same in every output.

use rtreg_registry::commands::driven::Command;

use crate::plan::{Expected, Operation, SwitchChange, What};

/// What an operation does, without its node.
pub fn operation_words(operation: &Operation) -> String {
    match &operation.what {
        What::Method(call) => {
            let first = call.arguments.first().map(String::as_str);
            let option = match first {
                Some(option @ ("-u" | "-c")) => format!(" {option}"),
                _ => String::new(),
            };
            format!("{}{option} of {} ({})", call.method.as_str(), call.version, call.resource)
        }
        What::Hook(program) => format!("hook {}", program.path),
        What::Script(program) => format!("script {}", program.path),
        What::Switch(switch) => match switch.change {
            SwitchChange::FollowDown => format!("{} goes offline with what it depends on", switch.resource),
            SwitchChange::FollowUp => format!("{} comes online with what it depends on", switch.resource),
            SwitchChange::Restart => format!("{} is restarted behind what it depends on", switch.resource),
            SwitchChange::Online => format!("{} is online with its group", switch.resource),
            change => format!("{} {}", change.as_str(), switch.resource),
        },
        What::Group(change) => {
            let nodes =
                if change.nodes.is_empty() { String::new() } else { format!(" on {}", change.nodes.join(", ")) };
            format!("{} group {}{nodes}", change.change.as_str(), change.group)
        }
        What::Registry(change) => registry_words(&change.command),
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

fn registry_words(command: &Command) -> String {
    match command {
        Command::CreateResource(request) => format!("create resource {}", request.name),
        Command::DeleteResource(request) => format!("delete resource {}", request.name),
        Command::SetResource(request) => format!("set properties of {}", request.name),
        Command::SetGroup(request) => format!("set group {}", request.name),
        Command::SetDriver(request) => format!("group {} is driven by {}", request.name, request.driver),
        Command::AddNode(request) => format!("add node {}", request.name),
        Command::NodeUp(request) => format!("node {} up", request.name),
    }
}
