//! Who carries out the state commands of a group: the administrator (`recorded`) or rtreg (`rgm`). Nothing here runs a method,
//! and nothing pretends that one ran: what runs methods is a plan, and the commands here refuse it.

use rtreg_model::{Driver, NodeStatus, ResourceState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::changes::{Change, ChangeReport};
use super::scene::{Scene, lines};
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::keys;
use crate::records::GroupRecord;
use crate::transaction::Transaction;
use crate::view::View;

/// A group that is to be driven by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DriverRequest {
    /// Name of the group.
    pub name: String,
    /// Who drives it from now on.
    #[schemars(with = "String")]
    pub driver: Driver,
}

/// How the methods of an event run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MethodsRun {
    /// In the cluster, with the event: the command records what they do.
    ByThemselves,
    /// As steps of a plan of rtreg's: they record themselves, and the command does not.
    AsSteps,
}

/// Changes the driver of a group. rtreg takes over only what is recorded as offline or unmanaged: what it says of the state
/// must be true, and Stop on every node that is up makes it so. Where there is anything to stop that is a plan.
///
/// # Errors
/// Refusals `not_found`, `not_offline`, `runs_methods`; [`CommandError::Store`].
pub fn set_driver(tx: &mut Transaction<'_>, request: &DriverRequest) -> Result<ChangeReport, CommandError> {
    set_driver_as(tx, request, MethodsRun::ByThemselves)
}

/// Changes the driver of a group; where Stop is a step of its own, it has run.
pub(super) fn set_driver_as(
    tx: &mut Transaction<'_>,
    request: &DriverRequest,
    methods: MethodsRun,
) -> Result<ChangeReport, CommandError> {
    let DriverRequest { name, driver } = request;
    let scene = decide(&tx.view, request)?;
    let object = Object::new("group", name);
    if scene.group.driver == *driver {
        let summary = format!("group `{name}` is driven by `{driver}` already; nothing changed");
        return Ok(ChangeReport::new(object, "driver", summary));
    }
    if *driver == Driver::Rgm && !scene.members.is_empty() && methods == MethodsRun::ByThemselves {
        return Err(stop_first(&scene).into());
    }
    let now = GroupRecord { driver: *driver, ..scene.group.clone() };
    tx.put(keys::group(name), &now);
    index(tx, Some(&scene.group), Some(&now));
    let change = Change {
        object: object.clone(),
        node: None,
        what: "driver".to_owned(),
        from: Some(scene.group.driver.to_string()),
        to: Some(driver.to_string()),
    };
    tx.log(object.clone(), "driver", json!({ "changes": lines(std::slice::from_ref(&change)) }))?;
    let who = match driver {
        Driver::Recorded => "the administrator: rtreg records what it is told",
        Driver::Rgm => "rtreg: it runs the methods",
    };
    Ok(ChangeReport::new(object, "driver", format!("group `{name}` is driven by {who}")).with(vec![change]))
}

/// All that a change of the driver checks. Writes nothing.
pub(super) fn decide(view: &View<'_>, request: &DriverRequest) -> Result<Scene, CommandError> {
    let scene = Scene::of_group(view, &request.name)?;
    if request.driver == Driver::Rgm && scene.group.driver != Driver::Rgm {
        check_offline(&scene)?;
    }
    Ok(scene)
}

/// Keeps the index of groups that rtreg drives.
pub(super) fn index(tx: &mut Transaction<'_>, before: Option<&GroupRecord>, after: Option<&GroupRecord>) {
    let is_driven = |group: &&GroupRecord| group.driver == Driver::Rgm;
    match (before.filter(is_driven), after.filter(is_driven)) {
        (_, Some(after)) => tx.put(keys::by_driver_rgm(&after.name), &json!({})),
        (Some(before), None) => tx.delete(keys::by_driver_rgm(&before.name)),
        (None, None) => {}
    }
}

/// Refuses what runs methods in a group that rtreg drives: it is a plan, and nothing is recorded without one.
pub(super) fn check_runs_no_method(group: &GroupRecord, command: &str) -> Result<(), Refusal> {
    if group.driver == Driver::Recorded { Ok(()) } else { Err(runs_methods(&group.name, command)) }
}

/// The refusal of what runs methods.
pub(super) fn runs_methods(group: &str, command: &str) -> Refusal {
    Refusal::new(
        "runs_methods",
        format!(
            "group `{group}` is driven by rtreg, so `{command}` runs methods there: it is carried out as a plan, and \
             never just recorded"
        ),
    )
    .help(format!("`rtreg group driver {group} recorded` puts the administrator in charge, whose word rtreg records"))
}

/// Unmanaged, or offline with all its resources.
fn check_offline(scene: &Scene) -> Result<(), Refusal> {
    let name = &scene.group.name;
    if !scene.group.managed {
        return Ok(());
    }
    let mut in_the_way: Vec<String> =
        scene.online_nodes().into_iter().map(|node| format!("group {name} is online on {node}")).collect();
    for member in &scene.members {
        let views = scene.views(member);
        let runs = views.iter().filter(|view| view.status != NodeStatus::Down && view.state != ResourceState::Offline);
        in_the_way.extend(runs.map(|view| format!("resource {} is {} on {}", member.now.name, view.state, view.node)));
    }
    if in_the_way.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        "not_offline",
        format!("rtreg takes over group `{name}` only while it is recorded as offline or unmanaged"),
    )
    .details(in_the_way)
    .help(format!("take it offline in the cluster, then `rtreg group offline {name}`")))
}

/// What is recorded as offline is made so by Stop.
fn stop_first(scene: &Scene) -> Refusal {
    let name = &scene.group.name;
    let up = scene.nodes.values().filter(|node| node.status == NodeStatus::Up).map(|node| node.name.as_str());
    let up: Vec<&str> = up.collect();
    let resources: Vec<&str> = scene.members.iter().map(|member| member.now.name.as_str()).collect();
    Refusal::new(
        "runs_methods",
        format!(
            "before rtreg drives group `{name}`, Stop of {} runs on {}: that is carried out as a plan, and never just recorded",
            resources.join(", "),
            up.join(", ")
        ),
    )
    .help(format!("an empty group can be made with `rtreg group create G --driver rgm`; `{name}` stays as it is"))
}
