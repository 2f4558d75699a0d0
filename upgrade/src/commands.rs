//! The commands `graph`, `path`, and `upgrade` by a path: what they read of the registry, and what they say. The path is
//! chosen on one revision, without conditions: every hop is gated anew in the commit that does it.

use std::collections::BTreeMap;

use rtreg_model::RtVersion;
use rtreg_registry::commands::settings::read_settings;
use rtreg_registry::commands::upgrade::{self, dependency_faults, find_target};
use rtreg_registry::commands::version::{GateState, gate_state, gate_version};
use rtreg_registry::gate::{Assignment, Decision, DecisionReport, Settings, Verdict, Version, quote};
use rtreg_registry::records::TypeRecord;
use rtreg_registry::types::candidates;
use rtreg_registry::view::decode;
use rtreg_registry::{
    CommandError, Context, KeyRange, LoadedType, Refusal, Store, View, inspect, keys, load_type, transact,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::graph::Graph;
use crate::graph::report::GraphReport;
use crate::path::report::{PathReport, PathsReport};
use crate::path::{self, Asked, Path, Paths, render};

/// A path that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRequest {
    /// The resource.
    pub resource: String,
    /// The RT_version that it is to have (or `unversioned`), or a name that means that version of its type.
    pub to: String,
    /// Values given in the command.
    pub properties: Vec<Assignment>,
}

/// The paths, with the files that they speak of.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PathAnswer {
    /// The paths.
    pub paths: Paths,
    request: PathRequest,
    sources: Sources,
}

/// RTR files by the names that messages use.
type Sources = BTreeMap<String, Vec<u8>>;

impl PathAnswer {
    /// The paths as JSON.
    pub fn json(&self) -> PathsReport {
        PathsReport::new(&self.paths, &|name| self.sources.get(name).cloned(), &|path| self.upgrade(path))
    }

    /// The paths for people.
    pub fn text(&self) -> String {
        render::render(&self.paths, &|name| self.sources.get(name).cloned(), &|path| self.upgrade(path))
    }

    /// The command that does a path.
    fn upgrade(&self, path: &Path) -> String {
        let PathRequest { resource, to, properties } = &self.request;
        let values: String = properties.iter().map(|value| format!(" -p {}", quote(&value.to_string()))).collect();
        let is_best = *path == self.paths.best;
        match path.is_direct() && !is_best {
            true => format!("rtreg upgrade {resource} --to {}{values} --direct", quote(to)),
            false if is_best => format!("rtreg upgrade {resource} --to {}{values}", quote(to)),
            false => {
                let hops = path.hops.iter().map(|hop| {
                    let values = hop.properties.iter().map(|value| format!(" -p {}", quote(&value.to_string())));
                    let to = quote(&hop.to.to_string());
                    format!("rtreg upgrade {resource} --to {to}{} --direct", values.collect::<String>())
                });
                hops.collect::<Vec<_>>().join(" && ")
            }
        }
    }
}

/// The paths of a resource to a version. Changes nothing.
///
/// # Errors
/// A refusal `not_found`, `unknown_version` or `ambiguous_type`; [`CommandError::Store`].
pub fn path(view: &View<'_>, request: &PathRequest) -> Result<PathAnswer, CommandError> {
    let settings = read_settings(view)?;
    let read = gate_state(view, &request.resource)?;
    let wanted = find_target(view, &read, &request.to)?;
    let mut loaded = all_versions(view, read.present.record.name.base())?;
    for further in [&read.present, &wanted] {
        if !loaded.iter().any(|known| known.record.name == further.record.name) {
            loaded.push(further.clone());
        }
    }
    let paths = find(view, (&read, &wanted), &loaded, request, settings)?;
    let sources = loaded.into_iter().map(|of| (format!("registry:{}", of.record.name), of.source)).collect();
    Ok(PathAnswer { paths, request: request.clone(), sources })
}

fn find(
    view: &View<'_>,
    (read, wanted): (&GateState, &LoadedType),
    loaded: &[LoadedType],
    request: &PathRequest,
    settings: Settings,
) -> Result<Paths, CommandError> {
    let version = |loaded| gate_version(view, loaded, &request.resource);
    let versions = loaded.iter().map(version).collect::<Result<Vec<Version<'_>>, _>>()?;
    let base = read.present.record.name.base();
    let graph = Graph::new(versions.iter().filter(|version| version.resource_type.name().base() == base), settings);
    let (present, target) = (version(&read.present)?, version(wanted)?);
    let asked = Asked {
        resource: &request.resource,
        present: &present,
        target: &target,
        properties: &request.properties,
        state: &read.state,
        settings,
        faults: &|asked, state| dependency_faults(view, asked, state),
    };
    path::find(&graph, &asked)
}

