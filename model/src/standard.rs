//! The closed vocabularies of the vendor as tables: type properties (rt_properties(5)), system-defined resource
//! properties (r_properties(5)) and property attributes (property_attributes(5)). A fact that is only recalled is one
//! cell here, so that it is easy to change.

use crate::method::Method;
use crate::property::{PropertyDecl, PropertyKind, PropertyTunable, PropertyValue};
use crate::release::Release;
use crate::resource_type::ResourceType;
use crate::span::{Span, Spanned};

/// What the value of a type property is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypePropertyKind {
    /// A string.
    String,
    /// TRUE or FALSE.
    Boolean,
    /// An integer.
    Int,
    /// The path of a callback method.
    MethodPath,
    /// A path.
    Path,
    /// One of some words.
    Enum(&'static [&'static str]),
    /// A list of strings.
    StringArray,
}

/// Whether an RTR file must, may or must not set a type property (rt_properties(5), "Property Categories").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// An explicit value is needed; blank is not allowed.
    Required,
    /// Exists only if declared; blank is allowed.
    Conditional,
    /// Exists only if declared with a value; blank is not allowed.
    ConditionalExplicit,
    /// Exists with a default if undeclared; blank means the default.
    Optional,
    /// Never set in a file.
    QueryOnly,
}

/// A row of the table of type properties.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct TypeProperty {
    /// The vendor's spelling; compared in any case.
    pub name: &'static str,
    /// What its value is.
    pub kind: TypePropertyKind,
    /// Whether a file must, may or must not set it.
    pub category: Category,
    /// The first release that knows it.
    pub since: Release,
}

const fn row(name: &'static str, kind: TypePropertyKind, category: Category) -> TypeProperty {
    TypeProperty { name, kind, category, since: Release::V3_0 }
}

const fn method(name: &'static str) -> TypeProperty {
    row(name, TypePropertyKind::MethodPath, Category::ConditionalExplicit)
}

/// All type properties (rt_properties(5)).
pub const TYPE_PROPERTIES: &[TypeProperty] = &[
    row("API_version", TypePropertyKind::Int, Category::Optional),
    method("Boot"),
    row("Failover", TypePropertyKind::Boolean, Category::Optional),
    method("Fini"),
    TypeProperty { since: Release::V3_2, ..row("Global_zone", TypePropertyKind::Boolean, Category::Optional) },
    method("Init"),
    row("Init_nodes", TypePropertyKind::Enum(&["RG_PRIMARIES", "RT_INSTALLED_NODES"]), Category::Optional),
    row("Installed_nodes", TypePropertyKind::StringArray, Category::QueryOnly),
    row("Is_logical_hostname", TypePropertyKind::Boolean, Category::QueryOnly),
    row("Is_shared_address", TypePropertyKind::Boolean, Category::QueryOnly),
    method("Monitor_check"),
    method("Monitor_start"),
    method("Monitor_stop"),
    row("Pkglist", TypePropertyKind::StringArray, Category::ConditionalExplicit),
    method("Postnet_stop"),
    method("Prenet_start"),
    TypeProperty { since: Release::V3_2, ..row("Proxy", TypePropertyKind::Boolean, Category::Optional) },
    row("Resource_list", TypePropertyKind::StringArray, Category::QueryOnly),
    row("Resource_type", TypePropertyKind::String, Category::Required),
    row("RT_basedir", TypePropertyKind::Path, Category::ConditionalExplicit),
    row("RT_description", TypePropertyKind::String, Category::Conditional),
    TypeProperty { since: Release::V3_1, ..row("RT_system", TypePropertyKind::Boolean, Category::Optional) },
    row("RT_version", TypePropertyKind::String, Category::ConditionalExplicit),
    row("Single_instance", TypePropertyKind::Boolean, Category::Optional),
    method("Start"),
    method("Stop"),
    row(
        "Sysdefined_type",
        TypePropertyKind::Enum(&["LOGICAL_HOSTNAME", "SHARED_ADDRESS"]),
        Category::ConditionalExplicit,
    ),
    method("Update"),
    method("Validate"),
    row("Vendor_id", TypePropertyKind::String, Category::Conditional),
];

