//! A group that moves: online on the named nodes, offline on all others, in one commit. It records what the administrator says and
//! never runs a method.

use super::changes::ChangeReport;
use super::driven::Moved;
use super::group::{self, NodesRequest};
use super::scene::Scene;
use crate::error::{CommandError, Refusal};
use crate::history::Object;
use crate::transaction::Transaction;

/// Moves a group: as [`group::offline`] where it is online and not named, and as [`group::online`] on the named nodes.
///
/// # Errors
/// As both; [`CommandError::Usage`] if no node is named.
pub fn move_to(tx: &mut Transaction<'_>, request: &NodesRequest) -> Result<ChangeReport, CommandError> {
    let name = &request.name;
    let mut scene = Scene::of_group(&tx.view, name)?;
    group::check_has_methods(&scene, "group move")?;
    let moved = decide(&mut scene, request)?;
    let changes = scene.save(tx, "move", false)?;
    let on = moved.online.join(", ");
    let summary = match (changes.is_empty(), moved.leaves.as_slice()) {
        (true, _) => format!("group `{name}` is online on {on} and nowhere else already; nothing changed"),
        (false, []) => format!("group `{name}` is online on {on}"),
        (false, left) => format!("group `{name}` has moved from {} to {on}", left.join(", ")),
    };
    let report = ChangeReport::new(Object::new("group", name), "move", summary).with(changes);
    Ok(group::note_disabled(report, &scene, &moved.online))
}

/// What a move comes to, in the scene: checks all, and writes nothing.
pub(super) fn decide(scene: &mut Scene, request: &NodesRequest) -> Result<Moved, CommandError> {
    if request.nodes.is_empty() {
        let refusal = Refusal::new("node_missing", "expected the node where the group is to move, found none");
        return Err(CommandError::usage(refusal.help("name it with `--node N`")));
    }
    group::check_managed(scene)?;
    let wanted = scene.chosen(&request.nodes)?;
    let leaves: Vec<String> = scene.online_nodes().into_iter().filter(|node| !wanted.contains(node)).collect();
    if !leaves.is_empty() {
        group::take_offline(scene, &leaves)?;
    }
    let online = group::bring_online(scene, &wanted)?;
    Ok(Moved { leaves, online })
}
