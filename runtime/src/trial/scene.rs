//! One cell with one resource in it: calls methods as the RGM does, tells the `scha_*` commands what they may say, and keeps
//! account of which call every process came from.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rtreg_model::Method;
use rtreg_model::evidence::{Call, Question, Run, Verdict};

use super::{MakeCell, Settings, Subject};
use crate::cell::{Cell, CellError, Side};
use crate::files::Files;
use crate::method::{Ended, GRACE, Invocation, Names};
use crate::processes::Process;
use crate::scha::{Facts, GroupFacts, Heard, OnNode, ResourceFacts, TypeFacts};

/// How often the process table is looked at while something is waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How long a command of the user's may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// Where scenes come from.
pub(super) struct Stage<'s, 'm> {
    pub subject: &'s Subject,
    pub settings: &'s Settings,
    pub make: &'s mut MakeCell<'m>,
}

impl<'s> Stage<'s, '_> {
    /// A fresh scene with the resource at this version.
    pub fn scene(&mut self, side: Side) -> Result<Scene<'s>, CellError> {
        let mut scene = Scene {
            cell: (self.make)()?,
            subject: self.subject,
            settings: self.settings,
            side,
            came_from: BTreeMap::new(),
            calls: Vec::new(),
        };
        if side == Side::New {
            scene.cell.install(side)?;
        }
        scene.set_facts("OFFLINE")?;
        if let Some(command) = &self.settings.prepare {
            let (ended, output) = scene.shell(command)?;
            if !ended.is_success() {
                return Err(CellError::Order(format!("`{command}` ended with {}: {}", ended.words(), output.trim())));
            }
        }
        scene.count()?;
        Ok(scene)
    }
}

pub(super) struct Scene<'s> {
    cell: Box<dyn Cell>,
    pub subject: &'s Subject,
    pub settings: &'s Settings,
    side: Side,
    /// Which call each process came from, by number and start; none for what was there before.
    came_from: BTreeMap<(i32, u64), Option<Method>>,
    pub calls: Vec<Call>,
}

