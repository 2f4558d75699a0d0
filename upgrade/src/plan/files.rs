//! What a plan rests on: keys and ranges with their revisions, digests of files. And what the digests tell: methods that
//! nobody has seen, and methods of a version that another one's have overwritten.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_registry::{Condition, keys};

use super::bundle::Moving;
use super::data::{Basis, Notice, NoticeKind, RangeBasis, TypeBasis};
use super::decide::Candidate;
use super::read::{Reader, Type};
use super::state::State;
use super::step::{MethodCall, Operation, Step};

/// All conditions of a view, to be given out by bundle.
#[derive(Default)]
pub(crate) struct Basing {
    keys: BTreeMap<String, Option<u64>>,
    ranges: BTreeMap<String, RangeBasis>,
}

impl Basing {
    /// What has been read until now.
    pub fn new(reader: &Reader<'_, '_>) -> Self {
        let mut basing = Self::default();
        for condition in reader.view.basis() {
            match condition {
                Condition::Unchanged { key, modified } => drop(basing.keys.insert(key, Some(modified))),
                Condition::Absent { key } => drop(basing.keys.insert(key, None)),
                Condition::RangeEmpty { range } => basing.range(range.start, range.end, None),
                Condition::RangeUnchanged { range, since } => basing.range(range.start, range.end, Some(since)),
            }
        }
        basing
    }

    fn range(&mut self, start: String, end: Option<String>, revision: Option<u64>) {
        self.ranges.insert(start.clone(), RangeBasis { start, end, revision });
    }

    /// What the choice of resources and versions rests on.
    pub fn of_plan(&self) -> Basis {
        let is_choice = |key: &str| {
            ["settings/", "names/", "by-short/", "types/", "by-type/", "by-group/"]
                .iter()
                .any(|kind| key.starts_with(kind))
        };
        let keys = self.keys.iter().filter(|(key, _)| is_choice(key)).map(|(key, at)| (key.clone(), *at)).collect();
        let ranges = self.ranges.values().filter(|range| is_choice(&range.start)).cloned().collect();
        Basis { keys, ranges, types: BTreeMap::new() }
    }

    /// All that has been read.
    pub fn all(self) -> Basis {
        Basis { keys: self.keys, ranges: self.ranges.into_values().collect(), types: BTreeMap::new() }
    }

    /// What a bundle rests on: its resources, their groups, and these nodes.
    pub(in crate::plan) fn of_bundle(&self, state: &State, nodes: &BTreeSet<&str>, moving: &Moving) -> Basis {
        let mut basis = Basis::default();
        let groups = moving.moves.keys().filter_map(|name| state.resources.get(name)).map(|of| of.group.as_str());
        let groups: BTreeSet<&str> = groups.filter(|group| state.groups.contains_key(*group)).collect();
        let resources = moving.moves.keys().map(|name| keys::resource(name));
        let groups = groups.into_iter().map(keys::group);
        let nodes = nodes.iter().map(|name| keys::node(name));
        for key in resources.chain(groups).chain(nodes) {
            if let Some(at) = self.keys.get(&key) {
                basis.keys.insert(key, *at);
            }
        }
        let dependents = moving.moves.keys().map(|name| keys::by_dependency_all(name));
        let members = moving.unmanaged.keys().map(|name| keys::by_group_all(name));
        basis.ranges = dependents.chain(members).filter_map(|start| self.ranges.get(&start).cloned()).collect();
        basis
    }
}

/// The files of a version.
pub(crate) fn of_type(of: &Type) -> TypeBasis {
    let methods = of.loaded.record.methods.values();
    TypeBasis {
        rtr: of.loaded.record.rtr_hash.clone(),
        methods: methods.map(|method| (method.path.clone(), method.digests.clone())).collect(),
    }
}

