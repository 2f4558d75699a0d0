//! A scenario of plans made real: a store in a file that says what the scenario says, with the methods of its types lying where
//! their files say, and a plan that `rtreg plan --out` has written.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rtreg_model::{FileId, Method, MonitorState, NodeStatus, Origin, ResourceState, RtVersion};
use rtreg_registry::records::TypeRecord;
use rtreg_registry::store::KeyRange;
use rtreg_registry::{inspect, load_type};
use rtreg_store::SqliteStore;
use rtreg_upgrade::plan::{Driver, NoticeKind, Plan};

use super::scenario::{Asked, Failed, Installed, Source, set_up};
use super::scripts;

/// The node of the process itself in all scenarios.
pub const LOCAL: &str = "n1";

/// A scenario with its files.
pub struct Scenery {
    pub name: String,
    /// All that belongs to it. The methods lie in `opt`, the state in `live`, as it was at first in `base`.
    pub root: PathBuf,
    pub asked: Asked,
    pub plan: Plan,
    /// Methods that a version declares.
    pub declared: BTreeMap<(String, RtVersion), BTreeSet<Method>>,
    /// What is a plan's, but cannot be carried out as it stands; with the reason.
    pub refused: Option<&'static str>,
}

impl Scenery {
    /// Makes a scenario real below `root`; none if there is nothing that rtreg would carry out.
    pub fn build(scenario: &Path, root: &Path) -> Result<Option<Self>, Failed> {
        let folder = scenario.parent().ok_or("a scenario lies in a folder")?;
        let name = folder.file_name().ok_or("a folder has a name")?.to_string_lossy().into_owned();
        std::fs::create_dir_all(root.join("live/faults"))?;
        let store = SqliteStore::create(&root.join("live/store.db"))?;
        let digests = RefCell::new(String::new());
        let asked = set_up(scenario, &store, &|source| {
            source.digests.clone_into(&mut digests.borrow_mut());
            install(root, source)
        })?;
        let declared = declared(&store)?;
        drop(store);
        let plan = planned(root, &asked.words)?;
        if plan.is_empty() || plan.bundles().any(|bundle| bundle.carried_out_by != Driver::Rgm) {
            return Ok(None);
        }
        let refused = why_refused(&plan);
        let scenery = Self { name, root: root.to_owned(), asked, plan, declared, refused };
        scenery.marks()?;
        copy(&scenery.live(), &root.join("base"))?;
        Ok(Some(scenery))
    }

    pub fn live(&self) -> PathBuf {
        self.root.join("live")
    }

    /// Where locks and links of the runs lie.
    pub fn run_folder(&self) -> PathBuf {
        self.root.join("live/store.db.run")
    }

    pub fn plan_file(&self) -> PathBuf {
        self.root.join("plan.json")
    }

    /// The state as it was at first.
    pub fn restore(&self) -> Result<(), Failed> {
        self.restore_from("base")
    }

    /// Puts the state aside under a name.
    pub fn keep(&self, name: &str) -> Result<(), Failed> {
        _ = std::fs::remove_dir_all(self.root.join(name));
        copy(&self.live(), &self.root.join(name))
    }

    /// The state that was put aside.
    pub fn restore_from(&self, name: &str) -> Result<(), Failed> {
        std::fs::remove_dir_all(self.live())?;
        copy(&self.root.join(name), &self.live())
    }

    /// The binary on the live store as a node has it.
    pub fn command(&self, node: &str) -> Command {
        command(&self.root, node)
    }

    /// The live store.
    pub fn store(&self) -> Result<SqliteStore, Failed> {
        SqliteStore::open_existing(&self.live().join("store.db"))?.ok_or_else(|| "no store".into())
    }

    /// The nodes other than the local one on which a method runs, forwards or backwards.
    pub fn agents(&self) -> BTreeSet<String> {
        let steps = self.plan.bundles().flat_map(|bundle| &bundle.steps);
        let nodes = steps.flat_map(|step| {
            let undo = step.undo.iter().filter_map(|undo| undo.operation.node.clone());
            step.operation.node.clone().into_iter().chain(undo)
        });
        nodes.filter(|node| node != LOCAL && self.plan.state.status(node) == NodeStatus::Up).collect()
    }

    pub fn has(&self, base: &str, version: &RtVersion, method: Method) -> bool {
        self.declared.get(&(base.to_owned(), version.clone())).is_some_and(|declared| declared.contains(&method))
    }

