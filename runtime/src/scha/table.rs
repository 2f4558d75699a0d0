//! Every tag of the commands that methods call, with what it takes and prints: the one list that answers, refusals and
//! `docs/scha.md` rest on (scha_cmds(1HA), scha_resource_get(1HA), scha_resourcetype_get(1HA), scha_resourcegroup_get(1HA),
//! scha_control(1HA)). Each property of the vendor's tables is a tag by its name, in any case. Pure.

use rtreg_model::standard::{Presence, STANDARD_PROPERTIES, StandardKind, TYPE_PROPERTIES, TypePropertyKind};

use super::reply::{Code, Reply};
use super::request::Command;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The command that takes it.
    pub command: Command,
    /// Its name, in capitals.
    pub name: String,
    /// What stands behind it on the command line.
    pub operands: &'static str,
    /// What it prints.
    pub prints: &'static str,
    /// What that is.
    pub about: String,
}

/// A tag that is no property of the vendor's tables, or says more than its property's row does.
struct Special(&'static str, &'static str, &'static str, &'static str);

const LINE: &str = "a line";
const LINES: &str = "a line for each element";
const BOOLEAN: &str = "TRUE or FALSE";
const NUMBER: &str = "a number";
const SWITCH: &str = "ENABLED or DISABLED";
const STATE: &str = "a word of the resource's states";
const STATUS: &str = "two lines: the word, the message";
const GROUP_STATE: &str = "a word of the group's states";

/// Tags of a resource; those that are properties, too, stand here for what they print.
const RESOURCE: &[Special] = &[
    Special("ALL_EXTENSIONS", "", LINES, "the names of its extension properties"),
    Special("EXTENSION", "PROPERTY", "two lines or more: the type, then the value", "an extension property, here"),
    Special("EXTENSION_NODE", "PROPERTY NODE", "two lines or more: the type, then the value", "the same on a node"),
    Special("GROUP", "", LINE, "its group"),
    Special("MONITORED_SWITCH", "", SWITCH, "whether its monitor is to run here"),
    Special("MONITORED_SWITCH_NODE", "NODE", SWITCH, "the same on a node"),
    Special(
        "NUM_RESOURCE_RESTARTS",
        "",
        NUMBER,
        "RESOURCE_RESTART and RESOURCE_IS_RESTARTED here within Retry_interval",
    ),
    Special("NUM_RG_RESTARTS", "", NUMBER, "RESTART by this resource here within Retry_interval"),
    Special("ON_OFF_SWITCH", "", SWITCH, "whether it is to run here"),
    Special("ON_OFF_SWITCH_NODE", "NODE", SWITCH, "the same on a node"),
    Special("RESOURCE_NAME", "", LINE, "its name"),
    Special("RESOURCE_STATE", "", STATE, "what it is here"),
    Special("RESOURCE_STATE_NODE", "NODE", STATE, "the same on a node"),
    Special(
        "STATUS",
        "",
        STATUS,
        "what was said of it last here with `scha_resource_setstatus`, else what its state says",
    ),
    Special("STATUS_MSG", "", LINE, "the message of STATUS"),
    Special("STATUS_NODE", "NODE", STATUS, "STATUS on a node"),
    Special("TYPE", "", LINE, "the full name of its type"),
    Special("TYPE_VERSION", "", LINE, "Type_version"),
];

/// Tags of a group that rtreg has an answer for.
const GROUP: &[Special] = &[
    Special("DESIRED_PRIMARIES", "", NUMBER, "as MAXIMUM_PRIMARIES: on that many nodes rtreg brings a group online"),
    Special("MAXIMUM_PRIMARIES", "", NUMBER, "on how many nodes it may be online at once"),
    Special("NODELIST", "", LINES, "its nodes, the most preferred first"),
    Special("RESOURCE_LIST", "", LINES, "its resources"),
    Special("RG_DESCRIPTION", "", LINE, "always empty: rtreg keeps none"),
    Special("RG_MANAGED", "", BOOLEAN, "whether it is managed"),
    Special("RG_STATE", "", GROUP_STATE, "what it is here"),
    Special("RG_STATE_NODE", "NODE", GROUP_STATE, "the same on a node"),
];

