//! `rtreg try`: types whose new methods really do not understand what the old ones did are found, for the right reason; what is
//! not seen supports nothing; and nothing is left behind, also when it is killed in the middle.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use common::{Answer, Cluster};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A pair of versions of a type of which no other test and nobody else has one.
struct Pair {
    cluster: Cluster,
    /// The name of the type, and part of every path of it.
    name: String,
}

impl Pair {
    /// The versions have these methods: name and script.
    fn new(old: &[(&str, &str)], new: &[(&str, &str)]) -> Self {
        let cluster = Cluster::new();
        let folder = cluster.path().file_name().and_then(|name| name.to_str()).expect("a name");
        let name = format!("try{}", folder.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
        let pair = Self { cluster, name };
        pair.write("old", "1.0", old);
        pair.write("new", "2.0", new);
        pair
    }

    fn write(&self, side: &str, version: &str, methods: &[(&str, &str)]) {
        let bin = self.cluster.path().join(side).join("bin");
        fs::create_dir_all(&bin).expect("a folder");
        let names: Vec<&str> = methods.iter().map(|(name, _)| *name).collect();
        let rtr = common::rtr(&self.name, version, &names, &[]);
        fs::write(self.cluster.path().join(side).join("t.rtr"), rtr).expect("a file");
        for (name, script) in methods {
            let path = bin.join(name.to_lowercase());
            // The run directory and the service are named after the type, so that they are found among all others.
            let head = format!("#!/bin/sh\nrun=/var/run/{0}\nmkdir -p $run\nname={0}\n", self.name);
            fs::write(&path, format!("{head}{script}\n")).expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("an executable file");
        }
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.cluster.path().join(file);
        let text = fs::read_to_string(&path).expect("the file");
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(&path, text.replace(from, to)).expect("the file can be written");
    }

    fn run(&self, options: &str) -> Answer {
        self.cluster.run(&format!("try old/t.rtr new/t.rtr {options}"))
    }

    /// Asks one question, and expects this verdict and these words in its reason; the exit code follows from it.
    fn says(&self, question: &str, verdict: &str, why: &str) {
        let answer = self.run(&format!("--question {question} --settle 2 --watch 3 --format json"));
        let evidence: serde_json::Value =
            serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
        let run = &evidence["runs"][0];
        assert_eq!((run["question"].as_str(), run["verdict"].as_str()), (Some(question), Some(verdict)), "{run:#}");
        assert!(run["why"].as_str().is_some_and(|said| said.contains(why)), "expected `{why}` in {run:#}");
        let code = match verdict {
            "refuted" => 1,
            "supported" => 0,
            _ => 3,
        };
        assert_eq!(answer.code, code, "{answer:?}");
    }
}

/// A service that runs until it is ended, its number in a file.
const START: &str = r#"setsid sh -c 'echo $$ >$0/pid; while :; do sleep 0.1; done' $run </dev/null >/dev/null 2>&1 &
until [ -s $run/pid ]; do sleep 0.02; done"#;

const STOP: &str = "kill -9 $(cat $run/pid); rm $run/pid; exit 0";

/// Whether a sandbox can be made here; says that a test is skipped where not.
fn is_permitted() -> bool {
    static PERMITTED: OnceLock<bool> = OnceLock::new();
    let permitted = *PERMITTED.get_or_init(|| {
        let pair = Pair::new(&[("Start", START), ("Stop", STOP)], &[("Start", START), ("Stop", STOP)]);
        !pair.run("--question stop").err.contains("a sandbox cannot be made here")
    });
    if !permitted {
        eprintln!("skipped: namespaces are not permitted here");
    }
    permitted
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// The processes of the whole machine that carry this word in their arguments.
fn processes_with(word: &str) -> Vec<u32> {
    let pids =
        fs::read_dir("/proc").expect("/proc").flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&arguments).contains(word)
    })
    .collect()
}

/// The namespaces that a process is in.
fn namespaces(pid: &str) -> Vec<PathBuf> {
    ["pid", "mnt", "net", "user", "ipc", "uts"]
        .iter()
        .filter_map(|kind| fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok())
        .collect()
}