    /// What runs before has left its marks.
    fn marks(&self) -> Result<(), Failed> {
        let version = |origin: &Origin| match origin {
            Origin::Version(version) => version.as_str().unwrap_or("unversioned").to_owned(),
            _ => "?".to_owned(),
        };
        for (name, resource) in &self.plan.state.resources {
            for (node, entry) in &resource.nodes {
                let mark = |kind: &str, text: String| {
                    std::fs::write(self.live().join(format!("{kind}.{name}.{node}")), format!("{text}\n"))
                };
                let starts = match &entry.started_by {
                    Origin::Version(version) => self.has(&resource.base, version, Method::Start),
                    _ => self.has(&resource.base, &resource.type_version, Method::Start),
                };
                if entry.state == ResourceState::Online && starts {
                    mark("service", format!("up {}", version(&entry.started_by)))?;
                }
                if entry.monitor == MonitorState::Running {
                    mark("monitor", format!("up {}", version(&entry.monitor_started_by)))?;
                }
                if let Origin::Version(_) = &entry.initialised_by {
                    mark("trace", version(&entry.initialised_by))?;
                }
            }
        }
        std::fs::write(self.live().join(scripts::LOG), "")?;
        Ok(())
    }
}

/// The binary on the live store below a folder, as a node has it.
fn command(root: &Path, node: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rtreg"));
    command.env_clear().current_dir(root);
    command.env("RTREG_STORE", format!("sqlite:{}", root.join("live/store.db").display()));
    command.env("RTREG_NODE", node).env("PATH", "/usr/bin:/bin");
    command
}

/// The plan that the binary makes and writes.
fn planned(root: &Path, asked: &str) -> Result<Plan, Failed> {
    let file = root.join("plan.json");
    let mut command = command(root, LOCAL);
    command.arg("plan").args(asked.split_whitespace()).arg("--out").arg(&file);
    let output = command.output()?;
    if !matches!(output.status.code(), Some(0 | 2 | 3 | 11)) {
        return Err(format!("rtreg plan {asked}: {}", said(&output)).into());
    }
    Ok(serde_json::from_slice(&std::fs::read(&file)?)?)
}

/// Why a run would not do what the plan shows: its method files are not those of their versions.
fn why_refused(plan: &Plan) -> Option<&'static str> {
    let has = |kind: NoticeKind| plan.notices.iter().any(|notice| notice.kind == kind);
    if has(NoticeKind::NoDigest) {
        return Some("nobody has seen a method");
    }
    has(NoticeKind::Overwritten).then_some("methods are overwritten")
}

/// What a command printed.
pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// Writes the methods of a version below `root` and returns its file, which names them there.
fn install(root: &Path, source: Source<'_>) -> Result<Installed, Failed> {
    let text = String::from_utf8(source.bytes)?;
    let text = text.replace("/opt/", &format!("{}/opt/", root.display()));
    let lowered = rtreg_parser::lower(&rtreg_parser::parse(text.as_bytes(), FileId(0)));
    let of = lowered.ok_or("a type without a name")?;
    let version = of.version.value.as_str().unwrap_or("unversioned");
    // Files that are the same for all versions cannot say which one they are of.
    let version = if source.digests == "same" { "any" } else { version };
    let mut digests = BTreeMap::new();
    for (method, declared) in &of.methods {
        let script = scripts::text(*method, version, &root.join("live"));
        if digests.contains_key(&declared.absolute) {
            return Err(format!("{}: one file for two methods", declared.absolute).into());
        }
        scripts::write(Path::new(&declared.absolute), &script)?;
        digests.insert(declared.absolute.clone(), rtreg_registry::history::sha256_hex(script.as_bytes()));
    }
    if source.digests == "none" {
        digests.clear();
    }
    Ok(Installed { bytes: text.into_bytes(), digests })
}

fn declared(store: &SqliteStore) -> Result<BTreeMap<(String, RtVersion), BTreeSet<Method>>, Failed> {
    let declared = inspect(store, |view| {
        let mut declared = BTreeMap::new();
        for stored in view.range(&KeyRange::prefix("types/"), usize::MAX)? {
            let record: TypeRecord = rtreg_registry::view::decode(&stored)?;
            let loaded = load_type(view, &record)?;
            let key = (record.name.base().to_owned(), record.version.clone());
            declared.insert(key, loaded.resource_type.methods.keys().copied().collect());
        }
        Ok(declared)
    });
    declared.map_err(|error| error.to_string().into())
}

/// Copies a folder of files and links.
fn copy(from: &Path, to: &Path) -> Result<(), Failed> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(entry.path())?, target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
