//! A bundle in time: what each of its steps takes, how long all of it takes, and how long a resource is down: from the step
//! with which it goes down to the one with which it is up again. It rests on no condition and decides nothing; what is not
//! known stays unknown.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{Method, ResourceState};
use rtreg_registry::CommandError;

use super::data::{Blackout, Expected};
use super::read::Reader;
use super::state::Effect;
use super::step::{Operation, Phase, Step, SwitchChange, What};

/// Writes down what is known of each method: how long the same method of the same version took before.
pub(crate) fn expect(reader: &mut Reader<'_, '_>, steps: &mut [Step]) -> Result<(), CommandError> {
    for step in steps {
        if let Some(call) = step.operation.method() {
            step.expected_seconds = reader.expected_seconds(&call.type_name, call.method)?;
        }
    }
    Ok(())
}

/// The steps of a bundle in time: each begins as soon as all that it waits for has ended.
pub(crate) struct Schedule<'s> {
    timed: Vec<Timed<'s>>,
    index: BTreeMap<&'s str, usize>,
}

/// A step in time.
struct Timed<'s> {
    step: &'s Step,
    /// The places of the steps that it waits for.
    before: Vec<usize>,
    /// Seconds that it takes as expected; none if nothing is known.
    expected: Option<u64>,
    /// Seconds from the beginning of the bundle until it begins and ends, where steps that nothing is known of take none.
    begins: u64,
    ends: u64,
    /// The same, if every step takes as long as its timeout permits; none if one of them has no timeout.
    begins_at_most: Option<u64>,
    ends_at_most: Option<u64>,
}

impl<'s> Schedule<'s> {
    pub fn new(steps: &'s [Step]) -> Self {
        let mut schedule = Self { timed: Vec::with_capacity(steps.len()), index: BTreeMap::new() };
        for step in steps {
            let before: Vec<usize> =
                step.after.iter().filter_map(|id| schedule.index.get(id.as_str()).copied()).collect();
            let waited_for = || before.iter().filter_map(|at| schedule.timed.get(*at));
            let begins = waited_for().map(|of| of.ends).max().unwrap_or(0);
            let ends_at_most: Option<Vec<u64>> = waited_for().map(|of| of.ends_at_most).collect();
            let begins_at_most = ends_at_most.map(|ends| ends.into_iter().max().unwrap_or(0));
            let expected = expected(step);
            let timed = Timed {
                step,
                expected,
                begins,
                ends: begins + expected.unwrap_or(0),
                begins_at_most,
                ends_at_most: begins_at_most.zip(at_most(step)).map(|(begins, own)| begins + own),
                before,
            };
            schedule.index.insert(&step.id, schedule.timed.len());
            schedule.timed.push(timed);
        }
        schedule
    }

    /// How long all of it takes.
    pub fn expected(&self) -> Expected {
        let at_least_seconds = self.timed.iter().map(|of| of.ends).max().unwrap_or(0);
        let unknown_steps = self.timed.iter().filter(|of| of.expected.is_none()).count();
        Expected { seconds: (unknown_steps == 0).then_some(at_least_seconds), at_least_seconds, unknown_steps }
    }

