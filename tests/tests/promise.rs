//! The weakest safe promise against tables written by hand: the conditions of the vendor's guide for every combination of
//! known-good, known-bad, unknown and absent; what the files alone say; and that learning something bad never weakens.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rtreg_checker::promise::{Answer, Knowledge, Promise, Statement, advice, derive};
use rtreg_checker::report::Sources;
use rtreg_checker::report::text::{TextOptions, render};
use rtreg_checker::{MethodFiles, Version};
use rtreg_model::evidence::{Evidence, Question, Run, TriedVersion, Verdict};
use rtreg_model::{FileId, Method, Tunability};
use rtreg_tests::suite;

const WORDS: [&str; 4] = ["good", "bad", "unknown", "absent"];

/// The rows of a table, each as its cells.
fn table(name: &str) -> Vec<Vec<String>> {
    let path = suite("conformance/promise").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| row.split('\t').map(str::to_owned).collect()).collect()
}

fn tunability(word: &str) -> Tunability {
    Tunability::parse(word).unwrap_or_else(|| panic!("no tunability: {word}"))
}

/// The text of a version with these methods.
fn text(version: &str, methods: &BTreeSet<Method>, more: &str) -> String {
    let head = format!("Resource_type = web; Vendor_id = ACME; RT_version = \"{version}\";\n");
    let paths = methods.iter().map(|method| format!("{method} = /opt/web/{method};\n")).collect::<String>();
    let lines = if version == "2" { "#$upgrade_from \"1\" ANYTIME\n" } else { "" };
    format!("{head}{more}{paths}#$upgrade\n{lines}")
}

/// The promise for two texts.
fn promise(old: &str, new: &str, knowledge: &Knowledge) -> Promise {
    let (old, new) = (rtreg_parser::parse(old.as_bytes(), FileId(0)), rtreg_parser::parse(new.as_bytes(), FileId(1)));
    let version = |rtr| Version::new(rtr).expect("a type");
    derive(&version(&old), &version(&new), knowledge).expect("two versions of one type")
}

fn statements(of: impl IntoIterator<Item = (Question, bool)>) -> Knowledge {
    let mut knowledge = Knowledge::default();
    knowledge.statements.extend(of.into_iter().map(|(question, good)| Statement::new(question, good, "a person")));
    knowledge
}

