//! `--help`, `rtreg man` and the shells' completions: every command and option is there, examples are understood, real readers have nothing
//! to complain of, real shells complete.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Cluster, valid};

/// Every command, by its full name without `rtreg`, with its help.
fn helps(cluster: &Cluster) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(name) = open.pop() {
        let help = cluster.ok(&format!("{name} --help"));
        let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        for line in commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let below = line.split_whitespace().next().expect("a name");
            if below != "help" {
                open.push(format!("{name} {below}").trim().to_owned());
            }
        }
        all.insert(name, help);
    }
    assert!(all.len() > 40, "{} commands", all.len());
    all
}

/// The options that a help names.
fn options(help: &str) -> BTreeSet<String> {
    let lines = help.lines().filter(|line| line.trim_start().starts_with('-') && line.starts_with("  "));
    let words = lines.flat_map(|line| line.split([' ', ',']).filter(|word| !word.is_empty()).take(2));
    words.filter(|word| word.starts_with('-')).map(str::to_owned).collect()
}

/// A program that the tests want and a machine may lack.
fn tool(name: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().expect("a shell");
    if !found.status.success() {
        eprintln!("skipped: no {name}");
    }
    found.status.success()
}

/// Runs a script in a shell that finds the binary; it must succeed.
fn script(cluster: &Cluster, shell: &[&str], text: &str) -> String {
    let output = shell_in(cluster, shell).arg(text).output().expect("a shell runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{text}\n{errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn shell_in(cluster: &Cluster, shell: &[&str]) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_rtreg")).parent().expect("a folder").display();
    let mut command = cluster.command();
    let path = format!("{binary}:{}", std::env::var("PATH").unwrap_or_default());
    let mut outer = Command::new(shell[0]);
    outer.args(&shell[1..]).env_clear().current_dir(cluster.path()).stdin(Stdio::null());
    outer.env("PATH", path).env("HOME", cluster.path()).env("TERM", "dumb");
    outer.envs(command.env("X", "").get_envs().filter_map(|(name, value)| {
        (name.to_string_lossy().starts_with("RTREG")).then_some((name.to_owned(), value?.to_owned()))
    }));
    outer
}

#[test]
fn every_command_has_examples_that_are_understood() {
    let cluster = Cluster::new();
    let mut tried = BTreeSet::new();
    for (name, help) in helps(&cluster) {
        let examples: Vec<&str> = help
            .lines()
            .skip_while(|line| *line != "Examples:")
            .filter_map(|line| line.strip_prefix("  rtreg"))
            .collect();
        assert!(!examples.is_empty(), "rtreg {name} has no example");
        for example in examples {
            assert!(name.is_empty() || example.trim().starts_with(&name), "{name}: {example}");
            // Where it would write does not matter here.
            let line = example.split(" > ").next().expect("a command").replace(" < ACME.web", "");
            if tried.insert(line.clone()) {
                let output = shell_in(&cluster, &["sh", "-c"]).arg(format!("rtreg{line}")).output().expect("a shell");
                let errors = String::from_utf8_lossy(&output.stderr);
                assert!(!errors.contains("--help") && !errors.contains("Usage:"), "rtreg{example}\n{errors}");
                assert!(output.status.code().is_some_and(|code| code < 20), "rtreg{example}\n{errors}");
            }
        }
    }
    assert!(tried.len() > 50, "{} examples", tried.len());
}

#[test]
fn help_behind_wrong_usage_and_without_arguments() {
    let cluster = Cluster::new();
    assert!(cluster.fails(2, "").contains("Examples:"));
    assert!(cluster.fails(2, "node").contains("rtreg node add"));
    assert!(!cluster.fails(2, "lint --nothing").contains("Examples:"));
}

