//! From what moves together to bundles with steps, and from these to waves. A wave takes down at most as many groups as the
//! request permits, and no two of its bundles are linked by a dependency.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rtreg_registry::CommandError;

use super::bundle::{Moving, disrupts};
use super::data::{
    Asked, Basis, Bundle, Driver, Expected, HeldBack, HeldBackKind, Notice, NoticeKind, Plan, Upgrade, Wave,
};
use super::decide::{self, Candidate};
use super::files::{self, Basing};
use super::lower::Lowering;
use super::mark::{self, Alive, Irreversible};
use super::order::{Order, order};
use super::read::Reader;
use super::recorded;
use super::schedule::{Schedule, expect};
use super::state::State;
use super::step::{Phase, Step, Why};

/// Most upgrades of a bundle: each writes its record, its history, two entries of the index by type and possibly some of
/// dependencies, and all of it is one commit of at most 100 changes, the journal's among them.
const UPGRADES_MAX: usize = 18;

/// The bundles that are made.
pub(super) struct Made {
    bundles: Vec<(Bundle, Moving)>,
    notices: BTreeSet<Notice>,
    marks: Vec<Irreversible>,
    types: BTreeMap<String, super::data::TypeBasis>,
}

impl Made {
    pub fn new(marks: Vec<Irreversible>) -> Self {
        Self { bundles: Vec::new(), notices: BTreeSet::new(), marks, types: BTreeMap::new() }
    }

    /// Makes a bundle; its upgrades are held back if it cannot be made.
    pub fn add(
        &mut self,
        reader: &mut Reader<'_, '_>,
        asked: &Asked,
        moving: Moving,
        upgrades: &[&Candidate],
    ) -> Result<Result<(), Vec<HeldBack>>, CommandError> {
        let disrupts = disrupts(reader, &moving);
        if let Some((kind, sentence)) = too_much(asked, &disrupts, upgrades.len()) {
            return Ok(Err(all_held_back(upgrades, kind, sentence)));
        }
        let order = match order(reader, &moving)? {
            Ok(order) => order,
            Err(circle) => {
                let sentence = format!(
                    "No order is possible, because dependencies form a circle: {}. Take one of them out.",
                    circle.join(" -> ")
                );
                return Ok(Err(all_held_back(upgrades, HeldBackKind::Cycle, sentence)));
            }
        };
        let id = format!("b{}", self.bundles.len() + 1);
        let mut lowering = Lowering::new(reader, id.clone(), &moving, upgrades)?;
        lowering.strict = asked.strict;
        lowering.mark = self.mark(reader, upgrades)?;
        let carried_out_by = recorded::driver(&lowering);
        let (mut steps, state) = lowering.steps(&order.blocks);
        for candidate in upgrades {
            if let Some(because) = refused(reader, asked, candidate, (&state, &steps))? {
                let held_back = |of: &&Candidate| HeldBack {
                    resource: of.name.clone(),
                    kind: HeldBackKind::Refused,
                    because: because.clone(),
                    commands: Vec::new(),
                };
                return Ok(Err(upgrades.iter().map(held_back).collect()));
            }
        }
        files::check(&mut steps, upgrades, &mut self.notices);
        expect(reader, &mut steps)?;
        let schedule = Schedule::new(&steps);
        let (blackouts, expected) = (schedule.blackouts(), schedule.expected());
        self.notice(&order, carried_out_by, &state);
        self.notices.extend(mark::notice(&id, &steps));
        for candidate in upgrades {
            for of in std::iter::once(&candidate.present).chain(candidate.legs.iter().map(|leg| &leg.target)) {
                if !self.types.contains_key(of.name()) {
                    self.types.insert(of.name().to_owned(), files::of_type(of));
                }
            }
        }
        let upgraded: BTreeSet<&String> = upgrades.iter().map(|of| &of.name).collect();
        let moves = moving.moves.iter().filter(|(name, _)| !upgraded.contains(name));
        let bundle = Bundle {
            id,
            upgrades: upgrades.iter().map(|of| upgrade(of)).collect(),
            moves: moves.map(|(name, of)| (name.clone(), of.sentence.clone())).collect(),
            disrupts,
            carried_out_by,
            blackouts,
            expected,
            steps,
            basis: Basis::default(),
        };
        self.bundles.push((bundle, moving));
        Ok(Ok(()))
    }

