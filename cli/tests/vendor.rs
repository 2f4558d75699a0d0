//! The vendor's commands by the links that `rtreg install-links` makes: they end in the commands of the registry, with the
//! vendor's exit codes.

mod common;

use std::os::unix::fs::symlink;
use std::path::Path;

use common::{Answer, Cluster, rtr, valid};

const METHODS: &[&str] = &["Start", "Stop", "Update", "Monitor_start", "Monitor_stop"];

/// Links, two nodes, and the files of three versions of `XMPL.web` in `rtr/`.
fn cluster() -> Cluster {
    let cluster = Cluster::new();
    for folder in ["bin", "rtr"] {
        std::fs::create_dir(cluster.path().join(folder)).expect("a folder");
    }
    cluster.ok("install-links bin");
    cluster.write("rtr/XMPL.web", &rtr("web", "1.0", METHODS, &[]));
    cluster.write("rtr/XMPL.web:2.0", &rtr("web", "2.0", METHODS, &["\"1.0\" ANYTIME"]));
    cluster.write("rtr/XMPL.web:3.0", &rtr("web", "3.0", METHODS, &["\"2.0\" ANYTIME", "\"1.0\" WHEN_OFFLINE"]));
    cluster.ok("node add n1");
    cluster.ok("node add n2");
    cluster
}

fn ok(cluster: &Cluster, words: &str) -> String {
    let Answer { code, out, err } = cluster.vendor(words);
    assert_eq!(code, 0, "{words}\n{out}{err}");
    out
}

fn fails(cluster: &Cluster, code: i32, words: &str) -> String {
    let answer = cluster.vendor(words);
    assert_eq!(answer.code, code, "{words}\n{}{}", answer.out, answer.err);
    answer.err
}

/// A resource of 1.0, online on n1, made by the vendor's commands alone.
fn running() -> Cluster {
    let cluster = cluster();
    for words in [
        "clrt register -f rtr/XMPL.web XMPL.web",
        "clresourcetype register -f rtr/XMPL.web:2.0 -n n1,n2 XMPL.web:2.0",
        "clrt register -v -N -f rtr/ XMPL.web:3.0",
        "clrg create -n n1,n2 web-rg",
        "clrs create -g web-rg -tXMPL.web:1.0 -d -y Start_timeout=77 web-rs",
        "clrg online -eMm web-rg",
    ] {
        ok(&cluster, words);
    }
    cluster
}

#[test]
fn the_same_state_as_with_rtregs_own_commands() {
    let (vendors, ours) = (running(), cluster());
    for words in [
        "register rtr/XMPL.web",
        "register --node n1,n2 rtr/XMPL.web:2.0",
        "register rtr/XMPL.web:3.0",
        "group create web-rg --node n1,n2",
        "resource create web-rs --group web-rg --type XMPL.web:1.0 --disabled -p Start_timeout=77",
        "group manage web-rg",
        "resource enable web-rs",
        "resource monitor web-rs",
        "group online web-rg",
    ] {
        ours.ok(words);
    }
    for words in ["show resource web-rs", "show group web-rg", "list", "show node n1"] {
        let comparable = |cluster: &Cluster| {
            let mut answer = cluster.json(words);
            answer.as_object_mut().expect("an object").remove("incarnation");
            answer
        };
        assert_eq!(comparable(&vendors), comparable(&ours), "{words}");
    }
    vendors.ok("history verify");
}

