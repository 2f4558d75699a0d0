//! `rtreg rules` and `rtreg explain`: every rule is listed and explained, and a word that is none is answered with the nearest.

mod common;

use common::{Cluster, valid};

#[test]
fn every_rule_is_listed_and_explained() {
    let cluster = Cluster::new();
    let report = valid(&cluster, "rules", "rules");
    valid(&cluster, "explain", "explain swapped_tokens");
    let rules = report["rules"].as_array().expect("rules");
    assert!(rules.len() > 80, "{} rules", rules.len());
    for rule in rules {
        let id = rule["id"].as_str().expect("an id");
        assert_eq!(rule["page"], format!("docs/rules/{id}.md"));
        let explained = cluster.json(&format!("explain {id}"));
        assert_eq!(explained["summary"], rule["summary"]);
        assert!(explained["text"].as_str().is_some_and(|text| text.contains("# Instead")), "{id}");
    }
    let count = |set: &str| cluster.json(&format!("rules --set {set}"))["rules"].as_array().map_or(0, Vec::len);
    assert!(0 < count("errors") && count("errors") < count("recommended") && count("recommended") < count("all"));
    assert_eq!(count("all"), rules.len());
}

#[test]
fn text_is_the_rule_s_own() {
    let cluster = Cluster::new();
    let text = cluster.ok("explain swapped_tokens");
    assert!(text.starts_with("swapped_tokens (error, set errors)\n\nTwo neighbouring tokens"), "{text}");
    let line = cluster.ok("rules --set errors");
    assert!(line.lines().any(|line| line.starts_with("swapped_tokens ") && line.contains("  errors  ")), "{line}");
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() {
    let printed = Cluster::new().fails(2, "explain swaped_tokens");
    assert!(printed.contains("did you mean `swapped_tokens`?"), "{printed}");
}