/// Whether any process of the machine is in one of these.
fn are_in_use(wanted: &[PathBuf]) -> bool {
    let pids = fs::read_dir("/proc").expect("/proc").flatten().filter_map(|entry| entry.file_name().into_string().ok());
    pids.filter(|pid| pid.parse::<u32>().is_ok()).any(|pid| namespaces(&pid).iter().any(|found| wanted.contains(found)))
}

/// What this test could leave: mounts, and files where services have them.
fn traces(name: &str) -> Vec<String> {
    let mut found = vec![fs::read_to_string("/proc/self/mountinfo").expect("the table of mounts")];
    for folder in ["/opt", "/tmp", "/var/run", "/etc", "/usr/cluster/bin", "/dev", "/"] {
        let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        let is_ours = |entry: &String| entry.contains(name) || entry.contains("rtreg");
        let ours = names.filter_map(|entry| entry.into_string().ok()).filter(is_ours);
        // Folders of tests that run beside this one come and go.
        found.extend(ours.filter(|entry| folder != "/tmp" || entry.contains(name)).map(|it| format!("{folder}/{it}")));
    }
    found
}

fn example(name: &str, version: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("cli/ has a parent");
    root.join(format!("rtr-examples/{name}/{version}/XMPL.{name}.rtr")).display().to_string()
}

/// Two versions of an example, tried.
struct Tried {
    /// What all questions came to.
    verdicts: BTreeMap<String, String>,
    code: i32,
    /// What `rtreg compat` makes of the evidence.
    promise: serde_json::Value,
}

fn tried(name: &str, versions: [&str; 2], options: &[&str]) -> Tried {
    let cluster = Cluster::new();
    let [old, new] = versions.map(|version| example(name, version));
    let words = ["try", &old, &new, "--watch", "4", "--out", "evidence.json", "--format", "json"];
    let answer = cluster.run_words(&[words.as_slice(), options].concat());
    let evidence: serde_json::Value =
        serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{name}: {error}: {answer:?}"));
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let runs = evidence["runs"].as_array().expect("runs");
    let verdicts = runs.iter().map(|run| (text(&run["question"]), text(&run["verdict"]))).collect();
    Tried { verdicts, code: answer.code, promise: judged(&cluster, [&old, &new]) }
}

/// The promise that `rtreg compat` derives from the evidence in the working folder.
fn judged(cluster: &Cluster, [old, new]: [&str; 2]) -> serde_json::Value {
    let bin = |rtr: &str| Path::new(rtr).with_file_name("bin").display().to_string();
    let words =
        format!("compat {old} {new} --evidence evidence.json --methods OLD={} --methods NEW={}", bin(old), bin(new));
    let report = cluster.json(&words);
    let findings = report["pairs"][0]["findings"].as_array().expect("findings");
    assert!(!findings.iter().any(|finding| finding["rule"] == "evidence_void"), "{report:#}");
    report["pairs"][0]["promise"].clone()
}

/// What is expected of an example: its versions, options, the one question that is refuted, what cannot be said, the promise.
struct Expected {
    name: &'static str,
    versions: [&'static str; 2],
    options: &'static [&'static str],
    refuted: &'static [&'static str],
    nothing: &'static [&'static str],
    promise: &'static str,
}

const EXPECTED: &[Expected] = &[
    Expected {
        name: "db",
        versions: ["4.0", "5.0"],
        options: &["-p", "Data_dir=/srv/db", "--prepare", "mkdir /srv/db"],
        refuted: &["stop"],
        nothing: &["update"],
        promise: "WHEN_OFFLINE",
    },
    Expected {
        name: "queue",
        versions: ["1.2", "2.0"],
        options: &[],
        refuted: &["fini"],
        nothing: &[],
        promise: "WHEN_UNMANAGED",
    },
    Expected {
        name: "license",
        versions: ["5.0", "5.1"],
        options: &[],
        refuted: &["monitor_stop"],
        nothing: &[],
        promise: "WHEN_UNMONITORED",
    },
    Expected {
        name: "web",
        versions: ["1.0", "2.0"],
        options: &["-p", "Doc_root=/srv/web", "--prepare", "mkdir /srv/web"],
        refuted: &["old_monitor"],
        nothing: &[],
        promise: "WHEN_UNMONITORED",
    },
    Expected {
        name: "gateway",
        versions: ["1.0", "2.0"],
        options: &[],
        refuted: &[],
        nothing: &[],
        promise: "ANYTIME",
    },
];

