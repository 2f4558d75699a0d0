//! A scenario of an upgrade as text: types, nodes, groups, resources, what happened before, what is asked, and what is
//! expected to run. Read line by line; a line that means nothing is an error.
//!
//! ```text
//! type web/1.0                     a type of rtr-examples, or a file of the scenario's folder: type ./old.rtr
//! digests none|same                methods nobody has seen | all files of a path alike (the usual: each version its own)
//! node n1 n2
//! group g on n1,n2 [recorded] [primaries 2]
//! resource r in g of web:1.0 [NAME=VALUE …] [disabled] [3.0]
//! do manage g | online g [n1] | offline g | disable r [n1] | enable r | unmonitor r | monitor r | restart r
//!    upgrade r 1.1 | down n1 | up n1 | stated r 1.1 | unknown-node n1
//! took XMPL.web:1.0 Stop 1500 2500            milliseconds of runs before, oldest first
//! state r n1 online started_by=1.0 monitor=running monitor_started_by=1.0 initialised_by=1.0
//! depends r on s by Resource_dependencies      written past every rule: for circles
//! plan r … | type T | group G  --to V [--allow S] [--also r,s|all] [--direct] [--strict] [-p N=V] [--max-unavailable N]
//!    [--irreversible TYPE]
//! runs r@n1: Validate:2.0 Stop:1.0 Start:2.0   what runs there, in this order, written by hand
//! waves r | s                                  what is upgraded in which wave
//! held r blocked                               what is held back
//! before Stop:s@n1 Stop:r@n1                   the first runs before the second
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use rtreg_model::{Driver, Method, MonitorState, Release, ResourceState};
use rtreg_registry::commands::{group, node, observe, register, resource, switch, upgrade};
use rtreg_registry::gate::Needs;
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::records::{GroupRecord, NodeRecord};
use rtreg_registry::{CommandError, Context, Store, Transaction, Who, durations, keys, transact};
use rtreg_upgrade::plan::{Also, Request, Scope};

pub type Failed = Box<dyn std::error::Error>;

/// A scenario that has been set up in memory.
pub struct Scenario {
    pub store: MemoryStore,
    pub request: Request,
    /// By `r@n1`: methods with their versions.
    pub runs: BTreeMap<String, String>,
    pub waves: Option<String>,
    pub held: BTreeMap<String, String>,
    pub before: Vec<(String, String)>,
    /// Dependencies that order stops and starts, as dependent and what it depends on, taken from the text.
    pub strong: Vec<(String, String)>,
}

pub fn context(local_node: &str) -> Context {
    Context {
        at: "2026-01-02T03:04:05.678Z".to_owned(),
        who: Who { user: "mara".to_owned(), sudo_user: None, host: "adm1".to_owned() },
        why: Some("scenario".to_owned()),
        local_node: local_node.to_owned(),
    }
}

/// Carries out one command.
pub fn command<R>(
    store: &dyn Store,
    decide: impl FnMut(&mut Transaction<'_>) -> Result<R, CommandError>,
) -> Result<R, Failed> {
    transact(store, &context("n1"), ("resources", 1), decide).map(|(report, _)| report).map_err(words)
}

fn words(error: CommandError) -> Failed {
    match error {
        CommandError::Refused(refusal) | CommandError::Usage(refusal) => {
            format!("{}: {} {:?} {:?}", refusal.rule, refusal.message, refusal.details, refusal.help).into()
        }
        other => other.to_string().into(),
    }
}

/// A version of a type that a scenario names.
pub struct Source<'s> {
    /// As the scenario names it.
    pub name: &'s str,
    /// `own`, `none` or `same`.
    pub digests: &'s str,
    pub bytes: Vec<u8>,
}

/// What a version is on the nodes: its file as it is registered there, and the digest of each of its methods' paths.
pub struct Installed {
    pub bytes: Vec<u8>,
    pub digests: BTreeMap<String, String>,
}

pub type Install<'i> = dyn Fn(Source<'_>) -> Result<Installed, Failed> + 'i;