#[test]
fn every_command_has_a_page_with_every_option() {
    let cluster = Cluster::new();
    let report = valid(&cluster, "man", "man pages");
    let helps = helps(&cluster);
    let pages: BTreeSet<&str> =
        report["pages"].as_array().expect("pages").iter().filter_map(|page| page.as_str()).collect();
    let expected: BTreeSet<String> =
        helps.keys().map(|name| format!("{}.1", format!("rtreg {name}").trim().replace(' ', "-"))).collect();
    assert_eq!(pages, expected.iter().map(String::as_str).collect());
    let mut looked_at = 0;
    for (name, help) in &helps {
        let file = format!("pages/{}.1", format!("rtreg {name}").trim().replace(' ', "-"));
        let page = std::fs::read_to_string(cluster.path().join(&file)).expect("a page").replace('\\', "");
        for option in options(help) {
            assert!(page.contains(&format!("fB{option}fR")), "{file}: {option}");
            looked_at += 1;
        }
        for part in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"] {
            assert!(
                page.contains(&format!(".SH {part}\n")) || page.contains(&format!(".SH \"{part}\"\n")),
                "{file}: {part}"
            );
        }
    }
    assert!(looked_at > 200, "{looked_at} options");
    assert!(cluster.ok("man pages").starts_with(&format!("{} pages in pages;", pages.len())));
    let lint = std::fs::read_to_string(cluster.path().join("pages/rtreg-lint.1")).expect("a page");
    assert!(lint.contains("rtreg.toml") && lint.contains("rt_reg(4)") && !lint.contains("RTREG_STORE\\fR\n"), "{lint}");
    cluster.write("file", "");
    assert!(cluster.fails(3, "man file/pages").contains("cannot be made"));
}

#[test]
fn readers_of_man_pages_have_nothing_to_say() {
    let cluster = Cluster::new();
    cluster.ok("man pages");
    if tool("mandoc") {
        let out = script(&cluster, &["sh", "-c"], "mandoc -T lint -W warning pages/*.1 2>&1; true");
        assert_eq!(out, "");
    }
    if tool("groff") {
        let each = "for page in pages/*.1; do groff -man -Tutf8 -K utf8 -wall -z $page 2>&1; done";
        assert_eq!(script(&cluster, &["sh", "-c"], each), "");
        let text = script(&cluster, &["sh", "-c"], "groff -man -Tascii -P-cbou pages/rtreg-upgrade.1");
        assert!(text.contains("EXIT STATUS") && text.contains("--preview"), "{text}");
    }
}

#[test]
fn the_manual_names_every_variable_that_is_read() {
    let cluster = Cluster::new();
    cluster.ok("man pages");
    let page = std::fs::read_to_string(cluster.path().join("pages/rtreg.1")).expect("a page").replace('\\', "");
    let mut names = BTreeSet::from(["FORCE_HYPERLINK".to_owned()]);
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            if path.ends_with("src/manual.rs") || !text.contains("env::var") && !text.contains("env = ") {
                continue;
            }
            let is_name =
                |word: &&str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            // Those of cargo are read when rtreg is built. Words in capitals of the vendor's commands are no variables.
            let text = if path.iter().any(|part| part == "vendor") { text.replace("_os(\"", "(\"") } else { text };
            let text = match path.iter().any(|part| part == "vendor") {
                true => text.split("env::var(").skip(1).filter_map(|rest| rest.split(')').next()).collect(),
                false => text,
            };
            let read = text.split('"').skip(1).step_by(2).filter(is_name).filter(|name| !name.starts_with("CARGO_"));
            names.extend(read.map(str::to_owned));
        }
    }
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        assert!(page.contains(&name), "rtreg.1 does not name {name}");
    }
}

#[test]
fn package_and_manual_have_the_version_and_its_day() {
    let cluster = Cluster::new();
    cluster.ok("man pages");
    let page = std::fs::read_to_string(cluster.path().join("pages/rtreg.1")).expect("a page").replace('\\', "");
    let changelog = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/debian/changelog");
    let changelog = std::fs::read_to_string(changelog).expect("the package's changelog");
    let version = env!("CARGO_PKG_VERSION");
    assert!(changelog.starts_with(&format!("rtreg ({version}-1) ")), "{changelog}");
    let line = changelog.lines().find_map(|line| line.strip_prefix(" -- ")).expect("who and when");
    let date = line.split_once(">  ").expect("a date").1;
    let words: Vec<&str> = date.split(' ').collect();
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|month| *month == words[2]).expect("a month") + 1;
    let day = format!("{}-{month:02}-{}", words[3], words[1]);
    assert!(page.lines().any(|line| line.starts_with(".TH RTREG 1 ") && line.contains(&day)), "{day}");
    assert!(page.contains(&format!("\"rtreg {version}\"")), "{version}");
}

