//! `rtreg import`: a cluster that exists, as its own commands printed it. All of it is decided first, on an overlay that
//! writes nothing; where it fits one commit it is one, else a commit an object in this order: nodes, types, groups,
//! resources, each after those it depends on. An object that is there with the same content stays; with another the whole
//! import is refused. So an import that was cut short is completed by running it again.

use std::collections::BTreeMap;

use rtreg_model::standard::{Presence, standard_property};
use rtreg_model::{FileId, NodeStatus, PropertyKind, PropertyValue, Release, RtVersion, TypeName};
use schemars::JsonSchema;
use serde::Serialize;

use super::changes::{self, Change};
use super::driver::MethodsRun;
use super::group::{self, CreateRequest as GroupRequest};
use super::properties::Table;
use super::register::{self, Effect as Registered, Prepared, RtrFile};
use super::resource::{self, CreateRequest};
use super::scene::{Scene, find_group};
use super::{node, show_type};
use crate::error::{CommandError, Refusal};
use crate::gate::Assignment;
use crate::history::{Context, Object};
use crate::import::{Cluster, Field, ShownGroup, ShownNode, ShownResource, ShownType};
use crate::keys;
use crate::overlay::Overlay;
use crate::records::{GroupRecord, ImportOrigins, ImportRecord, NodeRecord, ResourceRecord, TypeRecord};
use crate::store::{Condition, KeyRange, Outcome, Store};
use crate::transaction::{ATTEMPTS_MAX, Transaction, inspect, transact};
use crate::types::{load_type, type_version};
use crate::view::View;

/// What is to be imported.
#[derive(Debug, Clone)]
pub struct Request {
    /// The cluster as it was shown.
    pub cluster: Cluster,
    /// `--as-of`: when it was shown; RFC 3339 in UTC with `Z`.
    pub as_of: String,
    /// `--origins`.
    pub origins: ImportOrigins,
    /// `--rtr`: types to be registered with it; see [`prepare`].
    pub types: Vec<Prepared>,
    /// Only say what would be.
    pub preview: bool,
}

/// What was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// Whether the command only asked.
    pub preview: bool,
    /// When the cluster was shown.
    pub as_of: String,
    /// What the origins rest on.
    pub origins: ImportOrigins,
    /// How many commits it took, or would take; 0 if all was there.
    pub commits: u64,
    /// The objects, in the order in which they are written.
    pub objects: Vec<Line>,
    /// What the administrator should know or do now: full sentences.
    pub notes: Vec<String>,
}

/// What became of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Line {
    /// The object.
    pub object: Object,
    /// What became of it.
    pub effect: Effect,
    /// One sentence without its end.
    pub summary: String,
    #[serde(skip)]
    #[schemars(skip)]
    notes: Vec<String>,
}

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is made.
    Created,
    /// It is there already, with the same content.
    Unchanged,
    /// It is shown, and rtreg does not know it: see the notes.
    Unknown,
}

