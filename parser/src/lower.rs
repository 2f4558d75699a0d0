//! Syntax to resource type: values typed, defaults of the vendor's tables filled in, method paths completed. Total: what
//! cannot be read is left out, the first of duplicates counts. Reports nothing; that is for checks.

use std::collections::BTreeSet;

use rtreg_model::property::Entry as EntryPlace;
use rtreg_model::standard::{self, StandardProperty};
use rtreg_model::{
    Declared, InitNodes, Method, MethodPath, PropertyDecl, PropertyTunable, PropertyValue, ResourceType, RtVersion,
    Span, Spanned, Tunability, UpgradeFrom,
};

use crate::read;
use crate::syntax::{Attribute, AttributeValue, Declaration, DirectiveKind, Entry, Rtr};

/// The typed resource type of a file, with the defaults of the vendor's tables filled in; none if the file has no usable
/// Resource_type. Of a file with errors it is what can be made of it: ask the checker before using it.
///
/// ```
/// use rtreg_model::{FileId, Method};
/// let source = b"Resource_type = web; Vendor_id = ACME; RT_version = \"2\"; RT_basedir = /opt/web; Start = bin/start;\n#$upgrade\n";
/// let resource_type = rtreg_parser::lower(&rtreg_parser::parse(source, FileId(0))).unwrap();
/// assert_eq!(resource_type.name().to_string(), "ACME.web:2");
/// assert_eq!(resource_type.methods[&Method::Start].absolute, "/opt/web/bin/start");
/// ```
pub fn lower(rtr: &Rtr<'_>) -> Option<ResourceType> {
    let name = rtr.declaration("Resource_type")?.text()?;
    let mut resource_type = ResourceType::new(name);
    type_properties(rtr, &mut resource_type);
    methods(rtr, &mut resource_type);
    upgrade_clause(rtr, &mut resource_type);
    resource_type.properties = property_table(rtr);
    Some(resource_type)
}

fn type_properties(rtr: &Rtr<'_>, to: &mut ResourceType) {
    let text = |name: &str| rtr.declaration(name).and_then(|it| it.text());
    to.vendor_id = text("Vendor_id");
    to.rt_basedir = text("RT_basedir");
    to.sysdefined_type = text("Sysdefined_type");
    read_into(rtr, "RT_version", &mut to.version, |it| {
        it.values.as_ref().and_then(read::text).map(|text| RtVersion::new(text.value))
    });
    read_into(rtr, "RT_description", &mut to.rt_description, |it| match &it.values {
        Some(values) => read::text(values).map(|text| text.value),
        None => Some(String::new()),
    });
    read_into(rtr, "API_version", &mut to.api_version, |it| Some(read::integer(it.values.as_ref()?)?.value));
    read_into(rtr, "Init_nodes", &mut to.init_nodes, |it| InitNodes::parse(&it.text()?.value));
    read_into(rtr, "Pkglist", &mut to.pkglist, |it| it.values.as_ref().map(read::elements));
    read_into(rtr, "Failover", &mut to.failover, |it| it.boolean());
    read_into(rtr, "Single_instance", &mut to.single_instance, |it| it.boolean());
    read_into(rtr, "RT_system", &mut to.rt_system, |it| it.boolean());
    read_into(rtr, "Global_zone", &mut to.global_zone, |it| it.boolean());
    read_into(rtr, "Proxy", &mut to.proxy, |it| it.boolean());
}

/// Reads a type property, if the file declares it and the value can be read; otherwise its default stays.
fn read_into<T>(rtr: &Rtr<'_>, name: &str, to: &mut Declared<T>, read: impl FnOnce(&Declaration<'_>) -> Option<T>) {
    if let Some(declaration) = rtr.declaration(name)
        && let Some(value) = read(declaration)
    {
        *to = Declared::at(value, declaration.span);
    }
}

fn methods(rtr: &Rtr<'_>, to: &mut ResourceType) {
    for method in Method::ALL {
        let Some(declared) = rtr.declaration(method.as_str()).and_then(|it| it.text()) else {
            continue;
        };
        let basedir = to.rt_basedir.as_ref().map(|basedir| basedir.value.as_str());
        let absolute = absolute_path(basedir, &declared.value);
        to.methods.insert(method, MethodPath::new(declared, absolute));
    }
}

