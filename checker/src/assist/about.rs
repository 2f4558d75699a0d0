//! Sentences about the words of the language, from the tables of [`rtreg_model::standard`]. A sentence that is no cell of a
//! table names its page of the manual.

use rtreg_model::standard::{
    Category, Presence, StandardDefault, StandardKind, StandardProperty, TypeProperty, TypePropertyKind,
};
use rtreg_model::{Method, PropertyTunable, ResourceType, Span, Spanned, Tunability};

/// What a type property is, in Markdown.
pub(super) fn type_property(row: &TypeProperty) -> String {
    let mut lines = vec![format!("**{}** (type property)", row.name), String::new()];
    if let Some(method) = Method::parse(row.name) {
        lines.push(format!("- method: {}", self::method(method)));
    }
    lines.push(format!("- value: {}", type_property_value(row.kind)));
    lines.push(format!("- category: {}", category(row)));
    lines.push(format!("- since: {}", row.since));
    if let Some(method) = Method::parse(row.name) {
        lines.push(format!("- its run time is limited by `{}`", method.timeout_property()));
    }
    lines.join("\n")
}

/// When the cluster calls a method (rt_callbacks(1HA)).
const fn method(method: Method) -> &'static str {
    match method {
        Method::Boot => "called once on a node that joins the cluster",
        Method::Fini => "called when the resource leaves management",
        Method::Init => "called when the resource comes under management",
        Method::MonitorCheck => "called on a node before the monitor's request moves the group there",
        Method::MonitorStart => "starts the fault monitor",
        Method::MonitorStop => "stops the fault monitor",
        Method::PostnetStop => "stops what Prenet_start started, after the network addresses went down",
        Method::PrenetStart => "starts before the network addresses go up",
        Method::Start => "starts the service",
        Method::Stop => "stops the service",
        Method::Update => "tells a running resource of changed properties",
        Method::Validate => "checks properties before they are set",
    }
}

fn type_property_value(kind: TypePropertyKind) -> String {
    match kind {
        TypePropertyKind::String => "a string".to_owned(),
        TypePropertyKind::Boolean => "TRUE or FALSE".to_owned(),
        TypePropertyKind::Int => "an integer".to_owned(),
        TypePropertyKind::MethodPath => "a path, completed with RT_basedir where it is relative".to_owned(),
        TypePropertyKind::Path => "a path".to_owned(),
        TypePropertyKind::Enum(words) => words.join(" or "),
        TypePropertyKind::StringArray => "a list of strings".to_owned(),
    }
}

/// rt_properties(5), "Property Categories".
fn category(row: &TypeProperty) -> String {
    match (row.category, type_default(row.name)) {
        (Category::Required, _) => "required: a file must give it a value".to_owned(),
        (Category::Conditional, _) => {
            "conditional: it exists only if the file declares it, and may be blank".to_owned()
        }
        (Category::ConditionalExplicit, _) => {
            "conditional, explicit: it exists only if the file declares it with a value".to_owned()
        }
        (Category::Optional, Some(default)) => format!("optional: `{default}` where the file does not say"),
        (Category::Optional, None) => "optional: it has a default where the file does not say".to_owned(),
        (Category::QueryOnly, _) => "query-only: it is read, and never set in a file".to_owned(),
    }
}

/// The default of an optional type property, as a type has it that declares nothing.
fn type_default(name: &str) -> Option<String> {
    let plain = ResourceType::new(Spanned::new(String::new(), Span::default()));
    let word = |value: bool| if value { "TRUE" } else { "FALSE" }.to_owned();
    match name {
        "API_version" => Some(plain.api_version.value.to_string()),
        "Failover" => Some(word(plain.failover.value)),
        "Global_zone" => Some(word(plain.global_zone.value)),
        "Init_nodes" => Some(plain.init_nodes.value.as_str().to_owned()),
        "Proxy" => Some(word(plain.proxy.value)),
        "RT_system" => Some(word(plain.rt_system.value)),
        "Single_instance" => Some(word(plain.single_instance.value)),
        _ => None,
    }
}

