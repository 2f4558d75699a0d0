//! Plans carried out for real through the binary: real methods, real supervisors, a real store. The group is put under rtreg's driver
//! while its resource is recorded online, as if rtreg had started it.

mod common;

use std::fs;
use std::process::{Command, Stdio};

use common::service::{hold, log, release, service, wait_for, wait_until};
use common::{Cluster, valid};
use serde_json::json;

#[test]
fn a_plan_runs_the_methods_and_is_used_up() {
    let cluster = service("WHEN_OFFLINE");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let text = cluster.ok("apply plan.json --events events.jsonl");
    assert_eq!(
        log(&cluster),
        ["Validate 2.0", "Monitor_stop 1.0", "Stop 1.0", "Start 2.0", "Monitor_start 2.0"],
        "{text}"
    );
    let shown = valid(&cluster, "show-resource", "show resource r");
    assert_eq!(shown["type_version"], "2.0", "{shown:#}");
    let run = valid(&cluster, "run", "runs show r1");
    assert_eq!((&run["state"], run["operations"][0]["status"].as_str()), (&json!("done"), Some("done")));
    assert!(cluster.fails(5, "apply plan.json").contains("a plan is used once"));
    cluster.ok("history verify");
    valid(&cluster, "runs", "runs");
    let events = fs::read_to_string(cluster.path().join("events.jsonl")).expect("the events");
    assert!(events.lines().count() > 10 && events.contains("\"event\":\"run_ended\""), "{events}");
}

#[test]
fn a_preview_says_that_it_was_one() {
    let cluster = service("WHEN_OFFLINE");
    let preview = "\nThis was a preview: nothing was changed.\n";
    let text = cluster.ok("upgrade r --to 2.0 --allow offline --preview");
    assert!(text.contains("Stop of 1.0 (r)") && text.ends_with(preview), "{text}");
    assert!(!cluster.fails(11, "upgrade r --to 2.0 --preview").contains(preview), "nothing would be done");
    let made = valid(&cluster, "plan", "upgrade r --to 2.0 --allow offline --preview");
    assert_eq!(made["waves"][0]["bundles"][0]["upgrades"][0]["resource"], "r", "{made:#}");
    assert!(log(&cluster).is_empty());
    assert_eq!(valid(&cluster, "runs", "runs")["runs"], json!([]));
}

#[test]
fn a_failing_start_is_unwound() {
    let cluster = service("WHEN_OFFLINE");
    cluster.write("fail-Start-2.0", "");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let text = cluster.fails(13, "apply plan.json");
    let expected =
        ["Validate 2.0", "Monitor_stop 1.0", "Stop 1.0", "Start 2.0", "Stop 2.0", "Start 1.0", "Monitor_start 1.0"];
    assert_eq!(log(&cluster), expected, "{text}");
    assert_eq!(valid(&cluster, "show-resource", "show resource r")["type_version"], "1.0");
    cluster.ok("history verify");
    cluster.ok("plan r --to 2.0 --allow offline");
}