#[test]
fn type_version_is_the_gated_upgrade() {
    let cluster = running();
    assert_eq!(ok(&cluster, "clrs set -p type_version=2.0 -p Stop_timeout=99 web-rs"), "", "success is silent");
    let shown = cluster.json("show resource web-rs");
    assert_eq!(shown["type_version"], "2.0");
    let stop = shown["properties"].as_array().expect("properties").iter().find(|it| it["name"] == "Stop_timeout");
    assert_eq!(stop.expect("the property")["value"], 99);
    // The process is still that of 1.0, which the vendor's own command would overlook.
    let refusal = fails(&cluster, 9, "clresource set -p Type_version=3.0 web-rs");
    for part in [
        "clresource: web-rs: from XMPL.web:2.0 to XMPL.web:3.0 is refused",
        "WHEN_OFFLINE",
        "n1",
        "The vendor's rule alone",
    ] {
        assert!(refusal.contains(part), "`{part}` is not in\n{refusal}");
    }
    assert_eq!(cluster.json("show resource web-rs")["type_version"], "2.0");
    fails(&cluster, 9, "scrgadm -c -j web-rs -y Type_version=3.0");
    ok(&cluster, "clrs disable web-rs");
    assert!(
        ok(&cluster, "clrs set -v -p Type_version=3.0 web-rs").contains("Done: web-rs has the type XMPL.web:3.0 now")
    );
    // The version that it has is no upgrade: what else is given is set.
    ok(&cluster, "clrs set -p Type_version=3.0 -p Stop_timeout=98 web-rs");
    fails(&cluster, 15, "clrs set -p Type_version=9 web-rs");
}

#[test]
fn state_commands() {
    let cluster = running();
    let state = |node: usize| cluster.json("show resource web-rs")["nodes"][node].clone();
    assert_eq!((&state(0)["state"], &state(0)["monitor"]), (&"online".into(), &"running".into()));
    ok(&cluster, "clrs unmonitor web-rs");
    assert_eq!(state(0)["monitor"], "stopped");
    ok(&cluster, "clrs monitor -n n1 -g web-rg +");
    assert_eq!((&state(0)["monitored"], &state(1)["monitored"]), (&true.into(), &false.into()));
    ok(&cluster, "clrg switch -n n2 web-rg");
    assert_eq!((&state(0)["state"], &state(1)["state"]), (&"offline".into(), &"online".into()));
    fails(&cluster, 9, "clrg switch -n n1,n2 web-rg");
    assert_eq!(state(1)["state"], "online", "what cannot end is not begun");
    fails(&cluster, 9, "clrg unmanage web-rg");
    ok(&cluster, "clrg offline web-rg");
    ok(&cluster, "clrs disable -t XMPL.web:1.0 +");
    ok(&cluster, "clrg unmanage +");
    fails(&cluster, 38, "clrt unregister XMPL.web:1.0");
    fails(&cluster, 9, "clrs clear -n n1 web-rs");
    ok(&cluster, "clrs delete web-rs");
    ok(&cluster, "clrg delete web-rg");
    ok(&cluster, "clrt unregister +");
    assert_eq!(ok(&cluster, "clrt list"), "");
}

#[test]
fn scrgadm_adds_changes_removes() {
    let cluster = cluster();
    for words in [
        "scrgadm -a -t XMPL.web -f rtr/XMPL.web",
        "scrgadm -a -tXMPL.web:2.0 -f rtr/XMPL.web:2.0 -h n1,n2",
        "scrgadm -c -t XMPL.web:1.0 -h n1,n2",
        "scrgadm -a -g web-rg -h n1,n2 -y Maximum_primaries=2",
        "scrgadm -a -j web-rs -t XMPL.web:1.0 -g web-rg -y Start_timeout=77",
        "scrgadm -c -j web-rs -y Type_version=2.0 -y Stop_timeout=99",
        "scrgadm -c -g web-rg -y Maximum_primaries=1",
    ] {
        assert_eq!(ok(&cluster, words), "", "{words}");
    }
    let again = fails(&cluster, 13, "scrgadm -a -t XMPL.web -f rtr/XMPL.web");
    assert!(again.contains("registered with this content"), "{again}");
    let printed = ["scrgadm -p", "scrgadm -pvv", "scrgadm -pv -t XMPL.web:1.0", "scrgadm -pv -g web-rg", "scrgadm -?"]
        .map(|words| format!("$ {words}\n{}", ok(&cluster, words)));
    insta::assert_snapshot!("scrgadm", printed.concat());
    for (code, words) in [
        (14, "scrgadm -r -j nosuch"),
        (12, "scrgadm -r -g nosuch"),
        (13, "scrgadm -r -t nosuch"),
        (3, "scrgadm -a -c -j web-rs"),
        (3, "scrgadm -c -j web-rs -h n1"),
        (3, "scrgadm -a -j other-rs -t XMPL.web:1.0"),
        (15, "scrgadm -c -j web-rs -y Start_timeout=soon"),
        (3, "scrgadm -c -j web-rs -x Start_timeout=1"),
        (13, "scrgadm -a -j other-rs -t XMPL.nosuch -g web-rg"),
        (3, "scrgadm -a -L -g web-rg -l host"),
    ] {
        fails(&cluster, code, words);
    }
    for words in ["scrgadm -r -j web-rs", "scrgadm -r -g web-rg", "scrgadm -r -t XMPL.web:1.0"] {
        ok(&cluster, words);
    }
}

