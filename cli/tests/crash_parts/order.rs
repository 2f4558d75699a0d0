//! The order that the table of callbacks allows, held against what the methods themselves have written down. It reads the table
//! (`tests/conformance/rgm/callbacks.tsv`), the versions that a plan leads over and the dependencies of the scenario's text. Of
//! how plans are made, carried out or undone it knows nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rtreg_model::{Method, MonitorState, Origin, ResourceState, RtVersion};
use rtreg_upgrade::plan::State;

use super::scenario::Failed;
use super::scenery::Scenery;

const TABLE: &str = include_str!("../../../tests/conformance/rgm/callbacks.tsv");

/// The version that files write which are the same for all versions.
const ANY: &str = "any";

/// A line that a method has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `begin`, `end`, `fail`; `beside` and `double` where the method has seen what must never be.
    pub word: String,
    pub method: Method,
    pub version: String,
    pub resource: String,
    pub node: String,
    /// The operation that it was called for.
    pub operation: String,
}

/// Reads a log.
pub fn read(log: &Path) -> Result<Vec<Line>, Failed> {
    std::fs::read_to_string(log)?.lines().map(line).collect()
}

fn line(text: &str) -> Result<Line, Failed> {
    let words: Vec<&str> = text.split(' ').collect();
    let [word, _, method, version, resource, node, operation] = words.as_slice() else {
        return Err(format!("`{text}` is no line of a method").into());
    };
    Ok(Line {
        word: (*word).to_owned(),
        method: Method::parse(method).ok_or("a method")?,
        version: (*version).to_owned(),
        resource: (*resource).to_owned(),
        node: (*node).to_owned(),
        operation: (*operation).to_owned(),
    })
}

/// What the table says of the order.
pub struct Table {
    /// What begins something, in the order of coming up, each with what ends it.
    levels: Vec<(Method, Method)>,
}

impl Table {
    pub fn read() -> Result<Self, Failed> {
        let rows: Vec<Vec<&str>> = TABLE.lines().skip(1).map(|row| row.split('\t').collect()).collect();
        let of = |event: &str| {
            let rows = rows.iter().filter(|row| row.first() == Some(&event));
            let mut found: Vec<(u8, Method, String)> = rows
                .filter_map(|row| {
                    let method = Method::parse(row.get(2)?.split(' ').next()?)?;
                    Some((row.get(1)?.parse().ok()?, method, (*row.get(5)?).to_owned()))
                })
                .collect();
            found.sort_by_key(|(order, ..)| *order);
            found
        };
        let (up, down) = (of("bring_online"), of("take_offline"));
        let mut levels = Vec::new();
        for (_, begins, repeat) in &up {
            let first = repeat.strip_prefix("no: ").and_then(|rest| rest.strip_suffix(" first"));
            let ends = first.and_then(Method::parse).ok_or("what begins something is undone before it is repeated")?;
            levels.push((*begins, ends));
        }
        let is_reversed = levels.iter().rev().map(|(_, ends)| *ends).eq(down.iter().map(|(_, method, _)| *method));
        if levels.len() != 3 || !is_reversed || down.iter().any(|(.., repeat)| repeat != "yes") {
            return Err("the table of callbacks does not say how things go up and down".into());
        }
        Ok(Self { levels })
    }
}

/// One of the three things that a resource is made of on a node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Is {
    #[default]
    Down,
    /// This version began it.
    Up(String),
    /// A method of this version may have begun or ended it.
    Doubt(String),
}

/// Where the versions of a resource are: forwards until a method of the first version brings something up again.
#[derive(Debug, Clone)]
struct Versions {
    chain: Vec<String>,
    at: usize,
    back: bool,
}

/// What the log says that there is.
pub struct World<'s> {
    table: &'s Table,
    scenery: &'s Scenery,
    here: BTreeMap<(String, String), [Is; 3]>,
    versions: BTreeMap<String, Versions>,
    ran_before: BTreeSet<String>,
    validated: BTreeSet<(String, String)>,
}