/// What a system-defined property is, in Markdown.
pub(super) fn standard_property(row: &StandardProperty) -> String {
    let mut lines = vec![format!("**{}** (system-defined property)", row.name), String::new()];
    lines.push(format!("- type: {}", standard_kind(row.kind)));
    lines.push(format!("- exists: {}", presence(row.presence)));
    lines.push(match (row.presence, row.default) {
        (Presence::QueryOnly, _) => "- default: none, the cluster sets it".to_owned(),
        (_, StandardDefault::Required) => {
            "- default: none; where the entry gives none either, the administrator must give a value".to_owned()
        }
        (_, StandardDefault::Text("")) => "- default: empty".to_owned(),
        (_, StandardDefault::Text(text)) => format!("- default: `{text}`"),
    });
    lines.push(format!("- tunable: {}, {}", row.tunable, tunable(row.tunable)));
    lines.push(format!("- since: {}", row.since));
    lines.join("\n")
}

pub(super) fn standard_kind(kind: StandardKind) -> String {
    match kind {
        StandardKind::Enum(words) => format!("ENUM {{ {} }}", words.join(", ")),
        kind => kind.to_kind().as_str().to_owned(),
    }
}

fn presence(presence: Presence) -> String {
    match presence {
        Presence::Always => "for every resource, with an entry or without".to_owned(),
        Presence::IfDeclared => "only if the file has an entry for it".to_owned(),
        Presence::WithMethod(method) => format!("if the file declares {method}, with an entry or without"),
        Presence::QueryOnly => "to be read only; a file has no entry for it".to_owned(),
    }
}

/// When a property may be changed (property_attributes(5), "Tunable").
pub(super) const fn tunable(word: PropertyTunable) -> &'static str {
    match word {
        PropertyTunable::Anytime => "it may be changed at any time",
        PropertyTunable::WhenDisabled => "it may be changed while the resource is disabled",
        PropertyTunable::AtCreation => "it may be set only when the resource is created",
        PropertyTunable::None => "it may never be set, also not when the resource is created",
    }
}

/// The state that a resource must be in (rt_reg(4), "Upgrading a Resource Type").
pub(super) const fn tunability(word: Tunability) -> &'static str {
    match word {
        Tunability::Anytime => "in whatever state it is: the running service and its monitor go on",
        Tunability::WhenUnmonitored => "while its monitor is stopped; the service may run",
        Tunability::WhenOffline => "while it is offline; the guide gets there by disabling it",
        Tunability::WhenDisabled => "while it is disabled",
        Tunability::WhenUnmanaged => "while its group is unmanaged",
        Tunability::AtCreation => "at no time: only new resources get the new version",
    }
}

/// What a keyword of an entry says (property_attributes(5)).
pub(super) fn attribute(keyword: &str) -> &'static str {
    match keyword {
        "PROPERTY" => "the name of the property; it stands first in its entry",
        "EXTENSION" => "the property is the type's own, not one of the system",
        "PER_NODE" => "the property may have another value on each node; since 3.2, of extension properties only",
        "TUNABLE" => {
            "when the administrator may change it: ANYTIME (or TRUE), WHEN_DISABLED, AT_CREATION, NONE (or FALSE)"
        }
        "DEFAULT" => "the value of a resource that sets none; without it the administrator must give one",
        "MIN" => "the smallest value of an INT",
        "MAX" => "the largest value of an INT; not for timeouts of methods",
        "MINLENGTH" => "the fewest bytes of a STRING, or of each element of a STRINGARRAY",
        "MAXLENGTH" => "the most bytes of a STRING, or of each element of a STRINGARRAY",
        "ARRAY_MINSIZE" => "the fewest elements of a STRINGARRAY",
        "ARRAY_MAXSIZE" => "the most elements of a STRINGARRAY",
        "DESCRIPTION" => "what an extension property is for, on one line",
        "STRING" => "the value is a text",
        "BOOLEAN" => "the value is TRUE or FALSE",
        "INT" => "the value is an integer",
        "ENUM" => "the value is one of the literals between the braces",
        "STRINGARRAY" => "the value is a list of texts",
        _ => "",
    }
}

/// What `#$upgrade` says (rt_reg(4), "Upgrading a Resource Type").
pub(super) const UPGRADE: &str = "the name of the type carries its RT_version, and resources of other versions may be moved \
     to this one, by the lines that follow; a version that is not listed needs its group unmanaged";

/// What `#$upgrade_from` says.
pub(super) const UPGRADE_FROM: &str = "the state that a resource of that version must be in to be moved to this one";

/// What `#$upgrade_from` does not say of itself (docs/gate.md).
pub(super) const ORIGINS: &str =
    "It counts for all that this version started; what another version started and still runs has its own line";
