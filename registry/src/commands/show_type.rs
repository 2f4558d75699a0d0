//! `rtreg show type`: all that is known of a registered version. It never reads another type's source.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::standard::effective_properties;
use rtreg_model::{PropertyDecl, PropertyValue};
use schemars::JsonSchema;
use serde::Serialize;

use crate::commands::installed::node_words;
use crate::commands::list::{COUNTED_MAX, Count};
use crate::commands::register::{SharedPaths, version_words};
use crate::commands::unregister::resource_names;
use crate::declarations::{Section, kind_words, limits, lines};
use crate::error::CommandError;
use crate::keys;
use crate::records::{MethodRecord, NameRecord, TypeRecord};
use crate::store::KeyRange;
use crate::types::{CANDIDATES_MAX, LoadedType, load_type, newest_first, read_source, resolve_type};
use crate::view::{View, decode};

/// Most resources that are named.
const NAMED_MAX: usize = 20;

/// A registered version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// Version of this form: 1.
    pub version: u32,
    /// The full name.
    pub name: String,
    /// RT_version; null if the file declares none.
    pub rt_version: Option<String>,
    /// Whether the file has `#$upgrade`, so that resources can be upgraded to this version.
    pub upgrade_aware: bool,
    /// SHA-256 of the RTR file.
    pub rtr_sha256: String,
    /// Bytes of the RTR file.
    pub rtr_bytes: u64,
    /// Installed_nodes as they are now; null means all nodes.
    pub installed_nodes: Option<Vec<String>>,
    /// RT_system as it is now.
    pub rt_system: bool,
    /// What the file says of the type, methods left out.
    pub type_properties: Vec<TypeProperty>,
    /// The `#$upgrade_from` lines, in the order of the file.
    pub upgrade_from: Vec<UpgradeFrom>,
    /// The methods.
    pub methods: Vec<Method>,
    /// Properties of a resource of this version, those without an entry in the file included.
    pub properties: Vec<Property>,
    /// How many resources have this version.
    pub resources: Count,
    /// The first of them, by name.
    pub resource_names: Vec<String>,
    /// Registered versions of the same type that name the same method files.
    pub shared_paths: Vec<SharedPaths>,
}

/// A type property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TypeProperty {
    /// Its name.
    pub name: String,
    /// Its value, as a file writes it.
    pub value: String,
    /// Whether the file declares it; otherwise it is the default.
    pub declared: bool,
}

/// A `#$upgrade_from` line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UpgradeFrom {
    /// The RT_version being upgraded from; null for `""`.
    pub rt_version: Option<String>,
    /// When that is permitted.
    pub tunability: String,
}

/// A method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Method {
    /// Its name.
    pub method: String,
    /// Absolute path.
    pub path: String,
    /// SHA-256 of the file by node, where a process of rtreg has seen it.
    pub digests: BTreeMap<String, String>,
}

/// A property of a resource of this version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Property {
    /// Its name.
    pub name: String,
    /// Whether it is an extension property.
    pub extension: bool,
    /// Whether the file has an entry for it.
    pub declared: bool,
    /// Whether it has a value per node.
    pub per_node: bool,
    /// Its type.
    pub kind: String,
    /// When it may be changed.
    pub tunable: String,
    /// The default, as `-p` takes it; null if the administrator must give a value.
    pub default: Option<String>,
    /// The limits, by keyword.
    pub limits: BTreeMap<String, i64>,
    /// DESCRIPTION.
    pub description: Option<String>,
}