/// The row of a type property, by its name in any case.
///
/// ```
/// use rtreg_model::Release;
/// use rtreg_model::standard::{Category, type_property};
/// let proxy = type_property("PROXY").unwrap();
/// assert_eq!((proxy.name, proxy.category, proxy.since), ("Proxy", Category::Optional, Release::V3_2));
/// assert!(type_property("Prenet_stop").is_none());
/// ```
pub fn type_property(name: &str) -> Option<&'static TypeProperty> {
    TYPE_PROPERTIES.iter().find(|property| property.name.eq_ignore_ascii_case(name))
}

/// The type of a system-defined resource property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandardKind {
    /// STRING.
    String,
    /// BOOLEAN.
    Boolean,
    /// INT.
    Int,
    /// ENUM with its literals.
    Enum(&'static [&'static str]),
    /// STRINGARRAY.
    StringArray,
}

impl StandardKind {
    /// The type as a declaration has it.
    pub fn to_kind(self) -> PropertyKind {
        match self {
            Self::String => PropertyKind::String,
            Self::Boolean => PropertyKind::Boolean,
            Self::Int => PropertyKind::Int,
            Self::Enum(literals) => PropertyKind::Enum(literals.iter().map(|&literal| literal.to_owned()).collect()),
            Self::StringArray => PropertyKind::StringArray,
        }
    }
}

/// When a system-defined property exists (r_properties(5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Every resource has it, declared or not.
    Always,
    /// Only if the file has an entry for it.
    IfDeclared,
    /// If the file declares the method, with an entry or without.
    WithMethod(Method),
    /// Read by queries only; not for an RTR file.
    QueryOnly,
}

/// The value of a system-defined property whose entry gives no DEFAULT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandardDefault {
    /// None: the administrator must give one.
    Required,
    /// This text, read as a value of the property's type.
    Text(&'static str),
}

/// A row of the table of system-defined resource properties.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StandardProperty {
    /// The vendor's spelling; compared in any case.
    pub name: &'static str,
    /// Type.
    pub kind: StandardKind,
    /// When it exists.
    pub presence: Presence,
    /// Value without a DEFAULT.
    pub default: StandardDefault,
    /// When it may be changed, if the entry has no TUNABLE.
    pub tunable: PropertyTunable,
    /// The first release that knows it.
    pub since: Release,
}

const fn always(name: &'static str, kind: StandardKind, default: &'static str) -> StandardProperty {
    StandardProperty {
        name,
        kind,
        presence: Presence::Always,
        default: StandardDefault::Text(default),
        tunable: PropertyTunable::Anytime,
        since: Release::V3_0,
    }
}

const fn declared(
    name: &'static str,
    kind: StandardKind,
    default: StandardDefault,
    tunable: PropertyTunable,
) -> StandardProperty {
    StandardProperty { name, kind, presence: Presence::IfDeclared, default, tunable, since: Release::V3_0 }
}

const fn query(name: &'static str, kind: StandardKind) -> StandardProperty {
    StandardProperty {
        name,
        kind,
        presence: Presence::QueryOnly,
        default: StandardDefault::Text(""),
        tunable: PropertyTunable::None,
        since: Release::V3_0,
    }
}

/// The default of a method's timeout in seconds, if the method is declared (r_properties(5), `<method>_timeout`).
const TIMEOUT_DEFAULT: &str = "3600";

const fn timeout(method: Method) -> StandardProperty {
    StandardProperty {
        name: method.timeout_property(),
        kind: StandardKind::Int,
        presence: Presence::WithMethod(method),
        default: StandardDefault::Text(TIMEOUT_DEFAULT),
        tunable: PropertyTunable::Anytime,
        since: Release::V3_0,
    }
}

const SWITCH: StandardKind = StandardKind::Enum(&["DISABLED", "ENABLED"]);

