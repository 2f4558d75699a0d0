//! What a command changed, as data and in words: the one report of all commands that change nodes, groups or resources,
//! and the detail of their history.

use std::collections::BTreeSet;

use rtreg_model::{Origin, RtVersion};
use schemars::JsonSchema;
use serde::Serialize;

use crate::history::Object;
use crate::records::{GroupRecord, ResourceNodeRecord, ResourceRecord};

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ChangeReport {
    /// Version of this form: 1.
    pub version: u32,
    /// What the command was about.
    pub object: Object,
    /// What happened: the event of the history.
    pub event: String,
    /// Whether anything changed; if not, it was so already.
    pub changed: bool,
    /// One full sentence.
    pub summary: String,
    /// All that changed.
    pub changes: Vec<Change>,
    /// What the administrator should know or do now: full sentences.
    pub notes: Vec<String>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The object.
    pub object: Object,
    /// The node, if it is about the object on a node.
    pub node: Option<String>,
    /// What: `state`, `monitor`, `enabled`, `monitored`, `started_by`, `monitor_started_by`, `initialised_by`,
    /// `also_initialised_by`, `Type_version`, a property …
    pub what: String,
    /// As text, before; null if there was none.
    pub from: Option<String>,
    /// As text, after; null if there is none now.
    pub to: Option<String>,
}

impl ChangeReport {
    /// A report without changes so far.
    pub(super) fn new(object: Object, event: &str, summary: impl Into<String>) -> Self {
        Self {
            version: 1,
            object,
            event: event.to_owned(),
            changed: false,
            summary: summary.into(),
            changes: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds changes.
    #[must_use]
    pub(super) fn with(mut self, changes: Vec<Change>) -> Self {
        self.changed |= !changes.is_empty();
        self.changes.extend(changes);
        self
    }

    /// Adds a sentence.
    #[must_use]
    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.summary);
        for group in self.changes.chunk_by(|a, b| a.object == b.object && a.node == b.node) {
            let Some(first) = group.first() else { continue };
            let mut subject = format!("{} {}", first.object.kind, first.object.name);
            if let Some(node) = &first.node {
                subject.push_str(&format!(" on {node}"));
            }
            let parts: Vec<String> = group.iter().map(Change::text).collect();
            text.push_str(&format!("  {subject}: {}\n", parts.join("; ")));
        }
        for note in &self.notes {
            text.push_str(&format!("note: {note}\n"));
        }
        text
    }
}

impl Change {
    fn text(&self) -> String {
        let shown = |value: &Option<String>| match value.as_deref() {
            None => "(none)".to_owned(),
            Some("") => "\"\"".to_owned(),
            Some(value) => value.to_owned(),
        };
        match (&self.from, &self.to) {
            (None, Some(_)) => format!("{} {}", self.what, shown(&self.to)),
            (Some(_), None) => format!("{} was {}", self.what, shown(&self.from)),
            _ => format!("{} {} -> {}", self.what, shown(&self.from), shown(&self.to)),
        }
    }
}

/// Adds a change where the two differ.
pub(super) fn compare(
    changes: &mut Vec<Change>,
    (object, node): (&Object, Option<&str>),
    what: &str,
    (from, to): (Option<String>, Option<String>),
) {
    if from != to {
        let node = node.map(str::to_owned);
        changes.push(Change { object: object.clone(), node, what: what.to_owned(), from, to });
    }
}

/// What differs between two states of a resource. An entry of a node that only one of them has is compared with a
/// resource that was never there.
pub(super) fn of_resource(from: &ResourceRecord, to: &ResourceRecord) -> Vec<Change> {
    let object = Object::new("resource", &to.name);
    let mut changes = Vec::new();
    let version = |version: &RtVersion| Some(version.to_string());
    let at = (&object, None);
    compare(&mut changes, at, "Type_version", (version(&from.type_version), version(&to.type_version)));
    of_values(&mut changes, &object, from, to);
    let names = from.nodes.keys().chain(to.nodes.keys().filter(|name| !from.nodes.contains_key(*name)));
    let mut names: Vec<&String> = names.collect();
    names.sort();
    for name in names {
        of_entry(&mut changes, (&object, Some(name)), from.nodes.get(name), to.nodes.get(name));
    }
    changes
}

fn of_values(changes: &mut Vec<Change>, object: &Object, from: &ResourceRecord, to: &ResourceRecord) {
    let mut names: Vec<&String> = from.values.keys().chain(to.values.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let text = |record: &ResourceRecord| record.values.get(name).map(super::properties::value_text);
        compare(changes, (object, None), name, (text(from), text(to)));
    }
}

fn of_entry(
    changes: &mut Vec<Change>,
    at: (&Object, Option<&str>),
    from: Option<&ResourceNodeRecord>,
    to: Option<&ResourceNodeRecord>,
) {
    let on_off = |on: bool| if on { "on".to_owned() } else { "off".to_owned() };
    let never = |text: &str| matches!(text, "offline" | "stopped" | "none");
    let one_sided = (from.is_none() || to.is_none()).then_some(never);
    // An entry that only one side has says nothing where it says that the resource was never there.
    let mut field = |what: &str, text: &dyn Fn(&ResourceNodeRecord) -> String| {
        let text =
            |entry: &ResourceNodeRecord| Some(text(entry)).filter(|text| one_sided.is_none_or(|never| !never(text)));
        compare(changes, at, what, (from.and_then(text), to.and_then(text)));
    };
    field("state", &|entry| entry.state.to_string());
    field("started_by", &|entry| entry.started_by.to_string());
    field("monitor", &|entry| entry.monitor.to_string());
    field("monitor_started_by", &|entry| entry.monitor_started_by.to_string());
    field("initialised_by", &|entry| entry.initialised_by.to_string());
    field("also_initialised_by", &|entry| match entry.also_initialised_by.is_empty() {
        true => "none".to_owned(),
        false => versions_text(&entry.also_initialised_by),
    });
    field("enabled", &|entry| on_off(entry.enabled));
    field("monitored", &|entry| on_off(entry.monitored));
}

/// Versions with commas between them.
fn versions_text(versions: &BTreeSet<RtVersion>) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// What differs between two states of a group.
pub(super) fn of_group(from: &GroupRecord, to: &GroupRecord) -> Vec<Change> {
    let object = Object::new("group", &to.name);
    let mut changes = Vec::new();
    let mut field = |what: &str, text: &dyn Fn(&GroupRecord) -> Option<String>| {
        compare(&mut changes, (&object, None), what, (text(from), text(to)));
    };
    let yes = |yes: bool| Some(if yes { "yes" } else { "no" }.to_owned());
    let list = |names: &[String]| (!names.is_empty()).then(|| names.join(","));
    field("node_list", &|group| list(&group.node_list));
    field("Maximum_primaries", &|group| Some(group.maximum_primaries.to_string()));
    field("managed", &|group| yes(group.managed));
    field("online_on", &|group| {
        let nodes: Vec<String> = group.online_on.keys().cloned().collect();
        list(&nodes).or_else(|| Some("nowhere".to_owned()))
    });
    changes
}

/// An origin in a report: like the JSON of [`Origin`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OriginReport {
    /// `none`, `version` or `unknown`.
    pub kind: &'static str,
    /// The version, if it is one; null then means unversioned.
    pub version: Option<String>,
}

impl From<&Origin> for OriginReport {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::None => Self { kind: "none", version: None },
            Origin::Unknown => Self { kind: "unknown", version: None },
            Origin::Version(version) => Self { kind: "version", version: version.as_str().map(str::to_owned) },
        }
    }
}
