//! What the recorded state of a resource on a node means now. A node that went down, or booted since, has ended what was
//! recorded under its older incarnation: one write to the node's record, read here.

use std::collections::BTreeSet;

use rtreg_model::{MonitorState, NodeStatus, Origin, ResourceState, RtVersion};

use crate::gate::NodeView;
use crate::records::{Imported, NodeRecord, ResourceNodeRecord};

/// What a node's boot runs for a resource: Boot of this version, if the type has Boot, the group is managed and the node
/// is one of the Init_nodes.
pub type BootOf<'t> = Option<&'t RtVersion>;

/// A resource that was never seen on the node: offline, never initialised, both switches as given.
pub fn untouched(node: &NodeRecord, enabled: bool, monitored: bool) -> ResourceNodeRecord {
    ResourceNodeRecord {
        incarnation: node.incarnation,
        enabled,
        monitored,
        state: ResourceState::Offline,
        monitor: MonitorState::Stopped,
        started_by: Origin::None,
        monitor_started_by: Origin::None,
        initialised_by: Origin::None,
        also_initialised_by: BTreeSet::new(),
        imported: BTreeSet::new(),
    }
}

/// The record as it is under the node's present incarnation: what has ended is offline, and a boot since then has
/// initialised the resource, beside what had before. Writing the result back changes nothing of its meaning; that must be done
/// before Type_version, the group's managed state or the set of Init_nodes changes.
pub fn settled(record: Option<&ResourceNodeRecord>, node: &NodeRecord, boot: BootOf<'_>) -> ResourceNodeRecord {
    let fresh = ResourceNodeRecord { incarnation: node.added, ..untouched(node, true, true) };
    // Of an older node of the same name nothing runs any more, but its disk may be this node's: traces of Init stay.
    let record = record.unwrap_or(&fresh);
    if record.incarnation == node.incarnation {
        return record.clone();
    }
    // A boot that has ended since counts too: what it initialised outlives the node's going down.
    let booted = record.incarnation < node.booted;
    let mut now = ResourceNodeRecord {
        // While the node is down its next boot is still to come: the record must stay older than that boot.
        incarnation: record.incarnation.max(node.booted),
        initialised_by: record.initialised_by.clone(),
        also_initialised_by: record.also_initialised_by.clone(),
        imported: record.imported.iter().copied().filter(|part| *part == Imported::Initialisation).collect(),
        ..untouched(node, record.enabled, record.monitored)
    };
    // All boots since were of the same version: the record is settled before that changes.
    if let Some(version) = boot.filter(|_| booted) {
        now.traces().run_on_top(version);
    }
    now
}

