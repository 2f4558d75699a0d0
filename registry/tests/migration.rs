//! What an upgrade does to property values, and the rules of the registry that refuse one.

#[path = "gate_common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use common::{online, property, registered, spanned, state, web};
use rtreg_model::property::Entry;
use rtreg_model::{
    Declared, PropertyDecl, PropertyKind, PropertyTunable, PropertyValue, ResourceType, Span, Tunability,
};
use rtreg_registry::gate::{
    Assignment, Decision, Needs, NodeView, Possible, ReasonKind, Request, Settings, State, Verdict, decide,
};
use rtreg_registry::migration::{
    ChangeKind, Mark, Migrated, Migration, Others, Scope, StoredValue, migrate, pinned_defaults,
};

use ChangeKind::{DefaultInherited, Dropped, Kept, NeedsValue, Pinned, Set};

fn int(value: i64) -> PropertyValue {
    PropertyValue::Int(value)
}

fn with(decls: Vec<PropertyDecl>, text: &str) -> ResourceType {
    let mut web = web(text, &[("1.0", Tunability::Anytime)]);
    web.properties = decls;
    web
}

fn number(default: Option<i64>) -> PropertyDecl {
    property("Limit", PropertyKind::Int, default.map(int))
}

fn per_node(default: i64) -> PropertyDecl {
    PropertyDeclExt::per_node(number(Some(default)))
}

trait PropertyDeclExt {
    fn per_node(self) -> Self;
    fn tunable(self, tunable: PropertyTunable) -> Self;
    fn at_most(self, max: i64) -> Self;
}

impl PropertyDeclExt for PropertyDecl {
    fn per_node(mut self) -> Self {
        self.per_node = true;
        self
    }
    fn tunable(mut self, tunable: PropertyTunable) -> Self {
        self.tunable = tunable;
        self
    }
    fn at_most(mut self, max: i64) -> Self {
        self.max = Some(spanned(max));
        self
    }
}

fn assign(text: &str) -> Assignment {
    let (name, value) = text.split_once('=').unwrap();
    let (name, node) = match name.strip_suffix('}').and_then(|name| name.split_once('{')) {
        Some((name, node)) => (name, Some(node.to_owned())),
        None => (name, None),
    };
    Assignment { name: name.to_owned(), node, value: value.to_owned() }
}

/// One property before and after, its stored value, the command.
struct Case<'a> {
    before: Vec<PropertyDecl>,
    after: Vec<PropertyDecl>,
    stored: Option<StoredValue>,
    command: &'a [&'a str],
    old: bool,
}

impl Case<'_> {
    fn migrate(&self) -> Migrated {
        let (present, target) = (with(self.before.clone(), "1.0"), with(self.after.clone(), "2.0"));
        let values: BTreeMap<String, StoredValue> =
            self.stored.iter().map(|value| ("limit".to_owned(), value.clone())).collect();
        let assignments: Vec<Assignment> = self.command.iter().map(|text| assign(text)).collect();
        migrate(&Migration {
            present: &present,
            target: &target,
            values: &values,
            assignments: &assignments,
            node_list: &["n1".to_owned(), "n2".to_owned()],
            created_under_3_0: self.old,
        })
    }
}

/// Changes as `(kind, node, old, new)`.
type Change<'a> = (ChangeKind, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn changes(migrated: &Migrated) -> Vec<Change<'_>> {
    let change = migrated.changes.iter();
    change.map(|c| (c.kind, c.node.as_deref(), c.old.as_deref(), c.new.as_deref())).collect()
}

fn case(before: Option<PropertyDecl>, after: Option<PropertyDecl>, stored: Option<StoredValue>) -> Case<'static> {
    Case { before: before.into_iter().collect(), after: after.into_iter().collect(), stored, command: &[], old: false }
}

fn nodes(values: &[(&str, i64)]) -> StoredValue {
    StoredValue::per_node(values.iter().map(|(node, value)| ((*node).to_owned(), int(*value))).collect())
}

/// Values of some nodes, and what the others have.
fn departing(values: &[(&str, i64)], mark: Mark, others: i64) -> StoredValue {
    let values = values.iter().map(|(node, value)| ((*node).to_owned(), int(*value))).collect();
    StoredValue::departing(values, Some(Others { mark, value: int(others) }))
}

