//! The table of the Resource Group Manager against the golden one, and what is derived from it against hand-written values.

use std::collections::BTreeSet;

use rtreg_control::rgm::{
    Action, Attributes, Change, Event, InRun, Nodes, ROWS, Repeat, Whose, calls, failed, row_of, rows, succeeded, tsv,
};
use rtreg_model::{Method, ResourceState};

const GOLDEN: &str = include_str!("../../tests/conformance/rgm/callbacks.tsv");

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_table_is_the_golden_one_line_for_line() {
    assert!(GOLDEN.lines().count() > 30);
    assert_eq!(sorted(&tsv()), sorted(GOLDEN));
}

#[test]
fn every_event_has_rows_in_ascending_order() {
    for event in Event::ALL {
        let orders: Vec<u8> = rows(*event).map(|row| row.order).collect();
        assert!(!orders.is_empty(), "{event}");
        assert!(orders.is_sorted_by(|left, right| left < right), "{event}: {orders:?}");
    }
}

#[test]
fn every_method_has_its_row_and_only_the_three_starting_ones_may_not_be_repeated() {
    for method in Method::ALL {
        let row = row_of(method).unwrap_or_else(|| panic!("no row for {}", method.as_str()));
        let first = match method {
            Method::Start => Some(Method::Stop),
            Method::PrenetStart => Some(Method::PostnetStop),
            Method::MonitorStart => Some(Method::MonitorStop),
            _ => None,
        };
        assert_eq!(row.repeat.first(), first, "{}", method.as_str());
        assert_eq!(row.repeat == Repeat::Yes, first.is_none(), "{}", method.as_str());
    }
}

/// Wherever a method stands alone in a row, it may be repeated under the same condition: `row_of` may take any.
#[test]
fn rows_of_one_method_agree_on_repetition() {
    for row in ROWS {
        if let [method] = row.action.methods()
            && row.repeat != Repeat::None
        {
            assert_eq!(row_of(*method).map(|own| own.repeat), Some(row.repeat), "{} in {}", method.as_str(), row.event);
        }
    }
}

fn methods_of(event: Event, of: &Attributes<'_>) -> Vec<&'static str> {
    calls(event, of).iter().filter_map(rtreg_control::rgm::Call::method).map(Method::as_str).collect()
}

#[test]
fn bringing_online_and_taking_offline() {
    let all: BTreeSet<Method> = Method::ALL.into();
    let mut of = Attributes::new(&all);
    assert_eq!(methods_of(Event::BringOnline, &of), ["Prenet_start", "Start", "Monitor_start"]);
    assert_eq!(methods_of(Event::TakeOffline, &of), ["Stop", "Postnet_stop"]);
    of.monitored = false;
    of.monitor_runs = true;
    assert_eq!(methods_of(Event::ResourceEnable, &of), ["Prenet_start", "Start"]);
    assert_eq!(methods_of(Event::ResourceDisable, &of), ["Monitor_stop", "Stop", "Postnet_stop"]);
    let actions: Vec<Action> = calls(Event::BringOnline, &of).iter().map(|call| call.action).collect();
    assert_eq!(actions, [Action::Method(Method::PrenetStart), Action::NetworkUp, Action::Method(Method::Start)]);
}

#[test]
fn what_a_type_does_not_declare_is_not_called() {
    let two: BTreeSet<Method> = [Method::Start, Method::Stop].into();
    let of = Attributes::new(&two);
    assert_eq!(methods_of(Event::BringOnline, &of), ["Start"]);
    assert_eq!(methods_of(Event::GroupManage, &of), [""; 0]);
    assert_eq!(methods_of(Event::UpgradeTakingDown, &of), ["Stop"]);
}

/// In an upgrade the version left takes down, the version reached brings up, and an unwinding turns it round.
#[test]
fn an_upgrade_never_mixes_versions() {
    let all: BTreeSet<Method> = Method::ALL.into();
    let mut of = Attributes::new(&all);
    of.monitor_runs = true;
    let down = calls(Event::UpgradeTakingDown, &of);
    assert_eq!(methods_of(Event::UpgradeTakingDown, &of), ["Monitor_stop", "Stop", "Postnet_stop", "Fini"]);
    assert!(down.iter().all(|call| call.whose == Whose::OldOnly && call.in_run == InRun::Halt));
    let up = calls(Event::UpgradeBringingUp, &of);
    assert_eq!(methods_of(Event::UpgradeBringingUp, &of), ["Init", "Prenet_start", "Start", "Monitor_start"]);
    assert!(up.iter().all(|call| call.whose == Whose::NewOnly && call.in_run == InRun::Unwind));
    let whose: Vec<Whose> = calls(Event::UnwindAfterSet, &of)
        .iter()
        .filter(|call| call.method().is_some_and(|method| method != Method::Update))
        .map(|call| call.whose)
        .collect();
    assert_eq!(whose, [[Whose::New; 4], [Whose::Old; 4]].concat());
    assert_eq!(up.first().map(|call| call.nodes), Some(Nodes::UpInitNodesEachResource));
}

#[test]
fn states_follow_the_last_declared_method() {
    let with_postnet: BTreeSet<Method> = [Method::Stop, Method::PostnetStop].into();
    let without: BTreeSet<Method> = [Method::Stop].into();
    assert_eq!(succeeded(Method::Stop, &with_postnet), None);
    assert_eq!(succeeded(Method::Stop, &without), Some(Change::Resource(ResourceState::Offline)));
    assert_eq!(succeeded(Method::PrenetStart, &without), Some(Change::Resource(ResourceState::Online)));
    assert_eq!(failed(Method::PostnetStop), Some(Change::Resource(ResourceState::StopFailed)));
    assert_eq!(failed(Method::Init), None);
}