/// Nothing is anywhere: the digests are those of names.
fn imagined(source: Source<'_>) -> Result<Installed, Failed> {
    let lowered = rtreg_parser::lower(&rtreg_parser::parse(&source.bytes, rtreg_model::FileId(0)));
    let methods = lowered.ok_or("a type without a name")?.methods;
    let salt = if source.digests == "same" { "" } else { source.name };
    let digest = |path: &String| rtreg_registry::history::sha256_hex(format!("{path} {salt}").as_bytes());
    let digests = match source.digests {
        "none" => BTreeMap::new(),
        _ => methods.values().map(|method| (method.absolute.clone(), digest(&method.absolute))).collect(),
    };
    Ok(Installed { bytes: source.bytes, digests })
}

/// What a scenario's text asks and expects.
pub struct Asked {
    pub request: Request,
    /// The words behind `plan`, as on the command line.
    #[allow(dead_code, reason = "who plans in memory does not call the binary")]
    pub words: String,
    pub runs: BTreeMap<String, String>,
    pub waves: Option<String>,
    pub held: BTreeMap<String, String>,
    pub before: Vec<(String, String)>,
    pub strong: Vec<(String, String)>,
}

struct Setup<'s> {
    store: &'s dyn Store,
    install: &'s Install<'s>,
    nodes: Vec<String>,
    digests: String,
    types: Vec<String>,
    rgm: Vec<String>,
    strong: Vec<(String, String)>,
}

pub fn read(path: &Path) -> Result<Scenario, Failed> {
    let store = MemoryStore::default();
    let Asked { request, runs, waves, held, before, strong, .. } = set_up(path, &store, &imagined)?;
    Ok(Scenario { store, request, runs, waves, held, before, strong })
}

/// Writes the state of a scenario into a store.
pub fn set_up(path: &Path, store: &dyn Store, install: &Install<'_>) -> Result<Asked, Failed> {
    let text = std::fs::read_to_string(path)?;
    let folder = path.parent().ok_or("a scenario lies in a folder")?;
    let mut setup = Setup::new(store, install);
    let mut request = None;
    let (mut runs, mut held, mut waves, mut before) = (BTreeMap::new(), BTreeMap::new(), None, Vec::new());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match verb {
            "plan" => {
                setup.finish(folder)?;
                request = Some((asked(rest)?, rest.to_owned()));
            }
            "runs" => {
                let (place, methods) = rest.split_once(':').ok_or("runs PLACE: METHODS")?;
                runs.insert(place.to_owned(), methods.trim().to_owned());
            }
            "waves" => waves = Some(rest.to_owned()),
            "held" => {
                let (resource, kind) = rest.split_once(' ').ok_or("held RESOURCE KIND")?;
                held.insert(resource.to_owned(), kind.to_owned());
            }
            "before" => {
                let (first, then) = rest.split_once(' ').ok_or("before A B")?;
                before.push((first.to_owned(), then.to_owned()));
            }
            _ => setup.line(folder, verb, rest).map_err(|why| format!("`{line}`: {why}"))?,
        }
    }
    let (request, words) = request.ok_or("a scenario has a line `plan`")?;
    Ok(Asked { request, words, runs, waves, held, before, strong: setup.strong })
}

impl<'s> Setup<'s> {
    fn new(store: &'s dyn Store, install: &'s Install<'s>) -> Self {
        Self {
            store,
            install,
            nodes: Vec::new(),
            digests: "own".to_owned(),
            types: Vec::new(),
            rgm: Vec::new(),
            strong: Vec::new(),
        }
    }