#[test]
fn scswitch_moves_groups_and_resources() {
    let cluster = running();
    let shown = |what: &str| cluster.json("show resource web-rs")["nodes"][0][what].clone();
    let online = |node: usize| cluster.json("show group web-rg")["nodes"][node]["online"].clone();
    for (words, what, expected) in [
        ("scswitch -n -M -j web-rs", "monitored", "false"),
        ("scswitch -e -M -j web-rs", "monitor", "\"running\""),
        ("scswitch -n -j web-rs", "state", "\"offline\""),
        ("scswitch -ej web-rs", "state", "\"online\""),
        ("scswitch -z -g web-rg -h n2", "state", "\"offline\""),
        ("scswitch -z -g web-rg -h n1", "state", "\"online\""),
        ("scswitch -F -g web-rg", "state", "\"offline\""),
        ("scswitch -Z -g web-rg", "state", "\"online\""),
    ] {
        assert_eq!(ok(&cluster, words), "", "{words}");
        assert_eq!(shown(what).to_string(), expected, "{words}");
    }
    ok(&cluster, "clrg create -n n1 idle-rg");
    ok(&cluster, "scswitch -z");
    assert_eq!(cluster.json("show group idle-rg")["managed"], false, "what is not managed is not meant");
    for words in ["scswitch -F -g web-rg", "scswitch -n -j web-rs", "scswitch -u -g web-rg", "scswitch -o -g web-rg"] {
        ok(&cluster, words);
    }
    assert_eq!((online(0), &cluster.json("show group web-rg")["managed"]), (false.into(), &true.into()));
    for (code, words, part) in [
        (9, "scswitch -c -j web-rs -h n1 -f STOP_FAILED", "only start_failed and stop_failed are cleared"),
        (14, "scswitch -e -j nosuch", "there is no resource `nosuch`"),
        (12, "scswitch -z -g nosuch -h n1", "there is no group `nosuch`"),
        (3, "scswitch -e -n -j web-rs", "expected one of -e, -n, -z"),
        (3, "scswitch -e", "found no `-j`"),
        (3, "scswitch -F -g web-rg -h n1", "found `-h`"),
        (3, "scswitch -S -h n1", "-S is not supported"),
        (3, "scswitch -c -j web-rs -h n1 -f OTHER", "`-f OTHER` is not supported"),
    ] {
        let message = fails(&cluster, code, words);
        assert!(message.contains(part), "{words}: `{part}` is not in\n{message}");
    }
}

#[test]
fn what_is_printed() {
    let cluster = running();
    ok(&cluster, "clrs create -g web-rg -t XMPL.web:2.0 -p Resource_dependencies=web-rs app-rs");
    let mut text = String::new();
    for words in [
        "clrt list",
        "clrt list -v",
        "clrt list-props -p Start_timeout,R_description XMPL.web:1.0",
        "clrt list-props -v -p Start_timeout XMPL.web:1.0",
        "clrt show -v XMPL.web:2.0",
        "clrs list -v",
        "clrs show web-rs",
        "clrs show -v app-rs",
        "clrs status",
        "clrs status -n n2 web-rs",
        "clrg list",
        "clrg list -v",
        "clrg show",
        "clrg show -v",
        "clrg status",
        "clrs -?",
        "clrg online -v?",
    ] {
        text.push_str(&format!("$ {words}\n{}", ok(&cluster, words)));
    }
    insta::assert_snapshot!("printed", text);
}

