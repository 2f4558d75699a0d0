//! The gate: whether a resource may be moved to another version of its type now, why, and what it takes (design section
//! 5). Pure and total: it never does IO, never changes anything, and never says yes where something it needs is not
//! known.
//!
//! Where the design leaves a choice, the stricter one is taken:
//! - Two lines for one version (an error of the file): the stricter counts.
//! - That the present file lists the target makes a downgrade for every version that is alive, not only for T.
//! - An origin `none` where the resource, or its monitor, is not known to be down counts as unknown. On a node of unknown
//!   status a recorded origin counts, and beside it an unknown one: anything may have been started there since.
//! - A monitor counts as running unless it is stopped or its node is down: a failed Monitor_stop may have left it.
//! - What one node asks for is needed on every node of the node list.
//! - Any node that keeps a trace of Init which asks for WHEN_UNMANAGED stands in the way, also one that has come up since
//!   the group was unmanaged: no Fini has run there.
//! - Of several versions that initialised the resource on a node each asks as if it stood there alone.
//! - A node of the node list of which the state says nothing is unknown; an empty node list tells nothing.
//! - Where the version was changed outside of rtreg, T's file settles no unknown origin: that change was not gated.
//! - A value for a WHEN_DISABLED property needs the predicate `disabled` now.

mod command;
mod decision;
mod demand;
mod edge;
mod predicate;
mod reach;
mod remedy;
mod render;
mod report;
mod request;
mod rules;
mod state;
mod words;

pub use command::quote;
pub use decision::{AliveThrough, Decision, InTheWay, Needs, Place, Possible, Reason, ReasonKind, Verdict};
pub use demand::{alive_beside, ending, given_now};
pub use edge::{Edge, Looked, edge, forbids_to_arrive_before, strictest_line};
pub use reach::{Reached, reach};
pub use render::{change_line, quoted_line, render, section};
pub use report::{BecauseReport, DecisionReport, NodeReport, OriginKind, OriginReport, Sources, StateReport};
pub use request::{Assignment, DependencyFault, EmptyUpgradeFrom, Request, Settings, Version};
pub use state::{GroupView, Member, NodeView, ResourceView, State};

use rtreg_model::{Driver, Tunability};

use crate::migration::{Migrated, Migration, Problem, migrate, restore};
use demand::Assessment;
use edge::Edges;
use predicate::Truth;
use rules::Broken;

/// Decides whether the upgrade may be done now.
pub fn decide(request: &Request<'_>, state: &State, settings: &Settings) -> Decision {
    if is_same_version(request) {
        return same_version(request, state);
    }
    if let Some(reason) = rules::other_type(request) {
        return other_type(request, state, reason);
    }
    Case::new(request, state, settings).decide()
}

fn is_same_version(request: &Request<'_>) -> bool {
    let (present, target) = (request.present.resource_type, request.target.resource_type);
    present.version.value == target.version.value && present.name().base() == target.name().base()
}

/// Nothing to do; with values in the command, the wrong command.
fn same_version(request: &Request<'_>, state: &State) -> Decision {
    let is_plain = request.properties.is_empty();
    let (verdict, possible) =
        if is_plain { (Verdict::Allowed, Possible::Now) } else { (Verdict::Blocked, Possible::Never) };
    let values: String = request.properties.iter().map(|value| format!(" -p {}", quote(&value.to_string()))).collect();
    let vendor = format!("clresource set{values} {}", request.resource);
    let own = format!("rtreg resource set {}{values}", request.resource);
    let commands = match state.group.driver {
        _ if is_plain => Vec::new(),
        Driver::Recorded => vec![vendor, own],
        Driver::Rgm => vec![own],
    };
    Decision {
        verdict,
        possible,
        vendor_allows: is_plain,
        because: vec![words::same_version(request)],
        commands,
        values: state.resource.values.clone(),
        ..blank(request, state)
    }
}

/// What is asked for is no version of the type at all.
fn other_type(request: &Request<'_>, state: &State, reason: Reason) -> Decision {
    Decision {
        verdict: Verdict::Blocked,
        possible: Possible::Never,
        tunability: Tunability::AtCreation,
        vendor_tunability: Tunability::AtCreation,
        because: vec![reason],
        ..blank(request, state)
    }
}

/// What the values of the resource would be after the upgrade; they mean something only if nothing stands in the way.
pub fn values_after(request: &Request<'_>, state: &State) -> Migrated {
    let migration = Migration {
        present: request.present.resource_type,
        target: request.target.resource_type,
        values: &state.resource.values,
        assignments: request.properties,
        node_list: &state.group.node_list,
        created_under_3_0: state.resource.created_under_3_0,
    };
    match request.restored {
        Some(values) => restore(&migration, values),
        None => migrate(&migration),
    }
}

