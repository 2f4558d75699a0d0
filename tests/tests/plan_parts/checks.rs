//! What must be true of every scenario, whatever it is about.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{Method, RtVersion};
use rtreg_registry::commands::version::{SetTypeVersion, set_type_version};
use rtreg_registry::gate::Needs;
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::records::{GroupRecord, NodeRecord, ResourceRecord};
use rtreg_registry::store::KeyRange;
use rtreg_registry::{Store, View, durations, effective, inspect, keys, load_type};
use rtreg_upgrade::execute::{
    BundleEnd, End, FailureKind, Injection, LogLine, Outcome, Simulator, abort, execute, unwinding,
};
use rtreg_upgrade::plan::{Also, Driver, Gatekeeper, HeldBack, OnNode, Plan, Request, Scope, State, Step, What, plan};

use super::scenario::{Failed, Scenario, command, recorded};
use super::show;
use super::world::World;

/// The ways in which a step can go wrong.
const INJECTIONS: [Injection; 7] = [
    Injection::Fails(FailureKind::ExitCode),
    Injection::Fails(FailureKind::Timeout),
    Injection::Fails(FailureKind::Changed),
    Injection::CrashBefore,
    Injection::CrashBehind,
    Injection::Lost,
    Injection::NodeDown,
];

/// Everything; the text of the snapshot.
pub fn all(scenario: &Scenario) -> Result<String, Failed> {
    let made = make(&scenario.store, &scenario.request)?;
    is_repeatable(scenario, &made)?;
    rests_on_no_durations(scenario, &made)?;
    expected(scenario, &made)?;
    let case = Case::new(scenario, &made)?;
    if made.is_empty() {
        return Ok(show::snapshot(&made.state, &made, (&[], None), &made.state));
    }
    let snapshot = inspect_with(&scenario.store, |gate| {
        let (simulator, outcome) = case.run(Simulator::new(&made, gate))?;
        ended_well(&made, &simulator, &outcome)?;
        case.runs(&simulator.log)?;
        let text = show::snapshot(&made.state, &made, (&simulator.log, Some(&outcome)), &simulator.state);
        Ok((text, simulator.state))
    })?;
    let (text, state) = snapshot;
    recorded_as_said(&scenario.store, &made, &state)?;
    write(&scenario.store, &state)?;
    goal_again(scenario, &made)?;
    back(scenario, &made)?;
    write(&scenario.store, &made.state)?;
    case.failures(&scenario.store)?;
    Ok(text)
}

fn make(store: &dyn Store, request: &Request) -> Result<Plan, Failed> {
    inspect(store, |view| plan(view, request)).map_err(|error| format!("{error:?}").into())
}

fn inspect_with<R>(
    store: &dyn Store,
    each: impl FnOnce(&dyn Fn(&State, &rtreg_upgrade::plan::SetTypeVersion) -> Option<String>) -> Result<R, Failed>,
) -> Result<R, Failed> {
    let snapshot = store.snapshot()?;
    let view = View::new(&*snapshot);
    let keeper = Gatekeeper::new(&view).map_err(|error| error.to_string())?;
    each(&|state, set| keeper.refusal(state, set))
}

/// The same state gives the same plan, and a write to something else changes nothing; a plan comes back from its JSON.
fn is_repeatable(scenario: &Scenario, made: &Plan) -> Result<(), Failed> {
    command(&scenario.store, |tx| {
        tx.put("unrelated/key".to_owned(), &"value");
        Ok(())
    })?;
    let again = make(&scenario.store, &scenario.request)?;
    if again.id != made.id {
        return Err("an unrelated write has changed the plan".into());
    }
    let read: Plan = serde_json::from_slice(&serde_json::to_vec(made)?)?;
    if read != *made || read.computed_id() != made.id {
        return Err("a plan does not come back from its JSON".into());
    }
    for bundle in made.bundles() {
        let mut before = BTreeSet::new();
        for step in &bundle.steps {
            if !step.after.iter().all(|id| before.contains(id)) {
                return Err(format!("{} stands before a step that it waits for", step.id).into());
            }
            before.insert(&step.id);
        }
    }
    Ok(())
}