/// Holds a log against the order.
pub fn check<'s>(table: &'s Table, scenery: &'s Scenery, lines: &[Line]) -> Result<World<'s>, String> {
    let mut world = World::new(table, scenery);
    for (number, line) in lines.iter().enumerate() {
        world.take(line).map_err(|why| {
            let Line { word, method, version, resource, node, operation } = line;
            format!("line {}: {word} {method} of {version} ({resource} on {node}, {operation}): {why}", number + 1)
        })?;
    }
    Ok(world)
}

impl<'s> World<'s> {
    fn new(table: &'s Table, scenery: &'s Scenery) -> Self {
        let (mut here, mut versions, mut ran_before) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        for (name, resource) in &scenery.plan.state.resources {
            for (node, entry) in &resource.nodes {
                let service = match entry.state {
                    ResourceState::Online => Is::Up(by(&entry.started_by)),
                    ResourceState::Offline => Is::Down,
                    _ => Is::Doubt(ANY.to_owned()),
                };
                let monitor = match entry.monitor {
                    MonitorState::Running => Is::Up(by(&entry.monitor_started_by)),
                    MonitorState::Stopped => Is::Down,
                    _ => Is::Doubt(ANY.to_owned()),
                };
                if matches!(service, Is::Up(_)) {
                    ran_before.insert(name.clone());
                }
                here.insert((name.clone(), node.clone()), [service.clone(), service, monitor]);
            }
            let chain = vec![word(&resource.type_version)];
            versions.insert(name.clone(), Versions { chain, at: 0, back: false });
        }
        for upgrade in scenery.plan.bundles().flat_map(|bundle| &bundle.upgrades) {
            let Some(of) = versions.get_mut(&upgrade.resource) else { continue };
            let to = upgrade.to.iter().map(|name| match name.split_once(':') {
                Some((_, version)) => version.to_owned(),
                None => "unversioned".to_owned(),
            });
            of.chain.extend(to);
        }
        Self { table, scenery, here, versions, ran_before, validated: BTreeSet::new() }
    }

    fn has(&self, resource: &str, version: &str, method: Method) -> bool {
        let base = &self.scenery.plan.state.resources.get(resource).map(|of| of.base.clone()).unwrap_or_default();
        let mut of = self.scenery.declared.iter().filter(|((of, _), _)| of == base);
        of.any(|((_, known), methods)| (version == ANY || word(known) == version) && methods.contains(&method))
    }

    fn runs(&self, resource: &str) -> bool {
        self.here.iter().any(|((name, _), levels)| name == resource && is_up(levels))
    }

    fn take(&mut self, line: &Line) -> Result<(), String> {
        match line.word.as_str() {
            "begin" => self.begin(line),
            "end" => self.end(line),
            "fail" => Ok(()),
            "beside" => Err("another of its methods ran at that time".to_owned()),
            "double" => Err("it began what ran already".to_owned()),
            _ => Err("no such line".to_owned()),
        }
    }

    fn begin(&mut self, line: &Line) -> Result<(), String> {
        self.version(line)?;
        self.is_validated(line)?;
        let Line { method, version, resource, node, .. } = line;
        let levels = self.here.entry((resource.clone(), node.clone())).or_default().clone();
        let [.., service, monitor] = &levels;
        let level = self.table.levels.iter().position(|(begins, ends)| method == begins || method == ends);
        let is_begun = level.is_some_and(|level| self.table.levels.get(level).is_some_and(|(of, _)| of == method));
        match (level, is_begun) {
            (Some(level), true) => self.comes_up(line, level, &levels)?,
            (Some(level), false) => self.goes_down(line, level, &levels)?,
            (None, _) => match method {
                Method::Update if !is_up(&levels) => return Err("nothing runs there".to_owned()),
                Method::Init | Method::Fini | Method::Boot if *service != Is::Down || *monitor != Is::Down => {
                    return Err("it is not known to be stopped".to_owned());
                }
                _ => {}
            },
        }
        if let Some(level) = level {
            self.set(line, level, Is::Doubt(version.clone()));
        }
        Ok(())
    }

