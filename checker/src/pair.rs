//! Two versions of a type side by side, as the rules about differences see them: what both declare, what only one does,
//! and where each of it stands. It judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::standard::effective_properties;
use rtreg_model::{Declared, FileId, Method, MethodPath, PropertyDecl, ResourceType, RtVersion, Span};
use rtreg_parser::{Attribute, Rtr};
use sha2::{Digest, Sha256};

/// One version of a type: its file, the type in it, and what is known of the files of its methods.
///
/// ```
/// use rtreg_checker::Version;
/// use rtreg_model::FileId;
/// let rtr = rtreg_parser::parse(b"Resource_type = web; Stop = /opt/web/stop;", FileId(0));
/// assert_eq!(Version::new(&rtr).unwrap().resource_type.resource_type.value, "web");
/// assert!(Version::new(&rtreg_parser::parse(b"prose", FileId(0))).is_none());
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Version<'s> {
    /// The file.
    pub rtr: &'s Rtr<'s>,
    /// The type in it.
    pub resource_type: ResourceType,
    /// The files of the methods; none where nobody looked.
    pub files: Option<MethodFiles>,
    /// All properties of a resource, by their names in small letters.
    properties: BTreeMap<String, PropertyDecl>,
}

/// SHA-256 of the files of a version, in hexadecimal digits.
///
/// ```
/// use rtreg_checker::MethodFiles;
/// assert!(MethodFiles::default().methods.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodFiles {
    /// Of each declared method whose file was found.
    pub methods: BTreeMap<Method, String>,
    /// Of every file below the folder of the methods, those of methods included, by its path from there.
    pub folder: BTreeMap<String, String>,
    /// The paths in that folder that are methods, or the RTR file.
    pub method_paths: BTreeSet<String>,
}

impl MethodFiles {
    /// What methods may call beside themselves: the files of the folder that are no methods.
    pub fn beside(&self) -> impl Iterator<Item = (&String, &String)> {
        self.folder.iter().filter(|(path, _)| !self.method_paths.contains(*path))
    }
}

impl<'s> Version<'s> {
    /// A version whose methods nobody looked at; none if the file has no usable Resource_type.
    pub fn new(rtr: &'s Rtr<'s>) -> Option<Self> {
        let resource_type = rtreg_parser::lower(rtr)?;
        let name = |property: &PropertyDecl| property.name.value.to_ascii_lowercase();
        let properties = effective_properties(&resource_type).into_iter().map(|it| (name(&it), it)).collect();
        Some(Self { rtr, resource_type, files: None, properties })
    }

    /// With the digests of its methods' files.
    #[must_use]
    pub fn files(mut self, files: MethodFiles) -> Self {
        self.files = Some(files);
        self
    }

