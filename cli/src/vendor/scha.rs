//! `scha_resource_get`, `scha_resourcetype_get` and `scha_resourcegroup_get` answered from the store: what an administrator's
//! script asks the cluster. The tags and their answers are those of `rtreg-runtime`; here they are only fed. Nothing is changed.

use std::collections::BTreeMap;
use std::process::ExitCode;

use rtreg_model::standard::effective_properties;
use rtreg_registry::commands::planning::{find_group, find_resource};
use rtreg_registry::commands::show::{self, NodeStateReport};
use rtreg_registry::migration::{Others, Scope};
use rtreg_registry::{CommandError, Store, View, inspect, load_type, resolve_type};
use rtreg_runtime::scha::{
    Code, Command, Facts, GroupFacts, OnNode, PropertyFact, Reply, Request, ResourceFacts, TypeFacts, answer, folder,
    print,
};

use crate::app::{App, Colour, Options};

/// Answers a command that was called by its own name: from the folder of the sandbox that it is called in, else from the store.
pub fn run(command: Command, arguments: &[String]) -> ExitCode {
    if let Some(folder) = folder::Folder::of_environment() {
        return ExitCode::from(print(&folder.answer(command, arguments)));
    }
    let store = std::env::var("RTREG_STORE").ok().filter(|store| !store.is_empty());
    let app = App::new(Options { store, format: None, color: Colour::Auto, reason: None });
    ExitCode::from(print(&reply(command, arguments, &app)))
}

fn reply(command: Command, arguments: &[String], app: &App) -> Reply {
    if matches!(command, Command::SetStatus | Command::Control) {
        let what = format!("{}: expected a method that rtreg runs as the caller, found none", command.as_str());
        return Reply::refused(Code::Access, what);
    }
    let request = match Request::read(command, arguments) {
        Ok(request) => request,
        Err(refused) => return refused,
    };
    let internal = |words: String| Reply::refused(Code::Internal, format!("{}: {words}", command.as_str()));
    let store = match app.store_for_reading() {
        Ok(store) => store,
        Err(error) => return internal(error.refusal().message.clone()),
    };
    match facts(store, &request, &app.context().local_node) {
        Ok(facts) => answer(command, &request, &facts),
        Err(error) => internal(error.to_string()),
    }
}

/// The facts about what the request names; what does not exist is not among them, and so is refused by the answer.
fn facts(store: &dyn Store, request: &Request, node: &str) -> Result<Facts, CommandError> {
    inspect(store, |view| {
        let mut facts = Facts { node: node.to_owned(), ..Facts::default() };
        if let Some(name) = &request.resource
            && let Some(resource) = found(resource(view, name))?
        {
            facts.resources.insert(name.clone(), resource);
        }
        if let Some(name) = &request.group
            && let Some(group) = found(group(view, name))?
        {
            facts.groups.insert(name.clone(), group);
        }
        if let Some(name) = &request.resource_type
            && let Some(record) = found(resolve_type(view, name))?.filter(|record| record.name.to_string() == *name)
        {
            let loaded = load_type(view, &record)?;
            let mut known = TypeFacts::new(&loaded.resource_type);
            let nodes = record.installed_nodes.unwrap_or_else(|| vec!["*".to_owned()]);
            known.values.insert("INSTALLED_NODES".to_owned(), nodes);
            let system = if record.rt_system { "TRUE" } else { "FALSE" };
            known.values.insert("RT_SYSTEM".to_owned(), vec![system.to_owned()]);
            facts.types.insert(name.clone(), known);
        }
        Ok(facts)
    })
}

/// None of what the registry says it does not have.
fn found<T>(result: Result<T, CommandError>) -> Result<Option<T>, CommandError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(CommandError::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn resource(view: &View<'_>, name: &str) -> Result<ResourceFacts, CommandError> {
    let record = find_resource(view, name)?;
    let shown = show::resource(view, name)?;
    let loaded = load_type(view, &resolve_type(view, &shown.resource_type)?)?;
    let node_list = find_group(view, &record.group)?.node_list;
    let mut facts = ResourceFacts::new(&loaded.resource_type, &record.group, &BTreeMap::new());
    for (declared, fact) in effective_properties(&loaded.resource_type).iter().zip(&mut facts.properties) {
        let stored = record.values.iter().find(|(name, _)| name.eq_ignore_ascii_case(&declared.name.value));
        let Some((_, stored)) = stored else { continue };
        match &stored.value {
            Scope::Global(value) => fact.value = Some(value.clone()),
            Scope::PerNode(values) => per_node(fact, values, stored.others.as_ref()),
        }
    }
    let listed = shown.nodes.iter().filter(|node| node_list.contains(&node.node));
    facts.on_nodes = listed.map(|node| (node.node.clone(), on_node(node))).collect();
    Ok(facts)
}

fn per_node(fact: &mut PropertyFact, values: &BTreeMap<String, rtreg_model::PropertyValue>, others: Option<&Others>) {
    fact.on_nodes = values.clone();
    if let Some(others) = others {
        fact.value = Some(others.value.clone());
    }
}

/// The words of the vendor's for a state are rtreg's own in capitals.
fn on_node(node: &NodeStateReport) -> OnNode {
    let status = match node.state.as_str() {
        "online" => "OK",
        "offline" => "OFFLINE",
        "start_failed" | "stop_failed" => "FAULTED",
        _ => "UNKNOWN",
    };
    OnNode {
        enabled: node.enabled,
        monitored: node.monitored,
        state: node.state.to_ascii_uppercase(),
        status: status.to_owned(),
        ..OnNode::default()
    }
}

fn group(view: &View<'_>, name: &str) -> Result<GroupFacts, CommandError> {
    let shown = show::group(view, name)?;
    let state = |node: &show::GroupNodeReport| match (node.node_state.as_str(), node.online) {
        ("unknown", _) => "UNKNOWN",
        (_, true) => "ONLINE",
        (_, false) => "OFFLINE",
    };
    Ok(GroupFacts {
        node_list: shown.nodes.iter().map(|node| node.node.clone()).collect(),
        resources: shown.resources.iter().map(|member| member.name.clone()).collect(),
        managed: shown.managed,
        maximum_primaries: shown.maximum_primaries.into(),
        on_nodes: shown.nodes.iter().map(|node| (node.node.clone(), state(node).to_owned())).collect(),
    })
}
