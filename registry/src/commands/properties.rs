//! Values of resource properties: what `-p NAME=VALUE` and `-p 'NAME{node}=VALUE'` mean for a type, and whether the value
//! may be given (property_attributes(5), r_properties(5)). Shared by creation, change and upgrade; writes nothing.

use std::collections::BTreeMap;

use rtreg_model::standard::{Presence, effective_properties, standard_property};
use rtreg_model::{PropertyDecl, PropertyTunable, PropertyValue, ResourceType, suggest};

use crate::error::{CommandError, Refusal};
use crate::gate::Assignment;
use crate::migration::{Mark, Scope, StoredValue};

/// Reads `NAME=VALUE`, `NAME{node}=VALUE` or `NAME{node,node}=VALUE`; one assignment for each node.
///
/// # Errors
/// [`CommandError::Usage`], rule `assignment`.
pub fn parse_assignment(text: &str) -> Result<Vec<Assignment>, CommandError> {
    let wrong = |why: &str| {
        CommandError::usage(
            Refusal::new("assignment", format!("expected NAME=VALUE or 'NAME{{node}}=VALUE', found `{text}`: {why}"))
                .help("an empty value is written `NAME=`; quote braces for the shell"),
        )
    };
    let (left, value) = text.split_once('=').ok_or_else(|| wrong("there is no `=`"))?;
    let value = value.to_owned();
    let (name, nodes) = match left.split_once('{') {
        None => (left, None),
        Some((name, rest)) => (name, Some(rest.strip_suffix('}').ok_or_else(|| wrong("the `{` is not closed"))?)),
    };
    if name.is_empty() {
        return Err(wrong("the name is empty"));
    }
    let Some(nodes) = nodes else {
        return Ok(vec![Assignment { name: name.to_owned(), node: None, value }]);
    };
    if nodes.split(',').any(|node| node.trim().is_empty()) {
        return Err(wrong("a node between the braces is empty"));
    }
    let one =
        |node: &str| Assignment { name: name.to_owned(), node: Some(node.trim().to_owned()), value: value.clone() };
    Ok(nodes.split(',').map(one).collect())
}

/// Reads all `-p` of a command.
///
/// # Errors
/// As [`parse_assignment`]; rule `assigned_twice` for two values of one property on one node.
pub fn parse_assignments<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Vec<Assignment>, CommandError> {
    let mut all: Vec<Assignment> = Vec::new();
    for text in texts {
        for assignment in parse_assignment(text)? {
            let twice = all.iter().any(|other| {
                other.name.eq_ignore_ascii_case(&assignment.name)
                    && (other.node == assignment.node || other.node.is_none() || assignment.node.is_none())
            });
            if twice {
                let message = format!("`{}` is given twice in one command", assignment.name);
                return Err(CommandError::usage(
                    Refusal::new("assigned_twice", message).help("give each property one value, or one for each node"),
                ));
            }
            all.push(assignment);
        }
    }
    Ok(all)
}

/// What values are checked against.
pub struct Table<'t> {
    /// Full name of the type.
    type_name: String,
    /// The properties that a resource of the type has.
    decls: Vec<PropertyDecl>,
    /// The nodes that a value can be for.
    node_list: &'t [String],
}

impl<'t> Table<'t> {
    /// The properties of resources of a type in a group with this node list.
    pub fn new(resource_type: &ResourceType, node_list: &'t [String]) -> Self {
        let decls = effective_properties(resource_type);
        Self { type_name: resource_type.name().to_string(), decls, node_list }
    }

    /// The properties, those of the file first.
    pub fn decls(&self) -> &[PropertyDecl] {
        &self.decls
    }

    /// The property with this name, in any case.
    pub fn decl(&self, name: &str) -> Option<&PropertyDecl> {
        self.decls.iter().find(|decl| decl.name.value.eq_ignore_ascii_case(name))
    }