/// The rules of the registry that the target would break, whatever the state.
pub fn broken_rules(request: &Request<'_>, state: &State) -> Vec<Reason> {
    rules::broken(request, state).into_iter().map(|broken| broken.reason).collect()
}

/// A decision with nothing decided yet: nothing asked for, nothing in the way.
fn blank(request: &Request<'_>, state: &State) -> Decision {
    Decision {
        resource: request.resource.to_owned(),
        present: request.present.name.clone(),
        target: request.target.name.clone(),
        verdict: Verdict::Undecided,
        possible: Possible::Unknown,
        tunability: Tunability::Anytime,
        vendor_tunability: Tunability::Anytime,
        vendor_allows: false,
        needs: None,
        because: Vec::new(),
        in_the_way: Vec::new(),
        commands: Vec::new(),
        statements: Vec::new(),
        afterwards: Vec::new(),
        affects: Vec::new(),
        changes: Vec::new(),
        values: std::collections::BTreeMap::new(),
        vendor_command: None,
        rests_on: Vec::new(),
        group: state.group.name.clone(),
        managed: state.group.managed,
        nodes: predicate::all_nodes(state),
    }
}

/// A request with all that was found out about it.
struct Case<'a> {
    request: &'a Request<'a>,
    state: &'a State,
    edges: Edges<'a>,
    assessment: Assessment,
    rules: Vec<Broken>,
    migrated: Migrated,
    /// Whether the properties of the command that need the resource disabled may be set.
    disabled: Truth,
}

impl<'a> Case<'a> {
    fn new(request: &'a Request<'a>, state: &'a State, settings: &Settings) -> Self {
        let edges = Edges::new(request, state, settings);
        let mut migrated = values_after(request, state);
        add_dependency_faults(request, &mut migrated);
        let disabled = if migrated.when_disabled.is_empty() {
            Truth::Holds
        } else {
            demand::is_given(&edges, state, Tunability::WhenDisabled)
        };
        let assessment = demand::assess(&edges, state);
        Self { request, state, edges, assessment, rules: rules::broken(request, state), migrated, disabled }
    }

    fn decide(self) -> Decision {
        let verdict = self.verdict();
        let remedy = if verdict == Verdict::Allowed || self.is_never() { None } else { Some(self.remedy()) };
        let possible = match verdict {
            Verdict::Allowed => Possible::Now,
            _ if self.is_never() => Possible::Never,
            Verdict::Undecided => Possible::Unknown,
            Verdict::Blocked if remedy.as_ref().is_some_and(|remedy| remedy.is_enough) => Possible::AfterCommands,
            Verdict::Blocked => Possible::Unknown,
        };
        let remedy = remedy.unwrap_or_default();
        Decision {
            verdict,
            possible,
            tunability: self.assessment.tunability,
            vendor_tunability: self.vendor_tunability(),
            vendor_allows: self.vendor_allows(),
            needs: words::needs(self.needed()),
            because: self.because(verdict),
            in_the_way: words::in_the_way(self.request, &self.edges, self.state, self.needed()),
            commands: remedy.commands,
            statements: remedy.statements,
            afterwards: remedy.afterwards,
            affects: remedy.affects,
            vendor_command: command::vendor_upgrade(self.request, self.state, &self.migrated.changes)
                .filter(|_| verdict == Verdict::Allowed),
            values: self.migrated.values,
            changes: self.migrated.changes,
            ..blank(self.request, self.state)
        }
    }

    fn verdict(&self) -> Verdict {
        let truth = self.assessment.truth.max(self.disabled);
        match truth {
            _ if self.is_refused() => Verdict::Blocked,
            Truth::Fails => Verdict::Blocked,
            Truth::Unknown => Verdict::Undecided,
            Truth::Holds => Verdict::Allowed,
        }
    }

    /// Whether a property or a rule of the registry refuses, whatever the state.
    fn is_refused(&self) -> bool {
        !self.rules.is_empty() || !self.migrated.problems.is_empty()
    }

    /// Whether no state and no command helps.
    fn is_never(&self) -> bool {
        self.assessment.tunability == Tunability::AtCreation
    }

    /// The tunability that the state must satisfy, the properties of the command included.
    fn needed(&self) -> Tunability {
        let properties =
            if self.migrated.when_disabled.is_empty() { Tunability::Anytime } else { Tunability::WhenDisabled };
        self.assessment.tunability.max(properties)
    }

    fn vendor_tunability(&self) -> Tunability {
        self.edges.edge(self.edges.type_version()).tunability
    }

    fn vendor_allows(&self) -> bool {
        let given = |tunability| demand::is_given_by_vendor(&self.edges, self.state, tunability);
        let disabled = self.migrated.when_disabled.is_empty() || given(Tunability::WhenDisabled);
        !self.is_refused() && disabled && given(self.vendor_tunability())
    }