#[test]
fn the_rtr_file_is_exported() {
    let cluster = running();
    let answer = cluster.vendor("clrt export XMPL.web:2.0");
    assert_eq!(answer.out, rtr("web", "2.0", METHODS, &["\"1.0\" ANYTIME"]));
    assert!(answer.err.contains("clconfiguration"), "{}", answer.err);
    ok(&cluster, "clrt export -o out.rtr XMPL.web:2.0");
    assert_eq!(std::fs::read(cluster.path().join("out.rtr")).expect("the file"), answer.out.as_bytes());
    fails(&cluster, 37, "clrt export +");
}

/// An option is honoured or refused by its name, never ignored; the vendor's exit code says which.
#[test]
fn what_is_wrong_is_named() {
    let cluster = running();
    for (code, words, part) in [
        (3, "clrs", "expected one of the subcommands create, delete, set"),
        (3, "clrs start web-rs", "found `start`"),
        (3, "clrs enable -q web-rs", "the unknown option `-q`"),
        (3, "clrs enable --quick web-rs", "the unknown option `--quick`"),
        (3, "clrs enable", "expected a name, or `+` for all,"),
        (3, "clrs enable web-rs -n n1", "options before the operands"),
        (3, "clrs create -g web-rg other-rs", "expected `-t TYPE`"),
        (3, "clrs set web-rs", "expected a property to set"),
        (3, "clrs set -p Start_timeout web-rs", "NAME=VALUE"),
        (37, "clrs enable -Z zc web-rs", "-Z is not supported"),
        (37, "clrs delete -F web-rs", "-F is not supported"),
        (37, "clrs disable -R web-rs", "-R is not supported"),
        (37, "clrs enable -n n1:zone web-rs", "rtreg knows no zones"),
        (37, "clrs set -p Port_list+=80/tcp web-rs", "sets whole values"),
        (37, "clrs clear -f START_FAILED -n n1 web-rs", "-f START_FAILED"),
        (37, "clrt register -p RT_system=TRUE XMPL.web", "-p is not supported"),
        (3, "clrt register -f rtr/XMPL.web XMPL.mail", "expected the type `XMPL.web:1.0`"),
        (36, "clrt register XMPL.web", "expected the RTR file of `XMPL.web`"),
        (39, "clrt register -f rtr/XMPL.web XMPL.web", "registered with this content"),
        (36, "clrt show nosuch", "nosuch"),
        (36, "clrs enable nosuch", "there is no resource `nosuch`"),
        (36, "clrs show nosuch", "there is no resource `nosuch`"),
        (36, "clrs list nosuch", "there is no resource `nosuch`"),
        (36, "clrg status nosuch", "there is no group `nosuch`"),
        (36, "clrs list -g nosuch", "there is no group `nosuch`"),
        (41, "clrs create -g web-rg -t nosuch other-rs", "nosuch"),
        (39, "clrs create -g web-rg -t XMPL.web:1.0 web-rs", "there is a resource `web-rs` already"),
        (39, "clrg create -n n1 web-rg", "there is a group `web-rg` already"),
        (15, "clrs set -p Start_timeout=soon web-rs", "Start_timeout"),
        (15, "clrs set -p Nosuch=1 web-rs", "Nosuch"),
        (15, "clrg create -p Desired_primaries=2 other-rg", "Desired_primaries"),
        (9, "clrs delete web-rs", "disabled"),
        (38, "clrg delete web-rg", "it has resources"),
        (3, "clrg switch web-rg", "expected `-n NODE,…`"),
    ] {
        let message = fails(&cluster, code, words);
        assert!(message.contains(part), "{words}: `{part}` is not in\n{message}");
        assert!(message.starts_with(words.split(' ').next().expect("a name")), "{words}: {message}");
    }
    assert_eq!(cluster.json("show resource web-rs")["nodes"][0]["state"], "online", "nothing was changed");
}

/// Without `-f` the file of the name is looked for.
#[test]
fn rtr_files_are_found_by_name() {
    let cluster = cluster();
    let register = |name: &str| {
        let mut command = std::process::Command::new(cluster.path().join("bin/clrt"));
        command.args(["register", name]).env("RTREG_RTR_DIRS", "nosuch:rtr").current_dir(cluster.path());
        command.env("RTREG_STORE", "sqlite:store.db").env("RTREG_NODE", "n1");
        command.status().expect("the link runs").code()
    };
    assert_eq!(register("XMPL.web"), Some(0));
    assert_eq!(register("XMPL.web:3.0"), Some(0), "the file with the version in its name comes first");
    assert_eq!(register("XMPL.mail"), Some(36));
    assert_eq!(ok(&cluster, "clrt list"), "XMPL.web:3.0\nXMPL.web:1.0\n");
}