/// How long methods took changes figures and nothing else: neither the plan nor any decision rests on it.
fn rests_on_no_durations(scenario: &Scenario, made: &Plan) -> Result<(), Failed> {
    let store = scenario.store.fork();
    let calls = |plan: &Plan| -> Vec<(String, Method, Option<u64>)> {
        let steps = plan.bundles().flat_map(|bundle| &bundle.steps);
        let call = |step: &Step| {
            step.operation.method().map(|call| (call.type_name.clone(), call.method, step.expected_seconds))
        };
        steps.filter_map(call).collect()
    };
    for (type_name, method, _) in calls(made) {
        for _ in 0..30 {
            command(&store, |tx| durations::add(tx, (&type_name, method), 86_399_001))?;
        }
    }
    let snapshot = store.snapshot()?;
    let view = View::new(&*snapshot);
    let again = plan(&view, &scenario.request).map_err(|error| error.to_string())?;
    if calls(&again).iter().any(|(_, _, seconds)| *seconds < Some(86_000)) {
        return Err("what a method took is not what it is expected to take".into());
    }
    if view.basis().iter().any(|condition| format!("{condition:?}").contains("durations")) {
        return Err("a condition is about how long something took".into());
    }
    let bases = |plan: &Plan| -> Vec<_> {
        std::iter::once(plan.basis.clone()).chain(plan.bundles().map(|bundle| bundle.basis.clone())).collect()
    };
    if bases(&again) != bases(made) {
        return Err("how long something took has changed what the plan rests on".into());
    }
    Ok(())
}

/// What the scenario's text says by hand.
fn expected(scenario: &Scenario, made: &Plan) -> Result<(), Failed> {
    let held: BTreeMap<String, String> = made.held_back.iter().map(|of| (of.resource.clone(), kind(of))).collect();
    if held != scenario.held {
        return Err(format!(
            "held back: expected {:?}, found {held:?}\n{}",
            scenario.held,
            rtreg_upgrade::render::text(made)
        )
        .into());
    }
    if made.held_back.iter().any(|of| of.because.iter().all(|why| why.sentence.is_empty())) {
        return Err("something is held back without a reason".into());
    }
    let upgraded = |wave: &rtreg_upgrade::plan::Wave| {
        let mut names: Vec<String> =
            wave.bundles.iter().flat_map(|bundle| &bundle.upgrades).map(|of| of.resource.clone()).collect();
        names.sort();
        names.join(" ")
    };
    let waves = made.waves.iter().map(upgraded).collect::<Vec<_>>().join(" | ");
    if let Some(expected) = scenario.waves.as_ref().filter(|expected| **expected != waves) {
        return Err(format!("waves: expected `{expected}`, found `{waves}`").into());
    }
    Ok(())
}