    /// Puts the bundles into waves, and the plan together.
    pub fn finish(
        mut self,
        reader: &mut Reader<'_, '_>,
        asked: Asked,
        (held_back, nothing_to_do): (Vec<HeldBack>, Vec<String>),
    ) -> Result<Plan, CommandError> {
        let basing = Basing::new(reader);
        let mut nodes: BTreeSet<String> = BTreeSet::new();
        let mut resources: BTreeSet<String> = BTreeSet::new();
        for (bundle, moving) in &mut self.bundles {
            let mut own = reader.state.nodes_of(moving.moves.keys());
            // Init and Validate of a new version may run where the old one's never did.
            own.extend(bundle.steps.iter().filter_map(|step| step.operation.node.as_deref()));
            bundle.basis = basing.of_bundle(&reader.state, &own, moving);
            resources.extend(moving.moves.keys().cloned());
            let further: Vec<String> =
                own.into_iter().filter(|node| !nodes.contains(*node)).map(str::to_owned).collect();
            nodes.extend(further);
        }
        // What is held back was decided on in this state, too.
        nodes.extend(reader.state.nodes_of(held_back.iter().map(|of| &of.resource)).into_iter().map(str::to_owned));
        resources.extend(held_back.iter().map(|of| of.resource.clone()));
        let waves = waves(reader, std::mem::take(&mut self.bundles), asked.max_unavailable)?;
        let state = std::mem::take(&mut reader.state).only(&resources, &nodes);
        let mut basis = basing.of_plan();
        basis.types = self.types;
        let plan = Plan {
            version: 1,
            id: String::new(),
            request: asked,
            expected: waves.iter().fold(Expected::NOTHING, |all, wave| all.then(wave.expected)),
            waves,
            held_back,
            nothing_to_do,
            notices: self.notices.into_iter().collect(),
            basis,
            state,
        };
        Ok(plan.named())
    }

    fn mark(&self, reader: &mut Reader<'_, '_>, upgrades: &[&Candidate]) -> Result<Option<String>, CommandError> {
        let mut of = Vec::new();
        for candidate in upgrades {
            of.push((*candidate, Alive::of(reader.resource(&candidate.name)?)));
        }
        Ok(mark::of_bundle(&self.marks, &of))
    }

    fn notice(&mut self, order: &Order, carried_out_by: Driver, state: &State) {
        for (dependent, on) in &order.left_out {
            let sentence = format!(
                "The weak dependency of `{dependent}` on `{on}` is left out of the order: it would close a circle."
            );
            self.notices.insert(Notice { kind: NoticeKind::WeakLeftOut, sentence });
        }
        let groups: Vec<&str> = state
            .groups
            .iter()
            .filter(|(_, group)| group.driver == rtreg_model::Driver::Recorded)
            .map(|(name, _)| name.as_str())
            .collect();
        if carried_out_by != Driver::Rgm {
            let (verb, noun) = if groups.len() == 1 { ("is", "group") } else { ("are", "groups") };
            let sentence = format!(
                "The {noun} {} {verb} driven by the administrator: rtreg runs nothing there, the steps are commands for him.",
                groups.join(", ")
            );
            self.notices.insert(Notice { kind: NoticeKind::Recorded, sentence });
        }
    }
}

fn too_much(asked: &Asked, disrupts: &[String], upgrades: usize) -> Option<(HeldBackKind, String)> {
    if disrupts.len() > asked.max_unavailable {
        let sentence = format!(
            "It takes down {} groups at once, {}, and `--max-unavailable {}` permits fewer.",
            disrupts.len(),
            disrupts.join(", "),
            asked.max_unavailable
        );
        return Some((HeldBackKind::TooManyGroups, sentence));
    }
    (upgrades > UPGRADES_MAX).then(|| {
        let sentence = format!(
            "{upgrades} resources would have to change in one commit, and at most {UPGRADES_MAX} fit; name fewer of them."
        );
        (HeldBackKind::TooLarge, sentence)
    })
}

fn all_held_back(upgrades: &[&Candidate], kind: HeldBackKind, sentence: String) -> Vec<HeldBack> {
    let rule = serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let held_back = |of: &&Candidate| {
        let mut because = vec![Why { rule: rule.clone(), sentence: sentence.clone(), place: None }];
        because.extend(of.because.iter().cloned());
        HeldBack { resource: of.name.clone(), kind, because, commands: Vec::new() }
    };
    upgrades.iter().map(held_back).collect()
}