/// All registered versions of a type, without a condition.
fn all_versions(view: &View<'_>, base: &str) -> Result<Vec<LoadedType>, CommandError> {
    let stored = view.peek(&KeyRange::prefix(&keys::type_versions(base)), usize::MAX)?;
    stored.iter().map(|stored| load_type(view, &decode::<TypeRecord>(stored)?)).collect()
}

/// The graph of a type: its name without version, or anything that means versions of one type.
///
/// # Errors
/// A refusal `type_not_found` or `ambiguous_type`; [`CommandError::Store`].
pub fn graph(view: &View<'_>, name: &str, all: bool) -> Result<GraphReport, CommandError> {
    let base = base(view, name)?;
    let loaded = all_versions(view, &base)?;
    let versions: Vec<Version<'_>> = loaded
        .iter()
        .map(|loaded| Version {
            resource_type: &loaded.resource_type,
            name: loaded.record.name.to_string(),
            installed_nodes: None,
            other_resources: Vec::new(),
        })
        .collect();
    let graph = Graph::new(&versions, read_settings(view)?);
    let source = |file: &str| {
        let found =
            loaded.iter().find(|loaded| file.strip_prefix("registry:") == Some(&loaded.record.name.to_string()));
        found.map(|loaded| loaded.source.clone())
    };
    Ok(GraphReport::new(&base, &graph, all, &source))
}

/// The one type that a name means versions of.
fn base(view: &View<'_>, name: &str) -> Result<String, CommandError> {
    let (found, complete) = candidates(view, name)?;
    let mut bases: Vec<String> = found.iter().map(|found| found.name.base().to_owned()).collect();
    bases.sort();
    bases.dedup();
    match bases.as_slice() {
        [only] if complete => Ok(only.clone()),
        // What is not found is worded there.
        [] => Ok(rtreg_registry::resolve_type(view, name)?.name.base().to_owned()),
        _ => {
            let help =
                format!("write one of these names, for example `rtreg graph {}`", bases.join("` or `rtreg graph "));
            let message = format!("`{name}` can mean several resource types; a graph is of one");
            Err(Refusal::new("ambiguous_type", message).details(bases).help(help).into())
        }
    }
}

/// An upgrade that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradeRequest {
    /// Resource, version and values.
    pub path: PathRequest,
    /// Only say what would be.
    pub preview: bool,
    /// Straight to the target, whatever a path could do.
    pub direct: bool,
}

/// What the gate said, and what was done.
#[derive(Debug)]
#[non_exhaustive]
pub enum Upgraded {
    /// The direct way, done, refused or previewed.
    Direct(Box<upgrade::Report>),
    /// A path of several hops is less disruptive.
    ByPath(Box<ByPath>),
}

/// An upgrade by a path of several hops.
#[derive(Debug)]
#[non_exhaustive]
pub struct ByPath {
    /// All paths, as they were before the first hop.
    pub answer: PathAnswer,
    /// Whether the command only asked.
    pub preview: bool,
    /// The hops that were done, each by a commit of its own, and perhaps one that was refused.
    pub hops: Vec<upgrade::Report>,
    /// The version that the resource has now.
    pub reached: RtVersion,
    /// What ended it before its time, beside the gate.
    pub error: Option<CommandError>,
    straight: upgrade::Report,
}

/// Upgrades a resource: straight where that is allowed now, otherwise by the least disruptive path, if all its hops are
/// allowed now; otherwise nothing is done. Each hop is gated in its own commit.
///
/// # Errors
/// As [`upgrade::upgrade`]. What fails after a hop is done is part of the answer.
pub fn upgrade(store: &dyn Store, ctx: &Context, request: &UpgradeRequest) -> Result<Upgraded, CommandError> {
    let straight = one_hop(store, ctx, (&request.path, request.preview))?;
    let is_settled = straight.decision.verdict == Verdict::Allowed || straight.decision.is_same_version();
    if request.direct || is_settled {
        return Ok(Upgraded::Direct(Box::new(straight)));
    }
    let answer = inspect(store, |view| path(view, &request.path))?;
    let best = &answer.paths.best;
    if best.is_direct() {
        return Ok(Upgraded::Direct(Box::new(straight)));
    }
    let reached = best.versions.first().cloned().unwrap_or_default();
    let mut by_path = ByPath { preview: request.preview, hops: Vec::new(), reached, error: None, answer, straight };
    if by_path.answer.paths.best.verdict == Verdict::Allowed && !request.preview {
        by_path.climb(store, ctx)?;
    }
    Ok(Upgraded::ByPath(Box::new(by_path)))
}

fn one_hop(
    store: &dyn Store,
    ctx: &Context,
    (request, preview): (&PathRequest, bool),
) -> Result<upgrade::Report, CommandError> {
    let PathRequest { resource, to, properties } = request.clone();
    let request = upgrade::Request { resource, to, properties, preview };
    transact(store, ctx, ("upgrades", 1), |tx| upgrade::upgrade(tx, &request)).map(|(report, _)| report)
}