    fn comes_up(&self, line: &Line, level: usize, levels: &[Is; 3]) -> Result<(), String> {
        let Line { version, resource, .. } = line;
        match &levels[level] {
            Is::Down => {}
            Is::Up(_) => return Err("it runs already".to_owned()),
            Is::Doubt(by) => return Err(format!("whether it runs is not known, and nothing of {by} has ended it")),
        }
        let prenet = self.table.levels[0].0;
        match level {
            0 if levels[1] != Is::Down => return Err("it runs already".to_owned()),
            1 if self.has(resource, version, prenet) && !matches!(levels[0], Is::Up(_)) => {
                return Err("what comes before it has not been".to_owned());
            }
            2 if !is_up(levels) => return Err("nothing runs there".to_owned()),
            _ => {}
        }
        if level == 2 {
            return Ok(());
        }
        let on = self.scenery.asked.strong.iter().filter(|(name, _)| name == resource).map(|(_, on)| on);
        match on.clone().find(|on| self.ran_before.contains(*on) && !self.runs(on)) {
            Some(on) => Err(format!("{on} does not run, on which it depends")),
            None => Ok(()),
        }
    }

    fn goes_down(&self, line: &Line, level: usize, levels: &[Is; 3]) -> Result<(), String> {
        let Line { version, resource, .. } = line;
        for above in level + 1..3 {
            let is_ended_by = self.table.levels[above].1;
            if levels[above] != Is::Down && self.has(resource, version, is_ended_by) {
                return Err(format!("{is_ended_by} has not been before"));
            }
        }
        if let Is::Doubt(by) = &levels[level]
            && by != version
            && by != ANY
            && self.has(resource, by, line.method)
        {
            return Err(format!("a method of {by} may have begun it, and only that version ends it"));
        }
        if level == 1 && is_up(levels) {
            let mut dependents =
                self.scenery.asked.strong.iter().filter(|(_, on)| on == resource).map(|(name, _)| name);
            if let Some(name) = dependents.find(|name| self.runs(name)) {
                return Err(format!("{name} runs, which depends on it"));
            }
        }
        Ok(())
    }

    fn end(&mut self, line: &Line) -> Result<(), String> {
        let Line { method, version, resource, node, .. } = line;
        let level = self.table.levels.iter().position(|(begins, ends)| method == begins || method == ends);
        if *method == Method::Validate {
            self.validated.insert((format!("{resource}@{node}"), version.clone()));
        }
        let Some(level) = level else { return Ok(()) };
        let is_begun = self.table.levels[level].0 == *method;
        self.set(line, level, if is_begun { Is::Up(version.clone()) } else { Is::Down });
        // Where nothing else ends what Prenet_start began it belongs to what Stop ends, and where nothing else ends what Start
        // began it belongs to Postnet_stop.
        let (stop, postnet) = (self.table.levels[1].1, self.table.levels[0].1);
        if *method == stop && !self.has(resource, version, postnet) {
            self.set(line, 0, Is::Down);
        }
        if *method == postnet && !self.has(resource, version, stop) {
            self.set(line, 1, Is::Down);
        }
        if *method == self.table.levels[0].0 && !self.has(resource, version, self.table.levels[1].0) {
            self.set(line, 1, Is::Up(version.clone()));
        }
        Ok(())
    }

    fn set(&mut self, line: &Line, level: usize, is: Is) {
        let key = (line.resource.clone(), line.node.clone());
        if let Some(of) = self.here.get_mut(&key).and_then(|levels| levels.get_mut(level)) {
            *of = is;
        }
    }

    /// Before anything else of a resource that is upgraded, its new version has looked at it wherever the text says.
    fn is_validated(&self, line: &Line) -> Result<(), String> {
        if line.method == Method::Validate || line.version == ANY {
            return Ok(());
        }
        for (place, runs) in &self.scenery.asked.runs {
            let Some((resource, _)) = place.split_once('@') else { continue };
            let mut wanted = runs.split(' ').filter_map(|run| run.strip_prefix("Validate:"));
            let is_missing = |version: &&str| !self.validated.contains(&(place.clone(), (*version).to_owned()));
            if resource == line.resource && wanted.any(|version| is_missing(&version)) {
                return Err(format!("Validate has not been on {place}"));
            }
        }
        Ok(())
    }