/// All system-defined resource properties (r_properties(5)).
pub const STANDARD_PROPERTIES: &[StandardProperty] = &[
    declared("Affinity_timeout", StandardKind::Int, StandardDefault::Text("0"), PropertyTunable::Anytime),
    timeout(Method::Boot),
    declared("Cheap_probe_interval", StandardKind::Int, StandardDefault::Required, PropertyTunable::WhenDisabled),
    always("Failover_mode", StandardKind::Enum(&["NONE", "SOFT", "HARD", "LOG_ONLY", "RESTART_ONLY"]), "NONE"),
    timeout(Method::Fini),
    declared("Generic_affinity", StandardKind::Boolean, StandardDefault::Text("FALSE"), PropertyTunable::WhenDisabled),
    StandardProperty {
        since: Release::V3_2,
        ..declared(
            "Global_zone_override",
            StandardKind::Boolean,
            StandardDefault::Text("FALSE"),
            PropertyTunable::AtCreation,
        )
    },
    timeout(Method::Init),
    declared(
        "Load_balancing_policy",
        StandardKind::String,
        StandardDefault::Text("LB_WEIGHTED"),
        PropertyTunable::AtCreation,
    ),
    declared("Load_balancing_weights", StandardKind::StringArray, StandardDefault::Text(""), PropertyTunable::Anytime),
    timeout(Method::MonitorCheck),
    timeout(Method::MonitorStart),
    timeout(Method::MonitorStop),
    query("Monitored_switch", SWITCH),
    declared("Network_resources_used", StandardKind::StringArray, StandardDefault::Required, PropertyTunable::Anytime),
    query("Num_resource_restarts", StandardKind::Int),
    query("Num_rg_restarts", StandardKind::Int),
    query("On_off_switch", SWITCH),
    declared("Port_list", StandardKind::StringArray, StandardDefault::Required, PropertyTunable::Anytime),
    timeout(Method::PostnetStop),
    StandardProperty { since: Release::V4, ..always("Pre_evict", StandardKind::Boolean, "FALSE") },
    timeout(Method::PrenetStart),
    always("R_description", StandardKind::String, ""),
    always("Resource_dependencies", StandardKind::StringArray, ""),
    StandardProperty {
        since: Release::V3_2,
        ..always("Resource_dependencies_offline_restart", StandardKind::StringArray, "")
    },
    StandardProperty { since: Release::V3_1, ..always("Resource_dependencies_restart", StandardKind::StringArray, "") },
    always("Resource_dependencies_weak", StandardKind::StringArray, ""),
    query("Resource_name", StandardKind::String),
    always("Resource_project_name", StandardKind::String, ""),
    query("Resource_state", StandardKind::String),
    declared("Retry_count", StandardKind::Int, StandardDefault::Required, PropertyTunable::WhenDisabled),
    declared("Retry_interval", StandardKind::Int, StandardDefault::Required, PropertyTunable::WhenDisabled),
    declared("Scalable", StandardKind::Boolean, StandardDefault::Required, PropertyTunable::AtCreation),
    timeout(Method::Start),
    query("Status", StandardKind::String),
    query("Status_msg", StandardKind::String),
    timeout(Method::Stop),
    declared("Thorough_probe_interval", StandardKind::Int, StandardDefault::Required, PropertyTunable::WhenDisabled),
    query("Type", StandardKind::String),
    query("Type_version", StandardKind::String),
    declared("UDP_affinity", StandardKind::Boolean, StandardDefault::Text("FALSE"), PropertyTunable::WhenDisabled),
    timeout(Method::Update),
    timeout(Method::Validate),
    declared("Weak_affinity", StandardKind::Boolean, StandardDefault::Text("FALSE"), PropertyTunable::WhenDisabled),
];

/// The row of a system-defined property, by its name in any case.
///
/// ```
/// use rtreg_model::Method;
/// use rtreg_model::standard::{Presence, standard_property};
/// let timeout = standard_property("start_timeout").unwrap();
/// assert_eq!((timeout.name, timeout.presence), ("Start_timeout", Presence::WithMethod(Method::Start)));
/// assert!(standard_property("Probe_path").is_none());
/// ```
pub fn standard_property(name: &str) -> Option<&'static StandardProperty> {
    STANDARD_PROPERTIES.iter().find(|property| property.name.eq_ignore_ascii_case(name))
}

/// The four resource properties that name other resources, strongest first.
pub const DEPENDENCY_PROPERTIES: [&str; 4] = [
    "Resource_dependencies",
    "Resource_dependencies_offline_restart",
    "Resource_dependencies_restart",
    "Resource_dependencies_weak",
];