#[test]
fn two_administrators() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Stop-1.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let mut first = cluster.command().args(["apply", "plan.json"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_for(&cluster, "Stop 1.0");
    // The other is told who, where and since when, whatever he tries.
    let other = cluster.fails(5, "upgrade r --to 2.0 --allow offline");
    assert!(other.contains("run r1 is at work on it") && other.contains("node n1, since 20"), "{other}");
    for command in ["resource disable r", "resource set r -p Init_timeout=7", "resource delete r", "group offline g"] {
        let refused = cluster.run(command);
        assert!(matches!(refused.code, 4 | 5), "{command}: {refused:?}");
    }
    assert!(cluster.fails(5, "resume r1").contains("run r1 is at work"));
    assert!(cluster.fails(5, "unregister svc:2.0").contains("run r1"));
    cluster.ok("node add n9");
    release(&cluster, "Stop-1.0");
    assert!(first.wait().expect("it ends").success());
    assert_eq!(valid(&cluster, "show-resource", "show resource r")["type_version"], "2.0");
    cluster.ok("history verify");
}

#[test]
fn what_is_asked_to_go_back_goes_back() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Start-2.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let mut run = cluster.command().args(["apply", "plan.json"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_for(&cluster, "Start 2.0");
    let abort = cluster.command().args(["abort", "r1"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_until(|| cluster.ok("history run:r1").contains("abort_wanted"));
    release(&cluster, "Start-2.0");
    assert_eq!(run.wait().expect("it ends").code(), Some(13));
    assert_eq!(abort.wait_with_output().expect("it ends").status.code(), Some(0));
    assert_eq!(log(&cluster)[3..], ["Start 2.0", "Stop 2.0", "Start 1.0", "Monitor_start 1.0"]);
    assert_eq!(valid(&cluster, "run", "runs show r1")["state"], "aborted");
    cluster.ok("history verify");
}

#[test]
fn the_run_goes_on_without_whoever_started_it_and_is_resumed_without_its_coordinator() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Stop-1.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let mut first = cluster.command().args(["apply", "plan.json"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_for(&cluster, "Stop 1.0");
    first.kill().expect("it is ended");
    first.wait().expect("it ends");
    let owner = cluster.path().join("store.db.run/locks/r1.owner");
    let pid: i32 =
        fs::read_to_string(&owner).expect("the owner").lines().next().unwrap_or_default().parse().expect("a number");
    assert!(cluster.fails(5, "resume").contains("run r1 is at work"), "its coordinator lives");
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).expect("it lives");
    wait_until(|| rtreg_runtime::live::is_free(&owner));
    // The method is still at work under its supervisor: whoever goes on waits for it, and does not begin it again.
    let resume =
        cluster.command().arg("resume").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    wait_until(|| cluster.ok("history run:r1").contains("resume"));
    release(&cluster, "Stop-1.0");
    let resumed = resume.wait_with_output().expect("it ends");
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    let expected = ["Validate 2.0", "Monitor_stop 1.0", "Stop 1.0", "Start 2.0", "Monitor_start 2.0"];
    assert_eq!(log(&cluster), expected);
    cluster.ok("history verify");
}

#[test]
fn what_is_left_of_a_method_without_its_supervisor_is_ended_before_anything_goes_on() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Start-2.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let run = cluster
        .command()
        .args(["apply", "plan.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    wait_for(&cluster, "Start 2.0");
    let lock = fs::read_dir(cluster.path().join("store.db.run/locks")).expect("locks").filter_map(|entry| {
        let text = fs::read_to_string(entry.ok()?.path()).ok()?;
        let holder: serde_json::Value = serde_json::from_str(&text).ok()?;
        let pid = i32::try_from(holder.get("pid")?.as_i64()?).ok()?;
        fs::read_to_string(format!("/proc/{pid}/cmdline")).ok().filter(|line| line.contains("supervise"))?;
        Some(pid)
    });
    let pids: Vec<i32> = lock.collect();
    assert_eq!(pids.len(), 1);
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pids[0]), nix::sys::signal::Signal::SIGKILL).expect("it lives");
    let ended = run.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(14), "{}", String::from_utf8_lossy(&ended.stderr));
    // Nothing of it is left: the hold is still there, and nobody waits for it.
    let left = Command::new("pgrep").args(["-f", &cluster.path().join("2.0/start").display().to_string()]).output();
    assert!(left.is_ok_and(|left| left.stdout.is_empty()));
    assert!(cluster.fails(5, "upgrade r --to 2.0 --allow offline").contains("needs a person"));
    release(&cluster, "Start-2.0");
    cluster.ok("resume");
    let expected = ["Start 2.0", "Stop 2.0", "Start 2.0", "Monitor_start 2.0"];
    assert_eq!(
        log(&cluster)[3..],
        expected,
        "a Start of unknown outcome is undone by its own Stop, then started again"
    );
    cluster.ok("history verify");
}

#[test]
fn a_run_is_taken_from_an_owner_who_lives() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Stop-1.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let run = cluster
        .command()
        .args(["apply", "plan.json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    wait_for(&cluster, "Stop 1.0");
    let taken =
        cluster.command().args(["resume", "--take-over", "r1"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_until(|| cluster.ok("history run:r1").contains("take_over"));
    release(&cluster, "Stop-1.0");
    assert!(taken.wait_with_output().expect("it ends").status.success());
    run.wait_with_output().expect("it ends");
    let expected = ["Validate 2.0", "Monitor_stop 1.0", "Stop 1.0", "Start 2.0", "Monitor_start 2.0"];
    assert_eq!(log(&cluster), expected);
    cluster.ok("history verify");
}

/// `r`, brought to 2.0 by run r1.
fn upgraded() -> Cluster {
    let cluster = service("WHEN_OFFLINE");
    cluster.ok("upgrade r --to 2.0 --allow offline");
    fs::remove_file(cluster.path().join("log")).expect("a log");
    cluster
}

#[test]
fn the_way_back_is_a_run_under_the_gate() {
    for what in ["r", "r1"] {
        let cluster = upgraded();
        let refused = cluster.fails(11, &format!("rollback {what}"));
        assert!(refused.contains(&format!("rtreg rollback {what} --allow unmanaged\n")), "{refused}");
        let preview = cluster.ok(&format!("rollback {what} --allow unmanaged --preview"));
        assert!(preview.contains("Type_version of r 2.0 -> 1.0"), "{preview}");
        assert!(log(&cluster).is_empty(), "{what}");
        let text = cluster.ok(&format!("rollback {what} --allow unmanaged"));
        let ran: Vec<String> = log(&cluster).into_iter().filter(|line| !line.starts_with("Validate")).collect();
        let expected = ["Monitor_stop 2.0", "Stop 2.0", "Fini 2.0", "Init 1.0", "Start 1.0", "Monitor_start 1.0"];
        assert_eq!(ran, expected, "{text}");
        let shown = valid(&cluster, "show-resource", "show resource r");
        assert_eq!((&shown["type_version"], &shown["nodes"][0]["state"]), (&json!("1.0"), &json!("online")));
        assert!(cluster.ok("runs").contains(&format!("rollback {what}")));
        assert!(cluster.fails(4, "rollback r").contains("has gone back from version 2.0 to 1.0 already"));
        cluster.fails(4, "rollback r1");
        cluster.ok("history verify");
    }
}

#[test]
fn what_a_run_has_undone_itself_is_not_taken_back() {
    let cluster = service("WHEN_OFFLINE");
    cluster.write("fail-Start-2.0", "");
    cluster.fails(13, "upgrade r --to 2.0 --allow offline");
    assert!(cluster.fails(4, "rollback r").contains("already"), "nothing is left to take back");
    assert!(cluster.fails(4, "rollback r1").contains("has finished no change of a version"));
}

#[test]
fn an_open_run_is_in_the_way_of_going_back() {
    let cluster = upgraded();
    cluster.write("fail-Stop-2.0", "");
    cluster.fails(14, "rollback r --allow unmanaged");
    for what in ["r", "r2"] {
        let answer = cluster.fails(5, &format!("rollback {what} --allow unmanaged"));
        assert!(answer.contains("r2") && answer.contains("rtreg resume"), "{answer}");
    }
}

#[test]
fn nothing_passes_a_point_of_no_return_unaccepted() {
    let cluster = service("WHEN_OFFLINE");
    let said = "[[irreversible]]\ntype = \"XMPL.svc\"\nto = \"2.0\"\nbecause = \"Start converts the files\"\n";
    cluster.write("rtreg.toml", said);
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let upgrade = "upgrade r --to 2.0 --allow offline";
    for command in ["apply plan.json", upgrade, &format!("{upgrade} --preview")] {
        let answer = cluster.fails(12, command);
        assert!(answer.contains("Start converts the files") && answer.contains("--accept-irreversible"), "{answer}");
    }
    assert!(log(&cluster).is_empty());
    // Behind it nothing is undone: the run stops as it is.
    cluster.write("fail-Start-2.0", "");
    cluster.fails(14, &format!("{upgrade} --accept-irreversible"));
    let ran = log(&cluster);
    assert_eq!(ran.last().map(String::as_str), Some("Start 2.0"), "{ran:?}");
    assert_eq!(valid(&cluster, "show-resource", "show resource r")["type_version"], "2.0");
}

#[test]
fn what_a_person_assumes_waits_for_what_is_at_work() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Stop-1.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let run = cluster.command().args(["apply", "plan.json"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_for(&cluster, "Stop 1.0");
    // The owner lives: nobody's word is taken, and nothing is written.
    assert!(cluster.fails(5, "resume r1 --assume done").contains("run r1 is at work"));
    assert_eq!(valid(&cluster, "run", "runs show r1")["operations"][2]["status"], "begun");
    release(&cluster, "Stop-1.0");
    assert!(run.wait_with_output().expect("it ends").status.success());
    let expected = ["Validate 2.0", "Monitor_stop 1.0", "Stop 1.0", "Start 2.0", "Monitor_start 2.0"];
    assert_eq!(log(&cluster), expected);
}

#[test]
fn a_method_that_can_never_succeed_is_a_persons_word() {
    let cluster = service("WHEN_OFFLINE");
    cluster.write("fail-Stop-1.0", "");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    cluster.fails(14, "apply plan.json");
    cluster.fails(14, "resume");
    cluster.ok("resume --assume done");
    assert_eq!(valid(&cluster, "show-resource", "show resource r")["type_version"], "2.0");
    assert_eq!(log(&cluster).iter().filter(|line| *line == "Stop 1.0").count(), 2);
    assert!(cluster.fails(4, "resume r1 --assume done").contains("has ended already"));
    cluster.ok("history verify");
}

#[test]
fn a_failing_init_is_undone() {
    let cluster = service("WHEN_UNMANAGED");
    cluster.write("fail-Init-2.0", "");
    cluster.ok("plan r --to 2.0 --allow unmanaged --out plan.json");
    cluster.fails(13, "apply plan.json");
    assert_eq!(log(&cluster).iter().filter(|line| *line == "Init 2.0").count(), 1, "{:?}", log(&cluster));
    assert_eq!(valid(&cluster, "show-resource", "show resource r")["type_version"], "1.0");
    cluster.ok("history verify");
}

#[test]
fn a_changed_file_is_accepted_by_whoever_resumes() {
    let cluster = service("WHEN_OFFLINE");
    let stop = cluster.path().join("1.0/stop");
    let text = fs::read_to_string(&stop).expect("a script");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    fs::write(&stop, format!("{text}# changed\n")).expect("a script");
    assert!(cluster.fails(14, "apply plan.json").contains("--accept-changed-methods"));
    cluster.fails(14, "resume");
    cluster.ok("resume --accept-changed-methods");
    assert_eq!(valid(&cluster, "show-resource", "show resource r")["type_version"], "2.0");
}

#[test]
fn what_wanted_to_go_back_goes_back_also_when_resumed() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Stop-1.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let run = cluster.command().args(["apply", "plan.json"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_for(&cluster, "Stop 1.0");
    let abort = cluster.command().args(["abort", "r1"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_until(|| cluster.ok("history run:r1").contains("abort_wanted"));
    let owner = cluster.path().join("store.db.run/locks/r1.owner");
    let pid = rtreg_runtime::live::owner(&owner).expect("it lives");
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).expect("it lives");
    run.wait_with_output().expect("it ends");
    abort.wait_with_output().expect("it ends");
    release(&cluster, "Stop-1.0");
    wait_until(|| rtreg_runtime::live::is_free(&owner));
    cluster.fails(13, "resume r1");
    assert_eq!(log(&cluster)[2..], ["Stop 1.0", "Start 1.0", "Monitor_start 1.0"]);
    assert_eq!(valid(&cluster, "run", "runs show r1")["state"], "aborted");
}

#[test]
fn one_store_has_one_folder_of_locks_whatever_it_is_called() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Stop-1.0");
    let other = cluster.path().join("other");
    std::os::unix::fs::symlink(cluster.path(), &other).expect("a link");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let run = cluster.command().args(["apply", "plan.json"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_for(&cluster, "Stop 1.0");
    let store = format!("sqlite:{}", other.join("store.db").display());
    let resume = cluster.command().env("RTREG_STORE", store).arg("resume").output().expect("it runs");
    assert_eq!(resume.status.code(), Some(5));
    release(&cluster, "Stop-1.0");
    assert!(run.wait_with_output().expect("it ends").status.success());
}

#[test]
fn what_a_method_prints_never_loses_its_outcome() {
    let cluster = service("WHEN_OFFLINE");
    let start = cluster.path().join("2.0/start");
    let text = fs::read_to_string(&start).expect("a script");
    fs::write(&start, format!("{text}head -c 200000 /dev/zero\n")).expect("a script");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    cluster.ok("apply plan.json --accept-changed-methods");
    assert_eq!(valid(&cluster, "show-resource", "show resource r")["type_version"], "2.0");
}

#[test]
fn a_type_that_a_run_may_go_back_to_stays_where_it_is() {
    let cluster = service("WHEN_OFFLINE");
    hold(&cluster, "Start-2.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let run = cluster.command().args(["apply", "plan.json"]).stdout(Stdio::piped()).spawn().expect("it runs");
    wait_for(&cluster, "Start 2.0");
    cluster.ok("node add n9");
    assert!(cluster.fails(5, "type set svc:1.0 --node n9").contains("run r1"));
    release(&cluster, "Start-2.0");
    assert!(run.wait_with_output().expect("it ends").status.success());
}

#[test]
fn a_run_about_something_else_in_the_group_makes_no_plan_stale() {
    let cluster = service("WHEN_OFFLINE");
    cluster.ok("resource create y --group g --type svc:1.0");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    cluster.ok("resource unmonitor y");
    cluster.ok("resource set y -p R_description=new");
    cluster.ok("apply plan.json");
    cluster.ok("plan r --to 1.0 --allow unmanaged --also all --out back.json");
    cluster.ok("group set g -p Maximum_primaries=1");
    cluster.ok("resource unmonitor r");
    assert!(cluster.fails(5, "apply back.json").contains("the plan is stale: resource `r` has changed"));
}

#[test]
fn methods_have_nothing_of_whoever_called() {
    let cluster = service("WHEN_OFFLINE");
    let start = cluster.path().join("2.0/start");
    let text = fs::read_to_string(&start).expect("a script");
    let seen = cluster.path().join("seen");
    fs::write(&start, format!("{text}ls /proc/self/fd > {0}; umask >> {0}\n", seen.display())).expect("a script");
    cluster.ok("plan r --to 2.0 --allow offline --out plan.json");
    let rtreg = env!("CARGO_BIN_EXE_rtreg");
    let line = format!("umask 077; exec 7< /dev/null; exec {rtreg} apply plan.json --accept-changed-methods");
    let mut command = Command::new("sh");
    command.args(["-c", &line]).current_dir(cluster.path()).env_clear();
    command.envs(cluster.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    assert!(command.output().expect("it runs").status.success());
    let seen = fs::read_to_string(seen).expect("what it saw");
    // The standard ones, and that of the folder that ls looks into.
    assert_eq!(seen.split_whitespace().collect::<Vec<_>>(), ["0", "1", "2", "3", "0022"]);
}
