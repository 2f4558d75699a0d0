//! The method scripts of `rtr-examples/` at work, as the RGM would call them: what the types declare is run through a life of a
//! resource, and the processes are looked for. The three programs by which methods ask the cluster are stood in for by
//! scripts that answer from a folder of files, filled with the defaults of the type. Leaves no process behind.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rtreg_model::standard::effective_properties;
use rtreg_model::{FileId, Method, PropertyValue, ResourceType};
use rtreg_tests::{good_examples, suite};
use tempfile::TempDir;

const RESOURCE: &str = "example-rs";
const GROUP: &str = "example-rg";

/// Longer than any method may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The answer of `scha_resource_get -O Extension … NAME` starts with the type; that of `-O NAME` is the value.
const RESOURCE_GET: &str = r#"#!/bin/sh
what=
while getopts O:R:G: option; do
    case $option in
    O) what=$OPTARG ;;
    *) ;;
    esac
done
shift $((OPTIND - 1))
if [ "$what" = Extension ]; then
    echo STRING
    what=$1
fi
exec cat "@HOME@/properties/$what"
"#;

/// The other two are told something; it is written down.
const TOLD: &str = "#!/bin/sh\necho \"$*\" >>\"@HOME@/@NAME@\"\n";

/// A node with one resource: its properties, its files and the programs of the cluster, below a folder of its own.
struct Node {
    home: TempDir,
    /// What the administrator gave, as options of Validate.
    given: Vec<String>,
}

impl Node {
    /// A node where the resource has the defaults of this type, but for folders, ports and what has no default.
    fn new(resource_type: &ResourceType) -> Self {
        let home = tempfile::tempdir().expect("a folder can be made");
        let mut node = Self { home, given: Vec::new() };
        for folder in ["bin", "properties", "files"] {
            fs::create_dir(node.path(folder)).expect("a folder can be made");
        }
        for (name, text) in
            [("scha_resource_get", RESOURCE_GET), ("scha_resource_setstatus", TOLD), ("scha_control", TOLD)]
        {
            let script = node.path("bin").join(name);
            let text = text.replace("@HOME@", &node.home.path().display().to_string()).replace("@NAME@", name);
            fs::write(&script, text).expect("a script can be written");
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a script can be made executable");
        }
        node.set_properties(resource_type);
        node
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Gives the resource the properties of a type, keeping what it was given.
    fn set_properties(&mut self, resource_type: &ResourceType) {
        for property in effective_properties(resource_type) {
            let name = &property.name.value;
            let file = self.path("properties").join(name);
            if file.exists() {
                continue;
            }
            let value = match (self.own_value(name), property.default.map(|default| default.value)) {
                (Some(own), _) => {
                    let option = if property.extension { "-x" } else { "-r" };
                    self.given.extend([option.to_owned(), format!("{name}={own}")]);
                    own
                }
                (None, Some(PropertyValue::StringArray(values))) => values.join("\n"),
                (None, Some(value)) => value.to_string(),
                (None, None) => continue,
            };
            fs::write(file, value + "\n").expect("a property can be written");
        }
    }

    /// What an administrator must give, or must give here so that resources do not get in each other's way.
    fn own_value(&self, name: &str) -> Option<String> {
        if name.ends_with("_dir") || matches!(name, "Doc_root" | "Path_list") {
            let folder = self.path("files").join(name);
            fs::create_dir_all(&folder).expect("a folder can be made");
            return Some(folder.display().to_string());
        }
        match name {
            "Port_list" => Some(format!("{}/tcp", free_port())),
            "Listen_port" | "Status_port" => Some(free_port().to_string()),
            "Thorough_probe_interval" => Some("1".to_owned()),
            "Allowed_hosts" | "Relay_host" => Some("localhost".to_owned()),
            _ => None,
        }
    }

    /// Runs a method as the RGM does; what it said is in the panic of who did not expect the status.
    fn run(&self, example: &Example, method: Method) -> (ExitStatus, String) {
        let path = &example.resource_type.methods.get(&method).expect("the type declares the method").absolute;
        let script = example.bin.join(Path::new(path).file_name().expect("a method has a file name"));
        let said = self.path("said");
        let to_said = || fs::OpenOptions::new().create(true).append(true).open(&said).expect("a file can be made");
        _ = fs::remove_file(&said);
        let mut command = Command::new(script);
        if method == Method::Validate {
            command.arg("-c").args(&self.given);
        }
        let full_name = example.resource_type.name().to_string();
        command.args(["-R", RESOURCE, "-T", &full_name, "-G", GROUP]);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.path("bin").display()));
        command.stdin(Stdio::null()).stdout(to_said()).stderr(to_said());
        let mut child = command.spawn().expect("a method can be run");
        let mut status = None;
        let ended = wait_for(|| {
            status = child.try_wait().expect("a child can be waited for");
            status.is_some()
        });
        if !ended {
            _ = child.kill();
        }
        let said = fs::read_to_string(said).unwrap_or_default();
        (status.unwrap_or_else(|| panic!("{method} of {full_name} does not come back: {said}")), said)
    }

    /// What the process of a `notice` answers.
    fn notice(&self) -> String {
        let port = fs::read_to_string(self.path("properties/Listen_port")).expect("it has a port");
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port.trim().parse().expect("a number")))
            .expect("somebody answers");
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("it is read");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it is text");
        answer.lines().last().unwrap_or_default().to_owned()
    }

    /// Runs a method that the type may or may not declare, and expects success.
    fn succeeds(&self, example: &Example, method: Method) {
        if example.resource_type.has(method) {
            let (status, said) = self.run(example, method);
            assert!(status.success(), "{method} of {}: {status}: {said}", example.resource_type.name());
        }
    }

    /// The processes of the resource that run: those whose pid file names them, and that carry its path as an argument.
    fn running(&self, monitor: bool) -> Vec<u32> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("files")];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if path.is_dir() {
                    folders.push(path);
                } else if (name == "pid" || name.ends_with(".pid")) && name.contains("monitor") == monitor {
                    let number = fs::read_to_string(&path).unwrap_or_default();
                    found.extend(number.trim().parse().ok().filter(|pid| has_argument(*pid, &path)));
                }
            }
        }
        found
    }
}