/// One word for each question.
type Row = [&'static str; 7];

/// All combinations of the four words.
fn combinations() -> impl Iterator<Item = Row> {
    (0..4usize.pow(7)).map(|number| std::array::from_fn(|place| WORDS[number / 4usize.pow(place as u32) % 4]))
}

/// The promise for a row: what is absent is not declared, the rest is said by statements.
struct Rows {
    /// The methods that the new version declares, and whether the old one has a monitor.
    texts: BTreeMap<(Vec<Method>, bool), (String, String)>,
}

impl Rows {
    fn bounds(&mut self, row: &Row) -> (Tunability, Tunability) {
        let absent = Question::ALL.into_iter().zip(row).filter(|(_, word)| **word == "absent");
        let gone: Vec<Method> = absent.filter_map(|(question, _)| question.new_method()).collect();
        let has_monitor = row[6] != "absent";
        let (old, new) = self.texts.entry((gone.clone(), has_monitor)).or_insert_with(|| {
            let mut old: BTreeSet<Method> = Method::ALL.into();
            let mut new = old.clone();
            new.retain(|method| !gone.contains(method));
            if !has_monitor {
                old.remove(&Method::MonitorStart);
            }
            (text("1", &old, ""), text("2", &new, ""))
        });
        let said = Question::ALL.into_iter().zip(row).filter(|(_, word)| matches!(**word, "good" | "bad"));
        let promise = promise(old, new, &statements(said.map(|(question, word)| (question, *word == "good"))));
        (promise.at_least, promise.at_most)
    }
}

#[test]
fn the_conditions_hold_for_every_combination() {
    let table = table("conditions.tsv");
    let mut rows = Rows { texts: BTreeMap::new() };
    let (mut used, mut tried) = (BTreeSet::new(), 0);
    for row in combinations() {
        let mut expected = |bound: &str| {
            let fits = |cells: &Vec<String>| {
                let words = cells[1..8].iter().zip(row);
                cells[0] == bound
                    && words.into_iter().all(|(cell, word)| cell == "*" || cell.split('/').any(|it| it == word))
            };
            let at = table.iter().position(fits).unwrap_or_else(|| panic!("no row of {bound} fits {row:?}"));
            used.insert(at);
            tunability(&table[at][8])
        };
        let expected = (expected("at_least"), expected("at_most"));
        assert_eq!(rows.bounds(&row), expected, "{row:?}");
        tried += 1;
    }
    assert_eq!(tried, 16_384);
    assert_eq!(used.len(), table.len(), "a row of the table fits nothing");
}

#[test]
fn combinations_picked_by_hand() {
    let mut rows = Rows { texts: BTreeMap::new() };
    let table = table("picked.tsv");
    assert!(table.len() >= 40);
    for cells in table {
        let row: Row = std::array::from_fn(|at| *WORDS.iter().find(|word| **word == cells[at]).expect("a word"));
        assert_eq!(rows.bounds(&row), (tunability(&cells[7]), tunability(&cells[8])), "{row:?}");
    }
}

#[test]
fn learning_something_bad_never_weakens_and_unknown_is_never_weaker_than_what_it_turns_out_to_be() {
    let mut rows = Rows { texts: BTreeMap::new() };
    let all: BTreeMap<Row, (Tunability, Tunability)> = combinations().map(|row| (row, rows.bounds(&row))).collect();
    let mut tried = 0;
    for (row, (least, most)) in &all {
        assert!(least <= most, "{row:?}");
        // Without an old monitor it is known that Monitor_stop has nothing to understand.
        let is_unknown = |at: &usize| row[*at] == "unknown" && (*at != 5 || row[6] != "absent");
        for at in (0..7).filter(is_unknown) {
            let with = |word| {
                let mut other = *row;
                other[at] = word;
                all[&other]
            };
            let ((bad_least, bad_most), (good_least, good_most)) = (with("bad"), with("good"));
            assert!(bad_least >= *least && bad_most >= good_most, "{row:?} at {at}");
            assert!(*most >= bad_most && *most >= good_most, "{row:?} at {at}");
            assert!(*least <= good_least && *least <= bad_least, "{row:?} at {at}");
            tried += 1;
        }
    }
    assert_eq!(tried, 7 * 4usize.pow(6) - 4usize.pow(5));
}

/// What a question is about: the methods of each side, and where Init runs.
fn about(question: Question) -> Vec<(&'static str, Method)> {
    use Method::{Fini, Init, MonitorCheck, MonitorStart, MonitorStop, PostnetStop, PrenetStart, Start, Stop, Update};
    let of_start = |method| vec![("old", PrenetStart), ("old", Start), ("old", method), ("new", method)];
    match question {
        Question::Stop => of_start(Stop),
        Question::PostnetStop => of_start(PostnetStop),
        Question::Update => of_start(Update),
        Question::MonitorCheck => of_start(MonitorCheck),
        Question::Fini => vec![("old", Init), ("new", Init), ("old", Fini), ("new", Fini)],
        Question::MonitorStop | Question::OldMonitor => {
            vec![("old", MonitorStart), ("new", MonitorStart), ("old", MonitorStop), ("new", MonitorStop)]
        }
    }
}

#[test]
fn what_the_files_alone_say() {
    const NODES: [(&str, &str, &str); 3] = [
        ("same", "", ""),
        ("widened", "Init_nodes = RG_PRIMARIES;\n", "Init_nodes = RT_INSTALLED_NODES;\n"),
        ("narrowed", "Init_nodes = RT_INSTALLED_NODES;\n", ""),
    ];
    let table = table("absent.tsv");
    let mut used = BTreeSet::new();
    for question in Question::ALL {
        let about = about(question);
        for (set, (nodes, old_nodes, new_nodes)) in
            (0..1 << about.len()).flat_map(|set| NODES.map(|nodes| (set, nodes)))
        {
            let declared: Vec<&(&str, Method)> =
                about.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0).map(|(_, it)| it).collect();
            let holds = |condition: &str| match condition.split_at(1) {
                ("*", _) => true,
                ("+", name) => declared.iter().any(|(side, method)| name == format!("{side}.{method}")),
                ("-", name) => !declared.iter().any(|(side, method)| name == format!("{side}.{method}")),
                _ => condition == format!("nodes={nodes}"),
            };
            let fits = |row: &Vec<String>| row[0] == question.as_str() && row[1].split(' ').all(holds);
            let at = table.iter().position(fits).unwrap_or_else(|| panic!("no row fits {declared:?}"));
            used.insert(at);
            let side =
                |wanted: &str| declared.iter().filter(|(side, _)| *side == wanted).map(|(_, method)| *method).collect();
            let (old, new) = (text("1", &side("old"), old_nodes), text("2", &side("new"), new_nodes));
            let promise = promise(&old, &new, &Knowledge::default());
            let reason = promise.reasons.iter().find(|reason| reason.question == Some(question)).expect("a reason");
            assert_eq!(
                reason.answer.as_str(),
                table[at][2],
                "{} {declared:?} {nodes}: {}",
                question.as_str(),
                table[at][3]
            );
        }
    }
    assert_eq!(used.len(), table.len(), "a row of the table fits nothing");
}

