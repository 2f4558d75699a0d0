//! What `rtreg history verify` finds beside the chains: every object has one, the indexes are exactly those that the records
//! imply, what a record names exists, every RTR file is there with its hash, and no key is newer than the store. It never
//! changes anything, and holds one record and one piece of a file at a time; of the types that resources use also the
//! dependencies that are their defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rtreg_model::{Driver, Origin, RtVersion};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::Check;
use crate::commands::dependencies::{self, Defaults};
use crate::error::CommandError;
use crate::history::{Object, hex};
use crate::keys;
use crate::records::{
    GroupRecord, NameRecord, NodeRecord, ResourceRecord, RestartsRecord, SettingRecord, StatusRecord, TypeRecord,
};
use crate::store::{KeyRange, StoreError, Stored};
use crate::types::load_type;
use crate::view::{View, decode};

/// How many pieces of RTR files are read at once: at most 1 MiB.
const PIECES: usize = 4;

/// Walks all but the history.
///
/// # Errors
/// [`CommandError::Store`]. Faults are reported to `check`.
pub(super) fn check(view: &View<'_>, check: &mut Check) -> Result<(), CommandError> {
    let mut contents = Contents { view, check, defaults: BTreeMap::new() };
    contents.each("types/", Contents::registered)?;
    contents.each("names/", |contents, stored| {
        contents.object("type", stored)?;
        contents.index_of_type(stored)
    })?;
    contents.each("resources/", Contents::resource)?;
    contents.each("groups/", Contents::group)?;
    contents.each("nodes/", |contents, stored| contents.plain::<NodeRecord>("node", stored))?;
    contents.each("settings/", |contents, stored| contents.plain::<SettingRecord>("setting", stored))?;
    contents.each("by-short/", Contents::index_of_type)?;
    contents.each("by-node/", Contents::index_of_node)?;
    contents.each("by-driver/", Contents::index_of_group)?;
    for prefix in ["by-type/", "by-group/", "by-dependency/"] {
        contents.each(prefix, Contents::index_of_resource)?;
    }
    contents.each("status/", Contents::told::<StatusRecord>)?;
    contents.each("restarts/", Contents::told::<RestartsRecord>)?;
    contents.pieces()
}

/// The keys of the indexes that a record implies, and what stands there.
#[derive(Default)]
struct Implied {
    required: BTreeMap<String, Value>,
    /// May be there, and must then say this.
    allowed: BTreeMap<String, Value>,
}

/// What stands in an index.
enum Value {
    /// Nothing that anybody reads.
    Any,
    Name(NameRecord),
    Use(Use),
    Properties(BTreeSet<String>),
}

/// Of a resource in the index of types: whether the version is only alive in it, but not its Type_version.
#[derive(Deserialize, PartialEq, Eq)]
struct Use {
    #[serde(default)]
    origin: bool,
}

impl Value {
    fn is_in(&self, stored: &Stored) -> bool {
        match self {
            Self::Any => true,
            Self::Name(name) => decode::<NameRecord>(stored).is_ok_and(|found| found == *name),
            Self::Use(is) => decode::<Use>(stored).is_ok_and(|found| found == *is),
            Self::Properties(names) => decode::<BTreeSet<String>>(stored).is_ok_and(|found| found == *names),
        }
    }
}

impl Implied {
    fn by_type(record: &TypeRecord) -> Self {
        let name = NameRecord::of(record);
        let (base, version) = (record.name.base(), &record.version);
        let mut keys =
            vec![keys::name(&record.name.to_string()), keys::by_short(record.name.resource_type(), base, version)];
        keys.extend(record.installed_nodes.iter().flatten().map(|node| keys::by_node_type(node, base, version)));
        let required = keys.into_iter().map(|key| (key, Value::Name(name.clone()))).collect();
        Self { required, allowed: BTreeMap::new() }
    }

    fn by_group(record: &GroupRecord) -> Self {
        let keys = record.node_list.iter().map(|node| keys::by_node_group(node, &record.name));
        let required = keys.map(|key| (key, Value::Any)).collect();
        // Of a group that has no resources yet an older rtreg wrote none.
        let driven = (record.driver == Driver::Rgm).then(|| (keys::by_driver_rgm(&record.name), Value::Any));
        Self { required, allowed: driven.into_iter().collect() }
    }

    /// Its dependencies rest on the type's defaults; without them entries about dependencies are let pass.
    fn by_resource(record: &ResourceRecord, defaults: Option<&Defaults>) -> Self {
        let name = &record.name;
        let by_type = |version: &RtVersion| keys::by_type(&record.base, version, name);
        let mut implied = Self::default();
        for entry in record.nodes.values() {
            let origins = [&entry.started_by, &entry.monitor_started_by, &entry.initialised_by];
            let known = origins.into_iter().filter_map(|origin| match origin {
                Origin::Version(version) => Some(version),
                Origin::None | Origin::Unknown => None,
            });
            for version in known.chain(&entry.also_initialised_by) {
                implied.allowed.insert(by_type(version), Value::Use(Use { origin: true }));
            }
        }
        implied.allowed.remove(&by_type(&record.type_version));
        implied.required.insert(by_type(&record.type_version), Value::Use(Use { origin: false }));
        implied.required.insert(keys::by_group(&record.group, name), Value::Any);
        let needed = defaults.and_then(|defaults| dependencies::of_values_or(defaults, &record.values).ok());
        for (on, properties) in needed.into_iter().flatten() {
            implied.required.insert(keys::by_dependency(&on, name), Value::Properties(properties));
        }
        implied
    }
}

