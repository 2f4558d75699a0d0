//! What a developer owes the administrators of a new version, in Markdown: when to upgrade which version, what becomes of the
//! properties, what to do before installing, which files are overwritten (developer's guide, "Documentation requirements for
//! an upgrade"). It words what the two files say; values that only resources have are not known here.

use rtreg_model::{Method, PropertyDecl, Tunability};

use crate::pair::{Pair, Version, default_words};
use crate::promise::{DeclaredBy, Promise};

/// The notes for administrators who have the old version and get the new one.
///
/// ```
/// use rtreg_checker::promise::{Knowledge, derive};
/// use rtreg_checker::{Version, admin_notes};
/// use rtreg_model::FileId;
///
/// let old = rtreg_parser::parse(b"Resource_type = web; RT_version = \"1\"; Start = /o/start; Stop = /o/stop;", FileId(0));
/// let text = b"Resource_type = web; RT_version = \"2\"; Start = /n/start; Stop = /n/stop;\n#$upgrade\n";
/// let new = rtreg_parser::parse(text, FileId(1));
/// let (old, new) = (Version::new(&old).unwrap(), Version::new(&new).unwrap());
/// let notes = admin_notes(&old, &new, derive(&old, &new, &Knowledge::default()).as_ref());
/// assert!(notes.contains("clresource set -p Type_version=2"));
/// ```
pub fn admin_notes(old: &Version<'_>, new: &Version<'_>, promise: Option<&Promise>) -> String {
    let pair = Pair::new(old, new);
    let name = new.resource_type.name();
    let mut text = format!("# Upgrading to {name}\n\n");
    text.push_str(&before_installing(&pair));
    text.push_str(&when(&pair, promise));
    text.push_str(&properties(&pair));
    text.push_str(&commands(&pair));
    text
}

fn before_installing(pair: &Pair<'_>) -> String {
    let overwritten = overwritten(pair);
    let mut text = "## Before installing\n\n".to_owned();
    let is_monitors =
        |method: &Method| matches!(method, Method::MonitorStart | Method::MonitorStop | Method::MonitorCheck);
    text.push_str(if overwritten.is_empty() {
        "No method of the old version is overwritten. Install on running nodes; leave monitoring on. Keep the files of the old \
         version as long as a resource has it.\n\n"
    } else if overwritten.iter().all(|(method, _)| is_monitors(method)) {
        "Only the monitor is overwritten. Install on running nodes, after monitoring is off for all resources of the type \
         (`clresource unmonitor`).\n\n"
    } else {
        "Methods of the old version are overwritten. Install on one node after the other, each booted in non-cluster mode \
         (`boot -x`): a running resource of the old version must not be stopped by a method of the new one.\n\n"
    });
    if !overwritten.is_empty() {
        text.push_str("Overwritten:\n\n");
        for (method, path) in overwritten {
            text.push_str(&format!("- `{path}` ({method})\n"));
        }
        text.push('\n');
    }
    text
}

/// The methods of the new version whose path a method of the old one has, unless the content is known to be the same.
fn overwritten(pair: &Pair<'_>) -> Vec<(Method, String)> {
    let old = &pair.old.resource_type.methods;
    let is_shared = |method: &Method, path: &str| {
        let mut same = old.iter().filter(|(_, other)| other.absolute == path).peekable();
        let is_known_same = |(other, _): (&Method, _)| matches!((pair.old.digest(*other), pair.new.digest(*method)), (Some(a), Some(b)) if a == b);
        same.peek().is_some() && !same.all(is_known_same)
    };
    let new = pair.new.resource_type.methods.iter();
    let shared = new.filter(|(method, path)| is_shared(method, &path.absolute));
    shared.map(|(method, path)| (*method, path.absolute.clone())).collect()
}

fn when(pair: &Pair<'_>, promise: Option<&Promise>) -> String {
    let new = &pair.new.resource_type;
    let mut text = "## When to upgrade\n\n".to_owned();
    if new.upgrade.is_none() {
        return text + "No resource can be upgraded to this version. Delete each resource, and make it anew.\n\n";
    }
    text.push_str("| from version | when | what to do first |\n|---|---|---|\n");
    let mut row = |from: &str, tunability: Tunability| {
        text.push_str(&format!("| {from} | {} | {} |\n", in_words(tunability), first(tunability)));
    };
    for line in &new.upgrade_from {
        match line.version.value.as_str() {
            Some(version) => row(version, line.tunability.value),
            None => row("none, or one that is not in this table", line.tunability.value),
        }
    }
    if new.upgrade_from.iter().all(|line| !line.version.value.is_unversioned()) {
        row("any that is not in this table", Tunability::DEFAULT);
    }
    if let Some(promise) = promise.filter(|promise| promise.declared.by == DeclaredBy::Downgrade) {
        let from = promise.from_words();
        text.push_str(&format!("\nThe way from {from} is a downgrade: {}.\n", in_words(promise.declared.tunability)));
    }
    text + "\n"
}