impl ByPath {
    /// Does the hops until one is refused.
    fn climb(&mut self, store: &dyn Store, ctx: &Context) -> Result<(), CommandError> {
        let resource = self.answer.paths.resource.clone();
        let hops = self.answer.paths.best.hops.iter();
        let hops: Vec<_> = hops.map(|hop| (hop.to.clone(), hop.properties.clone())).collect();
        for (to, properties) in hops {
            let request = PathRequest { resource: resource.clone(), to: to.to_string(), properties };
            match one_hop(store, ctx, (&request, false)) {
                Ok(report) => {
                    let is_done = report.done;
                    self.hops.push(report);
                    if !is_done {
                        return Ok(());
                    }
                    self.reached = to;
                }
                Err(error) if self.hops.is_empty() => return Err(error),
                Err(error) => {
                    self.error = Some(error);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether the resource has the version that was asked for.
    pub fn done(&self) -> bool {
        self.answer.paths.best.versions.last() == Some(&self.reached)
    }

    /// What decides: the hop that was or would be refused, else the last one.
    pub fn decision(&self) -> &Decision {
        let best = &self.answer.paths.best;
        let planned = best.deciding().or(best.hops.last()).map(|hop| &hop.decision);
        self.hops.last().map(|report| &report.decision).or(planned).unwrap_or(&self.straight.decision)
    }

    /// The answer in words: what was done hop by hop, or the paths.
    pub fn text(&self) -> String {
        let Paths { resource, present, target, best, .. } = &self.answer.paths;
        if self.hops.is_empty() {
            let end = match (self.preview, best.verdict) {
                (true, _) => "This was a preview: nothing was changed.",
                _ => "Nothing was changed.",
            };
            return format!("{}\n{end}\n", self.answer.text());
        }
        let mut text = format!(
            "{resource}: from {present} to {target} by the path {}, which is less disruptive than the direct one \
             (`rtreg path` shows both).\n",
            render::arrows(best)
        );
        for report in &self.hops {
            text.push('\n');
            text.push_str(&report.text());
        }
        if !self.done() {
            let why = match &self.error {
                Some(error) => format!("an error ended it ({error})"),
                None => "somebody changed what the path was chosen on".to_owned(),
            };
            text.push_str(&format!(
                "\nStopped on the way: {resource} has version {} now, and not that of {target}; {why}.\nWhat is done stays \
                 done; `rtreg path {resource} --to {}` shows the way from here.\n",
                self.reached,
                quote(&self.answer.request.to)
            ));
        }
        text
    }

    /// The answer as JSON: the decision of the hop that decides, and the path.
    pub fn json(&self) -> UpgradeReport {
        let best = &self.answer.paths.best;
        let sources = |name: &str| self.answer.sources.get(name).cloned();
        let path = PathReport::new(best, &sources, self.answer.upgrade(best));
        let mut decision = DecisionReport::new(self.decision(), &sources);
        if self.hops.is_empty() && best.verdict != Verdict::Allowed {
            let PathReport { commands, statements, afterwards, affects, possible, .. } = path.clone();
            decision = DecisionReport { commands, statements, afterwards, affects, possible, ..decision };
        }
        let by = Climbed { path, reached: self.reached.as_str().map(str::to_owned), done: self.done() };
        UpgradeReport { decision, by_path: Some(by) }
    }
}

impl Upgraded {
    /// The answer in words.
    pub fn text(&self) -> String {
        match self {
            Self::Direct(report) => report.text(),
            Self::ByPath(by_path) => by_path.text(),
        }
    }

    /// The answer as JSON.
    pub fn json(&self) -> UpgradeReport {
        match self {
            Self::Direct(report) => UpgradeReport { decision: report.json(), by_path: None },
            Self::ByPath(by_path) => by_path.json(),
        }
    }

    /// The decision that the exit code comes from.
    pub fn decision(&self) -> &Decision {
        match self {
            Self::Direct(report) => &report.decision,
            Self::ByPath(by_path) => by_path.decision(),
        }
    }

    /// What ended a path before its time, beside the gate; it decides the exit code.
    pub fn take_error(&mut self) -> Option<CommandError> {
        match self {
            Self::Direct(_) => None,
            Self::ByPath(by_path) => by_path.error.take(),
        }
    }
}

/// An upgrade as JSON, version 1: the decision of the hop that decides and, where the way had several, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UpgradeReport {
    /// The decision.
    #[serde(flatten)]
    pub decision: DecisionReport,
    /// The path of several hops that was taken or would be; left out for the direct way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_path: Option<Climbed>,
}

/// A path, and how far it was gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Climbed {
    /// The path as it was chosen.
    #[serde(flatten)]
    pub path: PathReport,
    /// The version that the resource has now; null for unversioned.
    pub reached: Option<String>,
    /// Whether that is the version that was asked for.
    pub done: bool,
}