/// What is found without a command: the changes, the value afterwards, whether a value is needed.
type Row = (Case<'static>, Vec<Change<'static>>, Option<StoredValue>, bool);

fn check(rows: Vec<Row>) {
    for (at, (case, expected, value, is_needed)) in rows.into_iter().enumerate() {
        let found = case.migrate();
        assert_eq!(changes(&found), expected, "row {at}");
        assert_eq!(found.values.get("Limit"), value.as_ref(), "row {at}");
        let properties: Vec<&str> = found.problems.iter().map(|problem| problem.property.as_str()).collect();
        assert_eq!(properties, if is_needed { vec!["Limit"] } else { Vec::new() }, "row {at}");
    }
}

fn text() -> PropertyDecl {
    property("Limit", PropertyKind::String, Some(PropertyValue::String("x".to_owned())))
}

fn seven() -> Option<StoredValue> {
    Some(StoredValue::explicit(int(7)))
}

#[test]
fn properties_that_the_new_version_does_not_declare_are_dropped() {
    let old = || Some(number(Some(1)));
    check(vec![
        (case(old(), None, None), vec![(Dropped, None, Some("1"), None)], None, false),
        (case(old(), None, seven()), vec![(Dropped, None, Some("7"), None)], None, false),
        (case(None, None, seven()), vec![(Dropped, None, Some("7"), None)], None, false),
        (
            case(Some(per_node(1)), None, Some(nodes(&[("n1", 3)]))),
            vec![(Dropped, Some("n1"), Some("3"), None)],
            None,
            false,
        ),
        (case(Some(per_node(1)), None, Some(nodes(&[]))), vec![(Dropped, None, Some("1"), None)], None, false),
    ]);
}

#[test]
fn properties_that_were_not_set_follow_the_default() {
    let (none, one, two) = (|| Some(number(None)), || Some(number(Some(1))), || Some(number(Some(2))));
    check(vec![
        (case(one(), one(), None), vec![], None, false),
        (case(one(), two(), None), vec![(DefaultInherited, None, Some("1"), Some("2"))], None, false),
        (case(None, two(), None), vec![(DefaultInherited, None, None, Some("2"))], None, false),
        (case(none(), two(), None), vec![(DefaultInherited, None, None, Some("2"))], None, false),
        (case(None, none(), None), vec![(NeedsValue, None, None, None)], None, true),
        (case(none(), none(), None), vec![(NeedsValue, None, None, None)], None, true),
        (case(one(), none(), None), vec![(NeedsValue, None, Some("1"), None)], None, true),
        (case(one(), Some(text()), None), vec![(NeedsValue, None, Some("1"), None)], None, true),
        (case(Some(per_node(1)), one(), None), vec![(NeedsValue, None, Some("1"), None)], None, true),
    ]);
}

#[test]
fn values_that_were_set_stay_if_they_fit() {
    let (none, one, two) = (|| Some(number(None)), || Some(number(Some(1))), || Some(number(Some(2))));
    let kept = || vec![(Kept, None, Some("7"), Some("7"))];
    let needed = || vec![(NeedsValue, None, Some("7"), None)];
    check(vec![
        (case(one(), two(), seven()), kept(), seven(), false),
        (case(none(), none(), seven()), kept(), seven(), false),
        (case(one(), Some(per_node(2)), seven()), kept(), seven(), false),
        (case(one(), Some(number(Some(2)).at_most(6)), seven()), needed(), None, true),
        (case(one(), Some(text()), seven()), needed(), None, true),
    ]);
}

#[test]
fn values_per_node_that_were_set_stay_if_they_fit() {
    let (three, both) = (|| Some(nodes(&[("n1", 3)])), || Some(nodes(&[("n1", 3), ("n2", 4)])));
    let per_node = |default| Some(per_node(default));
    let kept = (Kept, Some("n1"), Some("3"), Some("3"));
    let needed = || vec![(NeedsValue, None, None, None)];
    let narrowed = per_node(2).map(|decl| decl.at_most(3));
    check(vec![
        (case(per_node(1), Some(number(Some(1))), three()), needed(), None, true),
        (case(None, Some(number(Some(1))), three()), needed(), None, true),
        (case(per_node(1), per_node(2), both()), vec![kept, (Kept, Some("n2"), Some("4"), Some("4"))], both(), false),
        (case(per_node(1), narrowed, both()), vec![kept, (NeedsValue, Some("n2"), None, None)], three(), true),
    ]);
}