fn kind(of: &HeldBack) -> String {
    serde_json::to_value(of.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The goal is reached, and everything else is as it was.
fn ended_well(made: &Plan, simulator: &Simulator<'_>, outcome: &Outcome) -> Result<(), Failed> {
    if outcome.end != End::Done {
        return Err(format!("the plan does not work on the simulator: {outcome:?}").into());
    }
    for upgrade in made.bundles().flat_map(|bundle| &bundle.upgrades) {
        let last = upgrade.to.last().ok_or("an upgrade leads somewhere")?;
        let step = made.bundles().flat_map(|bundle| &bundle.steps).filter_map(|step| match &step.operation.what {
            What::SetTypeVersion(set) => set.resources.iter().rfind(|set| set.resource == upgrade.resource),
            _ => None,
        });
        let set = step.last().ok_or("an upgrade is set somewhere")?;
        let is = &simulator.state.resources[&upgrade.resource];
        if set.type_name != *last || is.type_version != set.to || is.values != set.values {
            return Err(format!("{} has not reached its goal", upgrade.resource).into());
        }
    }
    as_before(made, &simulator.state, made.state.resources.keys())
}

/// What ran runs, what was switched is switched, groups are where they were.
fn as_before<'n>(made: &Plan, state: &State, resources: impl Iterator<Item = &'n String>) -> Result<(), Failed> {
    if made.state.groups != state.groups {
        return Err(format!("groups are not as before: {:?}", state.groups).into());
    }
    for name in resources {
        for (node, was) in &made.state.resources[name].nodes {
            let is = &state.resources[name].nodes[node];
            if (was.state, was.enabled, was.monitored) != (is.state, is.enabled, is.monitored) {
                return Err(format!("{name} on {node} is not as before: {was:?} {is:?}").into());
            }
        }
    }
    Ok(())
}

/// Asked again, there is nothing to do.
fn goal_again(scenario: &Scenario, made: &Plan) -> Result<(), Failed> {
    let again = make(&scenario.store, &scenario.request)?;
    for upgrade in made.bundles().flat_map(|bundle| &bundle.upgrades) {
        // A request for a version of a type does not mean a resource that has another one now.
        let is_meant = again.request.resources.contains(&upgrade.resource);
        let is_known = again.nothing_to_do.contains(&upgrade.resource) || !scenario.request.properties.is_empty();
        if is_meant && !is_known {
            return Err(
                format!("{} is planned again although it is there: {:?}", upgrade.resource, again.held_back).into()
            );
        }
        if again.bundles().any(|bundle| bundle.upgrades.iter().any(|of| of.resource == upgrade.resource)) {
            return Err(format!("{} is upgraded twice", upgrade.resource).into());
        }
    }
    Ok(())
}

/// In groups that the administrator drives, the commands of the plan record just what the simulation says.
fn recorded_as_said(store: &MemoryStore, made: &Plan, state: &State) -> Result<(), Failed> {
    let steps = || made.bundles().flat_map(|bundle| &bundle.steps).filter_map(|step| step.administrator.as_ref());
    if !made.bundles().all(|bundle| bundle.carried_out_by == Driver::Recorded) {
        return Ok(());
    }
    let mut done = 0;
    for command in steps().flat_map(|commands| &commands.record) {
        recorded(store, command).map_err(|why| format!("`{command}`: {why}"))?;
        done += 1;
    }
    if done == 0 {
        return Err("a plan of the administrator's without a command".into());
    }
    let seen = |name: &String, node: &String| {
        inspect(store, |view| {
            let record: ResourceRecord = view.record(&keys::resource(name))?.ok_or_else(|| missing(name))?;
            let on: NodeRecord = view.record(&keys::node(node))?.ok_or_else(|| missing(node))?;
            let seen = effective::node_view(record.nodes.get(node), &on, None);
            Ok((record.type_version, record.values, OnNode::of_view(&seen)))
        })
        .map_err(|error| error.to_string())
    };
    for (name, resource) in &state.resources {
        for (node, entry) in &resource.nodes {
            let (version, values, found) = seen(name, node)?;
            if (&version, &values, &found) != (&resource.type_version, &resource.values, entry) {
                return Err(
                    format!("{done} commands: {name} on {node}: simulated {entry:?}, recorded {found:?}").into()
                );
            }
        }
    }
    Ok(())
}

/// The way back is a plan under the gate, or it is said why there is none.
fn back(scenario: &Scenario, made: &Plan) -> Result<(), Failed> {
    for upgrade in made.bundles().flat_map(|bundle| &bundle.upgrades) {
        let mut request = Request::new(Scope::Resources(vec![upgrade.resource.clone()]), upgrade.from.clone());
        request.allow = Some(Needs::Unmanaged);
        request.also = Also::All;
        request.max_unavailable = 99;
        let way = make(&scenario.store, &request)?;
        let is_planned = way.bundles().any(|bundle| bundle.upgrades.iter().any(|of| of.resource == upgrade.resource));
        let is_held = way.held_back.iter().any(|of| of.resource == upgrade.resource && !of.because.is_empty());
        if is_planned == is_held {
            return Err(format!("the way back of {} is neither planned nor refused", upgrade.resource).into());
        }
        if is_planned {
            inspect_with(&scenario.store, |gate| {
                let mut simulator = Simulator::new(&way, gate);
                let outcome = execute(&way, &mut simulator);
                ended_well(&way, &simulator, &outcome)
            })?;
        }
    }
    Ok(())
}

struct Case<'a> {
    scenario: &'a Scenario,
    plan: &'a Plan,
    declared: BTreeMap<(String, RtVersion), BTreeSet<Method>>,
    bases: BTreeMap<String, String>,
}

impl<'a> Case<'a> {
    fn new(scenario: &'a Scenario, plan: &'a Plan) -> Result<Self, Failed> {
        let declared = inspect(&scenario.store, |view| {
            let mut declared = BTreeMap::new();
            for stored in view.range(&KeyRange::prefix("types/"), usize::MAX)? {
                let record: rtreg_registry::records::TypeRecord = rtreg_registry::view::decode(&stored)?;
                let loaded = load_type(view, &record)?;
                let key = (record.name.base().to_owned(), record.version.clone());
                declared.insert(key, loaded.resource_type.methods.keys().copied().collect());
            }
            Ok(declared)
        })
        .map_err(|error| error.to_string())?;
        let bases = plan.state.resources.iter().map(|(name, of)| (name.clone(), of.base.clone())).collect();
        Ok(Self { scenario, plan, declared, bases })
    }