/// Says of each step, and of what undoes it, whether the file is still that of its version; tells of versions that share
/// files and of files that nobody has seen.
pub(super) fn check(steps: &mut [Step], upgrades: &[&Candidate], notices: &mut BTreeSet<Notice>) {
    for candidate in upgrades {
        let mut versions: Vec<&Type> = vec![&candidate.present];
        versions.extend(candidate.legs.iter().map(|leg| &*leg.target));
        for (at, one) in versions.iter().enumerate() {
            for other in versions.iter().skip(at + 1) {
                notices.extend(shared(one, other));
            }
        }
        let mut doubts: BTreeSet<(String, String)> = BTreeSet::new();
        for step in steps.iter_mut() {
            let own = step.operation.method().filter(|call| call.resource == candidate.name);
            let doubt = own.and_then(|call| doubt(call, step.operation.node.as_deref(), &versions));
            doubts.extend(own.zip(doubt).map(|(call, _)| (call.type_name.clone(), node_of(&step.operation))));
            for undo in &mut step.undo {
                let Operation { node, .. } = &undo.operation;
                let Some(call) = undo.operation.method().filter(|call| call.resource == candidate.name) else {
                    continue;
                };
                undo.impossible = self::doubt(call, node.as_deref(), &versions);
                if undo.impossible.is_some() {
                    doubts.insert((call.type_name.clone(), node_of(&undo.operation)));
                }
            }
        }
        notices.extend(doubts.into_iter().map(|(name, node)| overwritten(&name, &node)));
    }
    unseen(steps, notices);
}

fn node_of(operation: &Operation) -> String {
    operation.node.clone().unwrap_or_default()
}

fn overwritten(name: &str, node: &str) -> Notice {
    let sentence = format!(
        "Methods of {name} on `{node}` have been overwritten by those of another version, or nobody can tell: a run refuses \
         steps whose file is not the one that the version registered, and what needs them cannot be undone."
    );
    Notice { kind: NoticeKind::Overwritten, sentence }
}

fn unseen(steps: &[Step], notices: &mut BTreeSet<Notice>) {
    let unseen = steps.iter().filter(|step| step.operation.method().is_some_and(|call| call.digest.is_none()));
    let places: BTreeSet<(String, String)> = unseen
        .filter_map(|step| Some((step.operation.method()?.type_name.clone(), step.operation.node.clone()?)))
        .collect();
    for (name, node) in places {
        let sentence = format!(
            "No process on `{node}` has seen all the methods of {name} that the plan calls there, so a run would refuse them; \
             register {name} on `{node}`, or let an agent run there."
        );
        notices.insert(Notice { kind: NoticeKind::NoDigest, sentence });
    }
}

fn paths(of: &Type) -> impl Iterator<Item = &str> {
    of.loaded.resource_type.methods.values().map(|method| method.absolute.as_str())
}

fn shared(one: &Type, other: &Type) -> Option<Notice> {
    let theirs: BTreeSet<&str> = paths(other).collect();
    let count = paths(one).filter(|path| theirs.contains(path)).collect::<BTreeSet<&str>>().len();
    if count == 0 {
        return None;
    }
    let (one, other) = (one.name(), other.name());
    let what = if count == 1 { "path of a method" } else { "paths of methods" };
    let sentence =
        format!("{one} and {other} share {count} {what}: the one installed last has overwritten the other's.");
    Some(Notice { kind: NoticeKind::SharedPaths, sentence })
}

/// Why the file of a call may be another version's; none if it is known to be the call's own. What is not known counts as
/// overwritten.
fn doubt(call: &MethodCall, node: Option<&str>, versions: &[&Type]) -> Option<String> {
    let node = node?;
    let others = versions.iter().filter(|of| of.name() != call.type_name);
    for other in others {
        let same = other.loaded.resource_type.methods.iter().find(|(_, method)| method.absolute == call.path);
        let Some((method, _)) = same else { continue };
        let recorded = other.loaded.record.methods.get(method);
        let theirs = recorded.and_then(|recorded| recorded.digests.get(node));
        let what = format!("{} of {} on `{node}`", call.method.as_str(), call.type_name);
        let (name, path) = (other.name(), &call.path);
        match (&call.digest, theirs) {
            (Some(own), Some(theirs)) if own == theirs => {}
            (Some(_), Some(_)) => {
                return Some(format!("{what} has been overwritten: {name} names the same file, {path}."));
            }
            _ => {
                return Some(format!(
                    "{what} may have been overwritten: {name} names the same file, {path}, and no process there has \
                     compared them."
                ));
            }
        }
    }
    None
}