/// The state that the gate sees: [`settled`], and unknown where the node is unknown.
pub fn node_view(record: Option<&ResourceNodeRecord>, node: &NodeRecord, boot: BootOf<'_>) -> NodeView {
    let settled = settled(record, node, boot);
    let mut view = NodeView {
        node: node.name.clone(),
        status: node.status,
        state: settled.state,
        monitor: settled.monitor,
        enabled: settled.enabled,
        monitored: settled.monitored,
        started_by: settled.started_by,
        monitor_started_by: settled.monitor_started_by,
        initialised_by: settled.initialised_by,
        also_initialised_by: settled.also_initialised_by,
    };
    if node.status == NodeStatus::Unknown {
        view.state = ResourceState::Unknown;
        view.monitor = MonitorState::Unknown;
        for origin in [&mut view.started_by, &mut view.monitor_started_by] {
            if *origin == Origin::None {
                *origin = Origin::Unknown;
            }
        }
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(status: NodeStatus, incarnation: u64) -> NodeRecord {
        let booted = if status == NodeStatus::Down { 3 } else { incarnation };
        NodeRecord { name: "n1".to_owned(), status, added: 3, incarnation, booted }
    }

    fn online(incarnation: u64) -> ResourceNodeRecord {
        let v1 = Origin::Version(RtVersion::new("1.0"));
        ResourceNodeRecord {
            incarnation,
            state: ResourceState::Online,
            monitor: MonitorState::Running,
            started_by: v1.clone(),
            monitor_started_by: v1.clone(),
            initialised_by: v1,
            ..untouched(&node(NodeStatus::Up, incarnation), false, true)
        }
    }

    #[test]
    fn same_incarnation_stands() {
        assert_eq!(settled(Some(&online(5)), &node(NodeStatus::Up, 5), None), online(5));
    }

    #[test]
    fn a_node_that_went_down_ends_what_ran_and_keeps_switches_and_initialisation() {
        for status in [NodeStatus::Down, NodeStatus::Up] {
            let now = settled(Some(&online(5)), &node(status, 9), Some(&RtVersion::new("2.0")));
            assert_eq!((now.state, now.monitor), (ResourceState::Offline, MonitorState::Stopped));
            assert_eq!((now.started_by, now.monitor_started_by), (Origin::None, Origin::None));
            assert_eq!(now.initialised_by, Origin::Version(RtVersion::new("1.0")));
            assert!(!now.enabled && now.monitored);
        }
    }

    #[test]
    fn a_boot_initialises_beside_what_had_before() {
        let mut record = online(5);
        record.initialised_by = Origin::None;
        let v2 = RtVersion::new("2.0");
        let boot = |status| settled(Some(&record), &node(status, 9), Some(&v2)).initialised_by;
        assert_eq!(boot(NodeStatus::Down), Origin::None);
        assert_eq!(boot(NodeStatus::Up), Origin::Version(v2.clone()));
        assert_eq!(settled(Some(&record), &node(NodeStatus::Up, 9), None).initialised_by, Origin::None);
        record.initialised_by = Origin::Unknown;
        for before in [Origin::Unknown, Origin::Version(RtVersion::new("1.0"))] {
            record.initialised_by = before.clone();
            let now = settled(Some(&record), &node(NodeStatus::Up, 9), Some(&v2));
            assert_eq!((now.initialised_by, now.also_initialised_by), (before, BTreeSet::from([v2.clone()])));
            assert!(settled(Some(&record), &node(NodeStatus::Down, 9), Some(&v2)).also_initialised_by.is_empty());
            assert!(settled(Some(&record), &node(NodeStatus::Up, 9), None).also_initialised_by.is_empty());
        }
        record.initialised_by = Origin::Version(v2.clone());
        record.also_initialised_by = BTreeSet::from([RtVersion::new("1.0")]);
        let now = settled(Some(&record), &node(NodeStatus::Up, 9), Some(&v2));
        assert_eq!(now.also_initialised_by, record.also_initialised_by);
        assert_eq!(node_view(Some(&record), &node(NodeStatus::Up, 9), None).also_initialised_by.len(), 1);
    }

    #[test]
    fn a_boot_counts_although_the_node_went_down_again() {
        let mut record = online(5);
        record.initialised_by = Origin::None;
        let (v1, v2) = (RtVersion::new("1.0"), RtVersion::new("2.0"));
        let crashed = NodeRecord { booted: 9, ..node(NodeStatus::Down, 11) };
        let now = settled(Some(&record), &crashed, Some(&v1));
        assert_eq!(now.initialised_by, Origin::Version(v1.clone()));
        let up = NodeRecord { booted: 11, ..node(NodeStatus::Up, 11) };
        let now = settled(Some(&now), &up, Some(&v2));
        assert_eq!((now.initialised_by, now.also_initialised_by), (Origin::Version(v1), BTreeSet::from([v2])));
    }

    #[test]
    fn settling_while_down_does_not_swallow_the_boot_to_come() {
        let mut record = online(5);
        record.initialised_by = Origin::None;
        let v2 = RtVersion::new("2.0");
        let down = settled(Some(&record), &node(NodeStatus::Down, 9), Some(&v2));
        let up = settled(Some(&down), &node(NodeStatus::Up, 9), Some(&v2));
        assert_eq!(up.initialised_by, Origin::Version(v2));
    }

    #[test]
    fn of_an_older_node_of_the_same_name_only_the_initialisation_stays() {
        for initialised_by in [Origin::Version(RtVersion::new("1.0")), Origin::Unknown] {
            let record = ResourceNodeRecord { initialised_by: initialised_by.clone(), ..online(2) };
            let now = settled(Some(&record), &node(NodeStatus::Up, 3), Some(&RtVersion::new("2.0")));
            assert_eq!((now.state, now.started_by), (ResourceState::Offline, Origin::None));
            assert_eq!(now.initialised_by, initialised_by);
            assert_eq!(now.also_initialised_by, BTreeSet::from([RtVersion::new("2.0")]), "its boot ran too");
        }
    }

    #[test]
    fn an_unknown_node_makes_its_resources_unknown() {
        let view = node_view(None, &node(NodeStatus::Unknown, 3), None);
        assert_eq!((view.state, view.monitor), (ResourceState::Unknown, MonitorState::Unknown));
        assert_eq!((view.started_by, view.monitor_started_by), (Origin::Unknown, Origin::Unknown));
        let view = node_view(Some(&online(3)), &node(NodeStatus::Unknown, 3), None);
        assert_eq!(view.started_by, Origin::Version(RtVersion::new("1.0")));
    }
}