fn check_example(expected: &Expected) {
    let Tried { verdicts, code, promise } = tried(expected.name, expected.versions, expected.options);
    let with = |word: &str| -> Vec<&str> {
        verdicts.iter().filter(|(_, verdict)| *verdict == word).map(|(question, _)| question.as_str()).collect()
    };
    let name = expected.name;
    assert_eq!(with("refuted"), expected.refuted, "{name}: {verdicts:?}");
    assert_eq!(with("nothing"), expected.nothing, "{name}: {verdicts:?}");
    assert!(!with("supported").is_empty(), "{name}: {verdicts:?}");
    assert_eq!(promise["weakest_safe"], expected.promise, "{name}: {promise:#}");
    assert_eq!(promise["declared"], expected.promise, "{name}: the example says so itself: {promise:#}");
    assert_eq!(code, i32::from(!expected.refuted.is_empty()), "{name}: {verdicts:?}");
}

#[test]
fn each_example_breaks_the_condition_that_its_promise_names() {
    if !is_permitted() {
        return;
    }
    std::thread::scope(|scope| {
        let tests: Vec<_> = EXPECTED.iter().map(|expected| scope.spawn(|| check_example(expected))).collect();
        let failed = tests.into_iter().filter_map(|test| test.join().err()).count();
        assert_eq!(failed, 0, "examples are not as expected; see above");
    });
}

#[test]
fn exit_0_is_no_stop() {
    if !is_permitted() {
        return;
    }
    let old = [("Start", START), ("Stop", STOP)];
    Pair::new(&old, &[("Start", START), ("Stop", "exit 0")]).says(
        "stop",
        "refuted",
        "does not end what the old Start began",
    );
    Pair::new(&old, &[("Start", START), ("Stop", "echo no; exit 3")]).says("stop", "refuted", "ended with exit 3");
    Pair::new(&old, &[("Start", START), ("Stop", STOP)]).says("stop", "supported", "ended what the old Start began");
    // The versions name the same paths: the new one overwrites the old one, and is what is called.
    let overwritten = Pair::new(&old, &[("Start", START), ("Stop", "exit 0")]);
    overwritten.edit("new/t.rtr", &format!("{}/2.0", overwritten.name), &format!("{}/1.0", overwritten.name));
    overwritten.says("stop", "refuted", "does not end what the old Start began");
}

#[test]
fn hundreds_of_processes_are_told_apart_too() {
    if !is_permitted() {
        return;
    }
    let many = "for i in $(seq 150); do setsid sleep 4711 </dev/null >/dev/null 2>&1 & echo $! >>$run/pids; done";
    let start = ("Start", many);
    let stop = ("Stop", "for pid in $(cat $run/pids); do kill -9 $pid; done");
    let some_left = ("Stop", "for pid in $(sed 1,140d $run/pids); do kill -9 $pid; done");
    Pair::new(&[start, stop], &[start, stop]).says("stop", "supported", "and 147 more");
    Pair::new(&[start, stop], &[start, some_left]).says("stop", "refuted", "and 137 more");
}

