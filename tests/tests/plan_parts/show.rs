//! A scenario's snapshot: the state before, the plan, its execution on the simulator, the state behind.

use rtreg_model::{MonitorState, Origin, ResourceState};
use rtreg_upgrade::execute::{LogLine, Outcome};
use rtreg_upgrade::plan::{OnNode, Plan, State};
use rtreg_upgrade::render;

pub fn snapshot(before: &State, plan: &Plan, (log, outcome): (&[LogLine], Option<&Outcome>), after: &State) -> String {
    let mut text = format!("STATE BEFORE\n{}\nPLAN\n{}", state(before), without_id(plan));
    text.push_str("\nEXECUTION\n");
    for line in log {
        let node = line.operation.node.as_ref().map(|node| format!(" on {node}")).unwrap_or_default();
        text.push_str(&format!("  {}: {}{node}\n", line.id, render::operation_words(&line.operation)));
    }
    match outcome {
        Some(outcome) => text.push_str(&render::simulated(plan, outcome)),
        None => text.push_str("There is nothing to carry out.\n"),
    }
    text.push_str(&format!("\nSTATE BEHIND\n{}", state(after)));
    text
}

/// The name of a plan is its hash: it changes with every word.
fn without_id(plan: &Plan) -> String {
    let short = plan.id.get(..12).unwrap_or_default();
    render::text(plan).replacen(short, "ID", 1)
}

fn state(state: &State) -> String {
    let mut text = String::new();
    for (name, group) in &state.groups {
        let managed = if group.managed { "managed" } else { "unmanaged" };
        let online = if group.online_on.is_empty() { "nowhere".to_owned() } else { group.online_on.join(", ") };
        text.push_str(&format!("  group {name}: {managed}, {}, online on {online}\n", group.driver));
    }
    for (name, resource) in &state.resources {
        text.push_str(&format!("  {name}: {} {}\n", resource.base, resource.type_version));
        for (node, entry) in &resource.nodes {
            let status = state.status(node);
            let down = if status == rtreg_model::NodeStatus::Up { String::new() } else { format!(" ({status})") };
            text.push_str(&format!("    {node}{down}: {}\n", on_node(entry)));
        }
    }
    text
}

fn on_node(entry: &OnNode) -> String {
    let mut words = vec![entry.state.to_string()];
    if entry.state != ResourceState::Offline || entry.started_by != Origin::None {
        words.push(format!("started by {}", entry.started_by));
    }
    if entry.monitor != MonitorState::Stopped {
        words.push(format!("monitor {} by {}", entry.monitor, entry.monitor_started_by));
    }
    if entry.initialised_by != Origin::None {
        let also: String = entry.also_initialised_by.iter().map(|version| format!(" and {version}")).collect();
        words.push(format!("initialised by {}{also}", entry.initialised_by));
    }
    if !entry.enabled {
        words.push("disabled".to_owned());
    }
    if !entry.monitored {
        words.push("monitoring off".to_owned());
    }
    words.join(", ")
}