/// The path completed with RT_basedir, one slash between; as it is if it is absolute or there is no RT_basedir.
fn absolute_path(basedir: Option<&str>, path: &str) -> String {
    match basedir {
        Some(basedir) if !path.starts_with('/') => format!("{}/{path}", basedir.trim_end_matches('/')),
        _ => path.to_owned(),
    }
}

fn upgrade_clause(rtr: &Rtr<'_>, to: &mut ResourceType) {
    let mut versions = BTreeSet::new();
    for directive in rtr.directives() {
        match &directive.kind {
            DirectiveKind::Upgrade => {
                to.upgrade.get_or_insert(Spanned::new((), directive.span));
            }
            DirectiveKind::UpgradeFrom { version: Some(version), tunability: Some(word) } => {
                let Some(tunability) = Tunability::parse(&word.to_text()) else {
                    continue;
                };
                let rt_version = RtVersion::new(version.to_text());
                if versions.insert(rt_version.clone()) {
                    to.upgrade_from.push(UpgradeFrom::new(
                        Spanned::new(rt_version, version.span),
                        Spanned::new(tunability, word.span),
                        Span::new(directive.span.start, word.span.end),
                    ));
                }
            }
            DirectiveKind::UpgradeFrom { .. } | DirectiveKind::Unknown => {}
        }
    }
}

fn property_table(rtr: &Rtr<'_>) -> Vec<PropertyDecl> {
    let mut names = BTreeSet::new();
    rtr.entries()
        .filter_map(property)
        .filter(|property| names.insert(property.name.value.to_ascii_lowercase()))
        .collect()
}

/// The property of an entry. None without a name, and none if nothing gives it a type: an extension property without a type
/// keyword, or a name that is not the vendor's without either.
fn property(entry: &Entry<'_>) -> Option<PropertyDecl> {
    let name = entry.property().filter(|value| !value.text.is_empty())?;
    let text = name.to_text();
    let extension = entry.is_extension();
    let mut decl = match standard::standard_property(&text).filter(|_| !extension) {
        Some(row) => standard_decl(row, name.span),
        None => PropertyDecl::new(Spanned::new(text, name.span), read::kinds(entry).into_iter().next()?.value),
    };
    decl.extension = extension;
    decl.per_node = entry.attribute("PER_NODE").and_then(Attribute::boolean) == Some(true);
    decl.tunable = tunable(entry).unwrap_or(decl.tunable);
    decl.default = default(entry, &decl).or(decl.default);
    let limit = |name: &str| entry.attribute(name)?.values().and_then(read::integer);
    decl.min = limit("MIN");
    decl.max = limit("MAX");
    decl.min_length = limit("MINLENGTH");
    decl.max_length = limit("MAXLENGTH");
    decl.array_min_size = limit("ARRAY_MINSIZE");
    decl.array_max_size = limit("ARRAY_MAXSIZE");
    let description = entry.attribute("DESCRIPTION").and_then(Attribute::values);
    decl.description = description.and_then(read::text).map(|text| text.value);
    decl.span = Some(EntryPlace(entry.span));
    Some(decl)
}

fn standard_decl(row: &StandardProperty, name: Span) -> PropertyDecl {
    let mut decl = row.to_decl();
    decl.name.span = name;
    decl
}

/// TUNABLE: alone it means TRUE.
fn tunable(entry: &Entry<'_>) -> Option<PropertyTunable> {
    let attribute = entry.attribute("TUNABLE")?;
    match attribute.value {
        AttributeValue::Flag => Some(PropertyTunable::Anytime),
        _ => PropertyTunable::parse(&attribute.single()?.to_text()),
    }
}

fn default(entry: &Entry<'_>, decl: &PropertyDecl) -> Option<Spanned<PropertyValue>> {
    let attribute = entry.attribute("DEFAULT")?;
    let (value, span) = match &attribute.value {
        AttributeValue::Flag => (PropertyValue::parse(&decl.kind, ""), attribute.span),
        AttributeValue::Values(values) => (read::property_value(&decl.kind, values), values.span),
        AttributeValue::Literals(_) => return None,
    };
    value.ok().map(|value| Spanned::new(value, span))
}