#[test]
fn resources_created_under_3_0_keep_old_defaults() {
    let case = |before, after, stored| Case { old: true, ..case(before, after, stored) };
    let pinned = || Some(StoredValue::pinned(int(1)));
    let found = case(Some(number(Some(1))), Some(number(Some(2))), None).migrate();
    assert_eq!(changes(&found), [(Pinned, None, Some("1"), Some("1"))]);
    assert_eq!(found.values.get("Limit"), pinned().as_ref());
    assert_eq!(found.values["Limit"].mark, Mark::Pinned);
    // A pinned value stays pinned while it fits, and is not taken for the default's.
    let found = case(Some(number(Some(2))), Some(number(Some(3))), pinned()).migrate();
    assert_eq!(
        (changes(&found), found.values.get("Limit")),
        (vec![(Pinned, None, Some("1"), Some("1"))], pinned().as_ref())
    );
    let found = case(Some(number(Some(9))), Some(number(Some(2)).at_most(3)), None).migrate();
    assert_eq!(changes(&found), [(NeedsValue, None, Some("9"), None)]);
    assert_eq!(found.problems.len(), 1);
    for (before, after, expected) in [
        (Some(number(Some(1))), number(Some(1)), vec![]),
        (None, number(Some(2)), vec![(DefaultInherited, None, None, Some("2"))]),
        (Some(number(Some(1))), number(None), vec![(NeedsValue, None, Some("1"), None)]),
    ] {
        let found = case(before, Some(after), None).migrate();
        assert_eq!(changes(&found), expected);
        assert!(found.values.is_empty());
    }
}

#[test]
fn timeouts_follow_the_methods() {
    let mut present = web("1.0", &[]);
    let target = web("2.0", &[]);
    let method = present.methods[&rtreg_model::Method::Stop].clone();
    present.methods.insert(rtreg_model::Method::PrenetStart, method.clone());
    let mut after = target.clone();
    after.methods.insert(rtreg_model::Method::Update, method);
    let values = BTreeMap::new();
    let migrated = migrate(&Migration {
        present: &present,
        target: &after,
        values: &values,
        assignments: &[],
        node_list: &[],
        created_under_3_0: false,
    });
    let found: Vec<(ChangeKind, &str)> =
        migrated.changes.iter().map(|change| (change.kind, change.property.as_str())).collect();
    assert_eq!(found, [(Dropped, "Prenet_start_timeout"), (DefaultInherited, "Update_timeout")]);
}

#[test]
fn the_command_gives_what_is_needed_whatever_the_tunable() {
    for tunable in [PropertyTunable::None, PropertyTunable::AtCreation, PropertyTunable::WhenDisabled] {
        let needed = Case { command: &["LIMIT=5"], ..case(None, Some(number(None).tunable(tunable)), None) };
        let found = needed.migrate();
        assert_eq!(changes(&found), [(Set, None, None, Some("5"))], "{tunable}");
        assert_eq!(found.values.get("Limit"), Some(&StoredValue::explicit(int(5))));
        assert!(found.problems.is_empty() && found.when_disabled.is_empty());
        assert_eq!(found.accepted, [assign("Limit=5")]);
    }
}

#[test]
fn other_values_of_the_command_obey_the_tunable_of_the_new_version() {
    for (tunable, problems, when_disabled, value) in [
        (PropertyTunable::Anytime, 0, 0, Some(5)),
        (PropertyTunable::WhenDisabled, 0, 1, Some(5)),
        (PropertyTunable::AtCreation, 1, 0, Some(7)),
        (PropertyTunable::None, 1, 0, Some(7)),
    ] {
        let case = Case {
            command: &["Limit=5"],
            ..case(
                Some(number(Some(1)).tunable(PropertyTunable::Anytime)),
                Some(number(Some(2)).tunable(tunable)),
                Some(StoredValue::explicit(int(7))),
            )
        };
        let found = case.migrate();
        assert_eq!((found.problems.len(), found.when_disabled.len()), (problems, when_disabled), "{tunable}");
        assert_eq!(found.values.get("Limit"), value.map(|value| StoredValue::explicit(int(value))).as_ref());
        assert_eq!(found.accepted.len(), 1 - problems);
        assert!(found.problems.iter().all(|problem| problem.instead.is_none()));
    }
}

