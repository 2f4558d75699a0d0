//! Walks: made by a seed, walked in the cluster and in rtreg at the same time, made small when a yes was wrong.

use std::collections::BTreeSet;

use rtreg_registry::gate::Verdict;

use crate::admin::{self, Answer};
use crate::events::{Event, Verb};
use crate::fixture::{Cluster, words};
use crate::world::{Danger, Family, NODES, Need, Version, World};

/// The numbers of Knuth's MMIX.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// Never empty.
    fn nodes(&mut self) -> BTreeSet<usize> {
        let mask = 1 + self.below((1 << NODES) - 1);
        (0..NODES).filter(|node| mask & (1 << node) != 0).collect()
    }
}

const NUMBERS: [&str; 4] = ["1.0", "2.0", "3.0", "4.0"];

/// Three or four versions; the oldest may be unversioned or not upgrade-aware.
pub fn family(random: &mut Random) -> Family {
    let count = 3 + random.below(2);
    let mut versions: Vec<Version> = Vec::new();
    let everywhere = random.one_in(4);
    let oldest = random.below(6);
    for (index, &number) in NUMBERS.iter().enumerate().take(count) {
        let mut version = Version {
            number: Some(number),
            aware: true,
            init: !random.one_in(3),
            boot: random.one_in(2),
            monitor: !random.one_in(3),
            everywhere: everywhere ^ random.one_in(8),
            lines: Vec::new(),
        };
        if index == 0 && oldest < 2 {
            version.number = version.number.filter(|_| oldest == 1);
            version.aware = false;
        }
        versions.push(version);
    }
    let numbered: Vec<usize> = (0..count).filter(|&from| versions[from].number.is_some()).collect();
    for (index, version) in versions.iter_mut().enumerate().filter(|(_, version)| version.aware) {
        for &from in numbered.iter().filter(|&&from| from != index) {
            // What is older is listed often, what is newer sometimes.
            if random.below(10) < if from < index { 6 } else { 2 } {
                version.lines.push((Some(from), need(random)));
            }
        }
        if random.one_in(3) {
            version.lines.push((None, need(random)));
        }
    }
    Family { versions, catch_all: !random.one_in(4) }
}

fn need(random: &mut Random) -> Need {
    [
        Need::Anytime,
        Need::Anytime,
        Need::Anytime,
        Need::Unmonitored,
        Need::Offline,
        Need::Offline,
        Need::Disabled,
        Need::Unmanaged,
        Need::Unmanaged,
        Need::AtCreation,
    ][random.below(10)]
}

/// A walk, as data: the events before rtreg knows of the cluster, and those after.
#[derive(Debug, Clone)]
pub struct Walk {
    pub family: Family,
    pub groups: Vec<BTreeSet<usize>>,
    pub before: Vec<Event>,
    pub after: Vec<Event>,
}

impl Walk {
    /// A walk of 10 to 40 events of which some cannot happen when their turn comes.
    pub fn new(family: &Family, random: &mut Random) -> Self {
        let groups = (0..=random.below(2)).map(|_| random.nodes()).collect::<Vec<_>>();
        let mut events = Vec::new();
        let size = Size { groups: groups.len(), versions: family.versions.len() };
        for resource in 0..=random.below(2) {
            events.push(Event::Create {
                resource,
                group: random.below(size.groups),
                version: random.below(size.versions.min(2)),
                disabled: random.one_in(5),
            });
        }
        for (group, nodes) in groups.iter().enumerate() {
            events.push(Event::Manage(group));
            events.push(Event::Online(group, nodes.clone()));
        }
        for _ in 0..10 + random.below(30) {
            size.events(random, &mut events);
        }
        let late = if random.one_in(3) { random.below(events.len()) } else { 0 };
        let after = events.split_off(late);
        Self { family: family.clone(), groups, before: events, after }
    }
}

struct Size {
    groups: usize,
    versions: usize,
}

