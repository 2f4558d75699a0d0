//! What an RTR file declares, as lines for people: one line for each thing, defaults filled in, so that two versions can
//! be compared line by line. It never shows the file's own text.

use std::collections::BTreeMap;

use rtreg_model::{Declared, PropertyDecl, ResourceType, Spanned};

/// One thing that a type declares: what it is (the same in two versions), and the whole line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether it is a type property, a directive or an entry of the table.
    pub section: Section,
    /// What it is: `Failover`, `#$upgrade_from 1.0`, the property's name in lower case.
    pub key: String,
    /// The line, as a file could have it.
    pub text: String,
    /// What stands behind the name; empty for a directive and for an entry of the table.
    pub value: String,
    /// Whether it is only there by default.
    pub default: bool,
}

/// The three parts of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Type properties and methods.
    TypeProperty,
    /// `#$upgrade` and `#$upgrade_from`.
    Directive,
    /// The property table.
    Property,
}

/// The lines of a type: type properties, methods with their absolute paths, directives, the entries of the table.
pub fn lines(resource_type: &ResourceType) -> Vec<Line> {
    let mut lines = type_property_lines(resource_type);
    lines.extend(
        resource_type.methods.iter().map(|(method, path)| type_property(method.as_str(), &path.absolute, false)),
    );
    if resource_type.upgrade.is_some() {
        lines.push(directive("#$upgrade".to_owned(), "#$upgrade".to_owned()));
    }
    lines.extend(resource_type.upgrade_from.iter().map(|line| {
        let version = line.version.value.as_str().unwrap_or_default();
        let key = format!("#$upgrade_from {version}");
        directive(key, format!("#$upgrade_from \"{version}\" {}", line.tunability.value))
    }));
    lines.extend(resource_type.properties.iter().map(|property| Line {
        section: Section::Property,
        key: property.name.value.to_ascii_lowercase(),
        text: property_line(property),
        value: String::new(),
        default: false,
    }));
    lines
}

/// What differs, in the order of the old version's lines: `- old` and `+ new`; empty if the two say the same.
pub fn differences(old: &ResourceType, new: &ResourceType) -> Vec<String> {
    let (old, new) = (lines(old), lines(new));
    let index = |lines: &[Line]| -> BTreeMap<(Section, String), String> {
        lines.iter().map(|line| ((line.section, line.key.clone()), line.text.clone())).collect()
    };
    let (in_old, in_new) = (index(&old), index(&new));
    let mut differences = Vec::new();
    for line in &old {
        let now = in_new.get(&(line.section, line.key.clone()));
        if now != Some(&line.text) {
            differences.push(format!("- {}", line.text));
            differences.extend(now.map(|now| format!("+ {now}")));
        }
    }
    let added = new.iter().filter(|line| !in_old.contains_key(&(line.section, line.key.clone())));
    differences.extend(added.map(|line| format!("+ {}", line.text)));
    differences
}

fn type_property_lines(rt: &ResourceType) -> Vec<Line> {
    let declared = |name: &str, value: &Option<Spanned<String>>| {
        value.as_ref().map(|value| type_property(name, &value.value, false))
    };
    let flag = |name: &str, value: &Declared<bool>| Some(type_property(name, truth(value.value), value.span.is_none()));
    let version = rt.version.value.as_str().map(|version| type_property("RT_version", version, false));
    [
        Some(type_property("Resource_type", &rt.resource_type.value, false)),
        declared("Vendor_id", &rt.vendor_id),
        version,
        Some(type_property("RT_description", &rt.rt_description.value, rt.rt_description.span.is_none())),
        Some(type_property("API_version", &rt.api_version.value.to_string(), rt.api_version.span.is_none())),
        flag("Failover", &rt.failover),
        flag("Single_instance", &rt.single_instance),
        Some(type_property("Init_nodes", rt.init_nodes.value.as_str(), rt.init_nodes.span.is_none())),
        flag("RT_system", &rt.rt_system),
        flag("Global_zone", &rt.global_zone),
        flag("Proxy", &rt.proxy),
        declared("Sysdefined_type", &rt.sysdefined_type),
        declared("RT_basedir", &rt.rt_basedir),
        Some(type_property("Pkglist", &rt.pkglist.value.join(", "), rt.pkglist.span.is_none())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const fn truth(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

fn type_property(name: &str, value: &str, default: bool) -> Line {
    let text = format!("{name} = {value};");
    Line { section: Section::TypeProperty, key: name.to_owned(), text, value: value.to_owned(), default }
}

fn directive(key: String, text: String) -> Line {
    Line { section: Section::Directive, key, text, value: String::new(), default: false }
}

/// An entry of the table as one line.
fn property_line(property: &PropertyDecl) -> String {
    let mut parts = vec![format!("PROPERTY = {};", property.name.value)];
    if property.extension {
        parts.push("EXTENSION;".to_owned());
        parts.push(format!("{};", kind_words(property)));
    }
    if property.per_node {
        parts.push("PER_NODE;".to_owned());
    }
    parts.extend(limits(property).into_iter().map(|(name, value)| format!("{name} = {value};")));
    if let Some(default) = &property.default {
        parts.push(format!("DEFAULT = {};", default.value));
    }
    parts.push(format!("TUNABLE = {};", property.tunable));
    if let Some(description) = &property.description {
        parts.push(format!("DESCRIPTION = \"{description}\";"));
    }
    format!("{{ {} }}", parts.join(" "))
}

/// The type of a property as a file writes it, with the literals of an ENUM.
pub fn kind_words(property: &PropertyDecl) -> String {
    match &property.kind {
        rtreg_model::PropertyKind::Enum(literals) => format!("ENUM {{ {} }}", literals.join(", ")),
        kind => kind.as_str().to_owned(),
    }
}

/// The limits that a property has, by their keywords.
pub fn limits(property: &PropertyDecl) -> Vec<(&'static str, i64)> {
    [
        ("MIN", &property.min),
        ("MAX", &property.max),
        ("MINLENGTH", &property.min_length),
        ("MAXLENGTH", &property.max_length),
        ("ARRAY_MINSIZE", &property.array_min_size),
        ("ARRAY_MAXSIZE", &property.array_max_size),
    ]
    .into_iter()
    .filter_map(|(name, limit)| limit.as_ref().map(|limit| (name, limit.value)))
    .collect()
}
