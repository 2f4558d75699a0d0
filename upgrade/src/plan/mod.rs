//! The plan of an upgrade (design section 8): everything is chosen here, and nothing where it is carried out. What was read
//! is the plan's basis; a plan is data and is never changed.

mod answers;
mod becomes;
mod bundle;
pub(crate) mod calls;
mod data;
mod decide;
mod digest;
pub(crate) mod files;
pub(crate) mod lower;
mod mark;
pub(crate) mod method;
mod order;
pub(crate) mod read;
mod recorded;
pub(crate) mod schedule;
mod state;
mod step;
mod wave;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rtreg_registry::commands::planning;
use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::commands::upgrade::find_target;
use rtreg_registry::commands::version::gate_state;
use rtreg_registry::gate::{Assignment, Needs};
use rtreg_registry::types::candidates;
use rtreg_registry::{CommandError, Refusal, View};

pub use becomes::{Becomes, RegistryChange};
pub use data::{
    Also, Asked, Back, Basis, Blackout, Bundle, Driver, Expected, HeldBack, HeldBackKind, Notice, NoticeKind, Plan,
    RangeBasis, TypeBasis, Upgrade, Wave,
};
pub use decide::Gatekeeper;
pub use mark::{Alive, Irreversible};
pub use state::{Effect, Group, OnNode, Resource, State};
pub use step::{
    At, Commands, DigestCheck, GroupChange, GroupEvent, IfFailed, MethodCall, NodeAction, Operation, Phase, Program,
    Repeat, SetResource, SetTypeVersion, Step, Switch, SwitchChange, Undo, What, Why,
};

use bundle::Moving;
use decide::{Candidate, Fate};
use read::{Reader, Type};

/// Which resources are to be upgraded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// These.
    Resources(Vec<String>),
    /// All of a type, or of one version of it, as the user writes it.
    Type(String),
    /// All of a group whose type has the version.
    Group(String),
}

/// A plan that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which resources.
    pub scope: Scope,
    /// `--to`: an RT_version, `unversioned`, or a name that means a version.
    pub to: String,
    /// `--allow`.
    pub allow: Option<Needs>,
    /// `--also`.
    pub also: Also,
    /// `-p`, as written.
    pub properties: Vec<String>,
    /// `--direct`.
    pub direct: bool,
    /// `--strict`.
    pub strict: bool,
    /// `--max-unavailable`; at least 1.
    pub max_unavailable: usize,
    /// `--max-failures`.
    pub max_failures: usize,
    /// `--irreversible`: names of versions that nothing leads back from.
    pub irreversible: Vec<String>,
    /// What the configuration says of changes of version that nothing leads back from.
    pub marks: Vec<Irreversible>,
    /// What each resource goes back to, whatever `to` and `properties` say.
    pub back: BTreeMap<String, Back>,
    /// The run that is taken back, if one is.
    pub run: Option<String>,
}

impl Request {
    /// A request for these resources that permits nothing.
    pub fn new(scope: Scope, to: impl Into<String>) -> Self {
        Self {
            scope,
            to: to.into(),
            allow: None,
            also: Also::Nothing,
            properties: Vec::new(),
            direct: false,
            strict: false,
            max_unavailable: 1,
            max_failures: 0,
            irreversible: Vec::new(),
            marks: Vec::new(),
            back: BTreeMap::new(),
            run: None,
        }
    }
}

/// The state of groups with all their resources, as a plan is made of it.
///
/// # Errors
/// A refusal `not_found`; [`CommandError::Store`].
pub fn state_of(view: &View<'_>, groups: &[&str]) -> Result<State, CommandError> {
    let mut reader = Reader::new(view)?;
    for group in groups {
        reader.group(group)?;
        for name in reader.members(group)? {
            reader.resource(&name)?;
        }
    }
    Ok(reader.state)
}