struct Contents<'c, 's> {
    view: &'c View<'s>,
    check: &'c mut Check,
    /// By the key of the type; none where its RTR file cannot be read.
    defaults: BTreeMap<String, Option<Rc<Defaults>>>,
}

impl Contents<'_, '_> {
    fn each(
        &mut self,
        prefix: &str,
        mut look: impl FnMut(&mut Self, &Stored) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        self.view.for_each(&KeyRange::prefix(prefix), |stored| {
            self.check.key(&stored);
            look(self, &stored)
        })
    }

    /// The record in a value; a fault if it is none.
    fn read<T: DeserializeOwned>(&mut self, object: &Object, stored: &Stored) -> Option<T> {
        let record = decode(stored).ok();
        if record.is_none() {
            self.check.fault(Some(object), None, &stored.key, "expected a record, found something that is none");
        }
        record
    }

    /// The record under a key; none also if it is none, which is a fault elsewhere.
    fn peek<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        Ok(self.view.peek_key(key)?.and_then(|stored| decode(&stored).ok()))
    }

    /// An object that exists has a chain.
    fn object(&mut self, kind: &str, stored: &Stored) -> Result<Object, CommandError> {
        self.check.report.objects += 1;
        let object = Object::new(kind, &keys::last_part(&stored.key).unwrap_or_default());
        let chain = KeyRange::prefix(&keys::history_all(&object.kind, &object.name));
        if self.view.peek(&chain, 1)?.is_empty() {
            self.check.fault(Some(&object), None, &stored.key, "the object exists, but has no history");
        }
        Ok(object)
    }

    fn own_key(&mut self, object: &Object, stored: &Stored, key: &str) {
        if key != stored.key {
            self.check.fault(Some(object), None, &stored.key, "the record stands under the key of another object");
        }
    }

    /// What a record names must exist.
    fn exists(&mut self, object: &Object, key: &str, what: &str) -> Result<(), CommandError> {
        if self.view.peek_key(key)?.is_none() {
            self.check.fault(Some(object), None, key, format!("the record names {what}, which does not exist"));
        }
        Ok(())
    }

    fn indexed(&mut self, object: &Object, implied: &Implied) -> Result<(), CommandError> {
        for (key, value) in &implied.required {
            match self.view.peek_key(key)? {
                None => {
                    let message = format!("the index has no entry `{key}`, but the record asks for it");
                    self.check.fault(Some(object), None, key, message);
                }
                Some(stored) if !value.is_in(&stored) => {
                    let message = format!("the entry `{key}` of the index does not say what the record says");
                    self.check.fault(Some(object), None, key, message);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// An entry of an index must be implied by its record. That it says what it should is held against required ones by
    /// [`Self::indexed`].
    fn implied(&mut self, stored: &Stored, implied: Option<&Implied>) {
        self.check.report.indexes += 1;
        let asked = implied.is_some_and(|implied| {
            let allowed = || implied.allowed.get(&stored.key).is_some_and(|value| value.is_in(stored));
            implied.required.contains_key(&stored.key) || allowed()
        });
        if !asked {
            self.check.fault(None, None, &stored.key, "no record asks for this entry of the index");
        }
    }

    fn registered(&mut self, stored: &Stored) -> Result<(), CommandError> {
        let Ok(record) = decode::<TypeRecord>(stored) else {
            self.check.fault(None, None, &stored.key, "expected a record, found something that is none");
            return Ok(());
        };
        let object = Object::new("type", &record.name.to_string());
        self.own_key(&object, stored, &NameRecord::of(&record).key());
        self.indexed(&object, &Implied::by_type(&record))?;
        let (hash, bytes) = self.source(&record)?;
        if hash != record.rtr_hash || bytes != record.rtr_bytes {
            let message = format!(
                "expected an RTR file of {} bytes with the SHA-256 {}, found {bytes} bytes with {hash}",
                record.rtr_bytes, record.rtr_hash
            );
            self.check.fault(Some(&object), None, &keys::blob_all(&record.rtr_hash), message);
        }
        Ok(())
    }

    /// Hash and length of the RTR file that is there.
    fn source(&self, record: &TypeRecord) -> Result<(String, u64), StoreError> {
        let mut range = KeyRange::prefix(&keys::blob_all(&record.rtr_hash));
        let (mut digest, mut bytes) = (Sha256::new(), 0);
        loop {
            let pieces = self.view.peek(&range, PIECES)?;
            for piece in &pieces {
                digest.update(&piece.value);
                bytes += piece.value.len() as u64;
            }
            match pieces.last() {
                Some(last) => range.start = format!("{}\0", last.key),
                None => return Ok((hex(&digest.finalize()), bytes)),
            }
        }
    }

    /// Pieces that no type names are left over from types that were registered once.
    fn pieces(&mut self) -> Result<(), CommandError> {
        let mut range = KeyRange::prefix("blobs/");
        loop {
            let pieces = self.view.peek(&range, PIECES)?;
            pieces.iter().for_each(|piece| self.check.key(piece));
            match pieces.last() {
                Some(last) => range.start = format!("{}\0", last.key),
                None => return Ok(()),
            }
        }
    }

    fn resource(&mut self, stored: &Stored) -> Result<(), CommandError> {
        let object = self.object("resource", stored)?;
        let Some(record) = self.read::<ResourceRecord>(&object, stored) else { return Ok(()) };
        self.own_key(&object, stored, &keys::resource(&record.name));
        let of_type = keys::type_version(&record.base, &record.type_version);
        self.exists(&object, &of_type, &format!("version {} of `{}`", record.type_version, record.base))?;
        self.exists(&object, &keys::group(&record.group), &format!("group `{}`", record.group))?;
        let defaults = self.defaults(&of_type)?;
        self.indexed(&object, &Implied::by_resource(&record, defaults.as_deref()))
    }

    fn group(&mut self, stored: &Stored) -> Result<(), CommandError> {
        let object = self.object("group", stored)?;
        let Some(record) = self.read::<GroupRecord>(&object, stored) else { return Ok(()) };
        self.own_key(&object, stored, &keys::group(&record.name));
        for node in &record.node_list {
            self.exists(&object, &keys::node(node), &format!("node `{node}`"))?;
        }
        self.indexed(&object, &Implied::by_group(&record))
    }

    /// An object without indexes of its own.
    fn plain<T: DeserializeOwned>(&mut self, kind: &str, stored: &Stored) -> Result<(), CommandError> {
        let object = self.object(kind, stored)?;
        self.read::<T>(&object, stored);
        Ok(())
    }

    /// What methods told of a resource: no hash covers it, but it is a record, and the resource exists.
    fn told<T: DeserializeOwned>(&mut self, stored: &Stored) -> Result<(), CommandError> {
        let name = stored.key.split('/').nth(1).and_then(keys::unpart).unwrap_or_default();
        let object = Object::new("resource", &name);
        if self.read::<T>(&object, stored).is_some() && self.view.peek_key(&keys::resource(&name))?.is_none() {
            self.check.fault(Some(&object), None, &stored.key, "something was told of a resource that does not exist");
        }
        Ok(())
    }

    fn index_of_type(&mut self, stored: &Stored) -> Result<(), CommandError> {
        let record: Option<TypeRecord> = match decode::<NameRecord>(stored) {
            Ok(name) => self.peek(&name.key())?,
            Err(_) => None,
        };
        self.implied(stored, record.as_ref().map(Implied::by_type).as_ref());
        Ok(())
    }

    fn index_of_node(&mut self, stored: &Stored) -> Result<(), CommandError> {
        if stored.key.split('/').nth(2) != Some("group") {
            return self.index_of_type(stored);
        }
        self.index_of_group(stored)
    }

    fn index_of_group(&mut self, stored: &Stored) -> Result<(), CommandError> {
        let name = keys::last_part(&stored.key).unwrap_or_default();
        let record: Option<GroupRecord> = self.peek(&keys::group(&name))?;
        self.implied(stored, record.as_ref().map(Implied::by_group).as_ref());
        Ok(())
    }

    fn index_of_resource(&mut self, stored: &Stored) -> Result<(), CommandError> {
        let name = keys::last_part(&stored.key).unwrap_or_default();
        let Some(record) = self.peek::<ResourceRecord>(&keys::resource(&name))? else {
            self.implied(stored, None);
            return Ok(());
        };
        let defaults = self.defaults(&keys::type_version(&record.base, &record.type_version))?;
        let unknown = defaults.is_none() && stored.key.starts_with("by-dependency/");
        if !unknown {
            self.implied(stored, Some(&Implied::by_resource(&record, defaults.as_deref())));
        }
        Ok(())
    }

    fn defaults(&mut self, of_type: &str) -> Result<Option<Rc<Defaults>>, CommandError> {
        if let Some(known) = self.defaults.get(of_type) {
            return Ok(known.clone());
        }
        let record: Option<TypeRecord> = self.peek(of_type)?;
        let loaded = record.and_then(|record| load_type(self.view, &record).ok());
        let defaults = loaded.map(|loaded| Rc::new(dependencies::defaults(&loaded.resource_type)));
        self.defaults.insert(of_type.to_owned(), defaults.clone());
        Ok(defaults)
    }
}
