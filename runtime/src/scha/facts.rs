//! What the commands of methods can ask: the facts about resources, their types, groups and the cluster, as plain data.
//! Who fills them in, from two RTR files or from a store, is elsewhere.

use std::collections::BTreeMap;

use rtreg_model::standard::effective_properties;
use rtreg_model::{Method, PropertyDecl, PropertyValue, ResourceType};
use serde::{Deserialize, Serialize};

/// All that can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The node where the question is asked.
    pub node: String,
    /// Resources by name.
    pub resources: BTreeMap<String, ResourceFacts>,
    /// Types by full name.
    pub types: BTreeMap<String, TypeFacts>,
    /// Groups by name.
    pub groups: BTreeMap<String, GroupFacts>,
}

/// A resource.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResourceFacts {
    /// The full name of its type.
    pub resource_type: String,
    /// Type_version.
    pub type_version: String,
    /// Its group.
    pub group: String,
    /// Its properties, in the vendor's spelling or that of the RTR file.
    pub properties: Vec<PropertyFact>,
    /// What it is on each node.
    pub on_nodes: BTreeMap<String, OnNode>,
}

/// A property and its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PropertyFact {
    /// Its name.
    pub name: String,
    /// Declared with EXTENSION.
    pub extension: bool,
    /// The keyword of its type: STRING, INT, BOOLEAN, ENUM or STRINGARRAY.
    pub kind: String,
    /// The value on all nodes that have none of their own; none if it was never given one.
    pub value: Option<PropertyValue>,
    /// Values of single nodes.
    #[serde(default)]
    pub on_nodes: BTreeMap<String, PropertyValue>,
}

/// A resource on a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnNode {
    /// On_off_switch.
    pub enabled: bool,
    /// Monitored_switch.
    pub monitored: bool,
    /// Resource_state, in the vendor's words.
    pub state: String,
    /// The last status that was set, in the vendor's words.
    pub status: String,
    /// The message with it.
    pub status_msg: String,
    /// How often the resource was restarted of late.
    pub resource_restarts: u64,
    /// How often its group was.
    pub group_restarts: u64,
}

impl Default for OnNode {
    fn default() -> Self {
        Self {
            enabled: true,
            monitored: true,
            state: "OFFLINE".to_owned(),
            status: "OFFLINE".to_owned(),
            status_msg: String::new(),
            resource_restarts: 0,
            group_restarts: 0,
        }
    }
}

/// A type.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TypeFacts {
    /// Values of its properties by name in capitals, one element a value; what is not declared is not here.
    pub values: BTreeMap<String, Vec<String>>,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupFacts {
    /// Its nodes, most preferred first.
    pub node_list: Vec<String>,
    /// Its resources.
    pub resources: Vec<String>,
    /// Whether it is managed.
    pub managed: bool,
    /// Maximum_primaries.
    pub maximum_primaries: u64,
    /// Its state on each node, in the vendor's words.
    pub on_nodes: BTreeMap<String, String>,
}

impl PropertyFact {
    /// A property as declared, with this value.
    pub fn new(declared: &PropertyDecl, value: Option<PropertyValue>) -> Self {
        Self {
            name: declared.name.value.clone(),
            extension: declared.extension,
            kind: declared.kind.as_str().to_owned(),
            value,
            on_nodes: BTreeMap::new(),
        }
    }
}

impl ResourceFacts {
    /// A resource of a type, in a group, with the type's defaults but for what `given` has (names in any case).
    pub fn new(resource_type: &ResourceType, group: &str, given: &BTreeMap<String, PropertyValue>) -> Self {
        let own = |name: &str| given.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
        let fact = |declared: &PropertyDecl| {
            let default = || declared.default.as_ref().map(|default| default.value.clone());
            PropertyFact::new(declared, own(&declared.name.value).or_else(default))
        };
        Self {
            resource_type: resource_type.name().to_string(),
            type_version: resource_type.version.value.as_str().unwrap_or_default().to_owned(),
            group: group.to_owned(),
            properties: effective_properties(resource_type).iter().map(fact).collect(),
            on_nodes: BTreeMap::new(),
        }
    }

    /// The property with this name, in any case.
    pub fn property(&self, name: &str) -> Option<&PropertyFact> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// How long a method of the resource may take, in seconds; none if its type does not limit it.
    pub fn timeout(&self, method: Method) -> Option<u64> {
        match self.property(method.timeout_property())?.value {
            Some(PropertyValue::Int(seconds)) => u64::try_from(seconds).ok(),
            _ => None,
        }
    }
}

impl TypeFacts {
    /// What an RTR file says, with its defaults.
    pub fn new(resource_type: &ResourceType) -> Self {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut put = |name: &str, value: Vec<String>| _ = values.insert(name.to_ascii_uppercase(), value);
        let boolean = |value: bool| vec![if value { "TRUE" } else { "FALSE" }.to_owned()];
        put("API_version", vec![resource_type.api_version.value.to_string()]);
        put("Failover", boolean(resource_type.failover.value));
        put("Global_zone", boolean(resource_type.global_zone.value));
        put("Init_nodes", vec![resource_type.init_nodes.value.as_str().to_owned()]);
        put("Installed_nodes", vec!["*".to_owned()]);
        let sysdefined = resource_type.sysdefined_type.as_ref().map(|word| word.value.to_ascii_uppercase());
        put("Is_logical_hostname", boolean(sysdefined.as_deref() == Some("LOGICAL_HOSTNAME")));
        put("Is_shared_address", boolean(sysdefined.as_deref() == Some("SHARED_ADDRESS")));
        put("Pkglist", resource_type.pkglist.value.clone());
        put("Proxy", boolean(resource_type.proxy.value));
        put("Resource_list", Vec::new());
        put("Resource_type", vec![resource_type.resource_type.value.clone()]);
        put("Sysdefined_type", sysdefined.into_iter().collect());
        put("Vendor_id", resource_type.vendor_id.iter().map(|vendor| vendor.value.clone()).collect());
        put("RT_basedir", resource_type.rt_basedir.iter().map(|folder| folder.value.clone()).collect());
        put("RT_description", vec![resource_type.rt_description.value.clone()]);
        put("RT_system", boolean(resource_type.rt_system.value));
        put("RT_version", resource_type.version.value.as_str().iter().map(|&version| version.to_owned()).collect());
        put("Single_instance", boolean(resource_type.single_instance.value));
        for method in Method::ALL {
            let declared = resource_type.methods.get(&method).map(|path| path.declared.value.clone());
            put(method.as_str(), declared.into_iter().collect());
        }
        Self { values }
    }
}

/// The lines that a value prints as: one for each element.
pub fn lines(value: &PropertyValue) -> Vec<String> {
    match value {
        PropertyValue::StringArray(elements) => elements.clone(),
        single => vec![single.to_string()],
    }
}