/// Shows the version that `name` means.
///
/// # Errors
/// Those of [`resolve_type`] and [`load_type`].
pub fn show(view: &View<'_>, name: &str) -> Result<Report, CommandError> {
    let LoadedType { record, resource_type, .. } = load_type(view, &resolve_type(view, name)?)?;
    let (base, version) = (record.name.base(), &record.version);
    let declared = |line: &crate::declarations::Line| {
        let is_method = rtreg_model::Method::parse(&line.key).is_some();
        (line.section == Section::TypeProperty && !is_method).then(|| type_property(line))
    };
    let upgrade_from = |line: &rtreg_model::UpgradeFrom| UpgradeFrom {
        rt_version: line.version.value.as_str().map(str::to_owned),
        tunability: line.tunability.value.to_string(),
    };
    Ok(Report {
        version: 1,
        name: record.name.to_string(),
        rt_version: version.as_str().map(str::to_owned),
        upgrade_aware: record.upgrade_aware,
        rtr_sha256: record.rtr_hash.clone(),
        rtr_bytes: record.rtr_bytes,
        installed_nodes: record.installed_nodes.clone(),
        rt_system: record.rt_system,
        type_properties: lines(&resource_type).iter().filter_map(declared).collect(),
        upgrade_from: resource_type.upgrade_from.iter().map(upgrade_from).collect(),
        methods: record.methods.iter().map(method).collect(),
        properties: effective_properties(&resource_type).iter().map(Property::new).collect(),
        resources: Count::of_users(view, &keys::by_type_version(base, version), COUNTED_MAX)?,
        resource_names: resource_names(view, base, version, NAMED_MAX)?.0,
        shared_paths: shared_paths(view, &record)?,
    })
}

/// The RTR file of a registered version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RtrReport {
    /// Version of this form: 1.
    pub version: u32,
    /// The full name.
    pub name: String,
    /// How `rtr` holds the file.
    pub encoding: Encoding,
    /// The file.
    pub rtr: String,
    /// The file, byte for byte.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// How JSON holds a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As text: the file is UTF-8.
    Utf8,
    /// Base64 with padding (RFC 4648, section 4): it is not.
    Base64,
}

/// The RTR file of the version that `name` means, byte for byte.
///
/// # Errors
/// Those of [`resolve_type`]; [`CommandError::Store`].
pub fn rtr(view: &View<'_>, name: &str) -> Result<RtrReport, CommandError> {
    let record = resolve_type(view, name)?;
    let bytes = read_source(view, &record)?;
    let (encoding, rtr) = match std::str::from_utf8(&bytes) {
        Ok(text) => (Encoding::Utf8, text.to_owned()),
        Err(_) => (Encoding::Base64, base64(&bytes)),
    };
    Ok(RtrReport { version: 1, name: record.name.to_string(), encoding, rtr, bytes })
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | usize::from(group.get(at).copied().unwrap_or(0)));
        for digit in 0..4 {
            let is_padding = digit > group.len();
            let digit = DIGITS.get(bits >> (18 - 6 * digit) & 63).copied().unwrap_or(b'=');
            text.push(if is_padding { '=' } else { char::from(digit) });
        }
    }
    text
}

fn type_property(line: &crate::declarations::Line) -> TypeProperty {
    TypeProperty { name: line.key.clone(), value: line.value.clone(), declared: !line.default }
}

fn method((name, record): (&rtreg_model::Method, &MethodRecord)) -> Method {
    Method { method: name.to_string(), path: record.path.clone(), digests: record.digests.clone() }
}

impl Property {
    fn new(decl: &PropertyDecl) -> Self {
        Self {
            name: decl.name.value.clone(),
            extension: decl.extension,
            declared: decl.span.is_some(),
            per_node: decl.per_node,
            kind: kind_words(decl),
            tunable: decl.tunable.to_string(),
            default: decl.default.as_ref().map(|default| default.value.to_string()),
            limits: limits(decl).into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            description: decl.description.clone(),
        }
    }

    /// `INT 60..3600, default 300, ANYTIME`
    fn text(&self) -> String {
        let mut text = self.kind.clone();
        for (name, value) in &self.limits {
            text.push_str(&format!(" {name}={value}"));
        }
        match self.default.as_deref() {
            None => text.push_str(", no default: must be given"),
            Some("") => text.push_str(", default empty"),
            Some(default) => text.push_str(&format!(", default {default}")),
        }
        text.push_str(&format!(", {}", self.tunable));
        for (is, word) in [(self.per_node, "per node"), (!self.declared, "not in the file")] {
            if is {
                text.push_str(&format!(", {word}"));
            }
        }
        text
    }
}

