//! A version of a resource type: what an RTR file says, typed, with its defaults filled in.

use std::collections::BTreeMap;

use crate::method::Method;
use crate::name::TypeName;
use crate::property::PropertyDecl;
use crate::span::{Span, Spanned};
use crate::tunability::Tunability;
use crate::version::RtVersion;

/// A value and, if the file declares it, where; a default has no place. Equality looks at the value only.
///
/// ```
/// use rtreg_model::{Declared, Span};
/// let declared = Declared::at(true, Span::new(0, 9));
/// assert_eq!(declared, Declared::default_value(true));
/// assert!(declared.span.is_some());
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Declared<T> {
    /// The declared or defaulted value.
    pub value: T,
    /// Where the declaration stands, or none for a default.
    pub span: Option<Span>,
}

impl<T> Declared<T> {
    /// A declared value.
    pub const fn at(value: T, span: Span) -> Self {
        Self { value, span: Some(span) }
    }

    /// A default.
    pub const fn default_value(value: T) -> Self {
        Self { value, span: None }
    }
}

impl<T: PartialEq> PartialEq for Declared<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Declared<T> {}

/// On which nodes Init, Fini, Boot and Validate run (rt_properties(5), Init_nodes).
///
/// ```
/// use rtreg_model::InitNodes;
/// assert_eq!(InitNodes::parse("rg_primaries"), Some(InitNodes::RgPrimaries));
/// assert_eq!(InitNodes::RtInstalledNodes.as_str(), "RT_INSTALLED_NODES");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitNodes {
    /// RG_PRIMARIES: the node list of the group; the default.
    RgPrimaries,
    /// RT_INSTALLED_NODES: all nodes where the type is installed.
    RtInstalledNodes,
}

impl InitNodes {
    /// The vendor's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RgPrimaries => "RG_PRIMARIES",
            Self::RtInstalledNodes => "RT_INSTALLED_NODES",
        }
    }

    /// Reads the word, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::RgPrimaries, Self::RtInstalledNodes].into_iter().find(|nodes| nodes.as_str().eq_ignore_ascii_case(word))
    }
}

/// Where a method is: as the file writes it, and completed with RT_basedir.
///
/// ```
/// use rtreg_model::{MethodPath, Span, Spanned};
/// let start = MethodPath::new(Spanned::new("bin/start".to_owned(), Span::default()), "/opt/web/bin/start");
/// assert_eq!(start.absolute, "/opt/web/bin/start");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodPath {
    /// As the file writes it.
    pub declared: Spanned<String>,
    /// Absolute path.
    pub absolute: String,
}

impl MethodPath {
    /// A path as the file writes it, and the absolute path that it stands for.
    pub fn new(declared: Spanned<String>, absolute: impl Into<String>) -> Self {
        Self { declared, absolute: absolute.into() }
    }
}

/// A `#$upgrade_from` line. Equality ignores places.
///
/// ```
/// use rtreg_model::{RtVersion, Span, Spanned, Tunability, UpgradeFrom};
/// let version = Spanned::new(RtVersion::new("1.0"), Span::new(15, 20));
/// let line = UpgradeFrom::new(version, Spanned::new(Tunability::Anytime, Span::new(21, 28)), Span::new(0, 28));
/// assert_eq!(line.tunability.value.as_str(), "ANYTIME");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UpgradeFrom {
    /// The RT_version being upgraded from; unversioned for `""`.
    pub version: Spanned<RtVersion>,
    /// When that is permitted.
    pub tunability: Spanned<Tunability>,
    /// The line, from `#$` to the tunability.
    pub line: Span,
}

impl UpgradeFrom {
    /// The line at `line` that gives `version` this tunability.
    pub const fn new(version: Spanned<RtVersion>, tunability: Spanned<Tunability>, line: Span) -> Self {
        Self { version, tunability, line }
    }
}

impl PartialEq for UpgradeFrom {
    fn eq(&self, other: &Self) -> bool {
        (&self.version, self.tunability) == (&other.version, other.tunability)
    }
}

impl Eq for UpgradeFrom {}