/// Requests. What comes of each is in `control`.
const CONTROL: &[Special] = &[
    Special("CHANGE_STATE_OFFLINE", "", "nothing", "of a type with Proxy=TRUE: the resource has gone offline here"),
    Special("CHANGE_STATE_ONLINE", "", "nothing", "of a type with Proxy=TRUE: the resource has come online here"),
    Special("CHECK_GIVEOVER", "", "nothing", "would GIVEOVER be accepted?"),
    Special("CHECK_RESTART", "", "nothing", "would RESTART be accepted?"),
    Special("GIVEOVER", "", "nothing", "the group is to go to another node"),
    Special("IGNORE_FAILED_START", "", "nothing", "if the Start that now runs fails, the group is not to go elsewhere"),
    Special("RESOURCE_IS_RESTARTED", "", "nothing", "the resource has restarted by itself: it is counted"),
    Special("RESOURCE_RESTART", "", "nothing", "the resource alone is to be restarted here"),
    Special("RESTART", "", "nothing", "the group is to be restarted here"),
];

/// Tags of the vendor's that rtreg keeps nothing for: refused as every unknown one is, with other words.
const NOT_KEPT: &[(Command, &str)] = &[
    (Command::ResourceGet, "APPLICATION_USER"),
    (Command::ResourceGet, "NUM_RESOURCE_RESTARTS_ZONE"),
    (Command::ResourceGet, "NUM_RG_RESTARTS_ZONE"),
    (Command::ResourceGet, "RESOURCE_DEPENDENCIES_NODE"),
    (Command::ResourceGet, "RESOURCE_DEPENDENCIES_OFFLINE_RESTART_NODE"),
    (Command::ResourceGet, "RESOURCE_DEPENDENCIES_RESTART_NODE"),
    (Command::ResourceGet, "RESOURCE_DEPENDENCIES_WEAK_NODE"),
    (Command::GroupGet, "AUTO_START_ON_NEW_CLUSTER"),
    (Command::GroupGet, "FAILBACK"),
    (Command::GroupGet, "GLOBAL_RESOURCES_USED"),
    (Command::GroupGet, "IMPLICIT_NETWORK_DEPENDENCIES"),
    (Command::GroupGet, "PATHPREFIX"),
    (Command::GroupGet, "PINGPONG_INTERVAL"),
    (Command::GroupGet, "RG_AFFINITIES"),
    (Command::GroupGet, "RG_DEPENDENCIES"),
    (Command::GroupGet, "RG_IS_FROZEN"),
    (Command::GroupGet, "RG_MODE"),
    (Command::GroupGet, "RG_PROJECT_NAME"),
    (Command::GroupGet, "RG_SYSTEM"),
    (Command::GroupGet, "SUSPEND_AUTOMATIC_RECOVERY"),
];

/// Every tag of a command, in the order of their names.
pub fn tags(command: Command) -> Vec<Tag> {
    let special = |rows: &[Special]| {
        let tag = |Special(name, operands, prints, about): &Special| Tag {
            command,
            name: (*name).to_owned(),
            operands,
            prints,
            about: (*about).to_owned(),
        };
        rows.iter().map(tag).collect::<Vec<_>>()
    };
    let mut tags = match command {
        Command::ResourceGet => special(RESOURCE),
        Command::GroupGet => special(GROUP),
        Command::Control => special(CONTROL),
        Command::TypeGet | Command::SetStatus => Vec::new(),
    };
    let properties = match command {
        Command::ResourceGet => resource_properties(),
        Command::TypeGet => type_properties(),
        _ => Vec::new(),
    };
    for property in properties {
        if !tags.iter().any(|tag| tag.name == property.name) {
            tags.push(property);
        }
    }
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    tags
}

/// Whether a command has a tag, which is written in capitals.
pub fn has(command: Command, tag: &str) -> bool {
    let among = |rows: &[Special]| rows.iter().any(|Special(name, ..)| *name == tag);
    match command {
        Command::ResourceGet => among(RESOURCE) || rtreg_model::standard::standard_property(tag).is_some(),
        Command::TypeGet => rtreg_model::standard::type_property(tag).is_some(),
        Command::GroupGet => among(GROUP),
        Command::Control => among(CONTROL),
        Command::SetStatus => false,
    }
}

