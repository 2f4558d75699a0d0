//! Edges: what the files say about the way from one version to the target. It never looks at the state of anything.

use rtreg_model::{RtVersion, Tunability, UpgradeFrom};

use super::decision::{Place, ReasonKind};
use super::request::{EmptyUpgradeFrom, Request, Settings, Version};

/// The two files of a request and the reading of `""`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edges<'a> {
    pub target: &'a Version<'a>,
    pub present: &'a Version<'a>,
    settings: Settings,
}

/// What is asked on the way from a version to the target, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub tunability: Tunability,
    pub kind: ReasonKind,
    pub place: Option<Place>,
}

impl<'a> Edges<'a> {
    pub fn new(request: &Request<'a>, settings: &Settings) -> Self {
        Self { target: request.target, present: request.present, settings: *settings }
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
        let lines = &self.target.resource_type.upgrade_from;
        let strictest = |version: &RtVersion| {
            lines.iter().filter(|line| line.version.value == *version).max_by_key(|line| line.tunability.value)
        };
        if self.target.resource_type.upgrade.is_none() {
            return Edge { tunability: Tunability::AtCreation, kind: ReasonKind::NotUpgradeAware, place: None };
        }
        if let Some(line) = strictest(from).filter(|_| !from.is_unversioned()) {
            return self.of_line(line, ReasonKind::Listed);
        }
        let covered = from.is_unversioned() || self.settings.empty_upgrade_from == EmptyUpgradeFrom::CatchAll;
        let edge = match strictest(&RtVersion::UNVERSIONED).filter(|_| covered) {
            Some(line) => self.of_line(line, ReasonKind::Empty),
            None => Edge { tunability: Tunability::DEFAULT, kind: ReasonKind::Default, place: None },
        };
        if self.is_downgrade(from) && edge.tunability <= Tunability::WhenUnmanaged {
            let place = self.present_lists_target().map(|line| place(self.present, line));
            return Edge { tunability: Tunability::WhenUnmanaged, kind: ReasonKind::Downgrade, place };
        }
        edge
    }

    /// The strictest line of the target that asks for `least` or more.
    pub fn strictest_line(&self, least: Tunability) -> Option<Place> {
        let lines = self.target.resource_type.upgrade_from.iter();
        let line = lines.filter(|line| line.tunability.value >= least).max_by_key(|line| line.tunability.value)?;
        Some(place(self.target, line))
    }

    /// Whether T's own file lets no resource arrive at T with something alive that `ending` would have ended.
    pub fn only_type_version_is_alive(&self, ending: Tunability) -> bool {
        let present = self.present.resource_type;
        present.upgrade.is_none() || present.upgrade_from.iter().all(|line| line.tunability.value >= ending)
    }

    fn is_downgrade(&self, from: &RtVersion) -> bool {
        self.present_lists_target().is_some() || self.to().cmp(from).is_lt()
    }

    fn present_lists_target(&self) -> Option<&'a UpgradeFrom> {
        self.present.resource_type.upgrade_from.iter().find(|line| line.version.value == *self.to())
    }

    fn of_line(&self, line: &UpgradeFrom, kind: ReasonKind) -> Edge {
        Edge { tunability: line.tunability.value, kind, place: Some(place(self.target, line)) }
    }
}

fn place(version: &Version<'_>, line: &UpgradeFrom) -> Place {
    Place { file: version.file(), span: line.line }
}