impl Drop for Node {
    /// Ends what a failed test has left; nothing, if the methods do what they say.
    fn drop(&mut self) {
        for pid in self.running(true).into_iter().chain(self.running(false)) {
            _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
    }
}

/// A port that nobody listens on, and that no other resource of this run has been given.
fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let free = || std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let mut ports = std::iter::repeat_with(|| free().expect("there is a free port").port());
    let mut given = GIVEN.lock().expect("nobody fails while giving ports");
    ports.find(|port| given.insert(*port)).expect("there is always another")
}

/// Whether the process runs and has this path among its arguments. One that has ended and not been reaped has none.
fn has_argument(pid: u32, path: &Path) -> bool {
    let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    arguments.split(|byte| *byte == 0).any(|argument| argument == path.as_os_str().as_encoded_bytes())
}

/// Waits until something holds; false if it does not in the longest time that a method may take.
fn wait_for(mut holds: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    true
}

struct Example {
    resource_type: ResourceType,
    bin: PathBuf,
}

impl Example {
    fn read(path: &Path) -> Self {
        let source = fs::read(path).expect("an example can be read");
        let resource_type = rtreg_parser::lower(&rtreg_parser::parse(&source, FileId(0))).expect("a type");
        let bin = path.parent().expect("an example has a folder").join("bin");
        Self { resource_type, bin: bin.canonicalize().expect("an example has methods") }
    }

    fn of(name: &str, version: &str) -> Self {
        Self::read(&suite("..").join(format!("rtr-examples/{name}/{version}/XMPL.{name}.rtr")))
    }
}

/// The life of a resource, from the check of its properties to the end of its group's management.
fn live(example: &Example) {
    let node = Node::new(&example.resource_type);
    let name = example.resource_type.name();
    for method in [Method::Validate, Method::Init, Method::Boot, Method::PrenetStart] {
        node.succeeds(example, method);
    }
    let prepared = node.running(false);
    node.succeeds(example, Method::Start);
    let all = node.running(false);
    let service: Vec<u32> = all.iter().copied().filter(|pid| !prepared.contains(pid)).collect();
    assert_eq!(service.len(), 1, "{name}: Start came back, and one process more should run");
    let (status, said) = node.run(example, Method::Start);
    assert!(!status.success(), "{name}: a second Start succeeds: {said}");

    if example.resource_type.has(Method::MonitorStart) {
        node.succeeds(example, Method::MonitorStart);
        assert_eq!(node.running(true).len(), 1, "{name}: Monitor_start came back, and no monitor runs");
        let status = node.path("scha_resource_setstatus");
        let is_ok = || fs::read_to_string(&status).is_ok_and(|told| told.contains("-s OK"));
        assert!(wait_for(is_ok), "{name}: the monitor does not report that the service answers");
        node.succeeds(example, Method::MonitorCheck);
    }
    node.succeeds(example, Method::Update);
    assert_eq!(node.running(false), all, "{name}: Update changed what runs");
    for _ in 0..2 {
        node.succeeds(example, Method::MonitorStop);
        assert_eq!(node.running(true), [] as [u32; 0], "{name}: Monitor_stop came back, and the monitor runs");
    }
    for _ in 0..2 {
        node.succeeds(example, Method::Stop);
        let left = node.running(false);
        assert!(service.iter().all(|pid| !left.contains(pid)), "{name}: Stop came back, and the service runs");
    }
    for method in [Method::PostnetStop, Method::Fini, Method::Fini] {
        node.succeeds(example, method);
    }
    assert_eq!(node.running(false), [] as [u32; 0], "{name}: something runs behind Postnet_stop and Fini");
    assert!(!node.path("scha_control").exists(), "{name}: the monitor asked for a restart of a service that answers");
}

