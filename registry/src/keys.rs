//! The keys of the store: one function a kind, so that no other place spells one.
//!
//! `types/<base>/<version>`, `names/<full name>`, `by-short/<resource type>/<base>/<version>`; `resources/<R>` with
//! `by-type/<base>/<version>/<R>`, `by-group/<G>/<R>`, `by-dependency/<R>/<dependent>`; `groups/<G>`, `nodes/<N>`,
//! `by-node/<N>/group/<G>`, `by-node/<N>/type/<base>/<version>` and `by-driver/rgm/<G>`; `settings/<name>`; `blobs/<hash>/<chunk>`;
//! `history/<kind>/<object>/<number, newest first>`; `durations/<full name>/<method>`; `runs/<run>`, `open-runs/<run>`,
//! `used-plans/<plan>`, `journal/<run>/<operation>`, `bundles/<run>/<bundle>`, `work/<node>/<run>/<operation>`, `counters/runs`;
//! `status/<R>/<node>` and `restarts/<R>/<node>`, which are no part of any history.

use rtreg_model::{Method, RtVersion};

/// A part of a key: what would end the part, or is no printable ASCII, as `%` and two hexadecimal digits.
pub fn part(text: &str) -> String {
    let mut part = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'/' && byte != b'%' {
            part.push(char::from(byte));
        } else {
            part.push_str(&format!("%{byte:02x}"));
        }
    }
    part
}

