//! Who carries out the state commands of a group: the administrator (`recorded`) or rtreg (`rgm`). Nothing here runs a method,
//! and nothing pretends that one ran: what would have to run methods is refused as long as rtreg cannot.

use rtreg_model::{Driver, NodeStatus, ResourceState};
use serde_json::json;

use super::changes::{Change, ChangeReport};
use super::scene::{Scene, lines};
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::keys;
use crate::records::GroupRecord;
use crate::transaction::Transaction;

/// A group that is to be driven by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverRequest {
    /// Name of the group.
    pub name: String,
    /// Who drives it from now on.
    pub driver: Driver,
}

/// Changes the driver of a group. rtreg takes over only what is recorded as offline or unmanaged: what it says of the state
/// must be true, and Stop on every node that is up makes it so.
///
/// # Errors
/// Refusals `not_found`, `not_offline`, `methods_cannot_run`; [`CommandError::Store`].
pub fn set_driver(tx: &mut Transaction<'_>, request: &DriverRequest) -> Result<ChangeReport, CommandError> {
    let DriverRequest { name, driver } = request;
    let scene = Scene::of_group(&tx.view, name)?;
    let object = Object::new("group", name);
    if scene.group.driver == *driver {
        let summary = format!("group `{name}` is driven by `{driver}` already; nothing changed");
        return Ok(ChangeReport::new(object, "driver", summary));
    }
    if *driver == Driver::Rgm {
        check_offline(&scene)?;
        if !scene.members.is_empty() {
            return Err(stop_cannot_run(&scene).into());
        }
    }
    let now = GroupRecord { driver: *driver, ..scene.group.clone() };
    tx.put(keys::group(name), &now);
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

/// Refuses what would have to run methods in a group that rtreg drives.
pub(super) fn check_runs_no_method(group: &GroupRecord, command: &str) -> Result<(), Refusal> {
    if group.driver == Driver::Recorded {
        return Ok(());
    }
    let name = &group.name;
    Err(Refusal::new(
        "methods_cannot_run",
        format!(
            "group `{name}` is driven by rtreg, so `{command}` would have to run methods, and this version of rtreg \
             cannot run any"
        ),
    )
    .help(format!("`rtreg group driver {name} recorded` puts the administrator in charge, whose word rtreg records")))
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
fn stop_cannot_run(scene: &Scene) -> Refusal {
    let name = &scene.group.name;
    let up = scene.nodes.values().filter(|node| node.status == NodeStatus::Up).map(|node| node.name.as_str());
    let up: Vec<&str> = up.collect();
    let resources: Vec<&str> = scene.members.iter().map(|member| member.now.name.as_str()).collect();
    Refusal::new(
        "methods_cannot_run",
        format!(
            "before rtreg drives group `{name}`, Stop of {} must have run on {}, and this version of rtreg cannot run methods",
            resources.join(", "),
            up.join(", ")
        ),
    )
    .help(format!("an empty group can be made with `rtreg group create G --driver rgm`; `{name}` stays as it is"))
}