#[test]
fn what_is_not_seen_or_fails_by_itself_says_nothing() {
    if !is_permitted() {
        return;
    }
    let bad_stop = [("Start", START), ("Stop", "exit 0")];
    Pair::new(&bad_stop, &bad_stop).says("stop", "nothing", "no better here with the old version's own Stop");
    let silent = [("Start", "exit 0"), ("Stop", "exit 0")];
    Pair::new(&silent, &silent).says("stop", "nothing", "left no process, and there is no --probe");
    // A service that is another process after each signal: that its first process is gone says nothing.
    let hydra = r#"setsid sh -c 'trap "setsid \$0 \$name >/dev/null 2>&1 & exit" HUP; echo $$ >$1/pid; while :; do sleep 0.1; done' $0 $run \
        </dev/null >/dev/null 2>&1 &
until [ -s $run/pid ]; do sleep 0.02; done"#;
    let hydra = format!("case $1 in try*) exec sleep 1000 ;; esac; export name\n{hydra}");
    let pair =
        Pair::new(&[("Start", &hydra), ("Stop", STOP)], &[("Start", START), ("Stop", "kill -HUP $(cat $run/pid)")]);
    pair.says("stop", "nothing", "came up meanwhile and runs");
    let short = [("Start", "setsid sleep 1 >/dev/null 2>&1 &"), ("Stop", "exit 0")];
    Pair::new(&short, &short).says("stop", "nothing", "goes away by itself here");
    let broken = [("Start", "exit 5"), ("Stop", STOP)];
    Pair::new(&broken, &silent).says("stop", "nothing", "the old Start ended with exit 5 here");
}

#[test]
fn a_probe_sees_what_the_process_table_does_not() {
    if !is_permitted() {
        return;
    }
    let old = [("Start", "touch $run/there"), ("Stop", "rm -f $run/there")];
    let tried = |stop: &str| {
        let pair = Pair::new(&old, &[("Start", "touch $run/there"), ("Stop", stop)]);
        let probe = format!("test -e /var/run/{}/there", pair.name);
        let words = ["try", "old/t.rtr", "new/t.rtr", "--question", "stop", "--settle", "1", "--probe", &probe];
        pair.cluster.run_words(&words)
    };
    let good = tried("rm -f $run/there");
    assert!(good.code == 0 && good.out.contains("the probe found the service before and not after"), "{good:?}");
    let bad = tried("exit 0");
    assert!(bad.code == 1 && bad.out.contains("the probe still finds the service"), "{bad:?}");
}

#[test]
fn update_must_be_seen_to_do_something() {
    if !is_permitted() {
        return;
    }
    let start = format!("echo a >$run/conf\n{START}");
    let old = [("Start", start.as_str()), ("Stop", STOP), ("Update", "echo b >>$run/conf")];
    let new = |update: &'static str| Pair::new(&old, &[("Start", START), ("Stop", STOP), ("Update", update)]);
    // Each takes its time to see what the service writes by itself, so they run beside each other.
    let cases = [
        ("echo c >>$run/conf", "supported", "wrote what the old one writes"),
        ("exit 0", "nothing", "left alone what the old one writes"),
        ("exit 1", "refuted", "the new Update ended with exit 1"),
        ("kill -9 $(cat $run/pid)", "refuted", "runs no more afterwards"),
    ];
    std::thread::scope(|scope| {
        for (update, verdict, why) in cases {
            scope.spawn(move || new(update).says("update", verdict, why));
        }
    });
}

#[test]
fn fini_must_take_away_what_the_old_one_takes_away() {
    if !is_permitted() {
        return;
    }
    let service = [("Start", START), ("Stop", STOP)];
    let init = ("Init", "mkdir -p /var/spool/$name; echo >/var/spool/$name/index; echo >/var/log/$name");
    let old = [service.as_slice(), &[init, ("Fini", "rm -r /var/spool/$name")]].concat();
    let new = |fini: &'static str| Pair::new(&old, &[service.as_slice(), &[("Fini", fini)]].concat());
    // The log stays under the old version, too.
    new("rm -r /var/spool/$name").says("fini", "supported", "took away what the old Init began");
    new("rm /var/spool/$name/index").says("fini", "refuted", "leaves what the old version takes away: /var/spool/");
    let without = Pair::new(&old, &service);
    without.says("fini", "refuted", "there is no new Fini, which leaves what the old version takes away");
}