/// A failure keeps nothing else from being done, and the first one gives the code.
#[test]
fn several_operands() {
    let cluster = running();
    fails(&cluster, 36, "clrs unmonitor nosuch web-rs");
    assert_eq!(cluster.json("show resource web-rs")["nodes"][0]["monitored"], false);
}

#[test]
fn links_are_made_and_taken_away() {
    let cluster = Cluster::new();
    let folder = cluster.path().join("bin");
    cluster.fails(2, "install-links bin");
    std::fs::create_dir(&folder).expect("a folder");
    let foreign = folder.join("clrs");
    std::fs::write(&foreign, "mine").expect("a file");
    assert!(cluster.fails(4, "install-links bin").contains("bin/clrs"));
    assert!(!folder.join("clrg").exists(), "all links or none");
    std::fs::remove_file(&foreign).expect("it goes away");
    let made = valid(&cluster, "install-links", "install-links bin");
    let links = made["links"].as_array().expect("links");
    assert!(links.len() >= 7 && links.iter().all(|link| link["effect"] == "made"), "{made:#}");
    assert!(links.iter().all(|link| Path::new(link["path"].as_str().expect("a path")).starts_with("bin")));
    assert!(cluster.ok("install-links bin").contains("there already"));
    std::fs::remove_file(&foreign).expect("a link");
    symlink("/bin/true", &foreign).expect("a link elsewhere");
    let removed = cluster.ok("install-links bin --remove");
    assert!(removed.contains("clrg: removed") && removed.contains("clrs: stays, it is not ours"), "{removed}");
    assert!(foreign.is_symlink() && !folder.join("clrg").is_symlink());
}

#[test]
fn what_scripts_ask_the_cluster() {
    let cluster = running();
    let all = |words: &str| ok(&cluster, words).lines().collect::<Vec<_>>().join(" ");
    for (words, answer) in [
        ("scha_resource_get -O TYPE_VERSION -R web-rs -G web-rg", "1.0"),
        ("scha_resource_get -O RESOURCE_STATE_NODE -R web-rs -G web-rg n2", "OFFLINE"),
        ("scha_resource_get -O RESOURCE_STATE -R web-rs", "ONLINE"),
        ("scha_resource_get -O ON_OFF_SWITCH_NODE -R web-rs -G web-rg n1", "ENABLED"),
        ("scha_resource_get -O START_TIMEOUT -R web-rs -G web-rg", "77"),
        ("scha_resourcegroup_get -O RG_STATE_NODE -G web-rg n1", "ONLINE"),
        ("scha_resourcegroup_get -O NODELIST -G web-rg", "n1 n2"),
        ("scha_resourcegroup_get -O RESOURCE_LIST -G web-rg", "web-rs"),
        ("scha_resourcetype_get -O RT_VERSION -T XMPL.web:2.0", "2.0"),
        ("scha_resourcetype_get -O INSTALLED_NODES -T XMPL.web:2.0", "n1 n2"),
    ] {
        assert_eq!(all(words), answer, "{words}");
    }
    // The probe of installers: the name without the version is another type's.
    assert!(fails(&cluster, 13, "scha_resourcetype_get -O RT_VERSION -T XMPL.web").contains("no type XMPL.web"));
    assert!(fails(&cluster, 4, "scha_resource_get -O COLOUR -R web-rs").contains("there is no tag COLOUR"));
    fails(&cluster, 14, "scha_resource_get -O TYPE -R nobody");
    fails(&cluster, 12, "scha_resource_get -O TYPE -R web-rs -G other");
    fails(&cluster, 11, "scha_resourcegroup_get -O RG_STATE_NODE -G web-rg n9");
    ok(&cluster, "clrg offline web-rg");
    ok(&cluster, "clrs disable web-rs");
    ok(&cluster, "clrg unmanage web-rg");
    assert_eq!(all("scha_resourcegroup_get -O RG_STATE -G web-rg"), "UNMANAGED");
}