#[test]
fn every_type_lives_its_life() {
    let examples: Vec<Example> = good_examples().iter().map(|path| Example::read(path)).collect();
    assert!(examples.len() > 20, "{} examples", examples.len());
    std::thread::scope(|scope| {
        let lives: Vec<_> = examples.iter().map(|example| (example, scope.spawn(|| live(example)))).collect();
        let failed = |(example, life): (&Example, std::thread::ScopedJoinHandle<'_, ()>)| {
            life.join().is_err().then(|| example.resource_type.name().to_string())
        };
        let failed: Vec<String> = lives.into_iter().filter_map(failed).collect();
        assert!(failed.is_empty(), "{failed:?} did not live as they should; see above");
    });
}

#[test]
fn gateway_3_leaves_alive_what_1_began() {
    let [first, second, third] = ["1.0", "2.0", "3.0"].map(|version| Example::of("gateway", version));
    let mut node = Node::new(&first.resource_type);
    node.succeeds(&first, Method::Start);
    let began = node.running(false);
    assert_eq!(began.len(), 1);

    node.set_properties(&second.resource_type);
    node.succeeds(&second, Method::Update);
    assert_eq!(node.running(false), began, "2.0 takes over what 1.0 began");

    node.set_properties(&third.resource_type);
    node.succeeds(&third, Method::Stop);
    assert_eq!(node.running(false), began, "Stop of 3.0 reports success and does not find the process of 1.0");

    node.succeeds(&second, Method::Stop);
    assert_eq!(node.running(false), [] as [u32; 0], "Stop of 2.0 looks in both places");
}

#[test]
fn notice_2_tells_and_ends_what_1_began() {
    let [first, second] = ["1.0", "2.0"].map(|version| Example::of("notice", version));
    let mut node = Node::new(&first.resource_type);
    node.succeeds(&first, Method::Start);
    let began = node.running(false);
    assert_eq!(began.len(), 1);
    let pid_file = node.path("files/Run_dir").join(format!("{RESOURCE}.pid"));
    assert!(has_argument(began[0], &pid_file), "1.0 keeps its process number there");
    assert_eq!(node.notice(), format!("1.0: Welcome (process {})", began[0]));

    node.set_properties(&second.resource_type);
    node.succeeds(&second, Method::Update);
    assert_eq!(node.notice(), format!("2.0: Welcome -- the house (process {})", began[0]), "Update of 2.0 told it");

    node.succeeds(&second, Method::Stop);
    assert_eq!(node.running(false), [] as [u32; 0], "Stop of 2.0 ends what Start of 1.0 began");
    assert!(!has_argument(began[0], &pid_file), "the process has ended");
}

#[test]
fn notice_3_does_not_start_where_somebody_has_its_port() {
    let third = Example::of("notice", "3.0");
    let node = Node::new(&third.resource_type);
    let occupant = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = occupant.local_addr().expect("it has an address").port();
    fs::write(node.path("properties/Status_port"), format!("{port}\n")).expect("a property can be written");
    let (status, said) = node.run(&third, Method::Start);
    assert!(!status.success() && said.contains(&format!("port {port}: Address already in use")), "{status}: {said}");
    assert_eq!(node.running(false), [] as [u32; 0]);
    node.succeeds(&third, Method::Stop);

    drop(occupant);
    node.succeeds(&third, Method::Start);
    assert_eq!(node.running(false).len(), 1);
    node.succeeds(&third, Method::Stop);
}

#[test]
fn queue_2_refuses_to_undo_what_1_2_made() {
    let [old, new] = ["1.2", "2.0"].map(|version| Example::of("queue", version));
    let node = Node::new(&old.resource_type);
    node.succeeds(&old, Method::Init);
    let (status, said) = node.run(&new, Method::Fini);
    assert!(!status.success() && said.contains("was not made by Init of this version"), "{status}: {said}");
    node.succeeds(&old, Method::Fini);
    assert!(!node.path("files/Spool_dir").join(RESOURCE).exists(), "Fini of 1.2 removes the spool");
}