impl Size {
    /// One event, or a few that make sense together.
    fn events(&self, random: &mut Random, events: &mut Vec<Event>) {
        let (group, resource, node) = (random.below(self.groups), random.below(2), random.below(NODES));
        let version = random.below(self.versions);
        let some = |random: &mut Random| if random.one_in(2) { BTreeSet::new() } else { BTreeSet::from([node]) };
        let event = match random.below(40) {
            0 | 1 => Event::NodeDown(node),
            2..=4 => Event::NodeUp(node),
            5 | 6 => {
                self.leave_and_return(random, (group, node), events);
                Event::NodeUp(node)
            }
            7 | 8 => Event::NodeList(group, random.nodes()),
            9 => {
                let node_list = (0..NODES).filter(|&other| other != node).collect();
                events.push(Event::NodeList(group, BTreeSet::clone(&node_list)));
                Event::Installed(version, Some(node_list))
            }
            10 => Event::Installed(version, (!random.one_in(3)).then(|| random.nodes())),
            11 | 12 => Event::Manage(group),
            13..=15 => {
                self.unmanage(random, group, events);
                Event::Unmanage(group)
            }
            16 if random.one_in(2) => {
                events.push(Event::NodeUp(node));
                let others = (0..NODES).filter(|&other| other != node).collect();
                events.push(Event::Installed(version, Some(others)));
                Event::Installed(version, None)
            }
            16..=18 => Event::Online(group, BTreeSet::from([node])),
            19 => Event::Offline(group, BTreeSet::from([node])),
            20 => {
                let disabled = random.one_in(3);
                Event::Create { resource, group, version, disabled }
            }
            21 => {
                events.push(Event::Switch(Verb::Disable, resource, BTreeSet::new()));
                Event::Delete(resource)
            }
            22..=24 => Event::Switch(Verb::Enable, resource, some(random)),
            25 => Event::Switch(Verb::Disable, resource, some(random)),
            26 => Event::Switch(Verb::Monitor, resource, some(random)),
            27 => Event::Switch(Verb::Unmonitor, resource, some(random)),
            28 => Event::Switch(Verb::Restart, resource, some(random)),
            29 => match random.below(4) {
                0 => Event::StartFails(resource, node),
                1 => Event::StopFails(resource, node),
                2 => Event::MonitorFails(resource, node),
                _ => Event::MonitorSticks(resource, node),
            },
            30 => Event::Clear(resource, node),
            31 if random.one_in(2) => {
                events.push(Event::Unsure(resource, node));
                events.push(Event::Upgrade(resource, version));
                Event::Seen(resource, node)
            }
            31 => Event::Seen(resource, node),
            32..=35 => Event::Upgrade(resource, version),
            36 | 37 => Event::Outside(resource, version),
            _ => Event::Ask(resource, version),
        };
        events.push(event);
    }

    /// All that lets a group be unmanaged, perhaps with a node that is down.
    fn unmanage(&self, random: &mut Random, group: usize, events: &mut Vec<Event>) {
        events.extend((0..2).map(|resource| Event::Switch(Verb::Disable, resource, BTreeSet::new())));
        if random.one_in(2) {
            events.push(Event::NodeDown(random.below(NODES)));
        }
        events.extend((0..NODES).map(|node| Event::Offline(group, BTreeSet::from([node]))));
    }

    /// A node goes down, leaves the node list, perhaps the cluster, and comes back, perhaps with another version in between.
    fn leave_and_return(&self, random: &mut Random, (group, node): (usize, usize), events: &mut Vec<Event>) {
        let others: BTreeSet<usize> = (0..NODES).filter(|&other| other != node).collect();
        events.push(Event::NodeDown(node));
        events.extend((0..self.groups).map(|group| Event::NodeList(group, others.clone())));
        if random.one_in(2) {
            events.push(Event::NodeRemove(node));
            events.push(Event::NodeAdd(node));
        } else {
            events.push(Event::NodeUp(node));
        }
        if random.one_in(2) {
            events.push(Event::Outside(random.below(2), random.below(self.versions)));
        }
        events.push(Event::NodeList(group, (0..NODES).collect()));
    }
}

/// What became of the questions to the gate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub walks: usize,
    pub commands: usize,
    pub asked: usize,
    pub allowed: usize,
    pub undecided: usize,
    /// Asked where nothing was in the way in truth; by a history that rtreg knows whole or not.
    pub safe: [usize; 2],
    pub safe_allowed: [usize; 2],
    pub outside: usize,
    /// Questions where the vendor's rule alone would have said a wrong yes.
    pub dangers: usize,
    /// Yeses that are wrong and say on what unrecorded Init they rest, which the design accepts.
    pub settled: usize,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.walks, other.walks),
            (&mut self.commands, other.commands),
            (&mut self.asked, other.asked),
            (&mut self.allowed, other.allowed),
            (&mut self.undecided, other.undecided),
            (&mut self.outside, other.outside),
            (&mut self.dangers, other.dangers),
            (&mut self.settled, other.settled),
        ] {
            *sum += more;
        }
        for known in 0..2 {
            self.safe[known] += other.safe[known];
            self.safe_allowed[known] += other.safe_allowed[known];
        }
    }

    /// The shares, for those who run it with --nocapture.
    pub fn text(&self) -> String {
        let share = |part: usize, whole: usize| part * 100 / whole.max(1);
        let strict = |known: usize| 100 - share(self.safe_allowed[known], self.safe[known]);
        format!(
            "{} walks, {} commands, {} upgrades outside; asked {}: {} % allowed, {} % undecided; refused although safe: {} % \
             of {} with a known history, {} % of {} with another; {} wrong yeses avoided that Type_version alone gives; {} tolerated that say \
             which unrecorded Init they rest on",
            self.walks,
            self.commands,
            self.outside,
            self.asked,
            share(self.allowed, self.asked),
            share(self.undecided, self.asked),
            strict(0),
            self.safe[0],
            strict(1),
            self.safe[1],
            self.dangers,
            self.settled,
        )
    }
}