    fn line(&mut self, folder: &Path, verb: &str, rest: &str) -> Result<(), Failed> {
        let words: Vec<&str> = rest.split_whitespace().collect();
        match (verb, words.as_slice()) {
            ("type", [name]) => self.types.push((*name).to_owned()),
            ("digests", [how]) => self.digests = (*how).to_owned(),
            ("node", names) => {
                for name in names {
                    self.nodes.push((*name).to_owned());
                    let request = node::NodeRequest { name: (*name).to_owned() };
                    command(self.store, |tx| node::add(tx, &request))?;
                }
            }
            ("group", [name, "on", nodes, more @ ..]) => {
                self.register(folder)?;
                let primaries = more.iter().position(|word| *word == "primaries").and_then(|at| more.get(at + 1));
                let request = group::CreateRequest {
                    name: (*name).to_owned(),
                    nodes: nodes.split(',').map(str::to_owned).collect(),
                    properties: primaries.map(|count| format!("Maximum_primaries={count}")).into_iter().collect(),
                    driver: None,
                };
                command(self.store, |tx| group::create(tx, &request))?;
                if !more.contains(&"recorded") {
                    self.rgm.push((*name).to_owned());
                }
            }
            ("resource", [name, "in", group, "of", of, more @ ..]) => {
                let is_word = |word: &&&str| matches!(**word, "disabled" | "3.0");
                let request = resource::CreateRequest {
                    name: (*name).to_owned(),
                    group: (*group).to_owned(),
                    resource_type: (*of).to_owned(),
                    properties: more.iter().filter(|word| !is_word(word)).map(|word| (*word).to_owned()).collect(),
                    created_under_3_0: more.contains(&"3.0"),
                    disabled: more.contains(&"disabled"),
                };
                for property in &request.properties {
                    let (kind, names) = property.split_once('=').unwrap_or_default();
                    if matches!(kind, "Resource_dependencies" | "Resource_dependencies_offline_restart") {
                        self.strong.extend(names.split(',').map(|on| ((*name).to_owned(), on.to_owned())));
                    }
                }
                command(self.store, |tx| resource::create(tx, &request))?;
            }
            ("do", [action, rest @ ..]) => self.action(folder, action, rest)?,
            ("state", [name, on, state, more @ ..]) => self.state(name, on, state, more)?,
            ("took", [type_name, method, runs @ ..]) => {
                let method = Method::parse(method).ok_or("no such method")?;
                for millis in runs {
                    let millis: u64 = millis.parse()?;
                    command(self.store, |tx| durations::add(tx, (type_name, method), millis))?;
                }
            }
            ("depends", [name, "on", on, "by", property]) => self.depends(name, on, property)?,
            _ => return Err("not a line of a scenario".into()),
        }
        Ok(())
    }

    /// Registers what was named, as every node sees it.
    fn register(&mut self, folder: &Path) -> Result<(), Failed> {
        for name in std::mem::take(&mut self.types) {
            let path = match name.strip_prefix("./") {
                Some(file) => folder.join(file),
                None => {
                    let (of, _) = name.split_once('/').ok_or("type NAME/VERSION")?;
                    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rtr-examples");
                    examples.join(&name).join(format!("XMPL.{of}.rtr"))
                }
            };
            let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let source = Source { name: &name, digests: &self.digests, bytes };
            let Installed { bytes, digests } = (self.install)(source)?;
            // The file without a version is from a time when that was allowed.
            let target =
                if name.ends_with("unversioned") { Release::V3_0 } else { register::Request::default().target };
            let file = register::RtrFile { name: name.clone(), bytes, digests: digests.clone() };
            let request = register::Request { files: vec![file], installed_nodes: None, target };
            let (report, _) = register::run(self.store, &context("n1"), &request).map_err(words)?;
            for registered in report.types {
                self.seen_everywhere(&registered.name, &digests)?;
            }
        }
        Ok(())
    }

    /// Every node has seen the files.
    fn seen_everywhere(&self, name: &str, digests: &BTreeMap<String, String>) -> Result<(), Failed> {
        command(self.store, |tx| {
            let mut record = rtreg_registry::resolve_type(&tx.view, name)?;
            for method in record.methods.values_mut() {
                let Some(digest) = digests.get(&method.path) else { continue };
                method.digests = self.nodes.iter().map(|node| (node.clone(), digest.clone())).collect();
            }
            tx.put(keys::type_version(record.name.base(), &record.version), &record);
            tx.log(rtreg_registry::history::Object::new("type", name), "seen", serde_json::Value::Null)
        })
    }