    /// The blackouts of the bundle, by resource.
    pub fn blackouts(&self) -> Vec<Blackout> {
        let mut downs: BTreeMap<&str, usize> = BTreeMap::new();
        let mut ups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, of) in self.timed.iter().enumerate() {
            if let Some(resource) = goes_down(&of.step.operation) {
                downs.entry(resource).or_insert(at);
            }
            if let Some(resource) = comes_up(&of.step.operation) {
                ups.entry(resource).or_default().push(at);
            }
        }
        let none = Vec::new();
        let blackouts = downs.into_iter().filter_map(|(resource, from)| {
            let ups = ups.get(resource).unwrap_or(&none);
            self.blackout(resource, from, ups)
        });
        blackouts.collect()
    }

    fn blackout(&self, resource: &str, from: usize, ups: &[usize]) -> Option<Blackout> {
        let begin = self.timed.get(from)?;
        let ends: Vec<&Timed<'_>> = ups.iter().filter_map(|at| self.timed.get(*at)).collect();
        let ends_at_most: Option<Vec<u64>> = ends.iter().map(|of| of.ends_at_most).collect();
        let end = ends_at_most.and_then(|ends| ends.into_iter().max());
        let at_most = begin.begins_at_most.zip(end).map(|(begin, end)| end.saturating_sub(begin));
        let expected = self.between(from, ups);
        Some(Blackout {
            resource: resource.to_owned(),
            from: begin.step.id.clone(),
            to: ends.last().map(|of| of.step.id.clone()),
            expected_seconds: expected.seconds,
            expected,
            at_most_seconds: at_most,
        })
    }

    /// From the beginning of a step to the end of others behind it. What they wait for beside it counts, too: it may take
    /// longer. What the step itself has waited for does not.
    fn between(&self, from: usize, ups: &[usize]) -> Expected {
        let before = self.waited_for(&[from], &BTreeSet::new());
        let between = self.waited_for(ups, &before);
        // The longest way from the beginning of the step to the end of each behind it: that much is certainly waited for.
        let mut ways: Vec<Option<u64>> = Vec::with_capacity(self.timed.len());
        let (mut unknown_steps, mut all_behind, mut all_known_before) = (0, true, true);
        for (at, of) in self.timed.iter().enumerate() {
            let longest = of.before.iter().filter_map(|before| ways.get(*before).copied().flatten()).max();
            let begins = if at == from { Some(0) } else { longest };
            ways.push(begins.map(|begins| begins + of.expected.unwrap_or(0)));
            if at == from || between.contains(&at) {
                unknown_steps += usize::from(of.expected.is_none());
                all_behind &= begins.is_some();
            } else if before.contains(&at) && of.step.phase != Phase::Validate {
                // All that is behind Validate waits for all of it: there it only moves the beginning.
                all_known_before &= of.expected.is_some();
            }
        }
        let end = ups.iter().filter_map(|at| self.timed.get(*at)).map(|of| of.ends).max();
        let begin = self.timed.get(from).map(|of| of.begins);
        let seconds = end.zip(begin).map(|(end, begin)| end.saturating_sub(begin));
        let seconds = seconds.filter(|_| unknown_steps == 0 && (all_behind || all_known_before));
        let longest = ups.iter().filter_map(|at| ways.get(*at).copied().flatten()).max();
        Expected { seconds, at_least_seconds: seconds.or(longest).unwrap_or(0), unknown_steps }
    }

    /// Steps and all that they wait for, except what is in `without` and what that waits for.
    fn waited_for(&self, steps: &[usize], without: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open = steps.to_vec();
        while let Some(at) = open.pop() {
            if !without.contains(&at) && found.insert(at) {
                open.extend(self.timed.get(at).map(|of| of.before.as_slice()).unwrap_or_default());
            }
        }
        found
    }
}

/// The resource that is no longer up once this has begun.
fn goes_down(operation: &Operation) -> Option<&str> {
    match &operation.what {
        What::Method(call) if matches!(call.method, Method::Stop | Method::PostnetStop) => Some(&call.resource),
        What::Switch(switch) if matches!(switch.change, SwitchChange::Restart) => Some(&switch.resource),
        What::Switch(switch) => ends(operation, ResourceState::Offline).then_some(&switch.resource),
        _ => None,
    }
}

/// The resource that is up on a node once this is done.
fn comes_up(operation: &Operation) -> Option<&str> {
    let resource = match &operation.what {
        What::Method(call) => &call.resource,
        What::Switch(switch) => &switch.resource,
        _ => return None,
    };
    ends(operation, ResourceState::Online).then_some(resource)
}

fn ends(operation: &Operation, wanted: ResourceState) -> bool {
    operation.on_done.iter().any(|effect| matches!(effect, Effect::State { state, .. } if *state == wanted))
}

/// Commands take no time that counts; what an administrator does takes as long as he takes.
fn at_most(step: &Step) -> Option<u64> {
    match &step.operation.what {
        What::Method(call) => Some(call.timeout_seconds),
        What::Hook(program) | What::Script(program) => Some(program.timeout_seconds),
        What::NodeAction(_) => None,
        _ if step.administrator.is_some() => None,
        _ => Some(0),
    }
}

fn expected(step: &Step) -> Option<u64> {
    match &step.operation.what {
        What::Method(_) | What::Hook(_) | What::Script(_) | What::NodeAction(_) => step.expected_seconds,
        _ => at_most(step),
    }
}