    fn is_recorded(&self) -> bool {
        self.plan.bundles().any(|bundle| bundle.carried_out_by != Driver::Rgm)
    }

    /// Carries out what is left, and holds the log against what may really be done.
    fn run<'g>(&self, mut simulator: Simulator<'g>) -> Result<(Simulator<'g>, Outcome), Failed> {
        let outcome = execute(self.plan, &mut simulator);
        self.is_sound(&simulator)?;
        Ok((simulator, outcome))
    }

    fn is_sound(&self, simulator: &Simulator<'_>) -> Result<(), Failed> {
        if self.is_recorded() {
            return Ok(());
        }
        let mut world = World::new(&self.plan.state, &self.declared, &self.scenario.strong);
        for line in &simulator.log {
            world.take(line, &self.bases)?;
        }
        if simulator.state.nodes == self.plan.state.nodes {
            world.agrees(&simulator.state)?;
        }
        Ok(())
    }

    /// What the scenario's text says by hand that runs.
    fn runs(&self, log: &[LogLine]) -> Result<(), Failed> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut order = Vec::new();
        for line in log {
            let (Some(call), Some(node)) = (line.operation.method(), &line.operation.node) else { continue };
            let place = format!("{}@{node}", call.resource);
            found.entry(place.clone()).or_default().push(format!("{}:{}", call.method.as_str(), call.version));
            order.push(format!("{}:{place}", call.method.as_str()));
        }
        let found: BTreeMap<String, String> = found.into_iter().map(|(place, runs)| (place, runs.join(" "))).collect();
        if found != self.scenario.runs {
            return Err(format!("runs: expected {:#?}, found {found:#?}", self.scenario.runs).into());
        }
        for (first, then) in &self.scenario.before {
            let at = |wanted: &String| order.iter().position(|found| found == wanted);
            match (at(first), at(then)) {
                (Some(first), Some(then)) if first < then => {}
                _ => return Err(format!("expected {first} before {then}, found {order:?}").into()),
            }
        }
        Ok(())
    }

    /// Each step goes wrong in each way.
    fn failures(&self, store: &dyn Store) -> Result<(), Failed> {
        let steps: Vec<&Step> = self.plan.bundles().flat_map(|bundle| &bundle.steps).collect();
        let mut tried = 0;
        inspect_with(store, |gate| {
            for step in &steps {
                let has_node = step.operation.node.is_some();
                for injection in INJECTIONS.into_iter().filter(|of| has_node || *of != Injection::NodeDown) {
                    let (simulator, outcome) = self.run(Simulator::new(self.plan, gate).with(&step.id, injection))?;
                    let here = |why: Failed| -> Failed { format!("{} {injection:?}: {why}", step.id).into() };
                    self.follows((step, injection), &simulator, &outcome).map_err(here)?;
                    tried += 1;
                }
            }
            Ok(())
        })?;
        if tried == 0 {
            return Err("no step was tried".into());
        }
        self.undoing_fails(store, &steps)?;
        self.plans_again(store, &steps)
    }

    fn follows(
        &self,
        (step, injection): (&Step, Injection),
        simulator: &Simulator<'_>,
        outcome: &Outcome,
    ) -> Result<(), Failed> {
        match (&outcome.end, injection) {
            (End::Done, _) => as_before(self.plan, &simulator.state, self.plan.state.resources.keys()),
            (End::Crashed, Injection::CrashBefore | Injection::CrashBehind) => self.goes_on(simulator, outcome),
            (End::Halted, _) => self.goes_on(simulator, outcome),
            (End::Failed, _) => self.is_undone(step, simulator, outcome),
            _ => Err(format!("nobody expects {outcome:?}").into()),
        }
    }

    /// What ran to undo it is what the plan said beforehand, and everything is as it was.
    fn is_undone(&self, step: &Step, simulator: &Simulator<'_>, outcome: &Outcome) -> Result<(), Failed> {
        for bundle in self.plan.bundles() {
            let has_begun = bundle.steps.iter().any(|step| simulator.log.iter().any(|line| line.id == step.id));
            if outcome.bundles.contains_key(&bundle.id) != has_begun {
                return Err(format!("bundle {} has begun, or not, and the outcome does not know it", bundle.id).into());
            }
            let undone = match outcome.bundles.get(&bundle.id) {
                Some(BundleEnd::Unwound { undone, .. }) => undone,
                Some(BundleEnd::Refused { .. }) => {
                    let is_own = |line: &&LogLine| bundle.steps.iter().any(|step| step.id == line.id) && line.ran;
                    let is_change =
                        |line: &LogLine| line.operation.method().is_none_or(|call| call.method != Method::Validate);
                    if simulator.log.iter().filter(is_own).any(is_change) {
                        return Err("a refused bundle has done something".into());
                    }
                    continue;
                }
                _ => continue,
            };
            let printed: Vec<String> =
                unwinding(bundle, &simulator.journal).tasks.into_iter().map(|task| task.id).collect();
            if printed != *undone {
                return Err(format!("printed {printed:?}, ran {undone:?}").into());
            }
            let of_bundle = |name: &&String| {
                bundle.moves.contains_key(*name) || bundle.upgrades.iter().any(|of| of.resource == **name)
            };
            let names: Vec<&String> = self.plan.state.resources.keys().filter(of_bundle).collect();
            for name in &names {
                let (was, is) = (&self.plan.state.resources[*name], &simulator.state.resources[*name]);
                if (&was.type_version, &was.values) != (&is.type_version, &is.values) {
                    return Err(format!("{} failed, and {name} is not what it was", step.id).into());
                }
            }
            as_before(self.plan, &simulator.state, names.into_iter())?;
        }
        Ok(())
    }

    /// What undoes a failure goes wrong itself, at each of its operations: resumed, it goes on undoing, to the same end.
    fn undoing_fails(&self, store: &dyn Store, steps: &[&Step]) -> Result<(), Failed> {
        const WAYS: [Injection; 3] =
            [Injection::CrashBefore, Injection::CrashBehind, Injection::Fails(FailureKind::ExitCode)];
        inspect_with(store, |gate| {
            for step in steps {
                let fails = || Simulator::new(self.plan, gate).with(&step.id, Injection::Fails(FailureKind::ExitCode));
                let (_, outcome) = self.run(fails())?;
                let undone = outcome.bundles.values().find_map(|end| match end {
                    BundleEnd::Unwound { undone, .. } => Some(undone.clone()),
                    _ => None,
                });
                for (id, way) in undone.iter().flatten().flat_map(|id| WAYS.map(|way| (id, way))) {
                    let here =
                        |why: Failed| -> Failed { format!("{} failed, then {id} {way:?}: {why}", step.id).into() };
                    let (simulator, first) = self.run(fails().with(id, way)).map_err(here)?;
                    let (simulator, second) = self.run(simulator).map_err(here)?;
                    // What must not be repeated and cannot be undone first is a person's to decide.
                    if is_for_a_person(&second) {
                        continue;
                    }
                    if !matches!(first.end, End::Crashed | End::Halted | End::Failed) || second.end != End::Failed {
                        return Err(here(format!("{:?}, resumed: {:?}", first.end, second).into()));
                    }
                    let first_wave =
                        self.plan.waves.iter().find(|wave| wave.bundles.iter().any(|of| of.steps.contains(step)));
                    let Some(wave) = first_wave else { continue };
                    let bundle = wave.bundles.iter().find(|of| of.steps.contains(step));
                    let upgrades = bundle.iter().flat_map(|of| of.upgrades.iter().map(|of| &of.resource));
                    let names = upgrades.chain(bundle.iter().flat_map(|of| of.moves.keys()));
                    as_before(self.plan, &simulator.state, names).map_err(here)?;
                }
            }
            Ok(())
        })
    }

    /// A person resumes in one copy and aborts in another.
    fn goes_on(&self, simulator: &Simulator<'_>, _: &Outcome) -> Result<(), Failed> {
        let is_up = simulator.state.nodes == self.plan.state.nodes;
        let (resumed, outcome) = self.run(simulator.clone())?;
        match outcome.end {
            End::Done if is_up => as_before(self.plan, &resumed.state, self.plan.state.resources.keys())?,
            // Where a node has died nothing is left to wait for there.
            End::Done | End::Halted | End::Failed => {}
            other => return Err(format!("resumed: {other:?}").into()),
        }
        let mut aborted = simulator.clone();
        let outcome = abort(self.plan, &mut aborted);
        self.is_sound(&aborted)?;
        match outcome.end {
            End::Failed => {
                for bundle in self.plan.bundles() {
                    if !matches!(outcome.bundles.get(&bundle.id), Some(BundleEnd::Unwound { .. })) {
                        continue;
                    }
                    for upgrade in &bundle.upgrades {
                        let name = &upgrade.resource;
                        let (was, is) = (&self.plan.state.resources[name], &aborted.state.resources[name]);
                        if (&was.type_version, &was.values) != (&is.type_version, &is.values) {
                            return Err(format!("aborted, and {name} is not what it was").into());
                        }
                    }
                    if is_up {
                        let names = bundle.upgrades.iter().map(|of| &of.resource).chain(bundle.moves.keys());
                        as_before(self.plan, &aborted.state, names)?;
                    }
                }
                Ok(())
            }
            End::Done | End::Halted => Ok(()),
            other => Err(format!("aborted: {other:?}").into()),
        }
    }

    /// From where a failure has left it, planning succeeds or says why.
    fn plans_again(&self, store: &dyn Store, steps: &[&Step]) -> Result<(), Failed> {
        for step in steps {
            let state = inspect_with(store, |gate| {
                let fails = Injection::Fails(FailureKind::ExitCode);
                let mut simulator = Simulator::new(self.plan, gate).with(&step.id, fails);
                execute(self.plan, &mut simulator);
                Ok(simulator.state)
            })?;
            write(&self.scenario.store, &state)?;
            let again = make(&self.scenario.store, &self.scenario.request)?;
            for name in &again.request.resources {
                let planned = again.bundles().any(|bundle| bundle.upgrades.iter().any(|of| of.resource == *name));
                let held = again.held_back.iter().any(|of| of.resource == *name && !of.because.is_empty());
                let same = again.nothing_to_do.contains(name);
                if [planned, held, same].into_iter().filter(|is| *is).count() != 1 {
                    return Err(format!("behind a failure of {}: {name} has no fate, or several", step.id).into());
                }
            }
        }
        write(&self.scenario.store, &self.plan.state)
    }
}