/// Whether the vendor has this tag, but rtreg has nothing to answer it with.
pub fn is_not_kept(command: Command, tag: &str) -> bool {
    NOT_KEPT.contains(&(command, tag))
}

/// There is no such tag, or no answer to it: the tag is named, and the nearest one there is.
pub fn no_tag(command: Command, tag: &str) -> Reply {
    let name = command.as_str();
    if is_not_kept(command, tag) {
        return Reply::refused(Code::Tag, format!("{name}: rtreg keeps nothing that answers the tag {tag}"));
    }
    let known: Vec<String> = tags(command).into_iter().map(|tag| tag.name).collect();
    let near = rtreg_model::suggest::nearest(tag, known.iter().map(String::as_str));
    let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    Reply::refused(Code::Tag, format!("{name}: there is no tag {tag}{hint}"))
}

fn resource_properties() -> Vec<Tag> {
    let tag = |row: &rtreg_model::standard::StandardProperty| Tag {
        command: Command::ResourceGet,
        name: row.name.to_ascii_uppercase(),
        operands: "",
        prints: match row.kind {
            StandardKind::String => LINE,
            StandardKind::Boolean => BOOLEAN,
            StandardKind::Int => NUMBER,
            StandardKind::Enum(_) => "a word",
            StandardKind::StringArray => LINES,
        },
        about: match row.presence {
            Presence::Always => format!("{}, which every resource has", row.name),
            Presence::IfDeclared => format!("{}, if the type's file declares it, else exit 15", row.name),
            Presence::WithMethod(method) => format!("{}, if the type has {method}, else exit 15", row.name),
            Presence::QueryOnly => row.name.to_owned(),
        },
    };
    STANDARD_PROPERTIES.iter().map(tag).collect()
}

fn type_properties() -> Vec<Tag> {
    let tag = |row: &rtreg_model::standard::TypeProperty| {
        let (prints, about) = match row.kind {
            TypePropertyKind::MethodPath => {
                ("a line; nothing if it has none", format!("the path of {}, as its file writes it", row.name))
            }
            TypePropertyKind::Path => ("a line; nothing if it has none", row.name.to_owned()),
            TypePropertyKind::Boolean => (BOOLEAN, row.name.to_owned()),
            TypePropertyKind::Int => (NUMBER, row.name.to_owned()),
            TypePropertyKind::Enum(_) => ("a word; nothing if it has none", row.name.to_owned()),
            TypePropertyKind::String => ("a line; nothing if it has none", row.name.to_owned()),
            TypePropertyKind::StringArray => (LINES, row.name.to_owned()),
        };
        let about = match row.name {
            "Installed_nodes" => "Installed_nodes; `*` if these are all".to_owned(),
            "Resource_list" => "the resources that have this version of the type".to_owned(),
            "RT_version" => "RT_version, whether or not the name carries it".to_owned(),
            _ => about,
        };
        Tag { command: Command::TypeGet, name: row.name.to_ascii_uppercase(), operands: "", prints, about }
    };
    TYPE_PROPERTIES.iter().map(tag).collect()
}

/// The tables of `docs/scha.md`, in Markdown.
pub fn page() -> String {
    let mut text = String::new();
    for command in [Command::ResourceGet, Command::TypeGet, Command::GroupGet, Command::Control] {
        text.push_str(&format!("\n## {}\n\n    {}\n\n", command.as_str(), command.usage()));
        text.push_str("| tag | takes | prints | what |\n|---|---|---|---|\n");
        for Tag { name, operands, prints, about, .. } in tags(command) {
            let operands = if operands.is_empty() { String::new() } else { format!("`{operands}`") };
            text.push_str(&format!("| {name} | {operands} | {prints} | {about} |\n"));
        }
        let missing: Vec<&str> = NOT_KEPT.iter().filter(|(of, _)| *of == command).map(|(_, name)| *name).collect();
        if !missing.is_empty() {
            text.push_str(&format!("\nNot kept, so exit 4: {}.\n", missing.join(", ")));
        }
    }
    text.push_str("\n## Exit codes\n\n| exit | the vendor's name | meaning |\n|---|---|---|\n");
    for code in Code::ALL {
        let (name, meaning) = code.meaning();
        text.push_str(&format!("| {} | {name} | {meaning} |\n", code.number()));
    }
    text
}