/// What bash offers behind a line, the last word being completed.
fn bash(cluster: &Cluster, line: &str) -> Vec<String> {
    let text = format!(
        "set -u; compopt() {{ :; }}; eval \"$(rtreg completions bash)\"; line='{line}'; COMP_WORDS=(${{line% *}} \"${{line##* }}\")\n\
         COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=()\n\
         function=$(complete -p rtreg | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n\
         $function rtreg \"${{COMP_WORDS[$COMP_CWORD]}}\" \"${{COMP_WORDS[$((COMP_CWORD - 1))]}}\"\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    script(cluster, &["bash", "--norc", "-c"], &text).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes() {
    if !tool("bash") {
        return;
    }
    let cluster = Cluster::new();
    assert_eq!(bash(&cluster, "rtreg li"), ["list", "lint"]);
    assert_eq!(bash(&cluster, "rtreg explain missing_semi"), ["missing_semicolon"]);
    assert_eq!(bash(&cluster, "rtreg lint --select recom"), ["recommended"]);
    assert_eq!(bash(&cluster, "rtreg lint --format sar"), ["sarif"]);
    assert_eq!(bash(&cluster, "rtreg list --format sar"), [""]);
    assert_eq!(bash(&cluster, "rtreg resource restart --no"), ["--node"]);
    assert_eq!(bash(&cluster, "rtreg schema show-r"), ["show-resource"]);
    cluster.write("some.rtr", "");
    assert_eq!(bash(&cluster, "rtreg lint --config so"), ["some.rtr"]);
    assert_ne!(bash(&cluster, "rtreg register --node so"), ["some.rtr"], "a node is no file");
}

#[test]
fn fish_completes() {
    if !tool("fish") {
        return;
    }
    let cluster = Cluster::new();
    let completed = |line: &str| {
        let text = format!("rtreg completions fish | source; complete -C '{line}'");
        let out = script(&cluster, &["fish", "--no-config", "-c"], &text);
        out.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(completed("rtreg li"), ["lint", "list"]);
    assert_eq!(completed("rtreg explain missing_semi"), ["missing_semicolon"]);
    assert_eq!(completed("rtreg lint --format sar"), ["sarif"]);
    assert_eq!(completed("rtreg resource restart --no"), ["--node"]);
}

#[test]
fn zsh_completes() {
    if !tool("zsh") {
        return;
    }
    let cluster = Cluster::new();
    std::fs::create_dir(cluster.path().join("functions")).expect("a folder");
    std::fs::write(cluster.path().join("functions/_rtreg"), cluster.ok("completions zsh")).expect("a script");
    script(&cluster, &["zsh", "-f", "-n"], "functions/_rtreg");
    // A zsh in a terminal of its own completes what is typed; what it offers stands between the two marks.
    let text = "zmodload zsh/zpty; zpty z 'TERM=dumb zsh -f -i'\n\
        zpty -w z \"PS1=; PROMPT2=; unsetopt zle_bracketed_paste; fpath=($PWD/functions \\$fpath); autoload -U compinit; compinit -u -D\"\n\
        zpty -w z 'shown() { print -r -- \"<<$BUFFER>>\"; BUFFER=; zle accept-line }; zle -N shown; bindkey \"^X\" complete-word \"^Y\" shown; print read\"\"y'\n\
        zpty -r z line '*ready*'\n\
        for word in 'rtreg upg' 'rtreg explain missing_semi' 'rtreg lint --format sar'; do\n\
        zpty -n -w z $word$'\\x18'$'\\x19'; zpty -r z line '*<<*>>*'; print -r -- ${${line##*<<}%%>>*}\n\
        done; zpty -d z";
    let out = script(&cluster, &["timeout", "60", "zsh", "-f", "-c"], text);
    let lines: Vec<&str> = out.lines().map(str::trim).collect();
    assert_eq!(lines, ["rtreg upgrade", "rtreg explain missing_semicolon", "rtreg lint --format sarif"]);
}