/// Makes the plan. What is not possible, or not permitted, is held back with its reasons; that is no error.
///
/// # Errors
/// What does not exist: refusals `not_found`, `unknown_version`, `ambiguous_type`, `no_such_version`; [`CommandError::Usage`]
/// for values that say something twice; [`CommandError::Store`].
pub fn plan(view: &View<'_>, request: &Request) -> Result<Plan, CommandError> {
    let properties = parse_assignments(request.properties.iter().map(String::as_str))?;
    let mut reader = Reader::new(view)?;
    let resources = scope(&mut reader, request)?;
    if let Also::Resources(names) = &request.also {
        // A name that means nothing would permit nothing, and nobody would know why.
        names.iter().try_for_each(|name| reader.resource(name).map(drop))?;
    }
    let asked = asked(request, resources);
    let mut planner =
        Planner { targets: BTreeMap::new(), properties, held_back: Vec::new(), nothing_to_do: Vec::new() };
    let candidates = planner.candidates(&mut reader, &asked, request)?;
    let (candidates, moving) = planner.movable(&mut reader, &asked, candidates)?;
    let bundles = bundle::join(moving, &candidates);
    let mut marks = request.marks.clone();
    for name in &request.irreversible {
        marks.push(Irreversible::of_name(view, name)?);
    }
    let mut made = wave::Made::new(marks);
    for (places, moving) in bundles {
        let upgrades: Vec<&Candidate> = places.iter().filter_map(|at| candidates.get(*at)).collect();
        if let Err(held_back) = made.add(&mut reader, &asked, moving, &upgrades)? {
            planner.held_back.extend(held_back);
        }
    }
    planner.held_back.sort_by(|a, b| a.resource.cmp(&b.resource));
    let Planner { held_back, nothing_to_do, .. } = planner;
    made.finish(&mut reader, asked, (held_back, nothing_to_do))
}

fn asked(request: &Request, resources: Vec<String>) -> Asked {
    let (resource_type, group) = match &request.scope {
        Scope::Resources(_) => (None, None),
        Scope::Type(name) => (Some(name.clone()), None),
        Scope::Group(name) => (None, Some(name.clone())),
    };
    Asked {
        resources,
        resource_type,
        group,
        to: request.to.clone(),
        allow: request.allow,
        also: request.also.clone(),
        properties: request.properties.clone(),
        direct: request.direct,
        strict: request.strict,
        max_unavailable: request.max_unavailable.max(1),
        max_failures: request.max_failures,
        command: None,
        back: request.back.clone(),
        run: request.run.clone(),
    }
}

/// The resources that are meant, each once.
fn scope(reader: &mut Reader<'_, '_>, request: &Request) -> Result<Vec<String>, CommandError> {
    match &request.scope {
        Scope::Resources(names) => {
            let (mut resources, mut seen) = (Vec::new(), BTreeSet::new());
            for name in names {
                reader.resource(name)?;
                if seen.insert(name) {
                    resources.push(name.clone());
                }
            }
            Ok(resources)
        }
        Scope::Group(group) => {
            planning::find_group(reader.view, group)?;
            let mut resources = Vec::new();
            for name in reader.members(group)? {
                let resource = reader.resource(&name)?;
                let base = resource.base.clone();
                if has_version(reader, &base, &request.to)? {
                    resources.push(name);
                }
            }
            if resources.is_empty() {
                let message =
                    format!("no resource of group `{group}` has a type with a registered version `{}`", request.to);
                let help = format!("`rtreg show group {group}` lists its resources, `rtreg list` the versions");
                return Err(Refusal::new("no_such_version", message).help(help).into());
            }
            Ok(resources)
        }
        Scope::Type(name) => of_type(reader, name),
    }
}

fn has_version(reader: &Reader<'_, '_>, base: &str, to: &str) -> Result<bool, CommandError> {
    let version = if to == "unversioned" { String::new() } else { to.to_owned() };
    let version = rtreg_model::RtVersion::new(version);
    if rtreg_registry::types::type_version(reader.view, base, &version)?.is_some() {
        return Ok(true);
    }
    let (found, _) = candidates(reader.view, to)?;
    Ok(found.iter().any(|found| found.name.base() == base))
}

/// All resources of a type; of one version of it where the name says so.
fn of_type(reader: &mut Reader<'_, '_>, name: &str) -> Result<Vec<String>, CommandError> {
    let (found, _) = candidates(reader.view, name)?;
    let bases: BTreeSet<String> = found.iter().map(|found| found.name.base().to_owned()).collect();
    let wanted = rtreg_model::TypeName::parse(name).suffix().map(str::to_owned);
    let mut bases = bases.into_iter();
    let (Some(base), None) = (bases.next(), bases.next()) else {
        return match rtreg_registry::resolve_type(reader.view, name) {
            Err(error) => Err(error),
            Ok(record) => of_type(reader, record.name.base()),
        };
    };
    let mut resources = Vec::new();
    for resource in planning::users_of(reader.view, &base)? {
        let version = &reader.resource(&resource)?.type_version;
        if wanted.is_none() || wanted.as_deref() == version.as_str() {
            resources.push(resource);
        }
    }
    Ok(resources)
}

