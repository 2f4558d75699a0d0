//! How long a resource is down: from the step with which it goes down to the one with which it is up again, along the
//! longest way between them.

use std::collections::BTreeMap;

use rtreg_model::{Method, ResourceState};

use super::data::Blackout;
use super::state::Effect;
use super::step::{Operation, Step, SwitchChange, What};

/// The blackouts of a bundle, by resource.
pub(crate) fn blackouts(steps: &[Step]) -> Vec<Blackout> {
    let mut downs: BTreeMap<&str, &Step> = BTreeMap::new();
    let mut ups: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    for step in steps {
        if let Some(resource) = goes_down(&step.operation) {
            downs.entry(resource).or_insert(step);
        }
        if let Some(resource) = comes_up(&step.operation) {
            ups.entry(resource).or_default().push(step);
        }
    }
    let timed = Timed::new(steps);
    downs.into_iter().map(|(resource, from)| timed.blackout(resource, from, ups.get(resource))).collect()
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

/// Seconds from the beginning of the bundle until a step begins and ends, at most and as expected.
struct Timed<'s> {
    ends: BTreeMap<&'s str, [Option<u64>; 2]>,
    begins: BTreeMap<&'s str, [Option<u64>; 2]>,
}

impl<'s> Timed<'s> {
    fn new(steps: &'s [Step]) -> Self {
        let mut timed = Self { ends: BTreeMap::new(), begins: BTreeMap::new() };
        for step in steps {
            let mut begin = [Some(0), Some(0)];
            for before in &step.after {
                let end = timed.ends.get(before.as_str()).copied().unwrap_or([Some(0), Some(0)]);
                for (begin, end) in begin.iter_mut().zip(end) {
                    *begin = begin.zip(end).map(|(begin, end)| begin.max(end));
                }
            }
            let own = [at_most(step), expected(step)];
            let mut end = begin;
            for (end, own) in end.iter_mut().zip(own) {
                *end = end.zip(own).map(|(end, own)| end + own);
            }
            timed.begins.insert(&step.id, begin);
            timed.ends.insert(&step.id, end);
        }
        timed
    }

    fn blackout(&self, resource: &str, from: &Step, ups: Option<&Vec<&Step>>) -> Blackout {
        let to = ups.and_then(|ups| ups.last());
        let [at_most, expected] = [0, 1].map(|which| {
            let begin = self.begins.get(from.id.as_str()).and_then(|times| times.get(which).copied().flatten())?;
            let ends = ups?.iter().map(|step| self.ends.get(step.id.as_str()).and_then(|times| times[which]));
            let end = ends.collect::<Option<Vec<u64>>>()?.into_iter().max()?;
            Some(end.saturating_sub(begin))
        });
        Blackout {
            resource: resource.to_owned(),
            from: from.id.clone(),
            to: to.map(|step| step.id.clone()),
            expected_seconds: expected,
            at_most_seconds: at_most,
        }
    }
}

/// Commits take no time that counts; what an administrator does takes as long as he takes.
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