/// Something that can be learned of two versions with all methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Stated(Question, bool),
    Ran(Question, bool),
    Unchanged(Method),
    SameBeside,
}

fn facts() -> Vec<Fact> {
    let of_questions = Question::ALL.into_iter().flat_map(|question| {
        [true, false].into_iter().flat_map(move |good| [Fact::Stated(question, good), Fact::Ran(question, good)])
    });
    of_questions.chain(Method::ALL.into_iter().map(Fact::Unchanged)).chain([Fact::SameBeside]).collect()
}

/// The promise under some facts; the files have no default that changed.
fn under(facts: &BTreeSet<Fact>, more: &str) -> (Tunability, Tunability) {
    let all: BTreeSet<Method> = Method::ALL.into();
    let (old, new) = (text("1", &all, ""), text("2", &all, "") + more);
    let (old, new) = (rtreg_parser::parse(old.as_bytes(), FileId(0)), rtreg_parser::parse(new.as_bytes(), FileId(1)));
    let files = |is_new: bool| {
        let mut files = MethodFiles::default();
        for method in Method::ALL {
            let is_same = !is_new || facts.contains(&Fact::Unchanged(method));
            files.methods.insert(method, format!("{method} {}", if is_same { "1" } else { "2" }));
        }
        let beside = if is_new && !facts.contains(&Fact::SameBeside) { "2" } else { "1" };
        files.folder.insert("lib.sh".to_owned(), beside.to_owned());
        files
    };
    let version = |rtr, is_new| Version::new(rtr).expect("a type").files(files(is_new));
    let (old, new) = (version(&old, false), version(&new, true));
    let mut knowledge = statements(facts.iter().filter_map(|fact| match fact {
        Fact::Stated(question, good) => Some((*question, *good)),
        _ => None,
    }));
    let mut evidence = evidence(&old, &new);
    evidence.runs.extend(facts.iter().filter_map(|fact| match fact {
        Fact::Ran(question, good) => {
            let verdict = if *good { Verdict::Supported } else { Verdict::Refuted };
            Some(Run::new(*question, verdict, "It was seen.".to_owned()))
        }
        _ => None,
    }));
    knowledge.evidence.push(evidence);
    let promise = derive(&old, &new, &knowledge).expect("two versions");
    assert!(promise.void.is_empty(), "{:?}", promise.void);
    (promise.at_least, promise.at_most)
}