    fn action(&mut self, folder: &Path, action: &str, rest: &[&str]) -> Result<(), Failed> {
        let name = rest.first().copied().unwrap_or_default().to_owned();
        let nodes: Vec<String> = rest.iter().skip(1).map(|node| (*node).to_owned()).collect();
        let store = self.store;
        let on_group = group::GroupRequest { name: name.clone() };
        let on_nodes = group::NodesRequest { name: name.clone(), nodes: nodes.clone() };
        let on_node = node::NodeRequest { name: name.clone() };
        let switched = |action| switch::SwitchRequest { name: name.clone(), action, nodes: nodes.clone() };
        let switch = |action| command(store, |tx| switch::switch(tx, &switched(action))).map(drop);
        match action {
            "register" => self.register(folder),
            "manage" => command(store, |tx| group::manage(tx, &on_group)).map(drop),
            "unmanage" => command(store, |tx| group::unmanage(tx, &on_group)).map(drop),
            "online" => command(store, |tx| group::online(tx, &on_nodes)).map(drop),
            "offline" => command(store, |tx| group::offline(tx, &on_nodes)).map(drop),
            "down" => command(store, |tx| node::down(tx, &on_node)).map(drop),
            "up" => command(store, |tx| node::up(tx, &on_node)).map(drop),
            "enable" => switch(switch::Action::Enable),
            "disable" => switch(switch::Action::Disable),
            "monitor" => switch(switch::Action::Monitor),
            "unmonitor" => switch(switch::Action::Unmonitor),
            "restart" => switch(switch::Action::Restart),
            "upgrade" => {
                let to = nodes.first().cloned().unwrap_or_default();
                let request = upgrade::Request { resource: name.clone(), to, properties: Vec::new(), preview: false };
                let report = command(store, |tx| upgrade::upgrade(tx, &request))?;
                if report.done { Ok(()) } else { Err(report.text().into()) }
            }
            "stated" => {
                let version = nodes.first().cloned().unwrap_or_default();
                let request = observe::TypeVersionRequest { name: name.clone(), version };
                command(store, |tx| observe::type_version_is(tx, &request)).map(drop)
            }
            "unknown-node" => command(store, |tx| {
                let key = keys::node(&name);
                let mut record: NodeRecord = tx.view.record(&key)?.ok_or(CommandError::Internal("node".to_owned()))?;
                record.status = rtreg_model::NodeStatus::Unknown;
                tx.put(key, &record);
                Ok(())
            }),
            _ => Err("no such action".into()),
        }
    }

    fn state(&self, name: &str, node: &str, state: &str, more: &[&str]) -> Result<(), Failed> {
        let given = |wanted: &str| {
            let found = more.iter().find_map(|word| word.split_once('=').filter(|(name, _)| *name == wanted));
            found.map(|(_, value)| value.to_owned())
        };
        let request = observe::StateRequest {
            name: name.to_owned(),
            node: node.to_owned(),
            state: ResourceState::parse(state).ok_or("no such state")?,
            monitor: given("monitor").and_then(|word| MonitorState::parse(&word)),
            started_by: given("started_by"),
            monitor_started_by: given("monitor_started_by"),
            initialised_by: given("initialised_by"),
        };
        command(self.store, |tx| observe::state(tx, &request)).map(drop)
    }

    /// A dependency that no command would take.
    fn depends(&mut self, name: &str, on: &str, property: &str) -> Result<(), Failed> {
        command(self.store, |tx| {
            let key = keys::resource(name);
            let mut record: rtreg_registry::records::ResourceRecord =
                tx.view.record(&key)?.ok_or(CommandError::Internal("resource".to_owned()))?;
            let value = rtreg_model::PropertyValue::StringArray(vec![on.to_owned()]);
            let value = rtreg_registry::migration::StoredValue::explicit(value);
            record.values.insert(property.to_owned(), value);
            tx.put(key, &record);
            tx.put(keys::by_dependency(on, name), &[property]);
            Ok(())
        })?;
        if property != "Resource_dependencies_weak" {
            self.strong.push((name.to_owned(), on.to_owned()));
        }
        Ok(())
    }