#[test]
fn timeouts_are_those_of_the_file_unless_capped() {
    if !is_permitted() {
        return;
    }
    let service = [("Start", START), ("Stop", STOP)];
    let pair = Pair::new(&service, &[("Start", START), ("Stop", "echo waiting; exec sleep 1000")]);
    let answer = pair.run("--question stop --settle 1 --timeout-max 1");
    assert!(answer.code == 1 && answer.out.contains("timeout after 1 s"), "{answer:?}");
    assert!(answer.out.contains("methods had 1 s at most") && answer.out.contains("  | waiting"), "{answer:?}");
    pair.edit("new/t.rtr", "Stop_timeout; MIN = 5; DEFAULT = 60;", "Stop_timeout; MIN = 2; DEFAULT = 2;");
    pair.says("stop", "refuted", "timeout after 2 s");
}

/// A Start that is the test: it fails where an answer is not what it should be.
const ASKING: &str = r#"
same() { [ "$2" = "$3" ] || { echo "$1: expected <$2>, found <$3>"; exit 9; }; }
same arguments "-R try-rs -T $type -G try-rg" "$*"
same type "$type" "$(scha_resource_get -O Type -R try-rs -G try-rg)"
same version "$version" "$(/usr/cluster/bin/scha_resource_get -O TYPE_VERSION -R try-rs)"
same timeout 60 "$(scha_resource_get -O START_TIMEOUT -R try-rs)"
same state STARTING "$(scha_resource_get -O RESOURCE_STATE -R try-rs)"
same rt_version "$version" "$(scha_resourcetype_get -O RT_VERSION -T $type)"
same node n1 "$(scha_resourcegroup_get -O NODELIST -G try-rg)"
scha_resource_get -O COLOUR -R try-rs 2>$run/said; same status 4 $?
same said "scha_resource_get: there is no tag COLOUR" "$(cat $run/said)"
scha_resource_setstatus -R try-rs -G try-rg -s DEGRADED -m 'half of it' || exit 9
same status "DEGRADED half of it" "$(scha_resource_get -O STATUS -R try-rs | paste -s -d ' ')"
same user 0 "$(id -u)"
ls /proc/$$/fd >$run/open; same descriptor "0 1 2" "$(grep -v '^1.' $run/open | paste -s -d ' ')"
same processes 1 "$(ps -o pid= -p 1 | tr -d ' ')"
"#;

#[test]
fn methods_are_called_and_answered_as_by_the_cluster() {
    if !is_permitted() {
        return;
    }
    let asking = |version: &str| format!("version={version}; type=XMPL.$name:{version}\n{ASKING}\n{START}",);
    let (old, new) = (asking("1.0"), asking("2.0"));
    let stop = format!("scha_control -O RESOURCE_RESTART -R try-rs -G try-rg || exit 8\n{STOP}");
    let pair = Pair::new(&[("Start", &old), ("Stop", STOP)], &[("Start", &new), ("Stop", &stop)]);
    let answer = pair.run("--question stop --format json");
    assert_eq!(answer.code, 0, "{answer:?}");
    let evidence: serde_json::Value = serde_json::from_str(&answer.out).expect("evidence");
    let told: Vec<&str> =
        evidence["runs"][0]["told"].as_array().expect("a list").iter().filter_map(|it| it.as_str()).collect();
    let expected = [
        "scha_resource_setstatus -R try-rs -G try-rg -s DEGRADED -m half of it",
        "scha_control -O RESOURCE_RESTART -R try-rs -G try-rg",
    ];
    assert_eq!(told, expected);
}