impl StandardProperty {
    /// The property as it is without an entry.
    ///
    /// ```
    /// use rtreg_model::standard::standard_property;
    /// let timeout = standard_property("Start_timeout").unwrap().to_decl();
    /// assert!(!timeout.extension && timeout.span.is_none());
    /// ```
    pub fn to_decl(&self) -> PropertyDecl {
        let kind = self.kind.to_kind();
        let default = match self.default {
            StandardDefault::Required => None,
            StandardDefault::Text(text) => PropertyValue::parse(&kind, text).ok(),
        };
        let mut decl = PropertyDecl::new(Spanned::new(self.name.to_owned(), Span::default()), kind);
        decl.tunable = self.tunable;
        decl.default = default.map(|value| Spanned::new(value, Span::default()));
        decl
    }
}

/// All properties that a resource of the type has: the entries of the table, then those that exist without an entry
/// (timeouts of declared methods, and what every resource has).
///
/// ```
/// use rtreg_model::standard::effective_properties;
/// use rtreg_model::{Method, MethodPath, ResourceType, Span, Spanned};
/// let mut web = ResourceType::new(Spanned::new("web".to_owned(), Span::default()));
/// let has = |it: &ResourceType, name: &str| effective_properties(it).iter().any(|property| property.name.value == name);
/// assert!(!has(&web, "Stop_timeout"));
/// let stop = Spanned::new("/opt/web/stop".to_owned(), Span::default());
/// web.methods.insert(Method::Stop, MethodPath::new(stop, "/opt/web/stop"));
/// assert!(has(&web, "Stop_timeout"));
/// ```
pub fn effective_properties(resource_type: &ResourceType) -> Vec<PropertyDecl> {
    let implied = STANDARD_PROPERTIES
        .iter()
        .filter(|property| match property.presence {
            Presence::Always => true,
            Presence::WithMethod(method) => resource_type.has(method),
            Presence::IfDeclared | Presence::QueryOnly => false,
        })
        .filter(|property| resource_type.declared_property(property.name).is_none())
        .map(StandardProperty::to_decl);
    resource_type.properties.iter().cloned().chain(implied).collect()
}

/// One of the [`effective_properties`], by its name in any case; none if resources of the type do not have it.
///
/// ```
/// use rtreg_model::standard::effective_property;
/// use rtreg_model::{ResourceType, Span, Spanned};
/// let web = ResourceType::new(Spanned::new("web".to_owned(), Span::default()));
/// assert!(effective_property(&web, "retry_count").is_none());
/// assert!(effective_property(&web, "r_description").is_some());
/// ```
pub fn effective_property(resource_type: &ResourceType, name: &str) -> Option<PropertyDecl> {
    if let Some(declared) = resource_type.declared_property(name) {
        return Some(declared.clone());
    }
    let is_implied = |property: &&StandardProperty| match property.presence {
        Presence::Always => true,
        Presence::WithMethod(method) => resource_type.has(method),
        Presence::IfDeclared | Presence::QueryOnly => false,
    };
    standard_property(name).filter(is_implied).map(StandardProperty::to_decl)
}

/// The keywords of a property entry (property_attributes(5)), without the types.
pub const ATTRIBUTES: [&str; 12] = [
    "PROPERTY",
    "EXTENSION",
    "PER_NODE",
    "TUNABLE",
    "DEFAULT",
    "MIN",
    "MAX",
    "MINLENGTH",
    "MAXLENGTH",
    "ARRAY_MINSIZE",
    "ARRAY_MAXSIZE",
    "DESCRIPTION",
];

/// The keywords that give an extension property its type.
pub const KIND_KEYWORDS: [&str; 5] = ["STRING", "BOOLEAN", "INT", "ENUM", "STRINGARRAY"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_complete() {
        let names: Vec<String> = STANDARD_PROPERTIES.iter().map(|row| row.name.to_ascii_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
        let types: Vec<String> = TYPE_PROPERTIES.iter().map(|row| row.name.to_ascii_lowercase()).collect();
        assert!(types.is_sorted(), "{types:?}");
        for method in Method::ALL {
            assert!(type_property(method.as_str()).is_some_and(|row| row.kind == TypePropertyKind::MethodPath));
            assert!(standard_property(method.timeout_property()).is_some());
        }
        for row in STANDARD_PROPERTIES {
            let wants_default = row.default != StandardDefault::Required && row.presence != Presence::QueryOnly;
            assert!(!wants_default || row.to_decl().default.is_some(), "{}", row.name);
        }
    }
}
