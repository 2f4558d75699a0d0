//! A walk: a route is taken through the gate hop by hop, on a copy of the state, each hop in the state that it needs. So
//! nothing that is said of a path is weaker than what the gate says of its hops.
//!
//! A resource that had to be taken down stays down until the last hop is done: one interruption, after which everything is
//! started by the target.

use rtreg_model::Tunability;
use rtreg_registry::CommandError;
use rtreg_registry::gate::{self, Assignment, Needs, Possible, State, Verdict, Version};
use rtreg_registry::migration::{ChangeKind, Mark};

use super::{Asked, Difference, Hop, Path, Values};

/// A walked path, with the values that the resource has at its end.
#[derive(Debug, Clone)]
pub(super) struct Walked {
    pub path: Path,
    pub values: Values,
}

/// Walks a route, from the resource's version to the target.
pub(super) fn walk(asked: &Asked<'_>, versions: &[&Version<'_>]) -> Result<Walked, CommandError> {
    let (hops, state) = steps(asked, versions, asked.state.clone())?;
    // From the first hop on that the present state does not give, all that is given is given by the state that was reached.
    let needed = hops.iter().skip_while(|hop| hop.given).map(|hop| hop.needs).max();
    let refusing = hops.iter().find(|hop| hop.decision.verdict != Verdict::Allowed);
    let mut path = Path {
        versions: versions.iter().map(|version| version.resource_type.version.value.clone()).collect(),
        strictest: needed.unwrap_or(Tunability::Anytime),
        verdict: refusing.map_or(Verdict::Allowed, |hop| hop.decision.verdict),
        possible: refusing.map_or(Possible::Now, |hop| hop.decision.possible),
        commands: Vec::new(),
        statements: Vec::new(),
        afterwards: Vec::new(),
        affects: Vec::new(),
        loses: Vec::new(),
        differs: Vec::new(),
        hops,
    };
    match path.hops.as_slice() {
        [only] => {
            // The gate may know something milder than the state itself: a restart, say.
            let decision = only.decision.clone();
            path.commands = decision.commands;
            path.statements = decision.statements;
            path.afterwards = decision.afterwards;
            path.affects = decision.affects;
        }
        _ if path.verdict != Verdict::Allowed => get_there(asked, versions, &mut path)?,
        _ => {}
    }
    Ok(Walked { path, values: state.resource.values })
}

/// What gets there for all hops at once, tried before it is said.
fn get_there(asked: &Asked<'_>, versions: &[&Version<'_>], path: &mut Path) -> Result<(), CommandError> {
    let [first, second, ..] = versions else { return Ok(()) };
    let request = asked.request((first, second), &[]);
    let reached = gate::reach(&request, asked.state, &asked.settings, path.strictest);
    let (tried, _) = steps(asked, versions, reached.state)?;
    let still = tried.iter().find(|hop| hop.decision.verdict != Verdict::Allowed);
    path.possible = match still {
        None => Possible::AfterCommands,
        Some(hop) if hop.decision.possible == Possible::Never => Possible::Never,
        Some(_) => Possible::Unknown,
    };
    path.commands = reached.commands;
    path.afterwards = reached.afterwards;
    path.affects = reached.affects;
    let deciding = path.hops.iter().find(|hop| hop.decision.verdict != Verdict::Allowed);
    path.statements = deciding.map(|hop| hop.decision.statements.clone()).unwrap_or_default();
    Ok(())
}

/// The hops from a state on, and the state behind the last of them.
fn steps(asked: &Asked<'_>, versions: &[&Version<'_>], mut state: State) -> Result<(Vec<Hop>, State), CommandError> {
    let mut hops = Vec::new();
    let mut left = asked.properties.to_vec();
    let last = versions.len().saturating_sub(2);
    for (at, pair) in versions.windows(2).enumerate() {
        let [present, target] = pair else { continue };
        let properties = properties_of(asked, (present, target), (&state, &mut left), at == last);
        let (hop, after) = step(asked, (present, target), properties, state)?;
        hops.push(hop);
        state = after;
    }
    Ok((hops, state))
}

/// One hop, in the state that it needs.
fn step(
    asked: &Asked<'_>,
    (present, target): (&Version<'_>, &Version<'_>),
    properties: Vec<Assignment>,
    state: State,
) -> Result<(Hop, State), CommandError> {
    let request = asked.request((present, target), &properties);
    let faults = (asked.faults)(&request, &state)?;
    let request = gate::Request { dependency_faults: &faults, ..request };
    let decision = gate::decide(&request, &state, &asked.settings);
    let needs = match decision.needs {
        Some(Needs::Disabled) => decision.tunability.max(Tunability::WhenDisabled),
        _ => decision.tunability,
    };
    let reached = gate::reach(&request, &state, &asked.settings, needs);
    let given = reached.is_enough && reached.commands.is_empty() || decision.verdict == Verdict::Allowed;
    let mut after = if given { state } else { reached.state };
    after.resource.values = decision.values.clone();
    let (from, to) = (present.resource_type.version.value.clone(), target.resource_type.version.value.clone());
    Ok((Hop { from, to, needs, given, properties, decision }, after))
}

/// The values of the command that belong to a hop: those that it needs, and in the last one all that are left.
fn properties_of(
    asked: &Asked<'_>,
    pair: (&Version<'_>, &Version<'_>),
    (state, left): (&State, &mut Vec<Assignment>),
    is_last: bool,
) -> Vec<Assignment> {
    if asked.properties.is_empty() {
        return Vec::new();
    }
    let without = gate::values_after(&asked.request(pair, &[]), state);
    let needed = without.changes.iter().filter(|change| change.kind == ChangeKind::NeedsValue);
    let names: Vec<&String> = needed.map(|change| &change.property).collect();
    let is_needed = |given: &Assignment| names.iter().any(|name| name.eq_ignore_ascii_case(&given.name));
    let mut taken: Vec<Assignment> = asked.properties.iter().filter(|given| is_needed(given)).cloned().collect();
    left.retain(|given| !is_needed(given));
    if is_last {
        taken.append(left);
    }
    taken
}

/// A path beside the direct one: what it loses, and which values it leaves other ones.
pub(super) fn compared(walked: Walked, direct: &Walked, (asked, kept): (&Asked<'_>, &[String])) -> Path {
    let Walked { mut path, values } = walked;
    let before = &asked.state.resource.values;
    let is_lost = |name: &&String| {
        let was = before.get(*name).filter(|value| value.mark == Mark::Explicit);
        was.is_some_and(|was| find(&values, name) != Some(was))
    };
    path.loses = kept.iter().filter(is_lost).cloned().collect();
    if direct.path.hops.iter().any(Hop::is_refused) {
        return path;
    }
    let mut names: Vec<&String> = direct.values.keys().chain(values.keys()).collect();
    names.sort();
    names.dedup();
    let differs = names.into_iter().filter(|name| direct.values.get(*name) != values.get(*name));
    path.differs = differs
        .map(|name| Difference {
            property: name.clone(),
            direct: direct.values.get(name).cloned(),
            here: values.get(name).cloned(),
        })
        .collect();
    path
}

/// A value by its name, in any case: each file may spell it differently.
fn find<'v>(values: &'v Values, name: &str) -> Option<&'v rtreg_registry::migration::StoredValue> {
    values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
