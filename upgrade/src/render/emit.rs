//! The plan as a shell script of the vendor's commands, for a cluster that rtreg does not drive: first what must be so, then
//! each step, and what undoes the steps done if one fails. It is refused where rtreg runs the methods itself.

use rtreg_model::standard::standard_property;
use rtreg_registry::gate::quote;
use rtreg_registry::migration::{Scope, StoredValue};

use crate::plan::{Bundle, Driver, GroupEvent, Operation, Plan, SetResource, Step, SwitchChange, What};

/// Whose commands are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// scswitch(1M) and scrgadm(1M), of 3.0 and 3.1.
    SolarisCluster31,
    /// clresource(1CL) and clresourcegroup(1CL), since 3.2.
    SolarisCluster4,
}

/// The fixed part of every script.
const PREAMBLE: &str = r#"set -u
done_steps=''

# Undoes the steps that are done, the last one first.
undo() {
    for name in $done_steps; do
        printf 'undo %s\n' "$name" >&2
        "undo_$name" || {
            printf 'undoing %s failed: see to it by hand\n' "$name" >&2
            exit 14
        }
    done
    exit 13
}

# expect WHAT VALUE COMMAND...: what must be so before anything is done.
expect() {
    what=$1
    wanted=$2
    shift 2
    found=$("$@") || found='nothing'
    if [ "$found" != "$wanted" ]; then
        printf 'expected %s to be %s, found %s: the plan is stale\n' "$what" "$wanted" "$found" >&2
        exit 5
    fi
}

# step NAME COMMAND...: one command of a step.
step() {
    name=$1
    shift
    printf '%s: %s\n' "$name" "$*"
    "$@" || {
        printf '%s failed\n' "$name" >&2
        undo
    }
    case " $done_steps " in
        *" $name "*) ;;
        *) done_steps="$name $done_steps" ;;
    esac
}
"#;

/// The script.
///
/// # Errors
/// A full sentence: a bundle of the plan is not the administrator's.
pub fn emit(plan: &Plan, dialect: Dialect) -> Result<String, String> {
    if let Some(bundle) = plan.bundles().find(|bundle| bundle.carried_out_by != Driver::Recorded) {
        return Err(format!(
            "Bundle {} is in groups whose methods rtreg runs itself: there are no commands of the vendor's for it.",
            bundle.id
        ));
    }
    let mut text = format!("#!/bin/sh\n# Plan {}, written by rtreg.\n", plan.id);
    text.push_str("# shellcheck disable=SC2317,SC2329 # what undoes a step is called by its name\n");
    text.push_str(PREAMBLE);
    for bundle in plan.bundles() {
        text.push_str(&format!("\n# Bundle {}\n", bundle.id));
        bundle.steps.iter().for_each(|step| undo(&mut text, step, dialect));
    }
    text.push('\n');
    for bundle in plan.bundles() {
        checks(&mut text, plan, bundle);
        bundle.steps.iter().for_each(|step| forwards(&mut text, step, dialect));
    }
    Ok(text)
}

fn name(step: &Step) -> String {
    step.id.replace(['.', '-'], "_")
}

fn undo(text: &mut String, step: &Step, dialect: Dialect) {
    let own = step.undo.iter().filter(|undo| !undo.last);
    let commands: Vec<String> =
        own.flat_map(|undo| commands(&undo.operation, Some(&step.operation), dialect)).collect();
    let body = if commands.is_empty() { "true".to_owned() } else { commands.join(" &&\n        ") };
    text.push_str(&format!("undo_{}() {{\n    {body}\n}}\n", name(step)));
}

/// What the plan rests on, as far as a program can ask for it.
fn checks(text: &mut String, plan: &Plan, bundle: &Bundle) {
    for upgrade in &bundle.upgrades {
        let Some(resource) = plan.state.resources.get(&upgrade.resource) else { continue };
        let (name, group) = (&upgrade.resource, &resource.group);
        let version = resource.type_version.as_str().unwrap_or_default();
        text.push_str(&format!(
            "expect 'Type_version of {name}' {} scha_resource_get -O TYPE_VERSION -R {name} -G {group}\n",
            quote(version)
        ));
        let listed = plan.state.groups.get(group).map(|group| group.node_list.as_slice()).unwrap_or_default();
        for node in listed.iter().filter(|node| plan.state.status(node) == rtreg_model::NodeStatus::Up) {
            let Some(entry) = resource.nodes.get(node) else { continue };
            let state = entry.state.as_str().to_ascii_uppercase();
            text.push_str(&format!(
                "expect 'state of {name} on {node}' {state} scha_resource_get -O RESOURCE_STATE_NODE -R {name} -G {group} \
                 {node}\n"
            ));
        }
    }
}