impl Scene<'_> {
    /// Whether the version that the resource has now has the method.
    pub fn has(&self, method: Method) -> bool {
        self.subject.has(self.side, method)
    }

    /// The resource gets the new version, as when Type_version is set.
    pub fn switch(&mut self) -> Result<(), CellError> {
        self.side = Side::New;
        self.cell.install(Side::New)?;
        self.set_facts("ONLINE")
    }

    /// Calls those of the methods that the present version has, in order, until one fails; whether none did.
    pub fn call_all(&mut self, methods: &[Method]) -> Result<bool, CellError> {
        for method in methods {
            if self.has(*method) && !self.call(*method)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Calls a method of the present version; whether it succeeded.
    fn call(&mut self, method: Method) -> Result<bool, CellError> {
        let resource_type = &self.subject.version(self.side).resource_type;
        let Some(path) = resource_type.methods.get(&method) else { return Ok(true) };
        self.set_facts(state_during(method))?;
        let full_name = resource_type.name().to_string();
        let names = Names { resource: &self.subject.resource, resource_type: &full_name, group: &self.subject.group };
        let seconds = self.facts().timeout(method).unwrap_or(3600);
        let invocation = Invocation {
            program: self.cell.path_of(self.side, &path.absolute),
            arguments: names.arguments(),
            environment: self.cell.environment(),
            timeout: Duration::from_secs(self.settings.timeout_max.map_or(seconds, |max| max.min(seconds))),
            grace: GRACE,
        };
        let outcome = self.cell.call(&invocation)?;
        let succeeded = outcome.ended.is_success();
        let mut call = Call::new(method, self.side == Side::New);
        (call.ended, call.succeeded, call.output) = (outcome.ended.words(), succeeded, outcome.output);
        self.calls.push(call);
        self.count()?;
        self.set_facts(state_after(method, succeeded))?;
        Ok(succeeded)
    }

    /// The last call.
    pub fn last(&self) -> String {
        self.calls.last().map_or_else(String::new, |call| {
            let side = if call.new { "new" } else { "old" };
            format!("the {side} {} ended with {}", call.method, call.ended)
        })
    }

    /// Writes down where the processes that are new came from: from where their parents did, else from the last call.
    fn count(&mut self) -> Result<Vec<Process>, CellError> {
        let during = self.calls.last().map(|call| call.method);
        let table = self.cell.processes()?;
        let by_pid: BTreeMap<i32, &Process> = table.iter().map(|process| (process.pid, process)).collect();
        for process in &table {
            let mut line = lineage(&by_pid, process);
            let origin = line.find_map(|it| self.came_from.get(&(it.pid, it.started)).copied());
            self.came_from.insert((process.pid, process.started), origin.unwrap_or(during));
        }
        Ok(table)
    }

    /// The processes that run and came from calls of these methods.
    pub fn running(&mut self, methods: &[Method]) -> Result<Vec<Process>, CellError> {
        let table = self.count()?;
        let is_wanted = |process: &Process| {
            let origin = self.came_from.get(&(process.pid, process.started)).copied().flatten();
            origin.is_some_and(|origin| methods.contains(&origin))
        };
        Ok(table.into_iter().filter(is_wanted).collect())
    }

    /// Waits until none of these run any more, as long as what was ended may take; what still runs.
    pub fn remaining(&mut self, methods: &[Method]) -> Result<Vec<Process>, CellError> {
        let deadline = Instant::now() + self.settings.settle;
        loop {
            let running = self.running(methods)?;
            if running.is_empty() || Instant::now() >= deadline {
                return Ok(running);
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
    }

    /// Looks again and again until something is seen, or for this long.
    pub fn look(
        &mut self,
        long: Duration,
        mut seen: impl FnMut(&mut Self) -> Result<bool, CellError>,
    ) -> Result<bool, CellError> {
        let deadline = Instant::now() + long;
        while !seen(self)? {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
        Ok(true)
    }

    /// Whether the user's command says that the service is there; none without such a command.
    pub fn probe(&mut self) -> Result<Option<bool>, CellError> {
        let Some(command) = self.settings.probe.clone() else { return Ok(None) };
        Ok(Some(self.shell(&command)?.0.is_success()))
    }

    /// The probe, asked again until it gives this answer or what was ended had its time.
    pub fn probe_until(&mut self, expected: bool) -> Result<Option<bool>, CellError> {
        let deadline = Instant::now() + self.settings.settle;
        loop {
            let found = self.probe()?;
            if found != Some(!expected) || Instant::now() >= deadline {
                return Ok(found);
            }
            std::thread::park_timeout(LOOK_AGAIN);
        }
    }

    fn shell(&mut self, command: &str) -> Result<(Ended, String), CellError> {
        let invocation = Invocation {
            program: "/bin/sh".into(),
            arguments: vec!["-c".to_owned(), command.to_owned()],
            environment: self.cell.environment(),
            timeout: COMMAND_TIMEOUT,
            grace: GRACE,
        };
        let outcome = self.cell.call(&invocation)?;
        Ok((outcome.ended, outcome.output))
    }

    /// The files, or none where they cannot be told from others'.
    pub fn files(&mut self) -> Result<Option<Files>, CellError> {
        self.cell.files()
    }

    /// What the commands were asked and told so far.
    pub fn heard(&mut self) -> Result<Vec<Heard>, CellError> {
        self.cell.heard()
    }

    fn facts(&self) -> ResourceFacts {
        let version = self.subject.version(self.side);
        ResourceFacts::new(&version.resource_type, &self.subject.group, &version.given)
    }

    /// What the commands say from now on. Both versions are registered, as during an upgrade.
    fn set_facts(&mut self, state: &str) -> Result<(), CellError> {
        let subject = self.subject;
        let mut resource = self.facts();
        resource.on_nodes.insert(subject.node.clone(), OnNode { state: state.to_owned(), ..OnNode::default() });
        let of_type = |version: &super::Version| {
            (version.resource_type.name().to_string(), TypeFacts::new(&version.resource_type))
        };
        let group = GroupFacts {
            node_list: vec![subject.node.clone()],
            resources: vec![subject.resource.clone()],
            managed: true,
            maximum_primaries: 1,
            on_nodes: BTreeMap::from([(subject.node.clone(), state.to_owned())]),
        };
        let facts = Facts {
            node: subject.node.clone(),
            resources: BTreeMap::from([(subject.resource.clone(), resource)]),
            types: BTreeMap::from([of_type(&subject.old), of_type(&subject.new)]),
            groups: BTreeMap::from([(subject.group.clone(), group)]),
        };
        self.cell.set_facts(&facts)
    }

    /// The run that this scene was.
    pub fn run(mut self, question: Question, verdict: Verdict, why: String) -> Result<Run, CellError> {
        let heard = self.heard()?;
        let mut run = Run::new(question, verdict, why);
        run.told = heard.into_iter().filter(|heard| heard.told).map(|heard| heard.line).collect();
        run.calls = self.calls;
        Ok(run)
    }
}

/// A process, its parent, and so on, as far as the table knows them. A table is no snapshot, so it might have a ring.
fn lineage<'t>(by_pid: &'t BTreeMap<i32, &'t Process>, process: &'t Process) -> impl Iterator<Item = &'t Process> {
    std::iter::successors(Some(process), |it| by_pid.get(&it.parent).copied()).take(by_pid.len())
}

const fn state_during(method: Method) -> &'static str {
    match method {
        Method::PrenetStart | Method::Start => "STARTING",
        Method::Stop | Method::PostnetStop => "STOPPING",
        Method::Init | Method::Fini | Method::Boot => "OFFLINE",
        Method::MonitorCheck | Method::MonitorStart | Method::MonitorStop | Method::Update | Method::Validate => {
            "ONLINE"
        }
    }
}

const fn state_after(method: Method, succeeded: bool) -> &'static str {
    match (method, succeeded) {
        (Method::Start, true) => "ONLINE",
        (Method::PrenetStart | Method::Start, false) => "START_FAILED",
        (Method::PrenetStart, true) => "STARTING",
        (Method::Stop | Method::PostnetStop, true) => "OFFLINE",
        (Method::Stop | Method::PostnetStop, false) => "STOP_FAILED",
        (other, _) => state_during(other),
    }
}

/// Processes, for a sentence: the commands of the topmost ones, at most three.
pub(super) fn named(processes: &[Process]) -> String {
    let is_top = |process: &&Process| !processes.iter().any(|other| other.pid == process.parent);
    let top: Vec<&Process> = processes.iter().filter(is_top).collect();
    let names: Vec<String> =
        top.iter().take(3).map(|process| format!("`{}` ({})", process.command, process.pid)).collect();
    match top.len().saturating_sub(3) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parents_of_a_process_are_followed_even_in_a_ring() {
        let at = |pid, parent| Process { pid, started: 0, parent, command: String::new() };
        let table = [at(2, 3), at(3, 2), at(4, 1), at(5, 4)];
        let by_pid: BTreeMap<i32, &Process> = table.iter().map(|process| (process.pid, process)).collect();
        let of = |place: usize| lineage(&by_pid, &table[place]).map(|process| process.pid).collect::<Vec<_>>();
        assert_eq!(of(3), [5, 4]);
        assert_eq!(of(0), [2, 3, 2, 3]);
    }
}