fn evidence(old: &Version<'_>, new: &Version<'_>) -> Evidence {
    let tried = |version: &Version<'_>| {
        let mut tried = TriedVersion::new(version.resource_type.name().to_string(), version.sha256());
        let files = version.files.clone().unwrap_or_default();
        (tried.methods, tried.beside) = (files.methods, files.folder);
        tried
    };
    Evidence::new(tried(old), tried(new))
}

#[test]
fn knowledge_from_everywhere_is_monotone() {
    let all = facts();
    let count = all.len();
    let strategy = (proptest::collection::btree_set(0..count, 0..12), 0..count, any::<bool>());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() });
    let outcome = runner.run(&strategy, |(some, more, changed)| {
        let default = if changed { "{ PROPERTY = Stop_timeout; DEFAULT = 7; }\n" } else { "" };
        let before: BTreeSet<Fact> = some.into_iter().map(|at| all[at]).collect();
        let mut after = before.clone();
        after.insert(all[more]);
        let ((least, most), (least_after, most_after)) = (under(&before, default), under(&after, default));
        prop_assert!(least <= most);
        match all[more] {
            Fact::Stated(_, false) | Fact::Ran(_, false) => {
                prop_assert!(least_after >= least, "something bad weakens: {before:?} and {:?}", all[more]);
                prop_assert!(most_after >= most.min(least_after));
            }
            _ => {
                prop_assert!(most_after <= most, "something good makes stricter: {before:?} and {:?}", all[more]);
                prop_assert_eq!(least_after, least, "something good does not cure what is bad");
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

fn set(facts: &[Fact]) -> BTreeSet<Fact> {
    facts.iter().copied().collect()
}

#[test]
fn unchanged_methods_decide_only_where_nothing_around_them_changed() {
    let unchanged: BTreeSet<Fact> = Method::ALL.into_iter().map(Fact::Unchanged).chain([Fact::SameBeside]).collect();
    assert_eq!(under(&unchanged, ""), (Tunability::Anytime, Tunability::Anytime));
    let unmanaged = (Tunability::Anytime, Tunability::WhenUnmanaged);
    assert_eq!(under(&unchanged, "{ PROPERTY = Stop_timeout; DEFAULT = 7; }\n"), unmanaged, "a default changed");
    let mut other_library = unchanged.clone();
    other_library.remove(&Fact::SameBeside);
    assert_eq!(under(&other_library, ""), unmanaged, "what the methods call changed");
    let mut other_start = unchanged.clone();
    other_start.remove(&Fact::Unchanged(Method::Start));
    assert_eq!(under(&other_start, ""), unmanaged, "a method may call another");
}

/// The promise for two texts whose methods have the same content; `gone` is a file that only the old version has.
fn with_same_content(old: &str, new: &str, gone: Option<&str>) -> Tunability {
    let (old, new) = (rtreg_parser::parse(old.as_bytes(), FileId(0)), rtreg_parser::parse(new.as_bytes(), FileId(1)));
    let version = |rtr, gone: Option<&str>| {
        let version = Version::new(rtr).expect("a type");
        let mut files = MethodFiles::default();
        files.methods = version.resource_type.methods.keys().map(|method| (*method, format!("{method}"))).collect();
        files.folder = files.methods.iter().map(|(method, digest)| (format!("{method}"), digest.clone())).collect();
        files.method_paths = files.folder.keys().cloned().collect();
        files.folder.extend(gone.map(|path| (path.to_owned(), path.to_owned())));
        files.method_paths.extend(gone.map(str::to_owned));
        version.files(files)
    };
    derive(&version(&old, gone), &version(&new, None), &Knowledge::default()).expect("two versions").at_most
}

#[test]
fn unchanged_methods_elsewhere_are_not_known_to_work() {
    let methods: BTreeSet<Method> = [Method::Start, Method::Stop].into();
    let (old, new) = (text("1", &methods, ""), text("2", &methods, ""));
    let moved = |from: &str, to: &str| with_same_content(&old, &new.replace(from, to), None);
    assert_eq!(moved("/opt/web/", "/opt/web/"), Tunability::Anytime);
    // Scripts know what is theirs by their own path, and by RT_basedir.
    assert_eq!(moved("/opt/web/", "/opt/web2/"), Tunability::WhenOffline);
    assert_eq!(moved("/opt/web/Stop", "/opt/web/Halt"), Tunability::WhenOffline);
    assert_eq!(moved("Start =", "RT_basedir = /opt/web;\nStart ="), Tunability::WhenOffline);
}

#[test]
fn unchanged_methods_may_call_one_that_is_gone_or_new() {
    let two: BTreeSet<Method> = [Method::Start, Method::Stop].into();
    let three: BTreeSet<Method> = [Method::Start, Method::Stop, Method::Validate].into();
    let with = |old: &BTreeSet<Method>, new: &BTreeSet<Method>, gone| {
        with_same_content(&text("1", old, ""), &text("2", new, ""), gone)
    };
    assert_eq!(with(&three, &three, None), Tunability::Anytime);
    assert_eq!(with(&three, &two, None), Tunability::WhenOffline, "the file of a method is gone");
    assert_eq!(with(&two, &three, None), Tunability::WhenOffline, "there is one more");
    assert_eq!(with(&two, &two, Some("lib.sh")), Tunability::WhenOffline);
}

#[test]
fn unchanged_methods_do_not_know_values_that_had_to_change() {
    let methods: BTreeSet<Method> = [Method::Start, Method::Stop].into();
    let property = |attributes: &str| format!("{{ PROPERTY = Port; EXTENSION; {attributes} }}\n");
    let change = |old: &str, new: &str| {
        let version = |number, attributes| text(number, &methods, "") + &property(attributes);
        with_same_content(&version("1", old), &version("2", new), None)
    };
    let (wide, narrow) = ("INT; DEFAULT = 80; MAX = 65535;", "INT; DEFAULT = 80; MAX = 1023;");
    assert_eq!(change(wide, narrow), Tunability::WhenOffline, "8080 must be given anew");
    assert_eq!(change(narrow, wide), Tunability::Anytime, "whatever was set stays");
    let (wide, narrow) = ("STRING; DEFAULT = a; MINLENGTH = 1;", "STRING; DEFAULT = a; MINLENGTH = 1; MAXLENGTH = 3;");
    assert_eq!((change(wide, narrow), change(narrow, wide)), (Tunability::WhenOffline, Tunability::Anytime));
    let (wide, narrow) = ("ENUM { a, b }; DEFAULT = a;", "ENUM { a }; DEFAULT = a;");
    assert_eq!((change(wide, narrow), change(narrow, wide)), (Tunability::WhenOffline, Tunability::Anytime));
}

#[test]
fn a_run_that_refutes_wins_over_statements_and_digests() {
    let known: Vec<Fact> = facts()
        .into_iter()
        .filter(|fact| !matches!(fact, Fact::Stated(_, false) | Fact::Ran(_, false)))
        .chain([Fact::Ran(Question::Stop, false)])
        .collect();
    assert_eq!(under(&set(&known), ""), (Tunability::WhenOffline, Tunability::WhenOffline));
}

#[test]
fn a_new_property_without_a_default_asks_for_disabled_unless_no_method_changed() {
    let property = "{ PROPERTY = Port; EXTENSION; INT; }\n";
    let good: Vec<Fact> = Question::ALL.map(|question| Fact::Stated(question, true)).into();
    assert_eq!(under(&set(&good), property), (Tunability::WhenDisabled, Tunability::WhenDisabled));
    let unchanged: BTreeSet<Fact> = Method::ALL.into_iter().map(Fact::Unchanged).chain([Fact::SameBeside]).collect();
    assert_eq!(under(&unchanged, property), (Tunability::Anytime, Tunability::Anytime));
    assert_eq!(under(&set(&good), "{ PROPERTY = Port; EXTENSION; INT; DEFAULT = 1; }\n").1, Tunability::Anytime);
}

#[test]
fn init_on_more_nodes_is_not_settled_by_runs_or_digests() {
    let all: BTreeSet<Method> = Method::ALL.into();
    let old = text("1", &all, "");
    let new = text("2", &all, "Init_nodes = RT_INSTALLED_NODES;\n");
    let (old, new) = (rtreg_parser::parse(old.as_bytes(), FileId(0)), rtreg_parser::parse(new.as_bytes(), FileId(1)));
    let mut files = MethodFiles::default();
    files.methods = Method::ALL.into_iter().map(|method| (method, "same".to_owned())).collect();
    let version = |rtr| Version::new(rtr).expect("a type").files(files.clone());
    let (old, new) = (version(&old), version(&new));
    let mut knowledge = Knowledge::default();
    let mut tried = evidence(&old, &new);
    tried.runs.push(Run::new(Question::Fini, Verdict::Supported, "It was seen.".to_owned()));
    knowledge.evidence.push(tried);
    let promise = derive(&old, &new, &knowledge).expect("two versions");
    assert_eq!((promise.at_least, promise.at_most), (Tunability::Anytime, Tunability::WhenUnmanaged));
    knowledge.statements.push(Statement::new(Question::Fini, true, "a person"));
    assert_eq!(derive(&old, &new, &knowledge).expect("two versions").decided(), Some(Tunability::Anytime));
}

#[test]
fn evidence_counts_only_for_the_files_that_ran() {
    let all: BTreeSet<Method> = Method::ALL.into();
    let (old, new) = (text("1", &all, ""), text("2", &all, ""));
    let (old, new) = (rtreg_parser::parse(old.as_bytes(), FileId(0)), rtreg_parser::parse(new.as_bytes(), FileId(1)));
    let mut files = MethodFiles::default();
    files.methods = Method::ALL.into_iter().map(|method| (method, format!("{method}"))).collect();
    files.folder = [("lib.sh", "1"), ("stop", "2")].map(|(path, digest)| (path.to_owned(), digest.to_owned())).into();
    files.method_paths.insert("stop".to_owned());
    let (bare_old, bare_new) = (Version::new(&old).expect("a type"), Version::new(&new).expect("a type"));
    let mut new_files = files.clone();
    new_files.methods.values_mut().for_each(|digest| digest.push('2'));
    let (old, new) = (bare_old.clone().files(files), bare_new.files(new_files));
    let mut whole = evidence(&old, &new);
    whole.runs.extend(Question::ALL.map(|question| Run::new(question, Verdict::Supported, "It was seen.".to_owned())));
    let void = |old: &Version<'_>, new: &Version<'_>, evidence: Evidence| {
        let mut knowledge = Knowledge::default();
        knowledge.evidence.push(evidence);
        let promise = derive(old, new, &knowledge).expect("two versions");
        assert_eq!(promise.void.is_empty(), promise.decided() == Some(Tunability::Anytime), "{promise:?}");
        assert!(promise.reasons.iter().all(|reason| reason.answer != Answer::Bad));
        promise.void.first().cloned().unwrap_or_default()
    };
    assert_eq!(void(&old, &new, whole.clone()), "");
    let changed = |change: &dyn Fn(&mut Evidence)| {
        let mut evidence = whole.clone();
        change(&mut evidence);
        void(&old, &new, evidence)
    };
    assert_eq!(changed(&|it| drop(it.old.beside.remove("stop"))), "", "a method need not be named twice");
    assert_eq!(changed(&|it| it.old.rtr_sha256.push('0')), "the runs had another RTR file of the old version");
    assert_eq!(changed(&|it| it.new.rtr_sha256.push('0')), "the runs had another RTR file of the new version");
    assert_eq!(
        changed(&|it| drop(it.new.methods.remove(&Method::Stop))),
        "the runs had another Stop of the new version"
    );
    assert_eq!(
        changed(&|it| drop(it.old.methods.insert(Method::Init, "0".to_owned()))),
        "the runs had another Init of the old version"
    );
    assert_eq!(changed(&|it| drop(it.new.beside.remove("lib.sh"))), "the runs had another `lib.sh` of the new version");
    assert_eq!(
        changed(&|it| drop(it.new.beside.insert("more.sh".to_owned(), "1".to_owned()))),
        "the runs had another `more.sh` of the new version"
    );
    assert!(changed(&|it| it.version = "evidence-v2".to_owned()).contains("evidence-v1"));
    assert!(void(&bare_old, &new, whole.clone()).contains("--methods OLD=DIR"));
}

/// What is said of a promise, and its findings at their places.
fn said(old: &str, new: &str, knowledge: &Knowledge) -> String {
    let (old_rtr, new_rtr) =
        (rtreg_parser::parse(old.as_bytes(), FileId(0)), rtreg_parser::parse(new.as_bytes(), FileId(1)));
    let (old_version, new_version) = (Version::new(&old_rtr).expect("a type"), Version::new(&new_rtr).expect("a type"));
    let promise = derive(&old_version, &new_version, knowledge).expect("two versions of one type");
    let mut sources = Sources::default();
    sources.add("old.rtr", old.as_bytes().to_vec());
    sources.add("new.rtr", new.as_bytes().to_vec());
    let findings = promise.findings(&new_version);
    let advice = advice(&old_version, &new_version, Some(&promise));
    let advice: String = advice.iter().map(|row| format!("- {}\n", row.text())).collect();
    format!("{}\n{}{advice}", render(&findings, &sources, &TextOptions::default()), promise.text())
}

#[test]
fn what_is_said_of_promises() {
    let methods = |text: &str| -> BTreeSet<Method> { text.split(' ').filter_map(Method::parse).collect() };
    let some = methods("Start Stop Monitor_start Monitor_stop");
    let old = text("1", &some, "");
    let new = text("2", &some, "");
    let said_all = |good: &[bool]| statements(Question::ALL.into_iter().zip(good.iter().copied()));
    let good = said_all(&[true; 7]);
    insta::assert_snapshot!("undecided", said(&old, &new, &Knowledge::default()));
    insta::assert_snapshot!("holds", said(&old, &new, &good));
    insta::assert_snapshot!("too_strict", said(&old, &new.replace("ANYTIME", "AT_CREATION"), &good));
    let bad = said_all(&[false, true, true, true, true, true, true]);
    insta::assert_snapshot!("too_weak", said(&old, &new, &bad));
    let without = text("2", &methods("Start Stop"), "") + "{ PROPERTY = Port; EXTENSION; INT; }\n";
    insta::assert_snapshot!("too_weak_by_the_files", said(&old, &without, &good));
    let unlisted = new.replace("#$upgrade_from \"1\" ANYTIME\n", "");
    insta::assert_snapshot!("not_listed", said(&old, &unlisted, &good));
    insta::assert_snapshot!("no_way", said(&old, &unlisted.replace("#$upgrade\n", ""), &good));
    let mut void = good;
    let rtr = rtreg_parser::parse(old.as_bytes(), FileId(0));
    let version = Version::new(&rtr).expect("a type");
    let tried = TriedVersion::new(version.resource_type.name().to_string(), "0".to_owned());
    let name = tried.name.replace(":1", ":2");
    void.evidence.push(Evidence::new(tried, TriedVersion::new(name, "0".to_owned())));
    insta::assert_snapshot!("evidence_void", said(&old, &new, &void));
    // Downgrades and the way from a file without RT_version.
    insta::assert_snapshot!(
        "downgrade",
        said(&text("2", &some, "").replace("#$upgrade_from \"1\" ANYTIME\n", ""), &old, &Knowledge::default())
    );
    let unversioned = old.replace("RT_version = \"1\";", "");
    insta::assert_snapshot!(
        "unversioned",
        said(&unversioned, &new.replace("\"1\" ANYTIME", "\"\" ANYTIME"), &Knowledge::default())
    );
}
