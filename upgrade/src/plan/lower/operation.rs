//! Operations that are one commit, and the plain case of what undoes something.

use crate::plan::state::Effect;
use crate::plan::step::{GroupChange, GroupEvent, IfFailed, Operation, Repeat, Switch, SwitchChange, Undo, What};

/// Nothing is known to be in its way. What undoes is not undone itself: where it fails a person must see to it.
pub(crate) fn plain(mut operation: Operation) -> Undo {
    if operation.if_failed == IfFailed::Unwind {
        operation.if_failed = IfFailed::Halt;
    }
    Undo { operation, last: false, impossible: None }
}

/// Something that is one commit.
pub(crate) fn commit(what: What, on_done: Vec<Effect>) -> Operation {
    Operation {
        what,
        node: None,
        on_begin: Vec::new(),
        on_done,
        on_failed: Vec::new(),
        if_failed: IfFailed::Unwind,
        repeat: Repeat::OneCommit,
    }
}

/// A change of switches.
pub(crate) fn switch(name: &str, change: SwitchChange, nodes: &[String]) -> Operation {
    let (resource, nodes) = (name.to_owned(), nodes.to_vec());
    let effects = match change {
        SwitchChange::Enable | SwitchChange::Disable => {
            vec![Effect::Enabled {
                resource: resource.clone(),
                nodes: nodes.clone(),
                on: change == SwitchChange::Enable,
            }]
        }
        SwitchChange::Monitor | SwitchChange::Unmonitor => {
            let on = change == SwitchChange::Monitor;
            vec![Effect::Monitored { resource: resource.clone(), nodes: nodes.clone(), on }]
        }
        SwitchChange::FollowDown
        | SwitchChange::FollowUp
        | SwitchChange::Restart
        | SwitchChange::Clear
        | SwitchChange::Online => Vec::new(),
    };
    commit(What::Switch(Switch { resource, change, nodes }), effects)
}

/// A change of a group.
pub(crate) fn group_change(group: &str, change: GroupEvent, nodes: &[String]) -> Operation {
    let (group, nodes) = (group.to_owned(), nodes.to_vec());
    let effect = match change {
        GroupEvent::Manage | GroupEvent::Unmanage => {
            Effect::Managed { group: group.clone(), managed: change == GroupEvent::Manage }
        }
        GroupEvent::Online | GroupEvent::Offline => {
            Effect::GroupOnline { group: group.clone(), nodes: nodes.clone(), online: change == GroupEvent::Online }
        }
    };
    commit(What::Group(GroupChange { group, change, nodes }), vec![effect])
}

/// The change that takes a change of switches back.
pub(crate) const fn undo_of_switch(change: SwitchChange) -> Option<SwitchChange> {
    match change {
        SwitchChange::Enable => Some(SwitchChange::Disable),
        SwitchChange::Disable => Some(SwitchChange::Enable),
        SwitchChange::Monitor => Some(SwitchChange::Unmonitor),
        SwitchChange::Unmonitor => Some(SwitchChange::Monitor),
        SwitchChange::FollowDown => Some(SwitchChange::FollowUp),
        SwitchChange::FollowUp => Some(SwitchChange::FollowDown),
        SwitchChange::Restart | SwitchChange::Clear | SwitchChange::Online => None,
    }
}