    /// SHA-256 of the RTR file, in hexadecimal digits.
    pub fn sha256(&self) -> String {
        Sha256::digest(self.rtr.source).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RT_version.
    pub fn version(&self) -> &RtVersion {
        &self.resource_type.version.value
    }

    /// The file that spans are of.
    pub const fn file(&self) -> FileId {
        self.rtr.file
    }

    /// Whether every declared method's file was found.
    pub fn all_methods_found(&self) -> bool {
        let found = |method| self.files.as_ref().is_some_and(|files| files.methods.contains_key(method));
        self.resource_type.methods.keys().all(found)
    }

    /// The digest of a method's file, where it was found.
    pub(crate) fn digest(&self, method: Method) -> Option<&str> {
        self.files.as_ref()?.methods.get(&method).map(String::as_str)
    }

    /// The method, if it is declared.
    pub(crate) fn method(&self, method: Method) -> Option<&MethodPath> {
        self.resource_type.methods.get(&method)
    }

    /// Where the version as a whole is spoken of: its RT_version, else its Resource_type.
    pub(crate) fn place(&self) -> Place {
        let version = self.rtr.declaration("RT_version").and_then(|it| it.text()).map(|text| text.span);
        self.at(version.unwrap_or(self.resource_type.resource_type.span))
    }

    /// A place in this file.
    pub(crate) const fn at(&self, span: Span) -> Place {
        Place { file: self.rtr.file, span }
    }

    /// Where a type property is declared, else where the version is spoken of.
    pub(crate) fn place_of<T>(&self, declared: &Declared<T>) -> Place {
        declared.span.map_or_else(|| self.place(), |span| self.at(span))
    }

    /// Where the name of a property's entry stands, else where the version is spoken of.
    pub(crate) fn entry(&self, property: &PropertyDecl) -> Place {
        if property.span.is_some() { self.at(property.name.span) } else { self.place() }
    }

    /// Where an attribute of a property's entry stands, else its name.
    pub(crate) fn attribute(&self, property: &PropertyDecl, keyword: &str) -> Place {
        let found = property.span.and_then(|entry| {
            let entry = self.rtr.entries().find(|other| other.span == entry.0)?;
            entry.attribute(keyword).map(|attribute: &Attribute<'_>| attribute.span)
        });
        found.map_or_else(|| self.entry(property), |span| self.at(span))
    }

    /// The property with this name, in any case.
    pub(crate) fn property(&self, name: &str) -> Option<&PropertyDecl> {
        self.properties.get(&name.to_ascii_lowercase())
    }
}

/// A place in one of the two files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) file: FileId,
    pub(crate) span: Span,
}

/// The two versions, and their properties matched.
pub(crate) struct Pair<'a> {
    pub(crate) old: &'a Version<'a>,
    pub(crate) new: &'a Version<'a>,
    /// Properties of both, the old one's declaration first. Without Scalable, which has a rule of its own.
    pub(crate) both: Vec<(&'a PropertyDecl, &'a PropertyDecl)>,
    /// Properties of the new version only; without the timeouts of added methods, and without Scalable.
    pub(crate) added: Vec<&'a PropertyDecl>,
    /// Properties of the old version only; without the timeouts of removed methods, and without Scalable.
    pub(crate) removed: Vec<&'a PropertyDecl>,
}

impl<'a> Pair<'a> {
    pub(crate) fn new(old: &'a Version<'a>, new: &'a Version<'a>) -> Self {
        let mut pair = Self { old, new, both: Vec::new(), added: Vec::new(), removed: Vec::new() };
        for (name, property) in old.properties.iter().filter(|(name, _)| *name != "scalable") {
            match new.properties.get(name) {
                Some(other) => pair.both.push((property, other)),
                None if is_timeout_of_another(property, new) => {}
                None => pair.removed.push(property),
            }
        }
        let added =
            new.properties.iter().filter(|(name, _)| *name != "scalable" && !old.properties.contains_key(*name));
        pair.added.extend(added.map(|(_, property)| property).filter(|property| !is_timeout_of_another(property, old)));
        pair
    }

    /// Properties of both with the same type.
    pub(crate) fn alike(&self) -> impl Iterator<Item = (&'a PropertyDecl, &'a PropertyDecl)> {
        self.both.iter().copied().filter(|(old, new)| is_same_kind(old, new))
    }

    /// Whether both files are the same, byte for byte.
    pub(crate) fn is_same_text(&self) -> bool {
        self.old.rtr.source == self.new.rtr.source
    }

    /// Methods that both declare, the old one's path first.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (Method, &'a MethodPath, &'a MethodPath)> {
        let (old, new) = (self.old, self.new);
        old.resource_type.methods.iter().filter_map(|(method, path)| Some((*method, path, new.method(*method)?)))
    }

    /// Whether the files of a method are known to have the same content; none where that is not known.
    pub(crate) fn is_same_method(&self, method: Method) -> Option<bool> {
        Some(self.old.digest(method)? == self.new.digest(method)?)
    }
}

/// Whether both have the same type; enumerations are one type, whatever their literals.
pub(crate) fn is_same_kind(old: &PropertyDecl, new: &PropertyDecl) -> bool {
    old.kind.as_str() == new.kind.as_str()
}

/// The timeout of a method goes with the method: it is nothing to speak of beside it.
fn is_timeout_of_another(property: &PropertyDecl, other: &Version<'_>) -> bool {
    !property.extension && Method::of_timeout(&property.name.value).is_some_and(|method| other.method(method).is_none())
}

/// The words for a default, or for its absence.
pub(crate) fn default_words(property: &PropertyDecl) -> String {
    match property.default.as_ref().map(|value| value.value.to_string()) {
        Some(value) if value.is_empty() => "`\"\"`".to_owned(),
        Some(value) => format!("`{value}`"),
        None => "none".to_owned(),
    }
}