    /// The property and value that an assignment means: the property exists, the value fits, and it is for nodes that it
    /// can be for. When it may be set is another question.
    ///
    /// # Errors
    /// A refusal `query_only`, `unknown_property`, `not_per_node`, `not_in_node_list` or `bad_value`.
    pub fn resolve(&self, assignment: &Assignment) -> Result<(&PropertyDecl, PropertyValue), Refusal> {
        let decl = self.decl(&assignment.name).ok_or_else(|| self.unknown(&assignment.name))?;
        let name = &decl.name.value;
        if let Some(node) = &assignment.node {
            if !decl.per_node {
                return Err(Refusal::new(
                    "not_per_node",
                    format!("property `{name}` of `{}` has one value for all nodes", self.type_name),
                )
                .help(format!("write `-p {name}={}` without a node", assignment.value)));
            }
            if !self.node_list.contains(node) {
                let nodes = self.node_list.join(", ");
                return Err(Refusal::new(
                    "not_in_node_list",
                    format!("`{assignment}` is for node `{node}`, which is not in the node list of the group: {nodes}"),
                )
                .help("give values for nodes of the node list"));
            }
        }
        let value = PropertyValue::parse(&decl.kind, &assignment.value);
        let checked = value.and_then(|value| decl.check(&value).map(|()| value));
        let value = checked.map_err(|why| {
            Refusal::new("bad_value", format!("property `{name}` of `{}`: {why}", self.type_name)).help(limits(decl))
        })?;
        Ok((decl, value))
    }

    fn unknown(&self, name: &str) -> Refusal {
        if let Some(refusal) = query_only(name) {
            return refusal;
        }
        let refusal = Refusal::new("unknown_property", format!("`{}` has no property `{name}`", self.type_name));
        let names = self.decls.iter().map(|decl| decl.name.value.as_str());
        match suggest::nearest(name, names) {
            Some(near) => refusal.help(format!("did you mean `{near}`?")),
            None if standard_property(name).is_some() => {
                refusal.help("resources have this property only if the RTR file of their type declares it")
            }
            None => refusal.help(format!("`rtreg show type {}` lists the properties", self.type_name)),
        }
    }

    /// The properties that need a value and have none: no default, nothing stored.
    pub fn missing(&self, values: &BTreeMap<String, StoredValue>) -> Vec<&PropertyDecl> {
        let missing = |decl: &&PropertyDecl| decl.is_required() && !values.contains_key(&decl.name.value);
        self.decls.iter().filter(missing).collect()
    }

    /// Sets the value of an assignment that was resolved.
    pub fn set(
        &self,
        values: &mut BTreeMap<String, StoredValue>,
        decl: &PropertyDecl,
        (node, value): (Option<&str>, PropertyValue),
    ) {
        let name = &decl.name.value;
        if !decl.per_node {
            values.insert(name.clone(), StoredValue::explicit(value));
            return;
        }
        let everywhere = |value: &PropertyValue| -> BTreeMap<String, PropertyValue> {
            self.node_list.iter().map(|node| (node.clone(), value.clone())).collect()
        };
        let per_node = match node {
            None => everywhere(&value),
            Some(node) => {
                let mut per_node = match values.get(name).map(|stored| &stored.value) {
                    Some(Scope::PerNode(per_node)) => per_node.clone(),
                    Some(Scope::Global(value)) => everywhere(value),
                    None => BTreeMap::new(),
                };
                per_node.insert(node.to_owned(), value);
                per_node
            }
        };
        values.insert(name.clone(), StoredValue::per_node(per_node));
    }

    /// What of the values does not fit the type: `name: why`, one each.
    pub fn misfits(&self, values: &BTreeMap<String, StoredValue>) -> Vec<String> {
        let misfit = |(name, stored): (&String, &StoredValue)| Some(format!("{name}: {}", self.misfit(name, stored)?));
        values.iter().filter_map(misfit).collect()
    }

    /// Why a stored value does not fit the type; none if it does.
    pub fn misfit(&self, name: &str, stored: &StoredValue) -> Option<String> {
        let Some(decl) = self.decl(name) else {
            return Some("the type has no such property".to_owned());
        };
        match &stored.value {
            Scope::Global(value) => decl.check(value).err(),
            Scope::PerNode(_) if !decl.per_node => Some("expected one value for all nodes".to_owned()),
            Scope::PerNode(values) => values.values().find_map(|value| decl.check(value).err()),
        }
    }
}