#[test]
fn nothing_is_left_behind() {
    if !is_permitted() {
        return;
    }
    let start = format!("touch /etc/$name /tmp/$name /opt/$name /dev/shm/$name\n{START}");
    let pair = Pair::new(&[("Start", &start), ("Stop", STOP)], &[("Start", START), ("Stop", "exit 0")]);
    let before = traces(&pair.name);
    let mut child = pair.cluster.command();
    child.args(["try", "old/t.rtr", "new/t.rtr", "--question", "stop", "--settle", "3"]);
    let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let service = format!("/var/run/{}", pair.name);
    let mut inside = Vec::new();
    wait_for("the service never ran", || {
        let pid = processes_with(&service).first().map(u32::to_string);
        inside = pid.as_deref().map(namespaces).unwrap_or_default();
        inside.len() == 6
    });
    let outside = namespaces("self");
    assert!(inside.iter().all(|namespace| !outside.contains(namespace)), "{inside:?} {outside:?}");
    assert!(are_in_use(&inside));
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_eq!(processes_with(&pair.name), [] as [u32; 0]);
    // The kernel gives the numbers of namespaces again, perhaps to a test beside this one, which ends.
    wait_for("a namespace is left", || !are_in_use(&inside));
    assert_eq!(traces(&pair.name), before);
}

/// Kills `rtreg try` when a process inside carries `seen` in its arguments; everything inside must end.
fn kill_in_the_middle(start: &str, question: &str, seen: impl Fn(&Pair) -> String) {
    let monitor = [("Monitor_start", START), ("Monitor_stop", STOP)];
    let methods = [[("Start", start), ("Stop", STOP)].as_slice(), &monitor].concat();
    let pair = Pair::new(&methods, &methods);
    // No time limit may end it instead.
    pair.edit(
        "old/t.rtr",
        "PROPERTY = Start_timeout; MIN = 5; DEFAULT = 60;",
        "PROPERTY = Start_timeout; DEFAULT = 9999;",
    );
    let before = traces(&pair.name);
    let mut child = pair.cluster.command();
    child.args(["try", "old/t.rtr", "new/t.rtr", "--question", question, "--watch", "9999"]);
    let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let seen = seen(&pair);
    let mut inside = Vec::new();
    wait_for("nothing ran inside", || {
        let pid = processes_with(&seen).first().map(u32::to_string);
        inside = pid.as_deref().map(namespaces).unwrap_or_default();
        inside.len() == 6
    });
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    wait_for("something of it still runs", || processes_with(&pair.name).is_empty() && !are_in_use(&inside));
    assert_eq!(traces(&pair.name), before);
}

#[test]
fn killed_in_the_middle_it_leaves_nothing_either() {
    if !is_permitted() {
        return;
    }
    // In a method that does not come back and ignores polite signals, and while a monitor in a session of its own is watched.
    kill_in_the_middle("trap '' TERM HUP INT; while :; do sleep 0.1; done", "stop", |pair| {
        format!("XMPL{}", pair.name)
    });
    kill_in_the_middle("exit 0", "old_monitor", |pair| format!("/var/run/{}", pair.name));
}

#[test]
fn evidence_is_added_to_the_same_files_only() {
    if !is_permitted() {
        return;
    }
    let service = [("Start", START), ("Stop", STOP)];
    let pair = Pair::new(&service, &service);
    fs::write(pair.cluster.path().join("old/bin/lib.sh"), "one").expect("a file");
    assert_eq!(pair.run("--question stop --out evidence.json --runs 2").code, 0);
    let answer = pair.run("--question stop --out evidence.json");
    assert!(answer.err.contains("evidence.json has 3 runs of these two versions now"), "{answer:?}");
    let text = fs::read_to_string(pair.cluster.path().join("evidence.json")).expect("the evidence");
    let evidence: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(evidence["runs"].as_array().map(Vec::len), Some(3));
    assert_eq!(evidence["old"]["methods"].as_object().map(serde_json::Map::len), Some(2));
    // printf one | sha256sum
    let digest = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
    assert_eq!(evidence["old"]["beside"]["lib.sh"], digest);
    let schema: serde_json::Value = serde_json::from_str(&pair.cluster.ok("schema evidence")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&evidence).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let model: rtreg_model::evidence::Evidence = serde_json::from_str(&text).expect("the model's own shape");
    assert_eq!(model.runs.len(), 3);

    fs::write(pair.cluster.path().join("old/bin/lib.sh"), "two").expect("a file");
    let refused = pair.run("--question stop --out evidence.json");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("files beside the methods of the old version differ"), "{refused:?}");
    pair.edit("new/bin/stop", "exit 0", "exit  0");
    assert!(pair.run("--out evidence.json").err.contains("methods of the new version differ"));
    let after = fs::read_to_string(pair.cluster.path().join("evidence.json")).expect("the evidence");
    assert_eq!(after, text, "a refused run writes nothing");
}