/// A command, the TUNABLE, how many problems there are, how many values need the resource disabled, the value afterwards.
type PerNode = (&'static [&'static str], PropertyTunable, usize, usize, Option<StoredValue>);

#[test]
fn values_per_node() {
    let two = || Some(nodes(&[("n1", 3), ("n2", 4)]));
    let narrowed = |tunable| per_node(2).at_most(3).tunable(tunable);
    // Only n2 needs a value; n1 obeys the TUNABLE, and so does a value for all.
    let rows: [PerNode; 8] = [
        (&["Limit{n2}=1"], PropertyTunable::None, 0, 0, Some(nodes(&[("n1", 3), ("n2", 1)]))),
        (&["Limit{n2}=1", "Limit{n1}=2"], PropertyTunable::None, 1, 0, Some(nodes(&[("n1", 3), ("n2", 1)]))),
        (&["Limit{n2}=1", "Limit{n1}=2"], PropertyTunable::Anytime, 0, 0, Some(nodes(&[("n1", 2), ("n2", 1)]))),
        (&["Limit{n2}=1", "Limit{n1}=2"], PropertyTunable::WhenDisabled, 0, 1, Some(nodes(&[("n1", 2), ("n2", 1)]))),
        (&["Limit=1"], PropertyTunable::None, 1, 0, Some(nodes(&[("n1", 3)]))),
        (&["Limit=1"], PropertyTunable::Anytime, 0, 0, Some(StoredValue::explicit(int(1)))),
        (&["Limit{n2}=2", "Limit=1"], PropertyTunable::Anytime, 0, 0, Some(departing(&[("n2", 2)], Mark::Explicit, 1))),
        (&["Limit{n1}=2"], PropertyTunable::Anytime, 1, 0, Some(nodes(&[("n1", 2)]))),
    ];
    for (command, tunable, problems, when_disabled, value) in rows {
        let found = Case { command, ..case(Some(per_node(1)), Some(narrowed(tunable)), two()) }.migrate();
        assert_eq!(found.problems.len(), problems, "{command:?} {tunable}: {:?}", found.problems);
        assert_eq!(found.when_disabled.len(), when_disabled, "{command:?} {tunable}");
        assert_eq!(found.values.get("Limit"), value.as_ref(), "{command:?} {tunable}");
    }
    let found = Case { command: &["Limit{n2}=1"], ..case(Some(per_node(1)), Some(per_node(2)), two()) }.migrate();
    assert_eq!(changes(&found), [(Kept, Some("n1"), Some("3"), Some("3")), (Set, Some("n2"), Some("4"), Some("1"))]);
    // One node departs from a value for all.
    let all = Some(StoredValue::explicit(int(7)));
    let found = Case { command: &["Limit{n2}=1"], ..case(Some(per_node(1)), Some(per_node(2)), all) }.migrate();
    assert_eq!(found.values.get("Limit"), Some(&departing(&[("n2", 1)], Mark::Explicit, 7)));
    assert_eq!(changes(&found), [(Kept, None, Some("7"), Some("7")), (Set, Some("n2"), Some("7"), Some("1"))]);
    let found = Case { command: &["Limit{n2}=1"], ..case(Some(per_node(1)), Some(per_node(2)), None) }.migrate();
    assert_eq!(found.values.get("Limit"), Some(&nodes(&[("n2", 1)])));
    // A need of the property as a whole is met by a value for all or by one for each node of the list.
    let whole: [(&[&str], usize); 3] = [(&["Limit{n1}=1"], 1), (&["Limit{n1}=1", "Limit{n2}=2"], 0), (&["Limit=1"], 0)];
    for (command, problems) in whole {
        let decl = number(None).per_node();
        assert_eq!(Case { command, ..case(None, Some(decl), None) }.migrate().problems.len(), problems, "{command:?}");
    }
}