/// A wrong yes.
#[derive(Debug, Clone)]
pub struct Wrong {
    pub walk: Walk,
    /// The commands as one would type them.
    pub lines: Vec<String>,
    pub why: String,
}

struct Walker<'a> {
    world: World,
    cluster: &'a Cluster,
    lines: Vec<String>,
    counts: &'a mut Counts,
    known: bool,
}

/// Walks; ends at the first wrong yes.
pub fn walk(walk: &Walk, registered: &Cluster, counts: &mut Counts) -> Result<(), Box<Wrong>> {
    let cluster = registered.copy();
    let world = World::new(&walk.family, &walk.groups);
    let mut walker = Walker { world, cluster: &cluster, lines: Vec::new(), counts, known: true };
    walker.counts.walks += 1;
    let end = |walker: &Walker<'_>, why| Box::new(Wrong { walk: walk.clone(), lines: walker.lines.clone(), why });
    for event in &walk.before {
        let mut after = walker.world.clone();
        if after.happen(event) {
            walker.lines.push(format!("(before rtreg) {}", event.line(&after)));
            walker.world = after;
            walker.known = false;
        }
    }
    walker.world.forget_unsayable();
    walker.world.unruled = true;
    for line in admin::import(&walker.world, walker.known) {
        if let Err(error) = admin::record(&cluster, &line) {
            panic!("what is there cannot be said: {line}: {}\n{:#?}", words(&error), walker.lines);
        }
        walker.lines.push(format!("rtreg {line}"));
    }
    for event in &walk.after {
        walker.step(event).map_err(|why| end(&walker, why))?;
    }
    Ok(())
}

impl Walker<'_> {
    fn step(&mut self, event: &Event) -> Result<(), String> {
        if let Event::Ask(resource, target) | Event::Upgrade(resource, target) = event {
            return self.ask(*resource, *target, matches!(event, Event::Upgrade(..)));
        }
        let mut after = self.world.clone();
        if !after.happen(event) {
            return Ok(());
        }
        let line = event.line(&after);
        if admin::record(self.cluster, &line).is_ok() {
            self.counts.commands += 1;
            self.known &= !matches!(event, Event::Unsure(..));
            self.counts.outside += usize::from(matches!(event, Event::Outside(..)));
            self.lines.push(format!("rtreg {line}"));
            self.world = after;
            self.dangers()?;
        }
        Ok(())
    }

    fn ask(&mut self, resource: usize, target: usize, go: bool) -> Result<(), String> {
        let Some(present) = self.world.resources[resource].as_ref().map(|resource| resource.version) else {
            return Ok(());
        };
        if present == target || !self.world.family.versions[target].aware {
            return Ok(());
        }
        let dangers = self.world.dangers(resource, target);
        let answer = admin::ask(self.cluster, resource, self.world.number(target), !go);
        let allowed = answer.verdict == Verdict::Allowed;
        self.counts.asked += 1;
        self.counts.allowed += usize::from(allowed);
        self.counts.undecided += usize::from(answer.verdict == Verdict::Undecided);
        let known = usize::from(!self.known);
        self.counts.safe[known] += usize::from(dangers.is_empty());
        self.counts.safe_allowed[known] += usize::from(dangers.is_empty() && allowed);
        self.judge((resource, target), &answer, &dangers)?;
        if answer.done {
            self.lines.push(format!("rtreg {}", Event::Upgrade(resource, target).line(&self.world)));
            self.world.set(resource, target);
            self.dangers()?;
        }
        Ok(())
    }

    /// Asks wherever the vendor's rule alone would say yes and what still lives says no.
    fn dangers(&mut self) -> Result<(), String> {
        for resource in 0..self.world.resources.len() {
            let Some(present) = self.world.resources[resource].as_ref().map(|resource| resource.version) else {
                continue;
            };
            for target in (0..self.world.family.versions.len()).filter(|&target| target != present) {
                let dangers = self.world.dangers_of_origins(resource, target);
                if !dangers.is_empty() && self.world.danger_of_type(resource, target).is_none() {
                    self.counts.dangers += 1;
                    let answer = admin::ask(self.cluster, resource, self.world.number(target), true);
                    self.judge((resource, target), &answer, &dangers)?;
                }
            }
        }
        Ok(())
    }

    /// A yes is wrong if anything is in the way. Tolerated is one thing alone, which the design accepts: what Init left on
    /// a node of which the answer itself says that it takes it for Type_version's, because that is not recorded.
    fn judge(&mut self, (resource, target): (usize, usize), answer: &Answer, dangers: &[Danger]) -> Result<(), String> {
        if answer.verdict != Verdict::Allowed || dangers.is_empty() {
            return Ok(());
        }
        let is_said =
            |danger: &Danger| danger.initialised.is_some_and(|node| answer.settled.contains(&format!("n{}", node + 1)));
        let Some(danger) = dangers.iter().find(|danger| !is_said(danger)).map(|danger| &danger.why) else {
            self.counts.settled += 1;
            return Ok(());
        };
        self.lines.push(format!("rtreg {}", Event::Ask(resource, target).line(&self.world)));
        Err(format!("rtreg allows r{} -> {}; in truth {danger}", resource + 1, self.world.number(target)))
    }
}