/// The other registered versions of the type that name the same method files.
fn shared_paths(view: &View<'_>, record: &TypeRecord) -> Result<Vec<SharedPaths>, CommandError> {
    let own: BTreeSet<&String> = record.methods.values().map(|method| &method.path).collect();
    let mut others: Vec<TypeRecord> = Vec::new();
    for stored in view.peek(&KeyRange::prefix(&keys::type_versions(record.name.base())), CANDIDATES_MAX)? {
        others.push(decode(&stored)?);
    }
    others.retain(|other| other.version != record.version);
    others.sort_by(|a, b| newest_first(&NameRecord::of(a), &NameRecord::of(b)));
    let shared = |other: &TypeRecord| {
        let paths: BTreeSet<&String> = other.methods.values().map(|method| &method.path).collect();
        let paths: Vec<String> = own.intersection(&paths).map(|path| (*path).clone()).collect();
        (!paths.is_empty()).then(|| SharedPaths::new(&NameRecord::of(other), paths))
    };
    Ok(others.iter().filter_map(shared).collect())
}

impl Report {
    /// The report in words.
    pub fn text(&self) -> String {
        let upgradable = if self.upgrade_aware {
            "resources can be upgraded to this version"
        } else {
            "no resource can be upgraded to this version: its file has no `#$upgrade`"
        };
        let mut text = format!("{} ({})\n", self.name, version_words(self.rt_version.as_deref()));
        text.push_str(&format!("  {upgradable}\n"));
        text.push_str(&format!("  RTR file: {} bytes, SHA-256 {}\n", self.rtr_bytes, self.rtr_sha256));
        text.push_str(&format!("  Installed_nodes: {}\n", node_words(self.installed_nodes.as_deref())));
        text.push_str(&format!("  RT_system: {}\n", PropertyValue::Boolean(self.rt_system)));
        text.push_str(&self.resource_text());
        self.parts(&mut text);
        text
    }

    fn resource_text(&self) -> String {
        let mut names = self.resource_names.join(", ");
        if self.resources.count > self.resource_names.len() as u64 {
            names.push_str(", …");
        }
        let names = if names.is_empty() { names } else { format!(": {names}") };
        format!("  resources: {}{names}\n", self.resources.text())
    }

    fn parts(&self, text: &mut String) {
        text.push_str("type properties\n");
        let rows: Vec<[String; 2]> = self.type_properties.iter().map(TypeProperty::row).collect();
        push_table(text, &rows);
        text.push_str("upgrade from\n");
        let rows: Vec<[String; 2]> = self.upgrade_from.iter().map(UpgradeFrom::row).collect();
        push_table(text, &rows);
        text.push_str("methods\n");
        let rows: Vec<[String; 3]> = self.methods.iter().map(Method::row).collect();
        push_table(text, &rows);
        text.push_str("properties of a resource\n");
        let rows: Vec<[String; 2]> =
            self.properties.iter().map(|property| [property.name.clone(), property.text()]).collect();
        push_table(text, &rows);
        if !self.shared_paths.is_empty() {
            text.push_str("shared method files\n");
        }
        for shared in &self.shared_paths {
            text.push_str(&shared.text(self.rt_version.as_deref()));
        }
    }
}

fn push_table<const N: usize>(text: &mut String, rows: &[[String; N]]) {
    if rows.is_empty() {
        text.push_str("  none\n");
    }
    for line in super::table(rows).lines() {
        text.push_str(&format!("  {line}\n"));
    }
}

impl TypeProperty {
    fn row(&self) -> [String; 2] {
        let default = if self.declared { "" } else { " (default)" };
        [self.name.clone(), format!("{}{default}", self.value).trim_start().to_owned()]
    }
}

impl UpgradeFrom {
    fn row(&self) -> [String; 2] {
        [format!("\"{}\"", self.rt_version.as_deref().unwrap_or_default()), self.tunability.clone()]
    }
}

impl Method {
    fn row(&self) -> [String; 3] {
        let nodes: Vec<String> = self
            .digests
            .iter()
            .map(|(node, digest)| format!("{node} {}", digest.get(..12).unwrap_or(digest)))
            .collect();
        let seen = if nodes.is_empty() { "not seen on any node".to_owned() } else { nodes.join(", ") };
        [self.method.clone(), self.path.clone(), seen]
    }
}

#[cfg(test)]
mod tests {
    use super::base64;

    /// The examples of RFC 4648, section 10, and all the bits.
    #[test]
    fn base64_as_the_standard_has_it() {
        let expected = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, expected) in expected.iter().enumerate() {
            assert_eq!(base64(&b"foobar"[..length]), *expected);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xbe, 0xff]), "+/++/w==");
    }
}
