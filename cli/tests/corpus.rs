//! Real files written by others: no false error, the names they had, and the upgrade that was really shipped.

mod common;

use std::collections::BTreeMap;

use common::{Cluster, corpus};

#[test]
fn no_error_on_real_files_and_the_warnings_by_rule() {
    let Some(corpus) = corpus() else { return };
    let cluster = Cluster::new();
    let report = cluster.json(&format!("lint {}", corpus.display()));
    assert_eq!(cluster.run(&format!("lint {}", corpus.display())).code, 0);
    assert_eq!(report["summary"]["files"], 4);
    assert_eq!(report["summary"]["errors"], 0);
    let mut by_rule: BTreeMap<String, usize> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("findings") {
        let name = format!("{} {}", finding["level"].as_str().expect("level"), finding["rule"].as_str().expect("rule"));
        *by_rule.entry(name).or_default() += 1;
    }
    // Retry_interval is 750 s in all four, which the text of the property asks to be a multiple of 60. hasam has
    // RT_version, but no `#$upgrade`: its name has no version, as the vendor shipped it.
    let expected = [("warning retry_interval_not_in_minutes", 4), ("warning rt_version_without_upgrade", 1)];
    assert_eq!(by_rule, expected.map(|(rule, count)| (rule.to_owned(), count)).into());
}

#[test]
fn qfs_upgrades_online_as_it_was_shipped() {
    let Some(corpus) = corpus() else { return };
    let cluster = Cluster::new();
    let file = |name: &str| corpus.join(name).display().to_string();
    cluster.ok(&format!("register {} {}", file("SUNW.qfs-4.6.rtr"), file("SUNW.qfs-5.rtr")));
    cluster.ok(&format!("register {}", file("SUNW.hasam-4.6.rtr")));
    let names = cluster.ok("list");
    for name in ["SUNW.qfs:4.6", "SUNW.qfs:5", "SUNW.hasam"] {
        assert!(names.split_whitespace().any(|word| word == name), "{name} is not in\n{names}");
    }
    assert!(!names.contains("SUNW.hasam:"), "{names}");

    cluster.ok("node add n1");
    cluster.ok("node add n2");
    cluster.ok("group create qfs-rg --node n1,n2");
    cluster.ok("resource create qfs-rs --group qfs-rg --type SUNW.qfs:4.6 -p QFSFileSystem=/qfs1");
    cluster.ok("group manage qfs-rg");
    cluster.ok("group online qfs-rg");
    let timeout = |cluster: &Cluster| {
        let shown = cluster.json("show resource qfs-rs");
        let properties = shown["properties"].as_array().expect("properties").clone();
        let found = properties.iter().find(|row| row["name"] == "Prenet_start_timeout").expect("the property").clone();
        found["value"].clone()
    };
    assert_eq!(timeout(&cluster), 300);
    let decision = cluster.json("upgrade qfs-rs --to 5 --preview");
    assert_eq!((&decision["decision"], &decision["tunability"]), (&"allowed".into(), &"ANYTIME".into()));
    assert_eq!(timeout(&cluster), 300, "a preview changes nothing");
    cluster.ok("upgrade qfs-rs --to 5");
    assert_eq!(timeout(&cluster), 360);
    cluster.ok("history verify");
}