#[test]
fn in_the_open_where_that_is_said() {
    let start = r#"mkdir -p $PLACE; setsid sh -c 'echo $$ >$0/pid; while :; do sleep 0.1; done' $PLACE >/dev/null 2>&1 &
until [ -s $PLACE/pid ]; do sleep 0.02; done"#;
    let pair = Pair::new(&[("Start", "-"), ("Stop", "-")], &[("Start", "-"), ("Stop", "-")]);
    let place = pair.cluster.path().join("place").display().to_string();
    let at = |script: &str| script.replace("$PLACE", &place);
    let stop = at("kill -9 $(cat $PLACE/pid); rm $PLACE/pid");
    pair.write("old", "1.0", &[("Start", &at(start)), ("Stop", &stop)]);
    pair.write("new", "2.0", &[("Start", &at(start)), ("Stop", "exit 0")]);
    let answer = pair.run("--question stop --settle 1 --unsandboxed");
    _ = fs::remove_dir(format!("/var/run/{}", pair.name));
    assert!(answer.code == 1 && answer.out.contains("there was no sandbox"), "{answer:?}");
    assert!(answer.out.contains("does not end what the old Start began"), "{answer:?}");
    assert!(Path::new(&place).is_dir(), "there it writes on this machine's disk");
    assert_eq!(processes_with(&place), [] as [u32; 0]);
}