/// A pinned default stays pinned, and says so; a node that departs from it leaves the others pinned.
#[test]
fn a_pinned_default_stays_pinned() {
    let pinned = || Some(StoredValue::pinned(int(1)));
    let found = Case { old: true, ..case(Some(number(Some(2))), Some(number(Some(3))), pinned()) }.migrate();
    assert_eq!(changes(&found), [(Pinned, None, Some("1"), Some("1"))]);
    assert!(found.changes[0].why.contains("pinned") && !found.changes[0].why.contains("was set"));
    assert_eq!(found.values.get("Limit"), pinned().as_ref());
    let command = &["Limit{n1}=7"];
    let found = Case { old: true, command, ..case(Some(per_node(2)), Some(per_node(3)), pinned()) }.migrate();
    let mixed = departing(&[("n1", 7)], Mark::Pinned, 1);
    assert_eq!(found.values.get("Limit"), Some(&mixed));
    let found = Case { old: true, ..case(Some(per_node(2)), Some(per_node(3)), Some(mixed.clone())) }.migrate();
    assert_eq!(found.values.get("Limit"), Some(&mixed));
    assert_eq!(changes(&found), [(Pinned, None, Some("1"), Some("1")), (Kept, Some("n1"), Some("7"), Some("7"))]);
}

/// Nodes without a value of their own do what a property without a value does.
#[test]
fn the_other_nodes() {
    let one = || Some(nodes(&[("n1", 7)]));
    let found = case(Some(per_node(1)), Some(per_node(2)), one()).migrate();
    assert_eq!(
        changes(&found),
        [(DefaultInherited, None, Some("1"), Some("2")), (Kept, Some("n1"), Some("7"), Some("7"))]
    );
    let found = Case { old: true, ..case(Some(per_node(1)), Some(per_node(2)), one()) }.migrate();
    assert_eq!(found.values.get("Limit"), Some(&departing(&[("n1", 7)], Mark::Pinned, 1)));
    // Their default is gone, or their value no longer fits.
    let five = || Some(departing(&[("n1", 2)], Mark::Explicit, 5));
    for (after, stored) in [(number(None).per_node(), one()), (per_node(2).at_most(3), five())] {
        for (command, problems) in [(&[][..], 1), (&["Limit{n1}=1"], 1), (&["Limit{n2}=1"], 0), (&["Limit=1"], 0)] {
            let found = Case { command, ..case(Some(per_node(1)), Some(after.clone()), stored.clone()) }.migrate();
            assert_eq!(found.problems.len(), problems, "{command:?}: {:?}", found.problems);
        }
    }
}

#[test]
fn old_defaults_outside_of_the_gate() {
    let pins = |before: PropertyDecl, after: PropertyDecl, stored: Option<StoredValue>| {
        let values = stored.map(|value| ("LIMIT".to_owned(), value)).into_iter().collect();
        pinned_defaults(&with(vec![before], "1.0"), &with(vec![after], "2.0"), &values).remove("Limit")
    };
    let (one, two) = (|| number(Some(1)), || number(Some(2)));
    assert_eq!(pins(one(), two(), None), Some(StoredValue::pinned(int(1))));
    assert_eq!(pins(two(), two().at_most(9), None), None, "the same default");
    assert_eq!(pins(one(), two(), Some(StoredValue::explicit(int(7)))), None, "a value of its own");
    assert_eq!(pins(one(), number(None), None), None, "no default to follow");
    assert_eq!(pins(one(), text(), None), None, "another type");
    let mixed = pins(per_node(1), per_node(2), Some(nodes(&[("n1", 7)])));
    assert_eq!(mixed, Some(departing(&[("n1", 7)], Mark::Pinned, 1)));
}