/// Asks the gate in the state that the steps before the change lead to.
fn refused(
    reader: &mut Reader<'_, '_>,
    asked: &Asked,
    candidate: &Candidate,
    (state, steps): (&State, &[Step]),
) -> Result<Option<Vec<Why>>, CommandError> {
    if !steps.iter().any(|step| step.phase == Phase::Down) && candidate.legs.len() == 1 {
        return Ok(None);
    }
    let mut there = state.clone();
    for step in steps.iter().filter(|step| step.phase == Phase::Down) {
        let effects = step.operation.on_begin.iter().chain(&step.operation.on_done);
        effects.for_each(|effect| there.apply(effect));
    }
    decide::holds(reader, asked, candidate, &there)
}

fn upgrade(of: &Candidate) -> Upgrade {
    Upgrade {
        resource: of.name.clone(),
        from: of.present.name().to_owned(),
        to: of.legs.iter().map(|leg| leg.target.name().to_owned()).collect(),
        tunability: of.tunability.to_string(),
        needs: of.needs,
        because: of.because.clone(),
        changes: of.changes.clone(),
    }
}

/// A bundle comes behind those that its resources depend on. Where bundles depend on each other in a circle, the first one
/// asked for goes first: no order could please both, and they are in waves of their own.
fn waves(
    reader: &mut Reader<'_, '_>,
    bundles: Vec<(Bundle, Moving)>,
    max_unavailable: usize,
) -> Result<Vec<Wave>, CommandError> {
    let mut owner: BTreeMap<String, usize> = BTreeMap::new();
    for (at, (_, moving)) in bundles.iter().enumerate() {
        owner.extend(moving.moves.keys().map(|name| (name.clone(), at)));
    }
    let mut left: VecDeque<(usize, Bundle, BTreeSet<usize>)> = VecDeque::new();
    for (at, (bundle, moving)) in bundles.into_iter().enumerate() {
        let linked = depends_on(reader, &moving, &owner)?.into_iter().filter(|other| *other != at).collect();
        left.push_back((at, bundle, linked));
    }
    let mut done: BTreeSet<usize> = BTreeSet::new();
    let mut waves = Vec::new();
    while !left.is_empty() {
        let (mut wave, mut taken, mut down): (Vec<Bundle>, BTreeSet<usize>, BTreeSet<String>) = Default::default();
        let mut behind = Vec::new();
        while let Some((at, bundle, linked)) = left.pop_front() {
            let more = bundle.disrupts.iter().filter(|group| !down.contains(*group)).count();
            let fits = down.len() + more <= max_unavailable;
            if fits && linked.is_subset(&done) {
                down.extend(bundle.disrupts.iter().cloned());
                taken.insert(at);
                wave.push(bundle);
            } else {
                behind.push((at, bundle, linked));
            }
            let is_new = |(_, next, _): &(usize, Bundle, BTreeSet<usize>)| {
                next.disrupts.iter().any(|group| !down.contains(group))
            };
            if down.len() >= max_unavailable && left.front().is_some_and(is_new) {
                break;
            }
        }
        // What waits keeps its place; the others are not moved, or many waves would take the square of their number.
        behind.into_iter().rev().for_each(|waiting| left.push_front(waiting));
        if wave.is_empty()
            && let Some((at, bundle, _)) = left.pop_front()
        {
            taken.insert(at);
            wave.push(bundle);
        }
        done.extend(taken);
        waves.push(Wave::new(wave));
    }
    Ok(waves)
}

/// The bundles that the resources of one depend on, directly or over others that were read.
fn depends_on(
    reader: &mut Reader<'_, '_>,
    moving: &Moving,
    owner: &BTreeMap<String, usize>,
) -> Result<BTreeSet<usize>, CommandError> {
    let mut found = BTreeSet::new();
    let mut seen: BTreeSet<String> = moving.moves.keys().cloned().collect();
    let mut open: Vec<String> = seen.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for on in reader.dependencies(&name)?.into_keys() {
            found.extend(owner.get(&on));
            if reader.state.resources.contains_key(&on) && seen.insert(on.clone()) {
                open.push(on);
            }
        }
    }
    Ok(found)
}
