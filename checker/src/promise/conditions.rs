//! The conditions of the guide: what each question asks for if its answer is bad, what an absent method means, and what
//! makes a method of known content an unknown one. It knows no evidence and no statements.

use std::collections::BTreeMap;

use rtreg_model::evidence::Question;
use rtreg_model::{InitNodes, Method, PropertyDecl, PropertyKind, Tunability};

use super::{Answer, Reason};
use crate::limits::{Family, changes};
use crate::pair::{Pair, Version, is_same_kind};

/// What the promise must be at least if the answer to a question is bad ("Specifying the tunability of Type_version").
pub(super) const fn asks(question: Question) -> Tunability {
    match question {
        Question::Stop | Question::PostnetStop | Question::Update | Question::MonitorCheck => Tunability::WhenOffline,
        Question::Fini => Tunability::WhenUnmanaged,
        Question::MonitorStop | Question::OldMonitor => Tunability::WhenUnmonitored,
    }
}

/// The old methods that left something behind, as `Prenet_start and Start`; empty if there is none.
pub(super) fn begun_by(pair: &Pair<'_>, question: Question) -> String {
    let declared = question.old_methods().iter().filter(|method| pair.old.method(**method).is_some());
    declared.map(|method| method.as_str()).collect::<Vec<_>>().join(" and ")
}

/// The question in words.
pub(super) fn words(pair: &Pair<'_>, question: Question) -> String {
    let begun_by = begun_by(pair, question);
    let old = if begun_by.is_empty() { "old version".to_owned() } else { format!("old {begun_by}") };
    match question {
        Question::Stop => format!("does the new Stop end what the {old} began?"),
        Question::PostnetStop => format!("does the new Postnet_stop clear away what the {old} began?"),
        Question::Update => format!("does the new Update work on what the {old} began?"),
        Question::MonitorCheck => format!("does the new Monitor_check work beside what the {old} began?"),
        Question::Fini if is_init_new(pair) => {
            "do the new methods, Fini among them, do without the new Init, which has not run?".to_owned()
        }
        Question::Fini if begun_by.is_empty() => "does the new Fini do no harm where no Init has run?".to_owned(),
        Question::Fini if is_init_widened(pair) => {
            "does the new Fini undo what the old Init did, and do no harm on nodes where it has not run?".to_owned()
        }
        Question::Fini => "does the new Fini undo what the old Init did?".to_owned(),
        Question::MonitorStop => format!("does the new Monitor_stop end what the {old} began?"),
        Question::OldMonitor => "can the old monitor, still running, live beside the new version's methods?".to_owned(),
    }
}

/// What the two files alone say to a question, and why: that there is nothing to understand, or nothing that could.
pub(super) fn by_the_files(pair: &Pair<'_>, question: Question) -> Option<(Answer, String)> {
    match question {
        Question::Fini => fini(pair),
        Question::OldMonitor => no_monitor(pair),
        Question::MonitorStop => no_monitor(pair).or_else(|| {
            let is_gone = pair.new.method(Method::MonitorStop).is_none();
            is_gone.then(|| bad("the new version has no Monitor_stop that could end the old monitor"))
        }),
        Question::Update | Question::MonitorCheck => nothing_began(pair, question).or_else(|| {
            let method = question.new_method().filter(|method| pair.new.method(*method).is_none())?;
            Some(good(format!("the new version has no {method}, so none is called")))
        }),
        Question::Stop | Question::PostnetStop => nothing_began(pair, question).or_else(|| {
            let method = question.new_method().filter(|method| pair.new.method(*method).is_none())?;
            Some(match pair.old.method(method) {
                Some(_) => bad(format!(
                    "the new version has no {method}, and that of the old one had to end what its {} began",
                    begun_by(pair, question)
                )),
                None => good(format!("neither version has {method}")),
            })
        }),
    }
}

fn good(why: impl Into<String>) -> (Answer, String) {
    (Answer::Good, why.into())
}

fn bad(why: impl Into<String>) -> (Answer, String) {
    (Answer::Bad, why.into())
}

fn nothing_began(pair: &Pair<'_>, question: Question) -> Option<(Answer, String)> {
    begun_by(pair, question).is_empty().then(|| good("the old version has no method that could have begun anything"))
}

fn no_monitor(pair: &Pair<'_>) -> Option<(Answer, String)> {
    pair.old.method(Method::MonitorStart).is_none().then(|| good("the old version has no monitor"))
}

/// Fini is the one method that runs where its counterpart may never have: a new Init, or one on more nodes, has not run.
fn fini(pair: &Pair<'_>) -> Option<(Answer, String)> {
    let has = |method| (pair.old.method(method).is_some(), pair.new.method(method).is_some());
    let (init, fini) = (has(Method::Init), has(Method::Fini));
    match (init, fini) {
        ((false, false), _) => Some(good("neither version has Init, so there is nothing to undo")),
        // Init is new: Start, Stop and Fini will run where it has not. The files do not say whether that does harm.
        ((false, true), _) => None,
        ((true, _), (true, false)) => Some(bad("the new version has no Fini, and what the old Init did stays")),
        ((true, _), (false, false)) => Some(good("neither version has Fini, so what Init does is meant to stay")),
        ((true, _), (true, true)) if is_init_narrowed(pair) => Some(bad(
            "Init_nodes was RT_INSTALLED_NODES: on nodes outside of the node list no Fini undoes what the old Init did",
        )),
        _ => None,
    }
}

/// Whether Init is new: an upgrade of a managed resource does not run it.
pub(super) fn is_init_new(pair: &Pair<'_>) -> bool {
    pair.old.method(Method::Init).is_none() && pair.new.method(Method::Init).is_some()
}