#[test]
fn wrong_values_are_refused_with_what_to_say_instead() {
    let mut after = vec![number(Some(2)).at_most(10), property("Level", PropertyKind::Int, None)];
    after[0].span = Some(Entry(Span::new(40, 60)));
    let before = vec![number(Some(2)), property("Gone", PropertyKind::Int, Some(int(1))), after[1].clone()];
    let values = Some(StoredValue::explicit(int(7)));
    let rows: [(&[&str], &str, Option<&str>); 10] = [
        (&["Limt=3"], "did you mean `Limit`?", Some("Limit=3")),
        (&["zebra=3"], "`rtreg show type` lists", None),
        (&["Gone=3"], "does not declare `Gone`; leave it out", None),
        (&["TYPE_VERSION=3"], "set by the upgrade itself", None),
        (&["on_off_switch=ENABLED"], "can only be read", None),
        (&["Limit=abc"], "`Limit` does not take this value: expected an integer, found `abc`", Some("Limit=VALUE")),
        (&["Limit=11"], "at most 10, found 11", Some("Limit=VALUE")),
        (&["Limit{n1}=3"], "one value for all nodes", Some("Limit=VALUE")),
        (&["Limit=3", "limit=4"], "given twice", None),
        (&["Port_list=80/tcp"], "does not declare `Port_list`", None),
    ];
    for (command, message, instead) in rows {
        let command = [command, &["Level=1"]].concat();
        let case = Case {
            before: before.clone(),
            after: after.clone(),
            stored: values.clone(),
            command: &command,
            old: false,
        };
        let found = case.migrate();
        assert_eq!(found.problems.len(), 1, "{command:?}: {:?}", found.problems);
        let problem = &found.problems[0];
        assert!(problem.message.contains(message), "{command:?}: {}", problem.message);
        assert_eq!(problem.instead, instead.map(assign), "{command:?}");
        let is_limit = problem.property == "Limit";
        assert_eq!(problem.entry, is_limit.then_some(Span::new(40, 60)), "{command:?}");
    }
    let stray = Case { command: &["Limit{n9}=3"], ..case(Some(per_node(1)), Some(per_node(1)), None) }.migrate();
    assert!(stray.problems[0].message.contains("n9, which is not in the group's node list (n1, n2)"));
    let twice = Case { command: &["Limit{n1}=3", "Limit{n1}=4"], ..case(None, Some(per_node(1)), None) }.migrate();
    assert!(twice.problems[0].message.contains("`Limit{n1}` is given twice"));
    // A wrong value for a property that needs one is one fault, not two.
    let wrong = Case { command: &["Limit=x"], ..case(None, Some(number(None)), None) }.migrate();
    assert_eq!((wrong.problems.len(), changes(&wrong)), (1, vec![(NeedsValue, None, None, None)]));
}

fn ask(present: &ResourceType, target: &ResourceType, state: &State, command: &[&str]) -> Decision {
    let properties: Vec<Assignment> = command.iter().map(|text| assign(text)).collect();
    let (present, target) = (registered(present), registered(target));
    let request = Request {
        resource: "web",
        target: &target,
        present: &present,
        properties: &properties,
        dependency_faults: &[],
        restored: None,
    };
    decide(&request, state, &Settings::default())
}

#[test]
fn a_property_that_needs_the_resource_disabled_needs_it_now() {
    let (present, target) =
        (with(vec![number(Some(1))], "1.0"), with(vec![number(Some(1)).tunable(PropertyTunable::WhenDisabled)], "2.0"));
    let running = state(vec![online("n1", "1.0")]);
    let refused = ask(&present, &target, &running, &["Limit=5"]);
    assert_eq!((refused.verdict, refused.possible), (Verdict::Blocked, Possible::AfterCommands));
    assert_eq!((refused.because[0].kind, &refused.because[0].nodes), (ReasonKind::Property, &vec!["n1".to_owned()]));
    assert_eq!((refused.tunability, refused.needs), (Tunability::Anytime, Some(Needs::Disabled)));
    assert_eq!(refused.because[0].asks, Some(Tunability::WhenDisabled));
    assert_eq!(refused.because[1].asks, Some(Tunability::Anytime));
    assert_eq!(refused.commands, ["rtreg resource disable web"]);
    assert!(!refused.vendor_allows);
    assert_eq!(ask(&present, &target, &running, &[]).verdict, Verdict::Allowed);

    let off = NodeView { enabled: false, ..NodeView::offline("n1") };
    let allowed = ask(&present, &target, &state(vec![off.clone()]), &["Limit=5"]);
    assert_eq!(allowed.because[0].kind, ReasonKind::Listed, "what decides comes first");
    assert_eq!(allowed.because.last().map(|reason| reason.kind), Some(ReasonKind::Property));
    assert_eq!((allowed.verdict, allowed.vendor_allows), (Verdict::Allowed, true));
    assert_eq!(allowed.values.get("Limit"), Some(&StoredValue::explicit(int(5))));
    let mut lost = state(vec![NodeView { state: rtreg_model::ResourceState::Unknown, ..off }]);
    lost.nodes[0].started_by = common::by("1.0");
    let unknown = ask(&present, &target, &lost, &["Limit=5"]);
    assert_eq!((unknown.verdict, unknown.possible), (Verdict::Undecided, Possible::Unknown));
    assert_eq!(unknown.because[0].kind, ReasonKind::UnknownState);
    let mut unmanaged = lost;
    unmanaged.group.managed = false;
    assert_eq!(ask(&present, &target, &unmanaged, &["Limit=5"]).verdict, Verdict::Allowed);
}