fn forwards(text: &mut String, step: &Step, dialect: Dialect) {
    let commands = commands(&step.operation, None, dialect);
    if commands.is_empty() {
        text.push_str(&format!("# {}: {}\n", step.id, super::operation_words(&step.operation)));
    }
    for command in commands {
        text.push_str(&format!("step {} {command}\n", name(step)));
    }
}

/// The commands of an operation; `undone` is the operation that it takes back.
fn commands(operation: &Operation, undone: Option<&Operation>, dialect: Dialect) -> Vec<String> {
    match (&operation.what, dialect) {
        (What::Switch(switch), Dialect::SolarisCluster4) => match switch.change {
            SwitchChange::FollowDown | SwitchChange::FollowUp | SwitchChange::Restart | SwitchChange::Online => {
                Vec::new()
            }
            change => {
                vec![format!("clresource {} -n {} {}", change.as_str(), switch.nodes.join(","), switch.resource)]
            }
        },
        (What::Switch(switch), Dialect::SolarisCluster31) => {
            let options = match switch.change {
                SwitchChange::Enable => "-e",
                SwitchChange::Disable => "-n",
                SwitchChange::Monitor => "-e -M",
                SwitchChange::Unmonitor => "-n -M",
                SwitchChange::FollowDown
                | SwitchChange::FollowUp
                | SwitchChange::Restart
                | SwitchChange::Clear
                | SwitchChange::Online => return Vec::new(),
            };
            vec![format!("scswitch {options} -j {}", switch.resource)]
        }
        (What::Group(change), Dialect::SolarisCluster4) => {
            let nodes = if change.nodes.is_empty() { String::new() } else { format!(" -n {}", change.nodes.join(",")) };
            vec![format!("clresourcegroup {}{nodes} {}", change.change.as_str(), change.group)]
        }
        (What::Group(change), Dialect::SolarisCluster31) => vec![match change.change {
            GroupEvent::Manage => format!("scswitch -o -g {}", change.group),
            GroupEvent::Unmanage => format!("scswitch -u -g {}", change.group),
            GroupEvent::Online => format!("scswitch -z -g {} -h {}", change.group, change.nodes.join(",")),
            GroupEvent::Offline => format!("scswitch -F -g {}", change.group),
        }],
        (What::SetTypeVersion(set), _) => {
            let before = |name: &str| match undone.map(|undone| &undone.what) {
                Some(What::SetTypeVersion(undone)) => undone.resources.iter().find(|set| set.resource == name),
                _ => None,
            };
            set.resources.iter().map(|set| set_command(set, before(&set.resource), dialect)).collect()
        }
        _ => Vec::new(),
    }
}

fn set_command(set: &SetResource, undone: Option<&SetResource>, dialect: Dialect) -> String {
    let version = set.to.as_str().unwrap_or_default();
    let values = match undone {
        Some(undone) => restored(set, undone),
        None => set.properties.clone(),
    };
    let option = |value: &String| {
        let property = value.split(['=', '{']).next().unwrap_or_default();
        match dialect {
            Dialect::SolarisCluster4 => "-p",
            Dialect::SolarisCluster31 if standard_property(property).is_some() => "-y",
            Dialect::SolarisCluster31 => "-x",
        }
    };
    let values: String = values.iter().map(|value| format!(" {} {}", option(value), quote(value))).collect();
    match dialect {
        Dialect::SolarisCluster4 => {
            format!("clresource set -p {}{values} {}", quote(&format!("Type_version={version}")), set.resource)
        }
        Dialect::SolarisCluster31 => {
            format!("scrgadm -c -j {} -y {}{values}", set.resource, quote(&format!("Type_version={version}")))
        }
    }
}

/// The values that the change had taken away or overwritten.
fn restored(set: &SetResource, undone: &SetResource) -> Vec<String> {
    let changed = set.values.iter().filter(|(name, value)| undone.values.get(*name) != Some(*value));
    changed.flat_map(|(name, value)| assignments(name, value)).collect()
}

fn assignments(name: &str, value: &StoredValue) -> Vec<String> {
    match &value.value {
        Scope::Global(value) => vec![format!("{name}={value}")],
        Scope::PerNode(values) => values.iter().map(|(node, value)| format!("{name}{{{node}}}={value}")).collect(),
    }
}