struct Planner {
    targets: BTreeMap<String, Rc<Type>>,
    properties: Vec<Assignment>,
    held_back: Vec<HeldBack>,
    nothing_to_do: Vec<String>,
}

impl Planner {
    /// Asks the gate for each resource.
    fn candidates(
        &mut self,
        reader: &mut Reader<'_, '_>,
        asked: &Asked,
        request: &Request,
    ) -> Result<Vec<Candidate>, CommandError> {
        let mut candidates = Vec::new();
        for name in &asked.resources {
            let target = match asked.back.get(name) {
                Some(back) => {
                    let base = reader.resource(name)?.base.clone();
                    reader.type_of(&base, &back.version)?
                }
                None => self.target(reader, name, &request.to)?,
            };
            match decide::decide(reader, asked, name, (&target, &self.properties))? {
                Fate::NothingToDo => self.nothing_to_do.push(name.clone()),
                Fate::HeldBack(held_back) => self.held_back.push(held_back),
                Fate::Upgraded(candidate) => candidates.push(*candidate),
            }
        }
        Ok(candidates)
    }

    /// The version that is meant for a resource; looked up once for each type.
    fn target(&mut self, reader: &mut Reader<'_, '_>, name: &str, to: &str) -> Result<Rc<Type>, CommandError> {
        let base = reader.resource(name)?.base.clone();
        if let Some(known) = self.targets.get(&base) {
            return Ok(Rc::clone(known));
        }
        let loaded = find_target(reader.view, &gate_state(reader.view, name)?, to)?;
        let target = reader.type_of(loaded.record.name.base(), &loaded.record.version)?;
        self.targets.insert(base, Rc::clone(&target));
        Ok(target)
    }

    /// Leaves out what would take something down that nobody named, or that cannot move.
    fn movable(
        &mut self,
        reader: &mut Reader<'_, '_>,
        asked: &Asked,
        candidates: Vec<Candidate>,
    ) -> Result<(Vec<Candidate>, Vec<Moving>), CommandError> {
        let (mut kept, mut all) = (Vec::new(), Vec::new());
        let named: BTreeSet<String> = asked.resources.iter().cloned().collect();
        for candidate in candidates {
            let moving = bundle::moving(reader, &candidate)?;
            match in_the_way(reader, (asked, &named), &candidate, &moving) {
                Some(held_back) => self.held_back.push(held_back),
                None => {
                    kept.push(candidate);
                    all.push(moving);
                }
            }
        }
        Ok((kept, all))
    }
}

/// Why an upgrade that the gate would allow is held back.
fn in_the_way(
    reader: &Reader<'_, '_>,
    asked: (&Asked, &BTreeSet<String>),
    candidate: &Candidate,
    moving: &Moving,
) -> Option<HeldBack> {
    let name = &candidate.name;
    let held_back = |kind: HeldBackKind, rule: &str, sentence: String, commands: Vec<String>| {
        let mut because = vec![Why { rule: rule.to_owned(), sentence, place: None }];
        because.extend(candidate.because.iter().cloned());
        Some(HeldBack { resource: name.clone(), kind, because, commands })
    };
    let down = moving.moves.iter().filter(|(_, of)| of.mode.is_down());
    if let Some((other, (node, how))) =
        down.clone().find_map(|(name, _)| Some((name, decide::stuck(&reader.state, name)?)))
    {
        let sentence = format!("`{other}` would have to go down, but on {node} {how}.");
        let commands = vec![format!("rtreg resource clear {other} --node {node}")];
        let commands = if how.contains("failed") { commands } else { Vec::new() };
        return held_back(HeldBackKind::State, "state", sentence, commands);
    }
    let unstoppable = down.clone().find(|(name, _)| !reader.is_stoppable(name));
    if let Some((other, _)) = unstoppable {
        let sentence =
            format!("`{other}` would have to go down, but no method of its version stops it, or its monitor.");
        return held_back(HeldBackKind::State, "state", sentence, Vec::new());
    }
    let missing = bundle::not_named(reader, asked, moving);
    if missing.is_empty() {
        return None;
    }
    let why =
        missing.first().and_then(|first| moving.moves.get(first)).map(|of| of.sentence.clone()).unwrap_or_default();
    let verb = if missing.len() == 1 { "goes" } else { "go" };
    let sentence = format!("{} {verb} down with it and the request does not name it. {why}", missing.join(", "));
    let command = format!("add `--also {}`", missing.join(","));
    held_back(HeldBackKind::NotNamed, "also", sentence, vec![command])
}