#[test]
fn a_missing_value_refuses_and_the_right_command_is_named() {
    let (present, target) = (
        with(vec![], "1.0"),
        with(
            vec![number(None), property("Mode", PropertyKind::String, Some(PropertyValue::String(String::new())))],
            "2.0",
        ),
    );
    let running = state(vec![online("n1", "1.0")]);
    let refused = ask(&present, &target, &running, &["Mode=a b"]);
    assert_eq!((refused.verdict, refused.possible), (Verdict::Blocked, Possible::AfterCommands));
    assert_eq!(refused.because[0].kind, ReasonKind::Property);
    assert_eq!(refused.commands, ["rtreg upgrade web --to 2.0 -p 'Mode=a b' -p Limit=VALUE"]);
    let allowed = ask(&present, &target, &running, &["Mode=a b", "Limit=3"]);
    assert_eq!(allowed.verdict, Verdict::Allowed);
    assert_eq!(allowed.values.len(), 2);
    assert!(matches!(&allowed.values["Mode"].value, Scope::Global(PropertyValue::String(text)) if text == "a b"));
    let mut unversioned = target.clone();
    unversioned.version = Declared::default_value(common::version(""));
    let named = ask(&present, &unversioned, &running, &[]);
    assert_eq!(named.commands.last().map(String::as_str), Some("rtreg upgrade web --to unversioned -p Limit=VALUE"));
    let quoted = ask(&present, &target, &running, &["Mode=it's", "Limt=3"]);
    assert_eq!(quoted.commands, [r"rtreg upgrade web --to 2.0 -p 'Mode=it'\''s' -p Limit=3 -p Limit=VALUE"]);
}

#[test]
fn no_command_is_named_where_nothing_helps() {
    let (present, mut target) = (with(vec![], "1.0"), with(vec![number(None)], "2.0"));
    target.upgrade_from[0].tunability = spanned(Tunability::AtCreation);
    let refused = ask(&present, &target, &state(vec![online("n1", "1.0")]), &[]);
    assert_eq!((refused.possible, refused.commands, refused.affects), (Possible::Never, vec![], vec![]));

    // Of the second node nothing is known, so no command is known to help.
    target.upgrade_from[0].tunability = spanned(Tunability::WhenOffline);
    let mut missing = state(vec![online("n1", "1.0")]);
    missing.group.node_list.push("n2".to_owned());
    let refused = ask(&present, &target, &missing, &["Limit=1"]);
    assert_eq!((refused.verdict, refused.possible), (Verdict::Blocked, Possible::Unknown));
    assert!(refused.commands.is_empty());
    // A rule that a command cures does not make it known.
    assert!(refused.because[0].origin.is_some());
    missing.group.maximum_primaries = 2;
    target.failover = Declared::default_value(true);
    let refused = ask(&present, &target, &missing, &["Limit=1"]);
    assert_eq!((refused.verdict, refused.possible), (Verdict::Blocked, Possible::Unknown));
    assert!(refused.because[0].origin.is_some(), "the state decides before the rule");
}