    /// First what decides.
    fn because(&self, verdict: Verdict) -> Vec<Reason> {
        let asked: Vec<Reason> = if self.request.target.resource_type.upgrade.is_none() {
            vec![words::not_upgrade_aware(&self.edges)]
        } else {
            let asks = self.assessment.asks.iter();
            asks.map(|ask| words::asked(self.request, &self.edges, self.state, ask)).collect()
        };
        let way = words::in_the_way(self.request, &self.edges, self.state, Tunability::WhenDisabled);
        let disabled = self.migrated.when_disabled.iter();
        let refusals = self.rules.iter().map(|broken| broken.reason.clone());
        let refusals = refusals
            .chain(self.migrated.problems.iter().map(|problem| words::property(self.request, problem)))
            .chain(disabled.map(|accepted| words::when_disabled(self.request, &way, accepted)));
        let unknown = (verdict == Verdict::Undecided).then(|| {
            let way = words::in_the_way(self.request, &self.edges, self.state, self.needed());
            words::unknown_state(&way, words::needs(self.needed()))
        });
        let gate_decides = self.assessment.truth == Truth::Fails || verdict == Verdict::Allowed;
        let (first, second): (Vec<Reason>, Vec<Reason>) =
            if gate_decides { (asked, refusals.collect()) } else { (refusals.collect(), asked) };
        unknown.into_iter().chain(first).chain(second).collect()
    }

    fn remedy(&self) -> Remedy {
        let need = remedy::Need {
            edges: &self.edges,
            resource: self.request.resource,
            disabled: !self.migrated.when_disabled.is_empty(),
        };
        let cures = self.cures();
        let cured = remedy::after(&need, self.state, &cures);
        let is_given = remedy::is_enough(&need, &cured);
        let mut found = if is_given { Some(Vec::new()) } else { remedy::find(&need, &cured) };
        let is_enough = found.is_some() && self.is_faultless_without_command();
        if found.is_none() {
            // What Init left where no Fini runs must be stated; the rest is still to be done.
            let stated = remedy::without_left_behind(&need, &cured);
            found = if remedy::is_enough(&need, &stated) { Some(Vec::new()) } else { remedy::find(&need, &stated) };
        }
        let found = found.unwrap_or_default();
        let back = remedy::afterwards(&need, &cured, &found);
        let steps = [cures, found].concat();
        let mut commands = command::commands(&need, self.state, &steps);
        commands.extend(self.corrected_command());
        let statements = if is_given { Vec::new() } else { command::statements(&need, self.state, &self.assessment) };
        Remedy {
            is_enough,
            commands,
            statements,
            afterwards: command::commands(&need, self.state, &back),
            affects: remedy::affects(&need, self.state, &steps),
        }
    }

    /// What cures the rules that are broken, each step once.
    fn cures(&self) -> Vec<remedy::Step> {
        let mut cures = Vec::new();
        for step in self.rules.iter().flat_map(|broken| &broken.cure) {
            if !cures.contains(step) {
                cures.push(step.clone());
            }
        }
        cures
    }

    /// Whether all that is wrong with dependencies comes from the command, and so goes away with it.
    fn is_faultless_without_command(&self) -> bool {
        let is_given =
            |name: &String| self.request.properties.iter().any(|given| given.name.eq_ignore_ascii_case(name));
        self.request.dependency_faults.iter().all(|fault| is_given(&fault.property))
    }

    /// The upgrade itself, with the properties as they should be given; only where the command's were not right.
    fn corrected_command(&self) -> Option<String> {
        if self.migrated.problems.is_empty() {
            return None;
        }
        let instead = self.migrated.problems.iter().filter_map(|problem| problem.instead.as_ref());
        let values: String = self
            .migrated
            .accepted
            .iter()
            .chain(instead)
            .map(|assignment| format!(" -p {}", quote(&assignment.to_string())))
            .collect();
        let version = quote(self.edges.to().as_str().unwrap_or("unversioned"));
        Some(format!("rtreg upgrade {} --to {version}{values}", self.request.resource))
    }
}

/// What helps, in words.
#[derive(Default)]
struct Remedy {
    is_enough: bool,
    commands: Vec<String>,
    statements: Vec<String>,
    afterwards: Vec<String>,
    affects: Vec<String>,
}

/// A value that names resources which it cannot name is refused as any other value that does not fit.
fn add_dependency_faults(request: &Request<'_>, migrated: &mut Migrated) {
    for fault in request.dependency_faults {
        let property = &fault.property;
        migrated.accepted.retain(|accepted| !accepted.name.eq_ignore_ascii_case(property));
        let declared = request.target.resource_type.declared_property(property);
        migrated.problems.push(Problem {
            property: property.clone(),
            message: fault.message.clone(),
            entry: declared.and_then(|decl| decl.span).map(|entry| entry.0),
            instead: None,
        });
    }
}
