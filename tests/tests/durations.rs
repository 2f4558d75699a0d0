//! What a plan is expected to take, in JSON, DOT and SVG: figures reckoned by hand. The text is in the scenarios' snapshots.

#[allow(dead_code, reason = "setting up a scenario is enough")]
#[path = "plan_parts/scenario.rs"]
mod scenario;

use std::path::Path;

use rtreg_registry::inspect;
use rtreg_upgrade::plan::{Plan, plan};
use rtreg_upgrade::render;
use serde_json::{Value, json};

fn made(name: &str) -> (Plan, Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("plan").join(name).join("scenario.txt");
    let scenario = scenario::read(&path).expect("a scenario");
    let made = inspect(&scenario.store, |view| plan(view, &scenario.request)).expect("a plan");
    let json = serde_json::to_value(&made).expect("JSON");
    (made, json)
}

fn blackouts(json: &Value) -> Vec<(&Value, &Value, &Value)> {
    let all = json["waves"][0]["bundles"][0]["blackouts"].as_array().expect("blackouts");
    all.iter().map(|of| (&of["resource"], &of["expected_seconds"], &of["expected"])).collect()
}

#[test]
fn steps_beside_each_other_take_as_long_as_the_longest_way() {
    let (_, json) = made("durations_beside_each_other");
    let all = json!({"seconds": 25, "at_least_seconds": 25, "unknown_steps": 0});
    assert_eq!((&json["expected"], &json["waves"][0]["expected"]), (&all, &all));
    assert_eq!(json["waves"][0]["bundles"][0]["expected"], all);
    let (r, w) = (json!({"seconds": 21, "at_least_seconds": 21, "unknown_steps": 0}), json!(21));
    let (w_all, w_seconds) = (json!({"seconds": 16, "at_least_seconds": 16, "unknown_steps": 0}), json!(16));
    assert_eq!(blackouts(&json), [(&json!("r"), &w, &r), (&json!("w"), &w_seconds, &w_all)]);
    let steps = json["waves"][0]["bundles"][0]["steps"].as_array().expect("steps");
    let seconds: u64 = steps.iter().filter_map(|step| step["expected_seconds"].as_u64()).sum();
    assert_eq!(seconds, 39, "one behind the other");
}

#[test]
fn what_is_not_known_makes_it_at_least() {
    let (_, json) = made("durations_unknown_beside");
    assert_eq!(json["expected"], json!({"seconds": null, "at_least_seconds": 24, "unknown_steps": 1}));
    let (r, w) = (
        json!({"seconds": null, "at_least_seconds": 15, "unknown_steps": 1}),
        json!({"seconds": null, "at_least_seconds": 16, "unknown_steps": 0}),
    );
    assert_eq!(blackouts(&json), [(&json!("r"), &Value::Null, &r), (&json!("w"), &Value::Null, &w)]);
}

#[test]
fn waves_follow_each_other() {
    let (_, json) = made("durations_of_a_fleet");
    let seconds = |of: &Value| of["expected"]["seconds"].as_u64();
    assert_eq!(seconds(&json), Some(28));
    assert_eq!([0, 1].map(|wave| seconds(&json["waves"][wave])), [Some(14), Some(14)]);
}

#[test]
fn pictures_say_it_where_it_is_known() {
    let (plan, _) = made("durations_partly_known");
    let dot = render::dot(&plan);
    assert!(dot.contains(r#"label="b1\nat least 5 s, not known for 3 steps""#), "{dot}");
    assert!(dot.contains(r#"[label="b1.4\nStop of 1.0 (r)\nn1\n3 s""#), "{dot}");
    assert!(dot.contains(r#"[label="b1.8\nStart of 3.0 (r)\nn1","#), "{dot}");
    let svg = render::svg(&plan);
    assert!(svg.contains("b1, at least 5 s, not known for 3 steps</text>"), "{svg}");
    assert!(svg.contains("b1.4 n1, 3 s</text>") && svg.contains("b1.8 n1</text>"), "{svg}");
}