/// Whether Fini will run on nodes where Init has not.
pub(super) fn is_init_widened(pair: &Pair<'_>) -> bool {
    pair.old.resource_type.init_nodes.value == InitNodes::RgPrimaries
        && pair.new.resource_type.init_nodes.value == InitNodes::RtInstalledNodes
}

fn is_init_narrowed(pair: &Pair<'_>) -> bool {
    pair.old.resource_type.init_nodes.value == InitNodes::RtInstalledNodes
        && pair.new.resource_type.init_nodes.value == InitNodes::RgPrimaries
}

/// What an unchanged method may stumble over: a changed default, a dropped property, another zone. None if there is nothing.
pub(super) fn stumbling_block(pair: &Pair<'_>) -> Option<String> {
    let (old, new) = (&pair.old.resource_type, &pair.new.resource_type);
    if let Some(property) = pair.removed.first() {
        return Some(format!("`{}` is gone", property.name.value));
    }
    let scalable = pair.old.property("Scalable").zip(pair.new.property("Scalable"));
    if pair.old.property("Scalable").is_some() != pair.new.property("Scalable").is_some() {
        return Some("Scalable differs".to_owned());
    }
    if let Some((_, property)) = pair.both.iter().copied().chain(scalable).find(|(old, new)| is_other_value(old, new)) {
        return Some(format!("a resource may get another value of `{}`", property.name.value));
    }
    if let Some(property) = narrowed(pair) {
        return Some(format!("a value of `{}` may no longer fit and need another one", property.name.value));
    }
    let is_elsewhere = old.global_zone != new.global_zone || old.proxy != new.proxy;
    is_elsewhere.then(|| "Global_zone or Proxy differs".to_owned())
}

/// A property of which a value that fitted may not fit any more: the command that upgrades must then give another one.
fn narrowed<'a>(pair: &Pair<'a>) -> Option<&'a PropertyDecl> {
    let limits = [Family::Range, Family::Length, Family::ArraySize].into_iter();
    let limit = limits.flat_map(|family| changes(pair, family)).find(|change| change.narrower);
    let is_literal_gone = |(old, new): &(&PropertyDecl, &PropertyDecl)| match (&old.kind, &new.kind) {
        (PropertyKind::Enum(before), PropertyKind::Enum(after)) => before.iter().any(|it| !after.contains(it)),
        _ => false,
    };
    limit.map(|change| change.new).or_else(|| pair.alike().find(is_literal_gone).map(|(_, new)| new))
}

/// Whether a resource may have another value after the upgrade than before. One that had to be given stays.
fn is_other_value(old: &PropertyDecl, new: &PropertyDecl) -> bool {
    let is_other_default = !old.is_required() && old.default != new.default;
    is_other_default || !is_same_kind(old, new) || old.per_node != new.per_node
}

/// New properties without a default. The command that upgrades a resource gives the value, so the upgrade itself is
/// possible in any state; but what the old methods began has never seen it, and the vendor's table of packages (4-1)
/// promises WHEN_DISABLED. Where no method changed nobody reads the new property, and it asks for nothing.
pub(super) fn required_properties(pair: &Pair<'_>) -> Vec<Reason> {
    if is_every_method_unchanged(pair) {
        return Vec::new();
    }
    let reason = |property: &&PropertyDecl| {
        let place = pair.new.entry(property);
        let name = &property.name.value;
        Reason {
            question: None,
            asked: format!("is `{name}` known to what the old version began?"),
            answer: Answer::Bad,
            why: format!("`{name}` is new and has no default: what the old version began has never seen its value"),
            asks: Tunability::WhenDisabled,
            place: Some((place.file, place.span)),
        }
    };
    pair.added.iter().filter(|property| property.is_required()).map(reason).collect()
}

/// Whether both versions have the same methods, each known to have the same content, and the same beside them.
pub(super) fn is_every_method_unchanged(pair: &Pair<'_>) -> bool {
    let (old, new) = (&pair.old.resource_type.methods, &pair.new.resource_type.methods);
    old.keys().eq(new.keys()) && is_same_around(pair)
}

/// Whether all that an unchanged method may call is known to be the same: the other methods, which one script calls of
/// another, and what lies beside them.
pub(super) fn is_same_around(pair: &Pair<'_>) -> bool {
    pair.old.files.is_some() && pair.new.files.is_some() && differing_around(pair).is_none()
}

/// The first method, place or file that is not known to be the same in both versions. Scripts find each other, and what
/// they keep, by their own place. A method that only one version declares is a file that the others may call, too.
pub(super) fn differing_around(pair: &Pair<'_>) -> Option<String> {
    if let Some((method, ..)) = pair.methods().find(|(method, ..)| pair.is_same_method(*method) != Some(true)) {
        return Some(method.to_string());
    }
    if let Some((method, ..)) = pair.methods().find(|(_, old, new)| old.absolute != new.absolute) {
        return Some(format!("the path of {method}"));
    }
    let basedir = |version: &Version<'_>| version.resource_type.rt_basedir.as_ref().map(|folder| folder.value.clone());
    if basedir(pair.old) != basedir(pair.new) {
        return Some("RT_basedir".to_owned());
    }
    let (old, new) = (files(pair.old)?, files(pair.new)?);
    let path = old.keys().chain(new.keys()).copied().filter(|path| old.get(path) != new.get(path)).min();
    path.map(|path| format!("`{path}`"))
}

/// All files of a version's folder, but for the registration file, which no method calls.
fn files<'a>(version: &'a Version<'_>) -> Option<BTreeMap<&'a String, &'a String>> {
    let own = version.sha256();
    Some(version.files.as_ref()?.folder.iter().filter(|(_, digest)| **digest != own).collect())
}
