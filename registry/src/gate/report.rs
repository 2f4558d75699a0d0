//! A decision as JSON, version 1 of the shape that `rtreg upgrade --format json` prints. A map without wording.

use rtreg_checker::report::json::{JsonSpan, span};
use rtreg_model::{Origin, RtVersion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decision::{AliveThrough, Decision, Place, Possible, Reason, ReasonKind, Verdict};
use super::state::NodeView;
use crate::migration::PropertyChange;

/// Gives the bytes of a file that a decision names (`registry:NAME`); none if it cannot be had.
pub type Sources<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// A decision as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionReport {
    /// Version of this shape: 1.
    pub version: u32,
    /// The answer.
    pub decision: Verdict,
    /// Whether the upgrade can be had.
    pub possible: Possible,
    /// The strictest tunability that anything asked for.
    pub tunability: String,
    /// What the vendor's rule, which looks at Type_version only, asks for.
    pub vendor_tunability: String,
    /// The state that is needed: `unmonitored`, `offline`, `disabled` or `unmanaged`; null if none is, or none helps.
    pub needs: Option<String>,
    /// First what decides, then all that asked.
    pub because: Vec<BecauseReport>,
    /// What the decision saw.
    pub state: StateReport,
    /// The commands that get there, in order.
    pub commands: Vec<String>,
    /// Commands that state what is unknown, for who knows it; `VERSION` is to be replaced.
    pub statements: Vec<String>,
    /// The commands that bring back, after the upgrade, what `commands` take down.
    pub afterwards: Vec<String>,
    /// Other resources that the commands would disturb.
    pub affects: Vec<String>,
    /// What happens to the properties.
    pub changes: Vec<PropertyChange>,
    /// The vendor's command for the upgrade itself, which rtreg only records; null unless it is allowed, and in a group that
    /// rtreg drives.
    pub vendor_command: Option<String>,
}

/// Something that asked for a state, or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BecauseReport {
    /// What it is.
    pub kind: ReasonKind,
    /// Through what a version is alive; null if it is not about a version.
    pub origin: Option<AliveThrough>,
    /// The version that is alive; null for unversioned, for one that is not known, and where `origin` is null.
    pub live_version: Option<String>,
    /// Where.
    pub nodes: Vec<String>,
    /// The file that says so, `registry:NAME`; null if none does.
    pub file: Option<String>,
    /// The place in the file; null if `file` is, or if its source is not there.
    pub span: Option<JsonSpan>,
}

/// What a decision saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateReport {
    /// The group.
    pub group: String,
    /// Whether it is managed.
    pub managed: bool,
    /// The nodes: those of the node list first.
    pub nodes: Vec<NodeReport>,
}

/// The resource on a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeReport {
    /// Name.
    pub node: String,
    /// `up`, `down` or `unknown`.
    pub node_state: String,
    /// State of the resource.
    pub state: String,
    /// State of its monitor.
    pub monitor: String,
    /// On_off_switch.
    pub enabled: bool,
    /// Monitored_switch.
    pub monitored: bool,
    /// The version whose methods started the resource.
    pub started_by: OriginReport,
    /// The version whose methods started the monitor.
    pub monitor_started_by: OriginReport,
    /// The version whose Init ran last without a Fini.
    pub initialised_by: OriginReport,
    /// The other versions whose Init or Boot ran there too without a Fini since; left out if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_initialised_by: Vec<OriginReport>,
}

/// An origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OriginReport {
    /// `none`, `version` or `unknown`.
    pub kind: OriginKind,
    /// The version; null of kind `version` means unversioned.
    pub version: Option<String>,
}

/// What is known of an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// No method of any version.
    None,
    /// The methods of a version.
    Version,
    /// Not known.
    Unknown,
}

impl DecisionReport {
    /// Maps a decision; `sources` gives the text that lines and columns are counted in.
    pub fn new(decision: &Decision, sources: &Sources<'_>) -> Self {
        Self {
            version: 1,
            decision: decision.verdict,
            possible: decision.possible,
            tunability: decision.tunability.to_string(),
            vendor_tunability: decision.vendor_tunability.to_string(),
            needs: decision.needs.map(|needs| needs.as_str().to_owned()),
            because: decision.because.iter().map(|reason| because(reason, sources)).collect(),
            state: StateReport {
                group: decision.group.clone(),
                managed: decision.managed,
                nodes: decision.nodes.iter().map(node).collect(),
            },
            commands: decision.commands.clone(),
            statements: decision.statements.clone(),
            afterwards: decision.afterwards.clone(),
            affects: decision.affects.clone(),
            changes: decision.changes.clone(),
            vendor_command: decision.vendor_command.clone(),
        }
    }
}

impl Place {
    /// With lines and columns; none if its source is not there.
    pub fn json(&self, sources: &Sources<'_>) -> Option<JsonSpan> {
        json_span(self, sources)
    }
}

/// A place with lines and columns; none if its source is not there.
pub(super) fn json_span(place: &Place, sources: &Sources<'_>) -> Option<JsonSpan> {
    sources(&place.file).map(|source| span(&source, place.span))
}

fn because(reason: &Reason, sources: &Sources<'_>) -> BecauseReport {
    BecauseReport {
        kind: reason.kind,
        origin: reason.origin,
        live_version: reason.live_version.as_ref().and_then(text),
        nodes: reason.nodes.clone(),
        file: reason.place.as_ref().map(|place| place.file.clone()),
        span: reason.place.as_ref().and_then(|place| json_span(place, sources)),
    }
}

fn node(view: &NodeView) -> NodeReport {
    NodeReport {
        node: view.node.clone(),
        node_state: view.status.to_string(),
        state: view.state.to_string(),
        monitor: view.monitor.to_string(),
        enabled: view.enabled,
        monitored: view.monitored,
        started_by: origin(&view.started_by),
        monitor_started_by: origin(&view.monitor_started_by),
        initialised_by: origin(&view.initialised_by),
        also_initialised_by: view.initialised().skip(1).map(|also| origin(&also)).collect(),
    }
}

fn origin(origin: &Origin) -> OriginReport {
    match origin {
        Origin::None => OriginReport { kind: OriginKind::None, version: None },
        Origin::Version(version) => OriginReport { kind: OriginKind::Version, version: text(version) },
        Origin::Unknown => OriginReport { kind: OriginKind::Unknown, version: None },
    }
}

fn text(version: &RtVersion) -> Option<String> {
    version.as_str().map(str::to_owned)
}
