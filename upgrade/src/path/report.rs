//! Paths as JSON, version 1 of the shape that `rtreg path --format json` prints. A map without wording.

use rtreg_model::RtVersion;
use rtreg_registry::gate::{BecauseReport, DecisionReport, Possible, Sources, Verdict};
use rtreg_registry::migration::{PropertyChange, StoredValue};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Difference, Hop, LeftOut, Path, Paths};

/// The paths of a resource, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PathsReport {
    /// Version of this shape: 1.
    pub version: u32,
    /// Name of the resource.
    pub resource: String,
    /// Full name of the version that it has.
    pub from: String,
    /// Full name of the version that it is to have.
    pub to: String,
    /// Whether the best path can be done now.
    pub decision: Verdict,
    /// The least disruptive path.
    pub best: PathReport,
    /// The others that it does not beat in everything, best first; the direct one is the best or among them.
    pub alternatives: Vec<PathReport>,
    /// Versions that no path was led through although their files would let it.
    pub left_out: Vec<LeftOutReport>,
}

/// A path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PathReport {
    /// The versions, that of the resource first; null for unversioned.
    pub versions: Vec<Option<String>>,
    /// Whether it goes straight to the target.
    pub direct: bool,
    /// The strictest step that the present state does not give already; `ANYTIME` if nothing stands in the way.
    pub strictest: String,
    /// Whether it can be done now, hop by hop.
    pub decision: Verdict,
    /// Whether it can be had.
    pub possible: Possible,
    /// The hops.
    pub hops: Vec<HopReport>,
    /// The commands that get into the state for the whole path, in order.
    pub commands: Vec<String>,
    /// The command that does all hops then.
    pub upgrade: String,
    /// Commands that state what is unknown, for who knows it; `VERSION` is to be replaced.
    pub statements: Vec<String>,
    /// The commands that bring back, after the upgrade, what `commands` take down.
    pub afterwards: Vec<String>,
    /// Other resources that the commands would disturb.
    pub affects: Vec<String>,
    /// Explicit values that the direct path would keep and that are lost on this one.
    pub loses: Vec<String>,
    /// Values that are other ones after this path than after the direct one.
    pub differs: Vec<DifferenceReport>,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HopReport {
    /// The version that is left; null for unversioned.
    pub from: Option<String>,
    /// The version that is reached; null for unversioned.
    pub to: Option<String>,
    /// The tunability that the gate asks for at this hop.
    pub needs: String,
    /// Whether the state gives it by then.
    pub given: bool,
    /// What the gate says of the hop, the hops before it done.
    pub decision: Verdict,
    /// First what decides, then all that asked.
    pub because: Vec<BecauseReport>,
    /// The values of the command that belong to this hop.
    pub properties: Vec<String>,
    /// What happens to the properties.
    pub changes: Vec<PropertyChange>,
}

/// A value that depends on the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DifferenceReport {
    /// The property.
    pub property: String,
    /// What the resource has after the direct path; null for the target's default.
    pub direct: Option<String>,
    /// What it has after this one; null for the target's default.
    pub here: Option<String>,
}

/// A version that no path leads through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftOutReport {
    /// The version; null for unversioned.
    pub version: Option<String>,
    /// Why, in a full sentence.
    pub why: String,
}

impl PathsReport {
    /// Maps the answer; `sources` gives the text that lines and columns are counted in, `upgrade` the command of a path.
    pub fn new(paths: &Paths, sources: &Sources<'_>, upgrade: &dyn Fn(&Path) -> String) -> Self {
        let path = |path: &Path| PathReport::new(path, sources, upgrade(path));
        Self {
            version: 1,
            resource: paths.resource.clone(),
            from: paths.present.clone(),
            to: paths.target.clone(),
            decision: paths.best.verdict,
            best: path(&paths.best),
            alternatives: paths.alternatives.iter().map(path).collect(),
            left_out: paths.left_out.iter().map(left_out).collect(),
        }
    }
}

impl PathReport {
    /// Maps a path.
    pub fn new(path: &Path, sources: &Sources<'_>, upgrade: String) -> Self {
        Self {
            versions: path.versions.iter().map(text).collect(),
            direct: path.is_direct(),
            strictest: path.strictest.to_string(),
            decision: path.verdict,
            possible: path.possible,
            hops: path.hops.iter().map(|hop| HopReport::new(hop, sources)).collect(),
            commands: path.commands.clone(),
            upgrade,
            statements: path.statements.clone(),
            afterwards: path.afterwards.clone(),
            affects: path.affects.clone(),
            loses: path.loses.clone(),
            differs: path.differs.iter().map(difference).collect(),
        }
    }
}

impl HopReport {
    /// Maps a hop.
    pub fn new(hop: &Hop, sources: &Sources<'_>) -> Self {
        let DecisionReport { because, changes, .. } = DecisionReport::new(&hop.decision, sources);
        Self {
            from: text(&hop.from),
            to: text(&hop.to),
            needs: hop.needs.to_string(),
            given: hop.given,
            decision: hop.decision.verdict,
            because,
            properties: hop.properties.iter().map(ToString::to_string).collect(),
            changes,
        }
    }
}

/// A stored value as text: that of all nodes, then those of single ones.
pub(super) fn value(stored: &StoredValue) -> String {
    use rtreg_registry::migration::Scope;
    let others = stored.others.iter().map(|others| others.value.to_string());
    match &stored.value {
        Scope::Global(value) => value.to_string(),
        Scope::PerNode(values) => {
            let nodes = values.iter().map(|(node, value)| format!("{{{node}}}={value}"));
            others.chain(nodes).collect::<Vec<_>>().join(" ")
        }
    }
}

fn difference(difference: &Difference) -> DifferenceReport {
    DifferenceReport {
        property: difference.property.clone(),
        direct: difference.direct.as_ref().map(value),
        here: difference.here.as_ref().map(value),
    }
}

fn left_out(left_out: &LeftOut) -> LeftOutReport {
    LeftOutReport { version: text(&left_out.version), why: left_out.why.clone() }
}

fn text(version: &RtVersion) -> Option<String> {
    version.as_str().map(str::to_owned)
}