/// Values of a new resource.
///
/// # Errors
/// The refusals of [`Table::resolve`]; `not_tunable` for TUNABLE NONE; `missing_values`; several at once as `properties`.
pub fn for_creation(
    table: &Table<'_>,
    assignments: &[Assignment],
) -> Result<BTreeMap<String, StoredValue>, CommandError> {
    let mut values = BTreeMap::new();
    let mut refusals = Vec::new();
    for assignment in assignments {
        match table.resolve(assignment) {
            // A property without default must be given once, whatever its TUNABLE says.
            Ok((decl, _)) if decl.tunable == PropertyTunable::None && !decl.is_required() => {
                refusals.push(not_tunable(table, decl, "it can never be set, not even when a resource is created"));
            }
            Ok((decl, value)) => table.set(&mut values, decl, (assignment.node.as_deref(), value)),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let given = |decl: &&PropertyDecl| {
        !assignments.iter().any(|assignment| assignment.name.eq_ignore_ascii_case(&decl.name.value))
    };
    let missing: Vec<&PropertyDecl> = table.missing(&values).into_iter().filter(given).collect();
    if !missing.is_empty() {
        refusals.push(missing_values(table, &missing));
    }
    all_at_once(refusals)?;
    Ok(values)
}

fn missing_values(table: &Table<'_>, missing: &[&PropertyDecl]) -> Refusal {
    let options: Vec<String> = missing.iter().map(|decl| format!("-p {}=…", decl.name.value)).collect();
    let line = |decl: &&PropertyDecl| format!("-p {}=… ({})", decl.name.value, limits(decl));
    let message = match missing {
        [_] => format!("a property of `{}` has no default, so it needs a value, and none was given", table.type_name),
        _ => format!(
            "{} properties of `{}` have no default, so they need values, and none was given",
            missing.len(),
            table.type_name
        ),
    };
    Refusal::new("missing_values", message)
        .details(missing.iter().map(line))
        .help(format!("add `{}`", options.join(" ")))
}

/// The refusal of a change that the property's TUNABLE forbids.
pub(super) fn not_tunable(table: &Table<'_>, decl: &PropertyDecl, when: &str) -> Refusal {
    let (name, tunable) = (&decl.name.value, decl.tunable);
    Refusal::new("not_tunable", format!("property `{name}` of `{}` is TUNABLE {tunable}: {when}", table.type_name))
}

/// One refusal for one fault; for several a refusal that lists them.
pub(super) fn all_at_once(mut refusals: Vec<Refusal>) -> Result<(), CommandError> {
    if refusals.len() < 2 {
        return refusals.pop().map_or(Ok(()), |refusal| Err(refusal.into()));
    }
    let count = refusals.len();
    let lines = refusals.into_iter().flat_map(|refusal| {
        let help = refusal.help.map(|help| format!(" ({help})")).unwrap_or_default();
        let more = refusal.details.into_iter().map(|line| format!("  {line}"));
        std::iter::once(format!("{}{help}", refusal.message)).chain(more).collect::<Vec<_>>()
    });
    Err(Refusal::new("properties", format!("{count} of the properties are wrong")).details(lines).into())
}

/// Type, limits and enumeration of a property in words.
pub(super) fn limits(decl: &PropertyDecl) -> String {
    use rtreg_model::PropertyKind;
    let mut words = match &decl.kind {
        PropertyKind::Enum(literals) => vec![format!("one of {}", literals.join(", "))],
        kind => vec![kind.as_str().to_owned()],
    };
    let ranges = [
        ("", &decl.min, &decl.max),
        ("length ", &decl.min_length, &decl.max_length),
        ("number of elements ", &decl.array_min_size, &decl.array_max_size),
    ];
    for (what, min, max) in ranges {
        words.extend(min.as_ref().map(|min| format!("{what}at least {}", min.value)));
        words.extend(max.as_ref().map(|max| format!("{what}at most {}", max.value)));
    }
    words.join(", ")
}

/// The refusal for a property that only queries read, with the command that is meant.
fn query_only(name: &str) -> Option<Refusal> {
    let row = standard_property(name).filter(|row| row.presence == Presence::QueryOnly)?;
    let command = match row.name {
        "Type_version" => "use `rtreg upgrade R --to VERSION`",
        "Type" => "a resource keeps its type; delete and create it, or use `rtreg upgrade R --to VERSION`",
        "On_off_switch" => "use `rtreg resource enable R` or `disable R`",
        "Monitored_switch" => "use `rtreg resource monitor R` or `unmonitor R`",
        "Resource_state" => "use `rtreg resource state R --node N STATE`",
        _ => "`rtreg show resource R` shows what is known",
    };
    Some(Refusal::new("query_only", format!("property `{}` can be read but not set", row.name)).help(command))
}

/// A stored value as text; per-node values with their nodes.
pub(super) fn value_text(stored: &StoredValue) -> String {
    let text = match &stored.value {
        Scope::Global(value) => value.to_string(),
        Scope::PerNode(values) => {
            let each: Vec<String> = values.iter().map(|(node, value)| format!("{{{node}}}={value}")).collect();
            each.join(" ")
        }
    };
    match stored.mark {
        Mark::Explicit => text,
        Mark::Pinned => format!("{text} (pinned)"),
    }
}
