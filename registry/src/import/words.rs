//! The words of the vendor's `show` and `status` as tables: headings, names of lines, states. They are recalled, not
//! verified, one row each.

use rtreg_model::{MonitorState, ResourceState};

use super::Kind;

/// What stands for no value.
pub const NULL: [&str; 2] = ["<NULL>", "NULL"];

/// What stands for all nodes.
pub const ALL: [&str; 2] = ["<All>", "All"];

/// What a heading starts: objects, or a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Objects of `show`, the first of this kind.
    Blocks(Kind),
    /// A table of `status` about objects of this kind.
    Table(Kind),
    /// The properties of the resource above.
    Properties,
    /// A heading within a section, which changes nothing.
    Same,
}

/// Headings: `=== … ===`.
pub const HEADINGS: &[(&str, Section)] = &[
    ("Registered Resource Types", Section::Blocks(Kind::Type)),
    ("Resource Groups and Resources", Section::Blocks(Kind::Group)),
    ("Resource Groups", Section::Blocks(Kind::Group)),
    ("Resources", Section::Blocks(Kind::Resource)),
    ("Cluster Resources", Section::Table(Kind::Resource)),
    ("Cluster Resource Groups", Section::Table(Kind::Group)),
    ("Cluster Nodes", Section::Table(Kind::Node)),
];

/// Headings within: `--- … ---`; one that ends with a name is given without it.
pub const SUBHEADINGS: &[(&str, Section)] = &[
    ("Standard and extension properties", Section::Properties),
    ("Resources for Group", Section::Blocks(Kind::Resource)),
    ("Node Status", Section::Same),
];

/// The line that starts an object.
pub const HEADS: &[(&str, Kind)] =
    &[("Resource Type", Kind::Type), ("Resource Group", Kind::Group), ("Resource", Kind::Resource)];

/// The first words of the line of heads of a table.
pub const TABLE_HEADS: &[(&str, Kind)] =
    &[("Resource Name", Kind::Resource), ("Group Name", Kind::Group), ("Node Name", Kind::Node)];

/// Lines of a group: those that the registry keeps, and those that it does not.
pub const GROUP_KEYS: &[(&str, bool)] = &[
    ("RG_state", true),
    ("Nodelist", true),
    ("Maximum_primaries", true),
    // It follows from Maximum_primaries.
    ("RG_mode", true),
    ("RG_description", false),
    ("RG_project_name", false),
    ("RG_affinities", false),
    ("RG_SLM_type", false),
    ("RG_SLM_pset_type", false),
    ("RG_SLM_CPU", false),
    ("RG_SLM_CPU_SHARES", false),
    ("RG_SLM_PSET_MIN", false),
    ("RG_dependencies", false),
    ("RG_system", false),
    ("Auto_start_on_new_cluster", false),
    ("Failback", false),
    ("Desired_primaries", false),
    ("Implicit_network_dependencies", false),
    ("Global_resources_used", false),
    ("Pingpong_interval", false),
    ("Pathprefix", false),
    ("Suspend_automatic_recovery", false),
    ("Load_factors", false),
    ("Priority", false),
    ("Preemption_mode", false),
];

/// Lines of a resource above its properties.
pub const RESOURCE_KEYS: &[&str] =
    &["Type", "Type_version", "Group", "R_description", "Resource_project_name", "Enabled", "Monitored"];

/// Lines under a property: what its type says of it, which is read from the RTR file instead.
pub const ATTRIBUTE_KEYS: &[&str] = &["Class", "Description", "Per-node", "Type", "Default", "Tunable"];

/// States of a resource. A monitor of none follows from the switch and the type.
pub const RESOURCE_STATES: &[(&str, ResourceState, Option<MonitorState>)] = &[
    ("online", ResourceState::Online, None),
    ("offline", ResourceState::Offline, None),
    ("online_not_monitored", ResourceState::Online, Some(MonitorState::Stopped)),
    ("online_but_not_monitored", ResourceState::Online, Some(MonitorState::Stopped)),
    ("monitor_failed", ResourceState::Online, Some(MonitorState::StartFailed)),
    ("degraded", ResourceState::Online, None),
    ("starting", ResourceState::Starting, None),
    ("stopping", ResourceState::Stopping, None),
    ("start_failed", ResourceState::StartFailed, None),
    ("stop_failed", ResourceState::StopFailed, None),
    // These say that it is in trouble, not whether it runs.
    ("faulted", ResourceState::Unknown, Some(MonitorState::Unknown)),
    ("not_online", ResourceState::Unknown, Some(MonitorState::Unknown)),
    ("detached", ResourceState::Unknown, Some(MonitorState::Unknown)),
    ("wait", ResourceState::Unknown, Some(MonitorState::Unknown)),
    ("unknown", ResourceState::Unknown, Some(MonitorState::Unknown)),
];

/// States of a group on a node: whether it is online there, or on its way.
pub const GROUP_STATES: &[(&str, bool)] = &[
    ("online", true),
    ("online_faulted", true),
    ("pending_online", true),
    ("pending_online_blocked", true),
    ("pending_offline", true),
    ("error_stop_failed", true),
    ("offline", false),
    ("unmanaged", false),
];

/// States of a node: whether it is a member.
pub const NODE_STATES: &[(&str, bool)] = &[("online", true), ("offline", false), ("unknown", false)];

/// A word of a state as the tables spell it: small, with one `_` where blanks, `-` or `_` stand.
pub fn normal(word: &str) -> String {
    let parts = word.split(|c: char| c.is_whitespace() || c == '_' || c == '-').filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}