#[test]
fn rules_of_the_registry_refuse() {
    let present = with(vec![], "1.0");
    let mut target = with(vec![], "2.0");
    target.failover = Declared::at(true, Span::new(5, 9));
    target.single_instance = Declared::at(true, Span::new(15, 19));
    let mut running = state(vec![online("n1", "1.0"), NodeView::offline("n2")]);
    let old = registered(&present);
    let decision = |target: &rtreg_registry::gate::Version<'_>, state: &State| {
        let request =
            Request { resource: "web", target, present: &old, properties: &[], dependency_faults: &[], restored: None };
        decide(&request, state, &Settings::default())
    };
    let mut new = registered(&target);
    running.group.maximum_primaries = 1;
    assert_eq!(decision(&new, &running).verdict, Verdict::Allowed);

    new.installed_nodes = Some(vec!["n1".to_owned(), "n9".to_owned()]);
    let refused = decision(&new, &running);
    assert_eq!((refused.verdict, refused.possible), (Verdict::Blocked, Possible::AfterCommands));
    assert_eq!(
        (refused.because[0].kind, &refused.because[0].nodes),
        (ReasonKind::RegistryRule, &vec!["n2".to_owned()])
    );
    assert_eq!(refused.commands, ["rtreg type set TEST.web:2.0 --node n1,n9,n2"]);
    assert!(!refused.vendor_allows);
    new.installed_nodes = Some(vec!["n1".to_owned(), "n2".to_owned()]);
    assert_eq!(decision(&new, &running).verdict, Verdict::Allowed);

    running.group.maximum_primaries = 2;
    let refused = decision(&new, &running);
    assert_eq!(refused.commands, ["rtreg group set web-rg -p Maximum_primaries=1"]);
    assert_eq!(refused.because[0].place.as_ref().map(|place| place.span), Some(Span::new(5, 9)));
    running.group.maximum_primaries = 1;

    new.other_resources = vec!["shop".to_owned()];
    let refused = decision(&new, &running);
    assert_eq!(
        (refused.commands, refused.affects),
        (
            vec!["rtreg resource disable shop".to_owned(), "rtreg resource delete shop".to_owned()],
            vec!["shop".to_owned()]
        )
    );
    assert_eq!(refused.because[0].place.as_ref().map(|place| place.span), Some(Span::new(15, 19)));
    let mut many = target.clone();
    many.single_instance = Declared::default_value(false);
    many.failover = Declared::default_value(false);
    let mut many = registered(&many);
    many.other_resources = vec!["shop".to_owned()];
    running.group.maximum_primaries = 3;
    assert_eq!(decision(&many, &running).verdict, Verdict::Allowed);

    let mut other = target.clone();
    other.resource_type = spanned("mail".to_owned());
    for version in ["2.0", "1.0"] {
        other.version = Declared::default_value(common::version(version));
        let refused = decision(&registered(&other), &running);
        assert_eq!((refused.verdict, refused.possible), (Verdict::Blocked, Possible::Never), "{version}");
        assert_eq!(refused.because[0].kind, ReasonKind::RegistryRule);
    }
}

#[test]
fn the_same_version_is_nothing_to_do() {
    let mut present = with(vec![number(Some(1))], "1.0");
    present.upgrade = None;
    let mut running = state(vec![online("n1", "1.0")]);
    running.resource.values.insert("Limit".to_owned(), StoredValue::explicit(int(7)));
    let nothing = ask(&present, &present.clone(), &running, &[]);
    assert_eq!((nothing.verdict, nothing.possible), (Verdict::Allowed, Possible::Now));
    assert!(nothing.is_same_version() && nothing.vendor_allows && nothing.commands.is_empty());
    assert_eq!(nothing.values, running.resource.values);
    let wrong = ask(&present, &present.clone(), &running, &["Limit=3"]);
    assert_eq!((wrong.verdict, wrong.possible), (Verdict::Blocked, Possible::Never));
    assert!(wrong.is_same_version() && !wrong.vendor_allows);
    assert_eq!(wrong.commands, ["rtreg resource set web -p Limit=3"]);
    running.group.driver = rtreg_model::Driver::Recorded;
    let wrong = ask(&present, &present.clone(), &running, &["Limit=3"]);
    assert_eq!(wrong.commands, ["clresource set -p Limit=3 web", "rtreg resource set web -p Limit=3"]);
    assert!(ask(&present, &present.clone(), &running, &[]).commands.is_empty());
    let other = ask(&present, &with(vec![number(Some(1))], "2.0"), &running, &[]);
    assert!(!other.is_same_version());
}