/// One version of one resource type (rt_properties(5)). Names and spans are those of the file; equality ignores places.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceType {
    /// Resource_type.
    pub resource_type: Spanned<String>,
    /// Vendor_id.
    pub vendor_id: Option<Spanned<String>>,
    /// RT_version.
    pub version: Declared<RtVersion>,
    /// Whether the file has `#$upgrade`, and where.
    pub upgrade: Option<Spanned<()>>,
    /// The `#$upgrade_from` lines, in the order of the file.
    pub upgrade_from: Vec<UpgradeFrom>,
    /// API_version.
    pub api_version: Declared<i64>,
    /// Failover.
    pub failover: Declared<bool>,
    /// Single_instance.
    pub single_instance: Declared<bool>,
    /// Init_nodes.
    pub init_nodes: Declared<InitNodes>,
    /// RT_system.
    pub rt_system: Declared<bool>,
    /// Global_zone.
    pub global_zone: Declared<bool>,
    /// Proxy.
    pub proxy: Declared<bool>,
    /// Sysdefined_type.
    pub sysdefined_type: Option<Spanned<String>>,
    /// RT_basedir.
    pub rt_basedir: Option<Spanned<String>>,
    /// RT_description.
    pub rt_description: Declared<String>,
    /// Pkglist.
    pub pkglist: Declared<Vec<String>>,
    /// The declared methods.
    pub methods: BTreeMap<Method, MethodPath>,
    /// The property table, in the order of the file.
    pub properties: Vec<PropertyDecl>,
}

impl ResourceType {
    /// A type with this name and nothing declared; the parser fills in the rest.
    ///
    /// ```
    /// use rtreg_model::{ResourceType, RtVersion, Span, Spanned};
    /// let web = ResourceType::new(Spanned::new("web".to_owned(), Span::default()));
    /// assert_eq!((web.api_version.value, web.version.value), (2, RtVersion::UNVERSIONED));
    /// ```
    pub fn new(resource_type: Spanned<String>) -> Self {
        Self {
            resource_type,
            vendor_id: None,
            version: Declared::default_value(RtVersion::UNVERSIONED),
            upgrade: None,
            upgrade_from: Vec::new(),
            api_version: Declared::default_value(2),
            failover: Declared::default_value(false),
            single_instance: Declared::default_value(false),
            init_nodes: Declared::default_value(InitNodes::RgPrimaries),
            rt_system: Declared::default_value(false),
            global_zone: Declared::default_value(false),
            proxy: Declared::default_value(false),
            sysdefined_type: None,
            rt_basedir: None,
            rt_description: Declared::default_value(String::new()),
            pkglist: Declared::default_value(Vec::new()),
            methods: BTreeMap::new(),
            properties: Vec::new(),
        }
    }

    /// The full name: with the version suffix only if the file has `#$upgrade`.
    ///
    /// ```
    /// use rtreg_model::{Declared, ResourceType, RtVersion, Span, Spanned};
    /// let mut web = ResourceType::new(Spanned::new("web".to_owned(), Span::default()));
    /// web.version = Declared::default_value(RtVersion::new("1.0"));
    /// assert_eq!(web.name().to_string(), "web");
    /// web.upgrade = Some(Spanned::new((), Span::default()));
    /// assert_eq!(web.name().to_string(), "web:1.0");
    /// ```
    pub fn name(&self) -> TypeName {
        let suffix = self.upgrade.as_ref().and(self.version.value.as_str());
        TypeName::new(self.vendor_id.as_ref().map(|vendor| vendor.value.as_str()), &self.resource_type.value, suffix)
    }

    /// Whether the type declares the method.
    pub fn has(&self, method: Method) -> bool {
        self.methods.contains_key(&method)
    }

    /// The entry of the table with this name, in any case; properties that exist without an entry are not here (see
    /// [`crate::standard::effective_properties`]).
    pub fn declared_property(&self, name: &str) -> Option<&PropertyDecl> {
        self.properties.iter().find(|property| property.name.value.eq_ignore_ascii_case(name))
    }
}