/// The text that [`part`] was made of; none if it was made by nothing else.
pub fn unpart(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = tail.get(2..)?;
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The part of a version: `=` and its text, `-` for unversioned.
pub fn version_part(version: &RtVersion) -> String {
    version.as_str().map_or_else(|| "-".to_owned(), |text| format!("={}", part(text)))
}

/// The version of a part.
pub fn parse_version_part(text: &str) -> Option<RtVersion> {
    match text.strip_prefix('=') {
        Some(version) => unpart(version).map(RtVersion::new),
        None => (text == "-").then_some(RtVersion::UNVERSIONED),
    }
}

/// A registered version of a type.
pub fn type_version(base: &str, version: &RtVersion) -> String {
    format!("types/{}/{}", part(base), version_part(version))
}

/// All registered versions of a type.
pub fn type_versions(base: &str) -> String {
    format!("types/{}/", part(base))
}

/// The full name of a registered type.
pub fn name(full_name: &str) -> String {
    format!("names/{}", part(full_name))
}

/// A registered version of a type, by the type's name without vendor.
pub fn by_short(resource_type: &str, base: &str, version: &RtVersion) -> String {
    format!("by-short/{}/{}/{}", part(resource_type), part(base), version_part(version))
}

/// All registered versions of the types with this name without vendor.
pub fn by_short_all(resource_type: &str) -> String {
    format!("by-short/{}/", part(resource_type))
}

/// All registered versions of one type, by its name without vendor.
pub fn by_short_base(resource_type: &str, base: &str) -> String {
    format!("{}{}/", by_short_all(resource_type), part(base))
}

/// A resource.
pub fn resource(name: &str) -> String {
    format!("resources/{}", part(name))
}

/// A resource, by its type.
pub fn by_type(base: &str, version: &RtVersion, resource: &str) -> String {
    format!("{}{}", by_type_version(base, version), part(resource))
}

/// All resources of a version of a type.
pub fn by_type_version(base: &str, version: &RtVersion) -> String {
    format!("by-type/{}/{}/", part(base), version_part(version))
}

/// All resources of all versions of a type.
pub fn by_type_base(base: &str) -> String {
    format!("by-type/{}/", part(base))
}

/// A resource, by its group.
pub fn by_group(group: &str, resource: &str) -> String {
    format!("{}{}", by_group_all(group), part(resource))
}

/// All resources of a group.
pub fn by_group_all(group: &str) -> String {
    format!("by-group/{}/", part(group))
}

/// A resource that depends on another.
pub fn by_dependency(resource: &str, dependent: &str) -> String {
    format!("{}{}", by_dependency_all(resource), part(dependent))
}

/// All resources that depend on one.
pub fn by_dependency_all(resource: &str) -> String {
    format!("by-dependency/{}/", part(resource))
}

/// What a method last said of a resource on a node.
pub fn status(resource: &str, node: &str) -> String {
    format!("{}{}", status_all(resource), part(node))
}

/// What methods last said of a resource on all nodes.
pub fn status_all(resource: &str) -> String {
    format!("status/{}/", part(resource))
}

/// When methods of a resource on a node have asked for restarts.
pub fn restarts(resource: &str, node: &str) -> String {
    format!("{}{}", restarts_all(resource), part(node))
}

/// When methods of a resource on all nodes have asked for restarts.
pub fn restarts_all(resource: &str) -> String {
    format!("restarts/{}/", part(resource))
}

/// A group.
pub fn group(name: &str) -> String {
    format!("groups/{}", part(name))
}

/// A node.
pub fn node(name: &str) -> String {
    format!("nodes/{}", part(name))
}

/// A group that has a node in its node list.
pub fn by_node_group(node: &str, group: &str) -> String {
    format!("{}group/{}", by_node_all(node), part(group))
}

/// A version of a type whose Installed_nodes name a node.
pub fn by_node_type(node: &str, base: &str, version: &RtVersion) -> String {
    format!("{}type/{}/{}", by_node_all(node), part(base), version_part(version))
}

/// All that names a node.
pub fn by_node_all(node: &str) -> String {
    format!("by-node/{}/", part(node))
}

/// A group that rtreg drives.
pub fn by_driver_rgm(group: &str) -> String {
    format!("{}{}", by_driver_rgm_all(), part(group))
}

/// All groups that rtreg drives.
pub fn by_driver_rgm_all() -> String {
    "by-driver/rgm/".to_owned()
}

/// A setting of the store.
pub fn setting(name: &str) -> String {
    format!("settings/{}", part(name))
}

/// A piece of a large text, by the text's hash.
pub fn blob(hash: &str, chunk: usize) -> String {
    format!("{}{chunk:08}", blob_all(hash))
}

/// All pieces of a large text.
pub fn blob_all(hash: &str) -> String {
    format!("blobs/{}/", part(hash))
}

/// An entry of the history of an object; the newest sorts first, so that the head is the first key of
/// [`history_all`].
pub fn history(kind: &str, object: &str, number: u64) -> String {
    format!("{}{:016x}", history_all(kind, object), u64::MAX - number)
}

/// The history of an object, newest first.
pub fn history_all(kind: &str, object: &str) -> String {
    format!("history/{}/{}/", part(kind), part(object))
}

/// A run: the carrying out of a plan.
pub fn run(run: &str) -> String {
    format!("runs/{}", part(run))
}

/// A run that has not ended.
pub fn open_run(run: &str) -> String {
    format!("open-runs/{}", part(run))
}

/// A plan that a run has used up.
pub fn used_plan(plan: &str) -> String {
    format!("used-plans/{}", part(plan))
}

/// How many runs there were.
pub fn run_counter() -> String {
    "counters/runs".to_owned()
}

/// An operation of a run that has begun.
pub fn operation(run: &str, operation: &str) -> String {
    format!("{}{}", journal(run), part(operation))
}

/// All operations of a run that have begun.
pub fn journal(run: &str) -> String {
    format!("journal/{}/", part(run))
}

/// What becomes of a bundle of a run.
pub fn bundle(run: &str, bundle: &str) -> String {
    format!("{}{}", bundles(run), part(bundle))
}

/// What becomes of the bundles of a run.
pub fn bundles(run: &str) -> String {
    format!("bundles/{}/", part(run))
}

/// An operation that the agent of a node is to begin.
pub fn work(node: &str, run: &str, operation: &str) -> String {
    format!("{}{}/{}", work_all(node), part(run), part(operation))
}

/// All operations that the agent of a node is to begin.
pub fn work_all(node: &str) -> String {
    format!("work/{}/", part(node))
}

/// How long a method of a registered type took before.
pub fn duration(full_name: &str, method: Method) -> String {
    format!("durations/{}/{}", part(full_name), method.as_str())
}

/// The object whose record stands under the key. Of types the key that names one is that of the full name.
pub fn object_of(key: &str) -> Option<crate::history::Object> {
    let (folder, name) = key.split_once('/')?;
    let kind = match folder {
        "names" => "type",
        "resources" => "resource",
        "groups" => "group",
        "nodes" => "node",
        "settings" => "setting",
        "runs" => "run",
        _ => return None,
    };
    Some(crate::history::Object::new(kind, &unpart(name)?))
}

/// The key of the record of a resource, group, node or run; of other kinds what is changed stands under several keys.
pub fn record_of(object: &crate::history::Object) -> Option<String> {
    match object.kind.as_str() {
        "resource" => Some(resource(&object.name)),
        "group" => Some(group(&object.name)),
        "node" => Some(node(&object.name)),
        "run" => Some(run(&object.name)),
        _ => None,
    }
}

/// The key that an object has as long as it exists, the one that [`object_of`] reads; none of an unknown kind.
pub fn object_key(object: &crate::history::Object) -> Option<String> {
    let of = match object.kind.as_str() {
        "type" => name,
        "resource" => resource,
        "group" => group,
        "node" => node,
        "setting" => setting,
        "run" => run,
        _ => return None,
    };
    Some(of(&object.name))
}

/// The last part of a key as text.
pub fn last_part(key: &str) -> Option<String> {
    key.rsplit_once('/').and_then(|(_, last)| unpart(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        for text in ["", "qfs", "a/b", "100%", "sp ace", "\u{e9}", "SUNW.qfs:4.6"] {
            assert_eq!(unpart(&part(text)).as_deref(), Some(text));
            assert!(!part(text).contains('/'));
        }
        for version in [RtVersion::UNVERSIONED, RtVersion::new("-"), RtVersion::new("=1/2")] {
            assert_eq!(parse_version_part(&version_part(&version)), Some(version));
        }
    }

    #[test]
    fn an_object_and_its_key_name_each_other() {
        for kind in crate::history::KINDS {
            let object = crate::history::Object::new(kind, "a/b");
            assert_eq!(object_key(&object).and_then(|key| object_of(&key)), Some(object));
        }
        assert_eq!(object_key(&crate::history::Object::new("zebra", "a")), None);
    }

    #[test]
    fn the_newest_entry_sorts_first() {
        assert!(history("type", "x", 2) < history("type", "x", 1));
    }
}