/// The smallest walk with a wrong yes that leaving things out leads to.
pub fn shrink(wrong: Wrong) -> Wrong {
    let mut best = wrong;
    while let Some(wrong) = smaller(&best.walk).into_iter().find_map(|walk| {
        let registered = admin::register(&walk.family);
        let wrong = self::walk(&walk, &registered, &mut Counts::default()).err()?;
        (size(&wrong) < size(&best)).then_some(*wrong)
    }) {
        best = wrong;
    }
    best
}

fn size(wrong: &Wrong) -> usize {
    wrong.lines.len() + wrong.walk.before.len() + wrong.walk.after.len() + weight(&wrong.walk.family)
}

fn weight(family: &Family) -> usize {
    let version = |version: &Version| {
        let flags = [version.init, version.boot, version.monitor, version.everywhere];
        version.lines.len() + flags.iter().filter(|flag| **flag).count()
    };
    family.versions.iter().map(version).sum::<usize>() + usize::from(!family.catch_all)
}

/// Walks with something left out.
fn smaller(walk: &Walk) -> Vec<Walk> {
    let mut walks = Vec::new();
    for (part, length) in [(0, walk.before.len()), (1, walk.after.len())] {
        for size in [8, 4, 2, 1] {
            for start in 0..(length + 1).saturating_sub(size) {
                let mut smaller = walk.clone();
                let events = if part == 0 { &mut smaller.before } else { &mut smaller.after };
                events.drain(start..start + size);
                walks.push(smaller);
            }
        }
    }
    for index in 0..walk.family.versions.len() {
        let mut push = |change: &dyn Fn(&mut Version)| {
            let mut smaller = walk.clone();
            change(&mut smaller.family.versions[index]);
            walks.push(smaller);
        };
        for line in 0..walk.family.versions[index].lines.len() {
            push(&|version| {
                version.lines.remove(line);
            });
        }
        push(&|version| version.init = false);
        push(&|version| version.boot = false);
        push(&|version| version.monitor = false);
        push(&|version| version.everywhere = false);
    }
    let mut smaller = walk.clone();
    smaller.family.catch_all = true;
    walks.push(smaller);
    walks
}

impl Wrong {
    /// The files, the commands, and what is wrong.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for version in &self.walk.family.versions {
            let file = admin::file(&self.walk.family, version);
            let lines = file.lines().skip(2).filter(|line| !line.contains("basedir") && !line.starts_with("St"));
            text.push_str(&format!("  file: {}\n", lines.collect::<Vec<_>>().join(" ")));
        }
        if !self.walk.family.catch_all {
            text.push_str("  setting empty-upgrade-from = unversioned-only\n");
        }
        for line in &self.lines {
            text.push_str(&format!("  {line}\n"));
        }
        text.push_str(&format!("  => {}\n", self.why));
        text
    }
}
