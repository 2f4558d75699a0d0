//! Where the point of no return stands: what the administrator has said about versions that nothing leads back from. It
//! decides only whether something said is about a change of version; where the mark goes is for the steps to know.

use std::collections::BTreeSet;

use rtreg_model::{Origin, RtVersion};
use rtreg_registry::types::resolve_type;
use rtreg_registry::{CommandError, View};

use super::data::{Notice, NoticeKind, Plan};
use super::decide::Candidate;
use super::state::Resource;
use super::step::{Step, What};

/// Something that was said: nothing leads back from a change of version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Irreversible {
    /// The type, without version: `VENDOR.TYPE`, or `TYPE` for any vendor's.
    pub resource_type: String,
    /// Only from this version; none: from any.
    pub from: Option<RtVersion>,
    /// Only to this version; none: to any.
    pub to: Option<RtVersion>,
    /// Why, as the administrator wrote it.
    pub because: Option<String>,
    /// Where it was said: `rtreg.toml:3`, or the option.
    pub origin: String,
}

impl Irreversible {
    /// What `--irreversible TYPE` says: nothing leads back from the version that the name means.
    ///
    /// # Errors
    /// A refusal `type_not_found` or `ambiguous_type`: a word that means nothing would mark nothing, and nobody would know.
    pub fn of_name(view: &View<'_>, name: &str) -> Result<Self, CommandError> {
        let record = resolve_type(view, name)?;
        Ok(Self {
            resource_type: record.name.base().to_owned(),
            from: None,
            to: Some(record.version.clone()),
            because: None,
            origin: format!("--irreversible {name}"),
        })
    }

    /// Whether it is about a type, given by its name without version.
    pub fn is_of_type(&self, base: &str) -> bool {
        let bare = |name: &str| name.split_once('.').map_or(name, |(_, bare)| bare).to_owned();
        base.eq_ignore_ascii_case(&self.resource_type)
            || !self.resource_type.contains('.') && bare(base).eq_ignore_ascii_case(&self.resource_type)
    }

    /// Whether it is about a way through these versions, in their order. What else is still alive of the resource counts as
    /// passed too: its data may be those of that version.
    pub fn is_about(&self, base: &str, versions: &[RtVersion], alive: &Alive) -> bool {
        let Some((_, behind)) = versions.split_first() else { return false };
        let to = |to: &RtVersion| behind.iter().rposition(|version| version == to);
        let end = match &self.to {
            Some(wanted) => to(wanted),
            None => behind.len().checked_sub(1),
        };
        let Some(end) = end else { return false };
        let before = versions.iter().take(end + 1);
        let from = self.from.as_ref();
        self.is_of_type(base)
            && from.is_none_or(|from| {
                alive.unknown || alive.versions.contains(from) || before.into_iter().any(|it| it == from)
            })
    }
}

/// What is alive of a resource beside its Type_version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alive {
    /// The versions that started or initialised it somewhere.
    pub versions: BTreeSet<RtVersion>,
    /// Whether it is not known which did.
    pub unknown: bool,
}

impl Alive {
    /// What the state of a resource says.
    pub fn of(resource: &Resource) -> Self {
        let mut alive = Self::default();
        for entry in resource.nodes.values() {
            alive.versions.extend(entry.also_initialised_by.iter().cloned());
            for origin in [&entry.started_by, &entry.initialised_by] {
                match origin {
                    Origin::None => {}
                    Origin::Version(version) => drop(alive.versions.insert(version.clone())),
                    Origin::Unknown => alive.unknown = true,
                }
            }
        }
        alive
    }
}

/// Why there is no way back behind the changes of a bundle, a sentence; none if nobody said so.
pub(super) fn of_bundle(said: &[Irreversible], upgrades: &[(&Candidate, Alive)]) -> Option<String> {
    let mut sentences = BTreeSet::new();
    for (candidate, alive) in upgrades {
        let base = candidate.present.loaded.record.name.base();
        let mut versions = vec![candidate.present.version().clone()];
        versions.extend(candidate.legs.iter().map(|leg| leg.target.version().clone()));
        let about = said.iter().filter(|said| said.is_about(base, &versions, alive));
        sentences.extend(about.map(|said| sentence(said, candidate.target().name())));
    }
    (!sentences.is_empty()).then(|| sentences.into_iter().collect::<Vec<_>>().join(" "))
}

fn sentence(said: &Irreversible, target: &str) -> String {
    let Irreversible { origin, because, .. } = said;
    match because {
        Some(because) => format!("Nothing leads back from {target}: {} ({origin}).", because.trim_end_matches('.')),
        None => format!("Nothing leads back from {target}, says {origin}: what its methods do is not undone."),
    }
}

/// What a bundle with a mark tells whoever carries it out.
pub(super) fn notice(id: &str, steps: &[Step]) -> Option<Notice> {
    let step = steps.iter().find(|step| step.is_mark())?;
    let sentence = format!(
        "Behind {} bundle {id} cannot be undone: if a later step fails the run stops as it is. {} It is carried out only \
         with `--accept-irreversible`.",
        step.id, step.reason.sentence
    );
    Some(Notice { kind: NoticeKind::Irreversible, sentence })
}

impl Step {
    /// Whether it is the point of no return.
    pub fn is_mark(&self) -> bool {
        matches!(self.operation.what, What::Mark { .. })
    }
}

impl Plan {
    /// The points of no return: only a plan that has one needs `--accept-irreversible`.
    pub fn marks(&self) -> impl Iterator<Item = &Step> {
        self.bundles().flat_map(|bundle| &bundle.steps).filter(|step| step.is_mark())
    }
}