    /// What was recorded by an administrator is from now on rtreg's, as if its own methods had run.
    fn finish(&mut self, folder: &Path) -> Result<(), Failed> {
        self.register(folder)?;
        for name in std::mem::take(&mut self.rgm) {
            command(self.store, |tx| {
                let key = keys::group(&name);
                let mut record: GroupRecord =
                    tx.view.record(&key)?.ok_or(CommandError::Internal("group".to_owned()))?;
                record.driver = Driver::Rgm;
                tx.put(key, &record);
                Ok(())
            })?;
        }
        Ok(())
    }
}

fn asked(text: &str) -> Result<Request, Failed> {
    let mut words = text.split_whitespace();
    let (mut names, mut request) = (Vec::new(), Request::new(Scope::Resources(Vec::new()), ""));
    let (mut of_type, mut of_group) = (None, None);
    while let Some(word) = words.next() {
        let mut value = || words.next().map(str::to_owned).ok_or("a value");
        match word {
            "--to" => request.to = value()?,
            "--type" => of_type = Some(value()?),
            "--group" => of_group = Some(value()?),
            "--direct" => request.direct = true,
            "--strict" => request.strict = true,
            "-p" => request.properties.push(value()?),
            "--max-unavailable" => request.max_unavailable = value()?.parse()?,
            "--irreversible" => request.irreversible.push(value()?),
            "--allow" => request.allow = Some(needs(&value()?).ok_or("no such state")?),
            "--also" => {
                let named = value()?;
                request.also = match named.as_str() {
                    "all" => Also::All,
                    names => Also::Resources(names.split(',').map(str::to_owned).collect()),
                };
            }
            name => names.push(name.to_owned()),
        }
    }
    request.scope = match (of_type, of_group) {
        (Some(of), _) => Scope::Type(of),
        (_, Some(of)) => Scope::Group(of),
        _ => Scope::Resources(names),
    };
    Ok(request)
}

fn needs(word: &str) -> Option<Needs> {
    [Needs::Unmonitored, Needs::Offline, Needs::Disabled, Needs::Unmanaged]
        .into_iter()
        .find(|needs| needs.as_str() == word)
}

/// Carries out a command line of rtreg that records something.
pub fn recorded(store: &MemoryStore, line: &str) -> Result<(), Failed> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (mut plain, mut options) = (Vec::new(), Vec::new());
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        match word.strip_prefix('-') {
            Some(_) => {
                options.push(((*word).to_owned(), rest.next().map(|value| (*value).to_owned()).ok_or("a value")?))
            }
            None => plain.push(*word),
        }
    }
    let option = |wanted: &str| options.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let nodes: Vec<String> = option("--node").iter().flat_map(|nodes| nodes.split(',')).map(str::to_owned).collect();
    let mut setup = Setup::new(store, &imagined);
    match plain.as_slice() {
        ["upgrade", name] => {
            let given = options.iter().filter(|(name, _)| name == "-p").map(|(_, value)| value.as_str());
            let properties = rtreg_registry::commands::properties::parse_assignments(given).map_err(self::words)?;
            let to = option("--to").ok_or("--to")?;
            let request = upgrade::Request { resource: (*name).to_owned(), to, properties, preview: false };
            let report = command(store, |tx| upgrade::upgrade(tx, &request))?;
            if report.done { Ok(()) } else { Err(report.text().into()) }
        }
        ["resource", "state", name, state] => {
            let more = [
                ("--monitor", "monitor"),
                ("--started-by", "started_by"),
                ("--monitor-started-by", "monitor_started_by"),
            ];
            let more = more.iter().filter_map(|(name, word)| Some(format!("{word}={}", option(name)?)));
            let more: Vec<String> = more.collect();
            let more: Vec<&str> = more.iter().map(String::as_str).collect();
            setup.state(name, nodes.first().ok_or("--node")?, state, &more)
        }
        ["resource" | "group", action, name] => {
            let mut arguments = vec![*name];
            arguments.extend(nodes.iter().map(String::as_str));
            setup.action(Path::new(""), action, &arguments)
        }
        _ => Err("not a command that records".into()),
    }
}
