//! Edges: what the files say about the way from one version to the target. It never looks at the state of anything.

use rtreg_model::{ResourceType, RtVersion, Tunability, UpgradeFrom};

use super::decision::{Place, ReasonKind};
use super::request::{EmptyUpgradeFrom, Request, Settings, Version};
use super::state::State;

/// The two files of a request and the reading of `""`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edges<'a> {
    pub target: &'a Version<'a>,
    pub present: &'a Version<'a>,
    settings: Settings,
    /// The version was changed outside of rtreg.
    stated: bool,
}

/// What is asked on the way from a version to the target, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// What the files ask for.
    pub tunability: Tunability,
    /// Which rule says so.
    pub kind: ReasonKind,
    /// The line that says so; none if there is none.
    pub place: Option<Place>,
}

/// The edge that a resource takes from its version to the target: what its Type_version asks for at the gate.
pub fn edge(present: &Version<'_>, target: &Version<'_>, settings: &Settings) -> Edge {
    Edges { target, present, settings: *settings, stated: false }.edge(&present.resource_type.version.value)
}

/// What is known of a pair of versions; [`Looked::rule`] is the only place that makes an edge of it. Who asks for many
/// pairs looks the lines up in an index of their own.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'a> {
    /// The version that is left.
    pub from_unversioned: bool,
    /// The strictest line of the target's file for the version.
    pub listed: Option<&'a UpgradeFrom>,
    /// The strictest line of the target's file for `""`.
    pub empty: Option<&'a UpgradeFrom>,
    /// The target's file has `#$upgrade`.
    pub upgrade_aware: bool,
    /// The target sorts before the version, or the resource's present file lists the target.
    pub downgrade: bool,
}

impl<'a> Looked<'a> {
    /// Looks up what the file of a target says of a version.
    pub fn up(target: &'a ResourceType, from: &RtVersion, present_lists_target: bool) -> Self {
        Self {
            from_unversioned: from.is_unversioned(),
            listed: strictest_line(target, from).filter(|_| !from.is_unversioned()),
            empty: strictest_line(target, &RtVersion::UNVERSIONED),
            upgrade_aware: target.upgrade.is_some(),
            downgrade: present_lists_target || target.version.value.cmp(from).is_lt(),
        }
    }

    /// What is asked (design section 5), by which rule, and the line that says so.
    pub fn rule(&self, settings: &Settings) -> (Tunability, ReasonKind, Option<&'a UpgradeFrom>) {
        if !self.upgrade_aware {
            return (Tunability::AtCreation, ReasonKind::NotUpgradeAware, None);
        }
        if let Some(line) = self.listed.filter(|_| !self.from_unversioned) {
            return (line.tunability.value, ReasonKind::Listed, Some(line));
        }
        let covered = self.from_unversioned || settings.empty_upgrade_from == EmptyUpgradeFrom::CatchAll;
        let (tunability, kind, line) = match self.empty.filter(|_| covered) {
            Some(line) => (line.tunability.value, ReasonKind::Empty, Some(line)),
            None => (Tunability::DEFAULT, ReasonKind::Default, None),
        };
        if self.downgrade && tunability <= Tunability::WhenUnmanaged {
            return (Tunability::WhenUnmanaged, ReasonKind::Downgrade, None);
        }
        (tunability, kind, line)
    }
}

/// The strictest line of a file for a version; of equals the last.
pub fn strictest_line<'a>(target: &'a ResourceType, version: &RtVersion) -> Option<&'a UpgradeFrom> {
    let lines = target.upgrade_from.iter().filter(|line| line.version.value == *version);
    lines.max_by_key(|line| line.tunability.value)
}

impl<'a> Edges<'a> {
    pub fn new(request: &Request<'a>, state: &State, settings: &Settings) -> Self {
        let stated = state.resource.type_version_stated;
        Self { target: request.target, present: request.present, settings: *settings, stated }
    }

    /// Whether T's file would settle what the change outside of rtreg leaves open.
    pub fn is_unsettled_by_statement(&self, ending: Tunability) -> bool {
        self.stated && self.forbids_to_arrive_before(ending)
    }

    /// The version asked for.
    pub fn to(&self) -> &'a RtVersion {
        &self.target.resource_type.version.value
    }

    /// T, the version of the resource.
    pub fn type_version(&self) -> &'a RtVersion {
        &self.present.resource_type.version.value
    }

    /// The edge from a version to the target (design section 5).
    pub fn edge(&self, from: &RtVersion) -> Edge {
        let lists = self.present_lists_target();
        let (tunability, kind, line) =
            Looked::up(self.target.resource_type, from, lists.is_some()).rule(&self.settings);
        let place = match kind {
            ReasonKind::Downgrade => lists.map(|line| place(self.present, line)),
            _ => line.map(|line| place(self.target, line)),
        };
        Edge { tunability, kind, place }
    }

    /// The strictest line of the target that asks for `least` or more.
    pub fn strictest_line(&self, least: Tunability) -> Option<Place> {
        let lines = self.target.resource_type.upgrade_from.iter();
        let line = lines.filter(|line| line.tunability.value >= least).max_by_key(|line| line.tunability.value)?;
        Some(place(self.target, line))
    }

    /// Whether nothing that `ending` ends can be alive under another version than T: T's own file lets no resource arrive
    /// with it, and every arrival was gated.
    pub fn only_type_version_is_alive(&self, ending: Tunability) -> bool {
        !self.stated && self.forbids_to_arrive_before(ending)
    }

    fn forbids_to_arrive_before(&self, ending: Tunability) -> bool {
        forbids_to_arrive_before(self.present.resource_type, ending)
    }

    fn present_lists_target(&self) -> Option<&'a UpgradeFrom> {
        self.present.resource_type.upgrade_from.iter().find(|line| line.version.value == *self.to())
    }
}

/// Whether a file lets no resource arrive at its version in a state weaker than this.
pub fn forbids_to_arrive_before(present: &ResourceType, ending: Tunability) -> bool {
    present.upgrade.is_none() || present.upgrade_from.iter().all(|line| line.tunability.value >= ending)
}

fn place(version: &Version<'_>, line: &UpgradeFrom) -> Place {
    Place { file: version.file(), span: line.line }
}