    /// Down with the version that it has, up with the one that it gets; back only once, and then with the first alone.
    fn version(&mut self, line: &Line) -> Result<(), String> {
        if line.method == Method::Validate || line.version == ANY {
            return Ok(());
        }
        let of = self.versions.get(&line.resource).cloned().ok_or("nothing is known of it")?;
        let now = of.chain.get(of.at).cloned().unwrap_or_default();
        // The monitor of another version is ended by that one, where the resource's own has no method for it.
        if line.method == Method::MonitorStop && !self.has(&line.resource, &now, Method::MonitorStop) {
            return Ok(());
        }
        let wanted = of.chain.iter().position(|version| *version == line.version);
        let wanted = wanted.ok_or("a version that it never has")?;
        let is_down = matches!(line.method, Method::MonitorStop | Method::Stop | Method::PostnetStop | Method::Fini);
        if wanted == of.at {
            return Ok(());
        }
        // A start of the first version that was killed before it wrote a line is ended before it is begun again.
        let goes_back = wanted == 0 && (!is_down || line.operation.contains("-first"));
        if of.back || (wanted < of.at && !goes_back) {
            return Err(format!("it has version {now}"));
        }
        // A start that was killed before it wrote a line is ended by its own version, where nothing else runs.
        let level = self.table.levels.iter().position(|(_, ends)| line.method == *ends);
        let here = self.here.entry((line.resource.clone(), line.node.clone())).or_default();
        if is_down && level.and_then(|level| here.get(level)).is_some_and(|is| *is != Is::Down) {
            return Err(format!("it has version {now}, and what runs goes down with that"));
        }
        if let Some(versions) = self.versions.get_mut(&line.resource) {
            (versions.at, versions.back) = (wanted, goes_back);
        }
        Ok(())
    }

    /// Whether what there is, is what is recorded.
    pub fn agrees(&self, state: &State) -> Result<(), String> {
        for ((name, node), levels) in &self.here {
            let Some(entry) = state.resources.get(name).and_then(|of| of.nodes.get(node)) else { continue };
            let [_, service, monitor] = levels;
            let is_wrong = match entry.state {
                ResourceState::Online => !is_begun_by(service, &entry.started_by),
                ResourceState::Offline => *service != Is::Down,
                _ => false,
            };
            if is_wrong {
                let by = &entry.started_by;
                return Err(format!("{name} is recorded as {} by {by:?} on {node}, and is {levels:?}", entry.state));
            }
            let is_wrong = match entry.monitor {
                MonitorState::Running => !is_begun_by(monitor, &entry.monitor_started_by),
                MonitorState::Stopped => *monitor != Is::Down,
                _ => false,
            };
            if is_wrong {
                let is = entry.monitor;
                return Err(format!(
                    "the monitor of {name} is recorded as {is} on {node}, and there it is {monitor:?}"
                ));
            }
        }
        Ok(())
    }
}

fn is_up(levels: &[Is; 3]) -> bool {
    matches!(levels[1], Is::Up(_))
}

/// The version of an origin; any where it is not known.
fn by(origin: &Origin) -> String {
    match origin {
        Origin::Version(version) => word(version),
        _ => ANY.to_owned(),
    }
}

fn is_begun_by(is: &Is, origin: &Origin) -> bool {
    match (is, origin) {
        (Is::Up(version), Origin::Version(of)) => version == ANY || *version == word(of),
        (Is::Up(_), _) => true,
        _ => false,
    }
}

/// The version as a method writes it.
fn word(version: &RtVersion) -> String {
    version.as_str().unwrap_or("unversioned").to_owned()
}

/// What of the plan's own steps was carried out to its end, by place, as the text of a scenario has it. What ran again counts
/// where it ran last.
pub fn forwards(scenery: &Scenery, lines: &[Line]) -> BTreeMap<String, String> {
    let mut runs: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.word == "end" && scenery.plan.step(&line.operation).is_some()) {
        let of = runs.entry(format!("{}@{}", line.resource, line.node)).or_default();
        of.retain(|known| known.operation != line.operation);
        of.push(line);
    }
    let text = |lines: Vec<&Line>| {
        let words: Vec<String> = lines.iter().map(|line| format!("{}:{}", line.method, line.version)).collect();
        words.join(" ")
    };
    runs.into_iter().map(|(place, lines)| (place, text(lines))).collect()
}