/// One commit of an import.
enum Step<'r> {
    Node(&'r ShownNode),
    Register(&'r Prepared),
    Type(&'r ShownType),
    Group(&'r ShownGroup),
    Resource(&'r ShownResource),
}

/// Type properties that must be in the cluster as the registered file has them.
const COMPARED: [&str; 7] =
    ["API_version", "Failover", "Global_zone", "Init_nodes", "Proxy", "RT_basedir", "Single_instance"];

/// What the vendor prints for a value that its own file writes otherwise (recalled).
const SPELLINGS: &[(&str, &str)] = &[("All potential masters", "RG_PRIMARIES"), ("All nodes", "RT_INSTALLED_NODES")];

/// Properties whose default is printed as a word (recalled).
const DEFAULT_WORDS: &[(&str, &str)] = &[("Resource_project_name", "default")];

/// Checks RTR files that are to be registered with an import. Installed_nodes are as shown, all nodes of a type that is not.
///
/// # Errors
/// As [`register::prepare`].
pub fn prepare(files: Vec<RtrFile>, cluster: &Cluster, target: Release) -> Result<Vec<Prepared>, CommandError> {
    let each = |file: RtrFile| {
        let lowered = rtreg_parser::lower(&rtreg_parser::parse(&file.bytes, FileId(0)));
        let name = lowered.map(|found| found.name().to_string()).unwrap_or_default();
        let shown = cluster.types.iter().find(|shown| shown.name.text == name);
        let installed_nodes = shown.and_then(ShownType::installed_nodes);
        register::prepare(&register::Request { files: vec![file], installed_nodes, target })
    };
    files.into_iter().map(each).collect()
}

/// Imports a cluster.
///
/// # Errors
/// A refusal `import_contradicts` with all that contradicts the store; [`CommandError::Busy`]; [`CommandError::Store`].
pub fn run(store: &dyn Store, ctx: &Context, request: &Request) -> Result<Report, CommandError> {
    let steps = steps(request);
    let mut conflict = Condition::RangeUnchanged { range: KeyRange::prefix(""), since: 0 };
    for _ in 0..ATTEMPTS_MAX {
        let overlay = Overlay::new(store)?;
        let lines = rehearse(&overlay, ctx, request, &steps)?;
        let Some(commit) = overlay.commit_below()? else { continue };
        let fits = commit.check_limits().is_ok();
        let written = lines.iter().filter(|line| line.effect == Effect::Created).count() as u64;
        let commits = if fits { u64::from(written > 0) } else { written };
        if request.preview || written == 0 {
            return Ok(report(request, commits, lines));
        }
        if !fits {
            let each = |step: &Step<'_>| carry_out(store, ctx, request, step);
            return Ok(report(request, commits, steps.iter().map(each).collect::<Result<_, _>>()?));
        }
        match store.commit(&commit)? {
            Outcome::Done(_) => return Ok(report(request, commits, lines)),
            Outcome::Conflict(condition) => conflict = condition,
        }
    }
    Err(CommandError::Busy { attempts: ATTEMPTS_MAX, condition: conflict })
}

fn steps(request: &Request) -> Vec<Step<'_>> {
    let Cluster { nodes, types, groups, resources, .. } = &request.cluster;
    let mut steps: Vec<Step<'_>> = nodes.iter().map(Step::Node).collect();
    steps.extend(request.types.iter().map(Step::Register));
    steps.extend(types.iter().map(Step::Type));
    steps.extend(groups.iter().map(Step::Group));
    steps.extend(resources.iter().map(Step::Resource));
    steps
}

/// Carries out all steps where nothing is written, and gathers what stands in the way.
fn rehearse(
    overlay: &Overlay<'_>,
    ctx: &Context,
    request: &Request,
    steps: &[Step<'_>],
) -> Result<Vec<Line>, CommandError> {
    let (mut lines, mut refusals): (Vec<Line>, Vec<Refusal>) = (Vec::new(), Vec::new());
    let mut failed = Vec::new();
    for step in steps {
        if matches!(step, Step::Resource(resource) if failed.contains(&resource.group.as_str())) {
            continue;
        }
        match carry_out(overlay, ctx, request, step) {
            Ok(line) => lines.push(line),
            Err(CommandError::Refused(refusal)) => {
                failed.extend(matches!(step, Step::Group(_)).then(|| step.name()));
                refusals.push(*refusal);
            }
            Err(error) => return Err(error),
        }
    }
    let Some(first) = refusals.first() else { return Ok(lines) };
    let help = first.help.clone().unwrap_or_else(|| "make store and cluster agree, then import again".to_owned());
    let tell = |refusal: &Refusal| {
        let details = refusal.details.iter().map(|line| format!("  {line}"));
        std::iter::once(refusal.message.clone()).chain(details).collect::<Vec<_>>()
    };
    let details: Vec<String> = refusals.iter().flat_map(tell).collect();
    let message = format!("nothing is imported: {} of the objects cannot be taken over", refusals.len());
    Err(Refusal::new("import_contradicts", message).details(details).help(help).into())
}

impl Step<'_> {
    fn name(&self) -> &str {
        match self {
            Step::Node(node) => &node.name.text,
            Step::Register(_) => "",
            Step::Type(shown) => &shown.name.text,
            Step::Group(group) => &group.name.text,
            Step::Resource(resource) => &resource.name.text,
        }
    }
}

fn carry_out(store: &dyn Store, ctx: &Context, request: &Request, step: &Step<'_>) -> Result<Line, CommandError> {
    let line = match step {
        Step::Node(shown) => transact(store, ctx, ("nodes", 1), |tx| import_node(tx, shown))?.0,
        Step::Register(prepared) => registered(&register::run_prepared(store, ctx, prepared)?.0),
        Step::Type(shown) => inspect(store, |view| compare_type(view, shown))?,
        Step::Group(shown) => transact(store, ctx, ("groups", 1), |tx| import_group(tx, shown))?.0,
        Step::Resource(shown) => transact(store, ctx, ("resources", 1), |tx| import_resource(tx, shown, request))?.0,
    };
    Ok(line)
}

impl Line {
    fn new(kind: &str, name: &str, effect: Effect, summary: impl Into<String>) -> Self {
        Self { object: Object::new(kind, name), effect, summary: summary.into(), notes: Vec::new() }
    }

    fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

fn contradicts(message: String, lines: Vec<String>, help: String) -> CommandError {
    Refusal::new("import_contradicts", message).details(lines).help(help).into()
}

/// A node that is shown as a member, or where something is online, is up. Of any other nothing is known: that it is fenced,
/// so that nothing runs there, only the administrator can say.
fn import_node(tx: &mut Transaction<'_>, shown: &ShownNode) -> Result<Line, CommandError> {
    let name = &shown.name.text;
    let is_up = shown.member.unwrap_or(shown.in_use);
    let unknown = format!(
        "node `{name}` is not known to be up; say what it is with `rtreg node up {name}` or, if it is fenced, `rtreg node \
         down {name}`"
    );
    let Some(node) = tx.view.record::<NodeRecord>(&keys::node(name))? else {
        let status = if is_up { NodeStatus::Up } else { NodeStatus::Unknown };
        let report = node::add_as(tx, name, status)?;
        let line = Line::new("node", name, Effect::Created, report.summary);
        return Ok(if is_up { line } else { line.note(unknown) });
    };
    let agrees = match (node.status, shown.member) {
        (NodeStatus::Up, member) => member != Some(false),
        (NodeStatus::Down, member) => member != Some(true) && !shown.in_use,
        (NodeStatus::Unknown, _) => !is_up,
    };
    if agrees {
        return Ok(Line::new("node", name, Effect::Unchanged, format!("node `{name}` is known and {}", node.status)));
    }
    let seen = if is_up { "up" } else { "no member of the cluster" };
    let help = format!("record it first with `rtreg node up {name}` or `rtreg node down {name}`");
    Err(contradicts(format!("node `{name}` is recorded as {}, and shown as {seen}", node.status), Vec::new(), help))
}

fn registered(report: &register::Report) -> Line {
    let registered = report.types.first();
    let name = registered.map(|it| it.name.clone()).unwrap_or_default();
    let is_new = registered.is_some_and(|it| it.effect == Registered::Registered);
    let (effect, words) =
        if is_new { (Effect::Created, "is registered") } else { (Effect::Unchanged, "is registered already") };
    Line::new("type", &name, effect, format!("type `{name}` {words}"))
}

impl ShownType {
    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key.text.eq_ignore_ascii_case(name))
    }

    /// The version: that of the line, else that of the name.
    fn version(&self) -> RtVersion {
        let shown = self.field("RT_version").map(Field::text).filter(|text| !text.is_empty());
        match shown {
            Some(version) => RtVersion::new(version),
            None => TypeName::parse(&self.name.text).version().unwrap_or(RtVersion::UNVERSIONED),
        }
    }
}

/// Holds a type that is shown against the registered one of its version. The cluster does not print what
/// `#$upgrade_from` says, so a type whose file is not there cannot be gated.
fn compare_type(view: &View<'_>, shown: &ShownType) -> Result<Line, CommandError> {
    let name = &shown.name.text;
    let base = TypeName::parse(name);
    let Some(record) = type_version(view, base.base(), &shown.version())? else {
        let line = Line::new("type", name, Effect::Unknown, format!("type `{name}` is not registered"));
        return Ok(line.note(format!(
            "without its RTR file nothing about type `{name}` can be gated: `rtreg register FILE`, or import again with \
             `--rtr FILE`"
        )));
    };
    let report = show_type::show(view, &record.name.to_string())?;
    let mut differs = Vec::new();
    let mut compare = |key: &str, ours: &str, theirs: &str| {
        if !ours.eq_ignore_ascii_case(theirs) {
            differs.push(format!("{key}: `{ours}` in the registered file, `{theirs}` in the cluster"));
        }
    };
    if record.name.to_string() != *name {
        compare("name", &record.name.to_string(), name);
    }
    for property in &report.type_properties {
        if let Some(field) = shown.field(&property.name).filter(|_| COMPARED.contains(&property.name.as_str())) {
            let theirs = SPELLINGS.iter().find(|(words, _)| *words == field.text());
            compare(&property.name, property.value.trim_matches('"'), theirs.map_or(field.text(), |(_, ours)| ours));
        }
    }
    for method in &report.methods {
        if let Some(field) = shown.field(&method.method).filter(|field| field.text().starts_with('/')) {
            compare(&method.method, &method.path, field.text());
        }
    }
    let nodes = |nodes: Option<Vec<String>>| nodes.map_or_else(|| "all nodes".to_owned(), |nodes| nodes.join(" "));
    if shown.field("Installed_nodes").is_some() {
        compare("Installed_nodes", &nodes(record.installed_nodes.clone()), &nodes(shown.installed_nodes()));
    }
    if differs.is_empty() {
        return Ok(Line::new("type", name, Effect::Unchanged, format!("type `{name}` is registered as it is shown")));
    }
    let help =
        format!("register the RTR file that the cluster has, or change Installed_nodes: `rtreg type set {name}`");
    Err(contradicts(format!("type `{name}` is not registered as it is shown"), differs, help))
}

fn import_group(tx: &mut Transaction<'_>, shown: &ShownGroup) -> Result<Line, CommandError> {
    let name = &shown.name.text;
    let wanted = GroupRequest {
        name: name.clone(),
        nodes: shown.node_list.clone(),
        properties: vec![format!("Maximum_primaries={}", shown.maximum_primaries)],
        driver: None,
    };
    if tx.view.record::<GroupRecord>(&keys::group(name))?.is_none() {
        let seen = group::Seen { managed: shown.managed, online_on: shown.online_on.clone() };
        let report = group::create_as(tx, &wanted, Some(&seen))?;
        return Ok(Line::new("group", name, Effect::Created, report.summary));
    }
    let scene = Scene::bare(&tx.view, find_group(&tx.view, name)?)?;
    let online: BTreeMap<String, u64> = shown.online_on.iter().map(|node| (node.clone(), 0)).collect();
    let present = GroupRecord {
        online_on: scene.online_nodes().into_iter().map(|node| (node, 0)).collect(),
        ..scene.group.clone()
    };
    let seen = GroupRecord {
        node_list: shown.node_list.clone(),
        maximum_primaries: shown.maximum_primaries,
        managed: shown.managed,
        online_on: online,
        ..present.clone()
    };
    let differs = changes::of_group(&present, &seen);
    if differs.is_empty() {
        return Ok(Line::new("group", name, Effect::Unchanged, format!("group `{name}` is recorded as it is shown")));
    }
    let help = format!("record what has changed with `rtreg group …` (`rtreg show group {name}`), then import again");
    Err(contradicts(format!("group `{name}` is not recorded as it is shown"), difference_lines(&differs), help))
}

fn difference_lines(changes: &[Change]) -> Vec<String> {
    let none = || "nothing".to_owned();
    let line = |change: &Change| {
        let node = change.node.as_ref().map(|node| format!(" on {node}")).unwrap_or_default();
        let (from, to) = (change.from.clone().unwrap_or_else(none), change.to.clone().unwrap_or_else(none));
        format!("{}{node}: recorded as {from}, shown as {to}", change.what)
    };
    changes.iter().map(line).collect()
}

fn import_resource(tx: &mut Transaction<'_>, shown: &ShownResource, request: &Request) -> Result<Line, CommandError> {
    let name = &shown.name.text;
    let record = type_of(&tx.view, shown)?;
    let group = find_group(&tx.view, &shown.group)?;
    let wanted = CreateRequest {
        name: name.clone(),
        group: shown.group.clone(),
        resource_type: record.name.to_string(),
        ..CreateRequest::default()
    };
    let seen = resource::Seen {
        values: values(&tx.view, &record, &group, shown)?,
        nodes: shown.nodes.clone(),
        import: ImportRecord::new(request.as_of.clone(), request.origins),
    };
    if tx.view.record::<ResourceRecord>(&keys::resource(name))?.is_none() {
        let report = resource::create_as(tx, &wanted, Some(&seen), MethodsRun::ByThemselves)?;
        return Ok(Line::new("resource", name, Effect::Created, report.summary));
    }
    let mut scene = Scene::of_resource(&tx.view, name)?;
    scene.read_init_nodes(&tx.view)?;
    let present = scene.resource_ref()?.settled.clone();
    let drafted = resource::draft(&tx.view, &wanted, Some(&seen), MethodsRun::ByThemselves)?.resource;
    let mut differs = difference_lines(&changes::of_resource(&present, &drafted));
    // What started and initialised it the store may know better than who imports.
    differs.retain(|line| !line.split([' ', ':']).next().is_some_and(|what| what.ends_with("ed_by")));
    for (what, ours, theirs) in [("group", &present.group, &drafted.group), ("type", &present.base, &drafted.base)] {
        if ours != theirs {
            differs.push(format!("{what}: recorded as {ours}, shown as {theirs}"));
        }
    }
    if differs.is_empty() {
        let summary = format!("resource `{name}` is recorded as it is shown");
        return Ok(Line::new("resource", name, Effect::Unchanged, summary));
    }
    let help = format!(
        "record what has changed with `rtreg resource state {name} …`, or delete what was imported before (`rtreg resource \
         delete {name}`), then import again"
    );
    Err(contradicts(format!("resource `{name}` is not recorded as it is shown"), differs, help))
}

/// The registered version that a resource is shown with.
fn type_of(view: &View<'_>, shown: &ShownResource) -> Result<TypeRecord, CommandError> {
    let (name, type_name) = (&shown.name.text, &shown.resource_type);
    let version = match shown.type_version.as_str() {
        "" => RtVersion::UNVERSIONED,
        version => RtVersion::new(version),
    };
    let record = type_version(view, TypeName::parse(type_name).base(), &version)?.ok_or_else(|| {
        let message = format!("resource `{name}` is of type `{type_name}`, version {version}, which is not registered");
        let refusal = Refusal::new("type_not_registered", message);
        CommandError::from(refusal.help(
            "give its RTR file with `--rtr FILE`, or register it first: the cluster does not print what can be gated",
        ))
    })?;
    if record.name.to_string() == *type_name {
        return Ok(record);
    }
    let message =
        format!("resource `{name}` is shown with type `{type_name}`, which is registered as `{}`", record.name);
    Err(contradicts(message, Vec::new(), "register the RTR file that the cluster has".to_owned()))
}

/// The values that are not the default of the type. A value that is the default counts as following it: the cluster does not
/// print which it is.
fn values(
    view: &View<'_>,
    record: &TypeRecord,
    group: &GroupRecord,
    shown: &ShownResource,
) -> Result<Vec<Assignment>, CommandError> {
    let loaded = load_type(view, record)?;
    let table = Table::new(&loaded.resource_type, &group.node_list);
    let mut values = Vec::new();
    let mut unknown = Vec::new();
    for field in &shown.properties {
        let name = &field.key.text;
        let standard = standard_property(name);
        if standard.is_some_and(|row| row.presence == Presence::QueryOnly) {
            continue;
        }
        let text = match DEFAULT_WORDS.iter().any(|word| *word == (name.as_str(), field.text())) {
            true => "",
            false => field.text(),
        };
        let Some(decl) = table.decl(name) else {
            // A system-defined property that the file does not declare may be shown empty.
            if standard.is_none() || !text.is_empty() {
                unknown.push(format!("{name}: `{text}`"));
            }
            continue;
        };
        let is_list = decl.kind == PropertyKind::StringArray;
        let text = if is_list { text.split_whitespace().collect::<Vec<_>>().join(",") } else { text.to_owned() };
        let default = decl.default.as_ref().map(|default| &default.value);
        let is_default = default.is_some_and(|default| PropertyValue::parse(&decl.kind, &text).as_ref() == Ok(default));
        let is_nothing = text.is_empty() && !is_list && decl.kind != PropertyKind::String;
        if !is_default && !is_nothing {
            let node = field.node.clone();
            values.push(Assignment { name: decl.name.value.clone(), node, value: text });
        }
    }
    if unknown.is_empty() {
        return Ok(values);
    }
    let message = format!("resource `{}` is shown with properties that `{}` has not", shown.name.text, record.name);
    Err(contradicts(message, unknown, "register the RTR file that the cluster has".to_owned()))
}

fn report(request: &Request, commits: u64, mut objects: Vec<Line>) -> Report {
    let mut notes: Vec<String> = objects.iter_mut().flat_map(|line| std::mem::take(&mut line.notes)).collect();
    if !request.cluster.not_kept.is_empty() {
        let names = request.cluster.not_kept.join(", ");
        notes.push(format!("rtreg does not keep these properties of groups: {names}"));
    }
    let (preview, as_of, origins) = (request.preview, request.as_of.clone(), request.origins);
    Report { version: 1, preview, as_of, origins, commits, objects, notes }
}

impl Report {
    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.objects {
            let mark = match line.effect {
                Effect::Created => "+",
                Effect::Unchanged => "=",
                Effect::Unknown => "!",
            };
            text.push_str(&format!("{mark} {}\n", line.summary));
        }
        let created = self.objects.iter().filter(|line| line.effect == Effect::Created).count();
        let commits = if self.commits == 1 { "one commit".to_owned() } else { format!("{} commits", self.commits) };
        text.push_str(&match (self.preview, created) {
            (_, 0) => "all of it is recorded already; nothing changed\n".to_owned(),
            (true, _) => format!("this was a preview: {created} would be made, in {commits}; nothing was changed\n"),
            (false, _) => {
                format!("{created} made, in {commits}, as of {}, with origins {}\n", self.as_of, self.origins.as_str())
            }
        });
        for note in &self.notes {
            text.push_str(&format!("note: {note}\n"));
        }
        text
    }
}