fn is_for_a_person(outcome: &Outcome) -> bool {
    let is_assumed =
        |end: &BundleEnd| matches!(end, BundleEnd::Halted { sentence, .. } if sentence.contains("--assume"));
    outcome.end == End::Halted && outcome.bundles.values().any(is_assumed)
}

/// Makes the store say what a simulation came to.
fn write(store: &rtreg_registry::memory::MemoryStore, state: &State) -> Result<(), Failed> {
    for (name, group) in &state.groups {
        command(store, |tx| {
            let key = keys::group(name);
            let mut record: GroupRecord = tx.view.record(&key)?.ok_or_else(|| missing(name))?;
            record.managed = group.managed;
            record.online_on.clear();
            for node in &group.online_on {
                let node_record: NodeRecord = tx.view.record(&keys::node(node))?.ok_or_else(|| missing(node))?;
                record.online_on.insert(node.clone(), node_record.incarnation);
            }
            tx.put(key, &record);
            Ok(())
        })?;
    }
    for (name, resource) in &state.resources {
        command(store, |tx| {
            let record: ResourceRecord = tx.view.record(&keys::resource(name))?.ok_or_else(|| missing(name))?;
            if record.type_version != resource.type_version || record.values != resource.values {
                let found = rtreg_registry::types::type_version(&tx.view, &resource.base, &resource.type_version)?;
                let target = load_type(&tx.view, &found.ok_or_else(|| missing(name))?)?;
                let (values, detail) = (resource.values.clone(), serde_json::json!({}));
                set_type_version(tx, SetTypeVersion { resource: name, target: &target, values, detail })?;
            }
            Ok(())
        })?;
        command(store, |tx| {
            let key = keys::resource(name);
            let mut record: ResourceRecord = tx.view.record(&key)?.ok_or_else(|| missing(name))?;
            for (node, entry) in &resource.nodes {
                let node_record: NodeRecord = tx.view.record(&keys::node(node))?.ok_or_else(|| missing(node))?;
                let mut now = effective::untouched(&node_record, entry.enabled, entry.monitored);
                if node_record.status == rtreg_model::NodeStatus::Up {
                    (now.state, now.monitor) = (entry.state, entry.monitor);
                    now.started_by = entry.started_by.clone();
                    now.monitor_started_by = entry.monitor_started_by.clone();
                } else {
                    now.incarnation = node_record.booted;
                }
                now.initialised_by = entry.initialised_by.clone();
                now.also_initialised_by = entry.also_initialised_by.clone();
                record.nodes.insert(node.clone(), now);
            }
            tx.put(key, &record);
            Ok(())
        })?;
    }
    Ok(())
}

fn missing(name: &str) -> rtreg_registry::CommandError {
    rtreg_registry::CommandError::Internal(format!("no record of {name}"))
}
