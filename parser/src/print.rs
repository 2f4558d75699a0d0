//! Resource type to RTR text, in one style. Never looks at a file: comments and the order of type properties are not part
//! of a type.

use std::fmt::Write;

use rtreg_model::standard::standard_property;
use rtreg_model::{InitNodes, Method, PropertyDecl, PropertyKind, PropertyValue, ResourceType, Spanned};

/// The order in which methods are printed: the life of a resource.
const METHODS: [Method; 12] = [
    Method::Init,
    Method::Boot,
    Method::Fini,
    Method::PrenetStart,
    Method::Start,
    Method::Stop,
    Method::PostnetStop,
    Method::Validate,
    Method::Update,
    Method::MonitorStart,
    Method::MonitorStop,
    Method::MonitorCheck,
];

/// The type as an RTR file in one style; parsing and lowering the text gives the same type again, whatever file it was
/// lowered from, if that file has no syntax errors. Type properties that have their default are left out; each entry of the
/// table says its default and when it may be changed.
///
/// A double quote or newline, which no value of an RTR file can have, is printed as a single quote or a blank.
///
/// ```
/// use rtreg_model::FileId;
/// use rtreg_parser::{lower, parse, print};
/// let resource_type = lower(&parse(b"resource_type=web;{property=start_TIMEOUT;min=5;}", FileId(0))).unwrap();
/// let text = print(&resource_type);
/// assert!(text.starts_with("Resource_type = \"web\";\n"));
/// assert!(text.contains("\tPROPERTY = Start_timeout;\n"));
/// assert_eq!(lower(&parse(text.as_bytes(), FileId(0))), Some(resource_type));
/// ```
pub fn print(resource_type: &ResourceType) -> String {
    let mut out = String::new();
    type_properties(&mut out, resource_type);
    methods(&mut out, resource_type);
    upgrade_clause(&mut out, resource_type);
    for property in &resource_type.properties {
        out.push('\n');
        entry(&mut out, property);
    }
    out
}

fn type_properties(out: &mut String, it: &ResourceType) {
    line(out, "", "Resource_type", &quoted(&it.resource_type.value));
    if let Some(vendor) = &it.vendor_id {
        line(out, "", "Vendor_id", &bare(&vendor.value));
    }
    if let Some(version) = it.version.value.as_str() {
        line(out, "", "RT_version", &quoted(version));
    }
    if !it.rt_description.value.is_empty() {
        line(out, "", "RT_description", &quoted(&it.rt_description.value));
    }
    line(out, "", "API_version", &it.api_version.value.to_string());
    let flags = [
        ("Failover", &it.failover),
        ("Single_instance", &it.single_instance),
        ("RT_system", &it.rt_system),
        ("Global_zone", &it.global_zone),
        ("Proxy", &it.proxy),
    ];
    for (name, _) in flags.iter().filter(|(_, flag)| flag.value) {
        line(out, "", name, "TRUE");
    }
    if it.init_nodes.value != InitNodes::RgPrimaries {
        line(out, "", "Init_nodes", it.init_nodes.value.as_str());
    }
    if let Some(sysdefined_type) = &it.sysdefined_type {
        line(out, "", "Sysdefined_type", &bare(&sysdefined_type.value));
    }
    if !it.pkglist.value.is_empty() {
        line(out, "", "Pkglist", &list(&it.pkglist.value));
    }
    if let Some(basedir) = &it.rt_basedir {
        line(out, "", "RT_basedir", &bare(&basedir.value));
    }
}

fn methods(out: &mut String, it: &ResourceType) {
    if !it.methods.is_empty() {
        out.push('\n');
    }
    for method in METHODS {
        if let Some(path) = it.methods.get(&method) {
            line(out, "", method.as_str(), &bare(&path.declared.value));
        }
    }
}

fn upgrade_clause(out: &mut String, it: &ResourceType) {
    if it.upgrade.is_some() {
        out.push_str("\n#$upgrade\n");
    }
    for upgrade_from in &it.upgrade_from {
        let version = quoted(upgrade_from.version.value.as_str().unwrap_or_default());
        put(out, format_args!("#$upgrade_from {version} {}\n", upgrade_from.tunability.value));
    }
}

fn entry(out: &mut String, property: &PropertyDecl) {
    out.push_str("{\n");
    line(out, "\t", "PROPERTY", &bare(&property.name.value));
    if property.extension {
        out.push_str("\tEXTENSION;\n");
    }
    if property.per_node {
        out.push_str("\tPER_NODE;\n");
    }
    if property.extension || standard_property(&property.name.value).is_none() {
        kind(out, &property.kind);
    }
    let limits = [
        ("MIN", &property.min),
        ("MAX", &property.max),
        ("MINLENGTH", &property.min_length),
        ("MAXLENGTH", &property.max_length),
        ("ARRAY_MINSIZE", &property.array_min_size),
        ("ARRAY_MAXSIZE", &property.array_max_size),
    ];
    for (name, limit) in limits {
        if let Some(Spanned { value, .. }) = limit {
            line(out, "\t", name, &value.to_string());
        }
    }
    if let Some(default) = &property.default {
        line(out, "\t", "DEFAULT", &value(&default.value));
    }
    line(out, "\t", "TUNABLE", property.tunable.as_str());
    if let Some(description) = &property.description {
        line(out, "\t", "DESCRIPTION", &quoted(description));
    }
    out.push_str("}\n");
}

fn kind(out: &mut String, kind: &PropertyKind) {
    match kind {
        PropertyKind::Enum(literals) => put(out, format_args!("\tENUM {{ {} }};\n", list(literals))),
        kind => put(out, format_args!("\t{};\n", kind.as_str())),
    }
}

fn value(value: &PropertyValue) -> String {
    match value {
        PropertyValue::Boolean(_) | PropertyValue::Int(_) => value.to_string(),
        PropertyValue::String(text) => quoted(text),
        PropertyValue::StringArray(values) if values.is_empty() => quoted(""),
        PropertyValue::StringArray(values) => values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "),
    }
}

fn line(out: &mut String, indent: &str, name: &str, value: &str) {
    put(out, format_args!("{indent}{name} = {value};\n"));
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(text);
}

fn list(values: &[String]) -> String {
    values.iter().map(|value| bare(value)).collect::<Vec<_>>().join(", ")
}

/// Without quotes where nobody could take it for anything else.
fn bare(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | ':' | '+');
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "'").replace('\n', " "))
}