const fn in_words(tunability: Tunability) -> &'static str {
    match tunability {
        Tunability::Anytime => "at any time",
        Tunability::WhenUnmonitored => "when the resource is not monitored",
        Tunability::WhenOffline => "when the resource is offline",
        Tunability::WhenDisabled => "when the resource is disabled",
        Tunability::WhenUnmanaged => "when the resource group is unmanaged",
        Tunability::AtCreation => "never",
    }
}

const fn first(tunability: Tunability) -> &'static str {
    match tunability {
        Tunability::Anytime => "nothing",
        Tunability::WhenUnmonitored => "`clresource unmonitor RESOURCE`",
        Tunability::WhenOffline | Tunability::WhenDisabled => "`clresource disable RESOURCE`",
        Tunability::WhenUnmanaged => {
            "`clresourcegroup offline GROUP`, `clresource disable` each of its resources, `clresourcegroup unmanage GROUP`"
        }
        Tunability::AtCreation => "delete the resource, and make it anew",
    }
}

fn properties(pair: &Pair<'_>) -> String {
    let mut text = "## Properties\n\n".to_owned();
    let empty = text.len();
    for property in &pair.added {
        let name = &property.name.value;
        text.push_str(&match property.is_required() {
            true => format!(
                "- `{name}` is new and has no default: give a value in the command that upgrades ({})\n",
                fits(property)
            ),
            false => {
                format!("- `{name}` is new: {} unless you give a value ({})\n", default_words(property), fits(property))
            }
        });
    }
    for (old, new) in &pair.both {
        for line in changes(old, new) {
            text.push_str(&format!("- `{}`: {line}\n", new.name.value));
        }
    }
    for property in &pair.removed {
        text.push_str(&format!("- `{}` is gone: its values are deleted with the upgrade\n", property.name.value));
    }
    if text.len() == empty {
        text.push_str("Nothing changes.\n");
    }
    text + "\n"
}

/// What changes for those who have a value, or follow the default.
fn changes(old: &PropertyDecl, new: &PropertyDecl) -> Vec<String> {
    let mut changes = Vec::new();
    if old.kind != new.kind {
        changes.push(format!("the type is another; a value that does not fit must be given anew ({})", fits(new)));
    }
    match (&old.default, &new.default) {
        (Some(_), None) => {
            changes.push("has no default any more: give a value in the command that upgrades".to_owned())
        }
        (Some(before), Some(after)) if before != after => changes.push(format!(
            "the default was {}, and is {} now; resources without a value of their own get it",
            default_words(old),
            default_words(new)
        )),
        _ => {}
    }
    let limits = |it: &PropertyDecl| {
        [&it.min, &it.max, &it.min_length, &it.max_length, &it.array_min_size, &it.array_max_size]
            .map(|limit| limit.as_ref().map(|limit| limit.value))
    };
    if old.kind == new.kind && limits(old) != limits(new) {
        changes.push(format!("the limits are others; a value that does not fit must be given anew ({})", fits(new)));
    }
    if old.tunable != new.tunable {
        changes.push(format!("may be changed: {}, and was: {}", new.tunable, old.tunable));
    }
    match (old.per_node, new.per_node) {
        (true, false) => changes.push("is one for all nodes now: values of single nodes must become one".to_owned()),
        (false, true) => changes.push("may be set for each node now".to_owned()),
        _ => {}
    }
    changes
}

/// What a value must be.
fn fits(property: &PropertyDecl) -> String {
    let mut words = vec![match &property.kind {
        rtreg_model::PropertyKind::Enum(literals) => format!("one of {}", literals.join(", ")),
        kind => kind.as_str().to_owned(),
    }];
    let limits = [
        ("at least", &property.min),
        ("at most", &property.max),
        ("length at least", &property.min_length),
        ("length at most", &property.max_length),
        ("elements at least", &property.array_min_size),
        ("elements at most", &property.array_max_size),
    ];
    words.extend(limits.iter().filter_map(|(words, limit)| Some(format!("{words} {}", limit.as_ref()?.value))));
    words.join(", ")
}

fn commands(pair: &Pair<'_>) -> String {
    let new = &pair.new.resource_type;
    let (name, version) = (new.name(), new.version.value.as_str().unwrap_or_default());
    let mut text = format!("## Commands\n\n```sh\nclresourcetype register -f RTR_FILE {name}\n");
    let required = pair.added.iter().filter(|property| property.is_required());
    let gone = pair.both.iter().filter(|(old, new)| !old.is_required() && new.is_required()).map(|(_, new)| new);
    let values: String = required.chain(gone).map(|property| format!(" -p {}=VALUE", property.name.value)).collect();
    if new.upgrade.is_some() {
        text.push_str(&format!("clresource set -p Type_version={version}{values} RESOURCE\n"));
    }
    text + "```\n"
}
