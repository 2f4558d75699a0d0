//! The commands of the pages in `docs/` do what the pages say. Each `console` block is run by a shell in one folder a page:
//! `$ ` starts a command, `> ` goes on with it, `? N` is its exit code (0 where none stands), `...` stands for any lines,
//! `[..]` for any text in a line.

mod common;

use std::path::Path;

use common::service::write_versions;
use common::{Cluster, rtr};

/// A command, what it prints, how it ends.
#[derive(Debug, Default)]
struct Step {
    command: String,
    expected: Vec<String>,
    code: i32,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match (inside, line) {
            (false, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, line) => step(&mut steps, line),
            _ => {}
        }
    }
    steps
}

fn step(steps: &mut Vec<Step>, line: &str) {
    if let Some(command) = line.strip_prefix("$ ") {
        steps.push(Step { command: command.to_owned(), ..Step::default() });
        return;
    }
    let step = steps.last_mut().expect("a command comes first");
    if let Some(more) = line.strip_prefix("> ") {
        step.command.push('\n');
        step.command.push_str(more);
    } else if let Some(code) = line.strip_prefix("? ") {
        step.code = code.parse().expect("an exit code");
    } else {
        step.expected.push(line.to_owned());
    }
}

fn matches(expected: &[String], lines: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "..." => (0..=lines.len()).any(|skip| matches(rest, &lines[skip..])),
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, lines)| fits(first, line) && matches(rest, lines))
        }
    }
}

/// A line, in which `[..]` stands for any text.
fn fits(expected: &str, line: &str) -> bool {
    match expected.split_once("[..]") {
        Some((start, end)) => line.len() >= start.len() + end.len() && line.starts_with(start) && line.ends_with(end),
        None => expected == line,
    }
}

/// Runs the commands of a page; says how many there are.
fn run(page: &str, cluster: &Cluster) -> usize {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let steps = steps(&std::fs::read_to_string(page).expect("the page"));
    let count = steps.len();
    let binary = Path::new(env!("CARGO_BIN_EXE_rtreg")).parent().expect("a folder");
    for step in steps {
        let links = cluster.path().join("bin");
        let rest = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{}:{rest}", binary.display(), links.display());
        let mut shell = std::process::Command::new("sh");
        shell.env_clear().env("PATH", path).current_dir(cluster.path());
        shell.env("RTREG_STORE", "sqlite:store.db").env("RTREG_NODE", "tokyo").env("COLUMNS", "200");
        let output = shell.arg("-c").arg(format!("exec 2>&1\n{}", step.command)).output().expect("a shell");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            matches(&step.expected, &lines),
            "$ {}\n{text}\n-- expected:\n{}",
            step.command,
            step.expected.join("\n")
        );
        assert_eq!(output.status.code(), Some(step.code), "$ {}\n{text}", step.command);
    }
    count
}

#[test]
fn adoption() {
    let cluster = Cluster::new();
    std::fs::create_dir(cluster.path().join("types")).expect("a folder");
    for number in 1..=20 {
        let good = rtr(&format!("old{number}"), "1.0", &["Start", "Stop"], &[]);
        let one_wrong = good.replacen("MIN = 5; DEFAULT", "MIN = 5; MAX = 9; DEFAULT", 1);
        cluster.write(&format!("types/old{number:02}.rtr"), &one_wrong.replace("/opt", "(INSTALL_DIR)"));
    }
    assert!(run("adoption.md", &cluster) >= 10);
}

#[test]
fn integration() {
    assert!(run("integration.md", &Cluster::new()) >= 4);
}

#[test]
fn editor() {
    assert!(run("editor.md", &Cluster::new()) >= 1);
}

#[test]
fn vendor_commands() {
    let cluster = Cluster::new();
    for version in ["1.0", "2.0", "3.0"] {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../rtr-examples/gateway/{version}/XMPL.gateway.rtr"));
        let text = std::fs::read_to_string(file).expect("the example");
        cluster.write(&format!("gateway-{version}.rtr"), &text);
    }
    assert!(run("vendor-commands.md", &cluster) >= 5);
}

#[test]
fn path() {
    let cluster = Cluster::new();
    std::fs::create_dir(cluster.path().join("gateway")).expect("a folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rtr-examples/gateway");
    for version in ["1.0", "2.0", "3.0"] {
        let file = example.join(version).join("XMPL.gateway.rtr");
        let text = std::fs::read_to_string(file).expect("the example");
        cluster.write(&format!("gateway/{version}.rtr"), &text);
    }
    assert!(run("path.md", &cluster) >= 5);
}

#[test]
fn compat() {
    let cluster = Cluster::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rtr-examples");
    for name in ["archive", "export", "gateway"] {
        let entries = std::fs::read_dir(examples.join(name)).expect("an example");
        for version in entries.map(|entry| entry.expect("a version").file_name().into_string().expect("a name")) {
            let file = format!("{name}/{version}/XMPL.{name}.rtr");
            std::fs::create_dir_all(cluster.path().join(name).join(version)).expect("a folder");
            std::fs::copy(examples.join(&file), cluster.path().join(&file)).expect("a file");
        }
    }
    run("compat.md", &cluster);
}

#[test]
fn states() {
    let cluster = Cluster::new();
    let methods = ["Start", "Stop", "Monitor_start", "Monitor_stop"];
    let base = cluster.path().join("web").display().to_string();
    let text = rtr("web", "1.0", &methods[..2], &[]).replace("/opt/XMPLweb/1.0", &base);
    let monitor = "Monitor_start = monitor_start;\nMonitor_stop = monitor_stop;\n#$upgrade\n";
    cluster.write("web.rtr", &text.replace("#$upgrade\n", monitor));
    for method in methods {
        let name = method.to_lowercase();
        let script = format!("#!/bin/sh\ntest ! -e {}/fail-{name}\n", cluster.path().display());
        let path = cluster.write(&format!("web/{name}"), &script);
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it may run");
    }
    for command in [
        "node add tokyo",
        "register web.rtr",
        "group create web-rg --node tokyo",
        "resource create web-rs --group web-rg --type web:1.0",
        "group manage web-rg",
    ] {
        let output = cluster.command().env("RTREG_NODE", "tokyo").args(command.split(' ')).output().expect("it runs");
        assert!(output.status.success(), "{command}: {output:?}");
    }
    assert!(run("states.md", &cluster) >= 7);
}

#[test]
fn runs() {
    let cluster = Cluster::new();
    write_versions(&cluster, "WHEN_OFFLINE");
    for command in [
        "register 1.0.rtr 2.0.rtr",
        "node add tokyo",
        "group create db-rg --node tokyo --driver rgm",
        "resource create db-rs --group db-rg --type svc:1.0",
        "group manage db-rg",
        "group online db-rg",
    ] {
        let output = cluster.command().env("RTREG_NODE", "tokyo").args(command.split(' ')).output().expect("it runs");
        assert!(output.status.success(), "{command}: {output:?}");
    }
    assert!(run("runs.md", &cluster) >= 8);
}

#[test]
fn plan() {
    let cluster = Cluster::new();
    for (version, from) in [("1.0", &[][..]), ("2.0", &["\"1.0\" WHEN_OFFLINE"])] {
        let file = cluster.write(&format!("web-{version}.rtr"), &rtr("web", version, &["Start", "Stop"], from));
        cluster.ok(&format!("register {}", file.display()));
    }
    for command in ["node add n1", "group create g --node n1", "resource create r --group g --type web:1.0"] {
        cluster.ok(command);
    }
    cluster.ok("group manage g");
    cluster.ok("group online g");
    run("plan.md", &cluster);
}