#[test]
fn without_namespaces_it_refuses_and_says_what_to_do() {
    let service = [("Start", START), ("Stop", STOP)];
    let pair = Pair::new(&service, &service);
    let script = r#"echo 0 >/proc/sys/user/max_user_namespaces && exec "$0" try old/t.rtr new/t.rtr --question stop"#;
    let mut command = Command::new("unshare");
    command.args(["-Ur", "sh", "-c", script, env!("CARGO_BIN_EXE_rtreg")]).current_dir(pair.cluster.path());
    let Some(output) = command.output().ok().filter(|output| output.status.code() != Some(1)) else {
        eprintln!("skipped: no unshare, or it is not permitted");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    for words in ["a sandbox cannot be made here", "run it as root", "max_user_namespaces", "--unsandboxed"] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn any_user_can_try() {
    if !is_permitted() {
        return;
    }
    let service = [("Start", START), ("Stop", STOP)];
    let pair = Pair::new(&service, &service);
    // Everybody may read what is tried, and the binary.
    fs::set_permissions(pair.cluster.path(), fs::Permissions::from_mode(0o755)).expect("the own folder");
    let binary = pair.cluster.path().join("rtreg");
    fs::copy(env!("CARGO_BIN_EXE_rtreg"), &binary).expect("a copy");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&binary);
    command.args(["try", "old/t.rtr", "new/t.rtr", "--question", "stop"]).current_dir(pair.cluster.path());
    let Some(output) = command.output().ok().filter(|output| output.status.code() != Some(127)) else {
        eprintln!("skipped: no setpriv");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("setpriv:") || said.contains("a sandbox cannot be made here") {
        eprintln!("skipped: not root, or only root may have namespaces: {said}");
        return;
    }
    assert_eq!(output.status.code(), Some(0), "{said}");
}

#[test]
fn the_host_is_read_only_inside() {
    if !is_permitted() {
        return;
    }
    let script = "for place in /usr/bin /lib/ /root /home /proc/sys/kernel /sys /boot /run/rtreg/old \"$0\"; do
        [ ! -d \"$place\" ] || ! touch \"$place/rtreg-was-here\" 2>/dev/null || { echo \"$place\"; exit 7; }
    done; ! echo x >/proc/sys/kernel/hostname";
    let start = format!("{script} 2>/dev/null || exit 7\n{START}");
    let pair = Pair::new(&[("Start", &start), ("Stop", STOP)], &[("Start", START), ("Stop", STOP)]);
    let answer = pair.run("--question stop");
    assert_eq!(answer.code, 0, "{answer:?}");
}

#[test]
fn a_copy_can_be_written_to_and_the_original_stays() {
    if !is_permitted() {
        return;
    }
    let pair = Pair::new(&[("Start", "-"), ("Stop", STOP)], &[("Start", START), ("Stop", STOP)]);
    let data = pair.cluster.path().join("data/below");
    fs::create_dir_all(&data).expect("a folder");
    fs::write(data.join("table"), "as it was").expect("a file");
    let table = data.join("table").display().to_string();
    let start = format!("grep -q 'as it was' {table} && echo changed >{table} || exit 4\n{START}");
    pair.write("old", "1.0", &[("Start", &start), ("Stop", STOP)]);
    let copied = pair.run("--question stop --copy data/below");
    assert_eq!(copied.code, 0, "{copied:?}");
    assert_eq!(fs::read_to_string(&table).expect("the file"), "as it was");
    assert_eq!(pair.run("--question stop").code, 3, "the temporary folders of the host are not there");
    let missing = pair.run("--question stop --copy nowhere");
    assert!(missing.code == 3 && missing.err.contains("nowhere behind --copy cannot be read"), "{missing:?}");
}

#[test]
fn what_does_not_fit_together_is_refused_before_anything_runs() {
    let service = [("Start", START), ("Stop", STOP)];
    let pair = Pair::new(&service, &service);
    let fails = |words: &str, code: i32, expected: &str| {
        let answer = pair.cluster.run(words);
        assert!(answer.code == code && answer.err.contains(expected), "{words}: {answer:?}");
    };
    fails("try old/t.rtr new/t.rtr -p Colour=red", 2, "expected a property of the type behind -p, found `Colour`");
    fails(
        "try old/t.rtr new/t.rtr -p Stop_timeout=soon",
        2,
        "the property Stop_timeout of the old version: expected an integer",
    );
    fails("try old/t.rtr new/t.rtr --methods OLD", 2, "expected OLD=DIR or NEW=DIR behind --methods");
    fails("try old/t.rtr new/t.rtr --methods NEW=nowhere", 3, "the methods of XMPL.");
    fails("try old/t.rtr new/t.rtr --question start", 2, "expected one of stop");
    let other = example("gateway", "1.0");
    fails(&format!("try old/t.rtr {other}"), 2, "expected two versions of one type");
    let db = [example("db", "4.0"), example("db", "5.0")].join(" ");
    fails(&format!("try {db}"), 2, "XMPL.db:4.0 needs values that have no default: Data_dir");
    let basedir = format!("/opt/XMPL{}/2.0", pair.name);
    pair.edit("new/t.rtr", &basedir, "/usr/bin");
    fails("try old/t.rtr new/t.rtr", 2, "are in /usr/bin, which methods cannot have for themselves");
    pair.edit("new/t.rtr", "/usr/bin", &basedir);
    fs::set_permissions(pair.cluster.path().join("new/bin/stop"), fs::Permissions::from_mode(0o644)).expect("a file");
    fails("try old/t.rtr new/t.rtr", 3, "as executable files, and not all are there");
    pair.edit("new/t.rtr", "Resource_type = ", "Resource_typ = ");
    fails("try old/t.rtr new/t.rtr", 2, "expected an RTR file without errors");
}

#[test]
fn outside_of_a_sandbox_the_store_answers() {
    let cluster = Cluster::new();
    std::fs::create_dir(cluster.path().join("bin")).expect("a folder");
    cluster.ok("install-links bin");
    cluster.ok("node add n1");
    let asked = cluster.vendor("scha_resource_get -O TYPE -R web-rs");
    assert_eq!(asked.code, 14, "{}", asked.err);
    assert!(asked.err.contains("there is no resource web-rs"), "{}", asked.err);
}
