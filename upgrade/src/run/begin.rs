//! The beginning of a run: the plan is put into the store and used up, what it rests on is compared with what is there, and all that
//! it moves is reserved. It either begins as a whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_registry::commands::planning::{find_group, find_resource, online_on};
use rtreg_registry::history::{Object, sha256_hex};
use rtreg_registry::records::{GroupRecord, NodeRecord, ResourceRecord, TypeRecord};
use rtreg_registry::runs::{self, Owner, RunRecord, RunState};
use rtreg_registry::transaction::{Transaction, blob_changes};
use rtreg_registry::{CommandError, Commit, Context, KeyRange, Refusal, Store, View, inspect, keys, transact};
use serde_json::json;

use super::end::release;
use super::{Hand, journal_of, object};
use crate::plan::{Basis, Bundle, Driver, Group, Operation, Plan, State, What};

/// How many records are reserved in one commit, which holds the rest of the conditions, too.
const RESERVED_AT_ONCE: usize = 20;
/// Pieces of a plan in one commit.
const PIECES_AT_ONCE: usize = 4;

/// A run that is to begin.
pub struct Begin<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What it is for, in words.
    pub what: String,
    /// Methods may run although their file is not the one that the version registered, or nobody has seen it.
    pub accept_changed_methods: bool,
}

/// Begins a run.
///
/// # Errors
/// Refusals `recorded`, `methods_unseen`, `stale_plan`, `used_plan`, `reserved`; [`CommandError::Store`]. Nothing has changed
/// then.
pub fn begin(store: &dyn Store, ctx: &Context, request: &Begin<'_>) -> Result<RunRecord, CommandError> {
    let plan = request.plan;
    check_driver(plan)?;
    if !request.accept_changed_methods {
        check_seen(plan)?;
    }
    inspect(store, |view| check_unused(view, plan))?;
    let blob = put_plan(store, plan)?;
    let bundles: Vec<&Bundle> = plan.bundles().collect();
    let reservations: Vec<(&Bundle, Vec<Object>)> = bundles.iter().flat_map(|bundle| pieces(bundle, plan)).collect();
    let (first, rest) = reservations.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
    let (record, _) = transact(store, ctx, ("bundles", 1), |tx| {
        check_unused(&tx.view, plan)?;
        refuse_stale(stale(&tx.view, &plan.basis, None, Some(&plan.state))?)?;
        let record = create(tx, request, blob.clone())?;
        first.map_or(Ok(()), |(bundle, objects)| reserve(tx, &record.id, (bundle, &plan.state), objects))?;
        Ok(record)
    })?;
    let hand = Hand { store, ctx, run: &record.id, epoch: None };
    let reserved = rest.iter().try_for_each(|(bundle, objects)| {
        transact(store, ctx, ("bundles", 1), |tx| reserve(tx, &record.id, (bundle, &plan.state), objects)).map(drop)
    });
    match reserved {
        Ok(()) => Ok(record),
        Err(error) => {
            give_up(&hand, plan)?;
            Err(error)
        }
    }
}

fn check_driver(plan: &Plan) -> Result<(), Refusal> {
    let Some(bundle) = plan.bundles().find(|bundle| bundle.carried_out_by != Driver::Rgm) else { return Ok(()) };
    let groups = bundle.disrupts.join(", ");
    let whose = match bundle.carried_out_by {
        Driver::Recorded => "the administrator",
        _ => "partly rtreg and partly the administrator",
    };
    let message = format!("bundle {} cannot be carried out by rtreg: its groups are driven by {whose}", bundle.id);
    let mut refusal = Refusal::new("recorded", message);
    if !groups.is_empty() {
        refusal = refusal.details([format!("groups: {groups}")]);
    }
    Err(refusal
        .help("`rtreg plan` shows his commands step by step; `rtreg group driver G rgm` lets rtreg run the methods"))
}

/// Every method that may run must have been seen on its node.
fn check_seen(plan: &Plan) -> Result<(), Refusal> {
    let steps = plan.bundles().flat_map(|bundle| &bundle.steps);
    let operations =
        steps.flat_map(|step| std::iter::once(&step.operation).chain(step.undo.iter().map(|undo| &undo.operation)));
    let unseen: BTreeSet<String> = operations.filter_map(unseen).collect();
    if unseen.is_empty() {
        return Ok(());
    }
    let message = "no process on their nodes had seen these methods when the plan was made, so nobody can tell whether they are those of their version";
    Err(Refusal::new("methods_unseen", message).details(unseen).help(
        "start `rtreg agent --node N` there, which looks at them, or register the type there again, and make the plan anew; or \
         say --accept-changed-methods",
    ))
}

fn unseen(operation: &Operation) -> Option<String> {
    let call = operation.method().filter(|call| call.digest.is_none() && call.digest_check.is_refuse())?;
    let node = operation.node.as_deref().unwrap_or_default();
    Some(format!("{} of {} on {node}: {}", call.method.as_str(), call.type_name, call.path))
}

fn check_unused(view: &View<'_>, plan: &Plan) -> Result<(), CommandError> {
    let Some(run) = view.record::<String>(&keys::used_plan(&plan.id))? else { return Ok(()) };
    if runs::find(view, &run)?.state.is_open() {
        return Err(runs::reserved(view, "what this plan is about", &run)?.into());
    }
    let message = format!("this plan was carried out already, by run {run}: a plan is used once");
    let help = format!("`rtreg runs show {run}` says what became of it; make a new plan with `rtreg plan …`");
    Err(Refusal::new("used_plan", message).help(help).into())
}

/// Refuses what is about something that a run has reserved.
///
/// # Errors
/// A refusal `reserved`; [`CommandError::Store`].
pub fn check_free(view: &View<'_>, plan: &Plan) -> Result<(), CommandError> {
    let of = |what: &str, name: &str, holder: Option<String>| match holder {
        Some(holder) => Err(runs::reserved(view, &format!("{what} `{name}`"), &holder)?.into()),
        None => Ok(()),
    };
    for name in plan.state.resources.keys().chain(&plan.request.resources) {
        let record = view.peek_record::<ResourceRecord>(&keys::resource(name))?;
        of("resource", name, record.and_then(|record| record.reserved_by))?;
    }
    plan.state.groups.keys().try_for_each(|name| of("group", name, find_group(view, name)?.reserved_by))
}

fn put_plan(store: &dyn Store, plan: &Plan) -> Result<(String, usize), CommandError> {
    let bytes = serde_json::to_vec(plan).map_err(|error| CommandError::Internal(error.to_string()))?;
    let hash = sha256_hex(&bytes);
    for changes in blob_changes(&hash, &bytes).chunks(PIECES_AT_ONCE) {
        store.commit(&Commit { conditions: Vec::new(), changes: changes.to_vec() })?;
    }
    Ok((hash, bytes.len()))
}

fn create(tx: &mut Transaction<'_>, request: &Begin<'_>, blob: (String, usize)) -> Result<RunRecord, CommandError> {
    let number = tx.view.record::<u64>(&keys::run_counter())?.unwrap_or(0) + 1;
    let id = format!("r{number}");
    let ctx = tx.context();
    let owner = Owner { epoch: 1, who: ctx.who.clone(), node: ctx.local_node.clone(), since: ctx.at.clone() };
    let record = RunRecord {
        id: id.clone(),
        plan: request.plan.id.clone(),
        blob,
        types: types_of(request.plan),
        what: request.what.clone(),
        state: RunState::Open,
        owner,
        began_at: ctx.at.clone(),
        ended_at: None,
        abort_wanted: false,
        accept_changed_methods: request.accept_changed_methods,
        state_command: request.plan.is_state_command(),
    };
    tx.act_for(&id);
    tx.view.get(&keys::run(&id))?;
    tx.put(keys::run_counter(), &number);
    tx.put(keys::run(&id), &record);
    tx.put(keys::open_run(&id), &json!({}));
    tx.put(keys::used_plan(&request.plan.id), &id);
    tx.log(object(&id), "begin", json!({ "plan": request.plan.id, "what": request.what }))?;
    Ok(record)
}

/// What is reserved in one commit after the other; one at least, which looks at what the bundle rests on.
fn pieces<'p>(bundle: &'p Bundle, plan: &Plan) -> Vec<(&'p Bundle, Vec<Object>)> {
    let objects = all(bundle, plan);
    if objects.is_empty() {
        return vec![(bundle, objects)];
    }
    objects.chunks(RESERVED_AT_ONCE).map(|objects| (bundle, objects.to_vec())).collect()
}

/// The versions whose methods a plan may run.
fn types_of(plan: &Plan) -> Vec<String> {
    let steps = plan.bundles().flat_map(|bundle| &bundle.steps);
    let mut named: BTreeSet<String> = plan.bundles().flat_map(|bundle| bundle.basis.types.keys().cloned()).collect();
    named.extend(plan.basis.types.keys().cloned());
    for step in steps {
        for operation in std::iter::once(&step.operation).chain(step.undo.iter().map(|undo| &undo.operation)) {
            match &operation.what {
                What::Method(call) => drop(named.insert(call.type_name.clone())),
                What::SetTypeVersion(set) => named.extend(set.resources.iter().map(|of| of.type_name.clone())),
                _ => {}
            }
        }
    }
    named.into_iter().collect()
}

/// The records that a bundle moves: `resource` or `group`, and the name.
pub(super) fn all(bundle: &Bundle, plan: &Plan) -> Vec<Object> {
    let switched = bundle.steps.iter().filter_map(|step| match &step.operation.what {
        What::Switch(switch) => Some(&switch.resource),
        _ => None,
    });
    let changed = bundle.steps.iter().filter_map(|step| match &step.operation.what {
        What::Group(change) => Some(&change.group),
        What::Registry(change) => change.command.group(),
        _ => None,
    });
    let registered = bundle.steps.iter().filter_map(|step| match &step.operation.what {
        What::Registry(change) => change.command.resource(),
        _ => None,
    });
    let resources = bundle.upgrades.iter().map(|of| &of.resource).chain(bundle.moves.keys());
    let resources = resources.chain(switched).chain(registered);
    let resources: BTreeSet<&String> = resources.filter(|name| plan.state.resources.contains_key(*name)).collect();
    let groups = resources.iter().filter_map(|name| Some(&plan.state.resources.get(*name)?.group));
    let groups: BTreeSet<&String> = groups.chain(&bundle.disrupts).chain(changed).collect();
    let groups = groups.into_iter().map(|name| Object::new("group", name));
    groups.chain(resources.iter().map(|name| Object::new("resource", name))).collect()
}

/// Reserves records, if what their bundle rests on is still so.
fn reserve(
    tx: &mut Transaction<'_>,
    run: &str,
    (bundle, state): (&Bundle, &State),
    objects: &[Object],
) -> Result<(), CommandError> {
    tx.act_for(run);
    refuse_stale(stale(&tx.view, &bundle.basis, Some(run), Some(state))?)?;
    let event = "reserve";
    for of in objects {
        let detail = json!({ "run": run });
        let holder = match of.kind.as_str() {
            "group" => {
                let mut record = find_group(&tx.view, &of.name)?;
                let holder = record.reserved_by.replace(run.to_owned());
                tx.put(keys::group(&of.name), &record);
                holder
            }
            _ => {
                let mut record = find_resource(&tx.view, &of.name)?;
                let holder = record.reserved_by.replace(run.to_owned());
                tx.put(keys::resource(&of.name), &record);
                holder
            }
        };
        match holder {
            Some(holder) if holder != run => {
                return Err(runs::reserved(&tx.view, &format!("{} `{}`", of.kind, of.name), &holder)?.into());
            }
            Some(_) => {}
            None => tx.log(of.clone(), event, detail)?,
        }
    }
    Ok(())
}

/// Reserves what a run that ended in its beginning has not reserved yet. What has begun keeps what it has.
///
/// # Errors
/// Refusals `stale_plan`, `reserved`; [`CommandError::Store`].
pub fn reserve_rest(hand: &Hand<'_>, plan: &Plan) -> Result<(), CommandError> {
    let journal = inspect(hand.store, |view| journal_of(view, hand.run))?;
    for bundle in plan.bundles().filter(|bundle| !journal.has_begun(bundle) && !journal.has_ended(bundle)) {
        for names in all(bundle, plan).chunks(RESERVED_AT_ONCE) {
            transact(hand.store, hand.ctx, ("bundles", 1), |tx| reserve(tx, hand.run, (bundle, &plan.state), names))?;
        }
    }
    Ok(())
}

/// What was reserved is free again, and the plan is not used up: nothing has been done.
fn give_up(hand: &Hand<'_>, plan: &Plan) -> Result<(), CommandError> {
    release(hand, plan)?;
    transact(hand.store, hand.ctx, ("runs", 1), |tx| {
        tx.act_for(hand.run);
        let mut record = runs::find(&tx.view, hand.run)?;
        record.state = RunState::Failed;
        record.ended_at = Some(tx.context().at.clone());
        tx.put(keys::run(hand.run), &record);
        tx.delete(keys::open_run(hand.run));
        tx.delete(keys::used_plan(&plan.id));
        tx.log(object(hand.run), "stale", json!({}))
    })?;
    Ok(())
}

fn refuse_stale(sentence: Option<String>) -> Result<(), Refusal> {
    let Some(sentence) = sentence else { return Ok(()) };
    Err(Refusal::new("stale_plan", format!("the plan is stale: {sentence}"))
        .help("nothing was done; make the plan anew with `rtreg plan …` and look at it again"))
}

/// What has changed since a decision was made on this basis; none if nothing has. What a run has reserved itself cannot have
/// changed but by the run.
///
/// # Errors
/// [`CommandError::Store`].
pub fn stale(
    view: &View<'_>,
    basis: &Basis,
    run: Option<&str>,
    state: Option<&State>,
) -> Result<Option<String>, CommandError> {
    for (key, expected) in &basis.keys {
        let stored = view.get(key)?;
        let found = stored.as_ref().map(|stored| stored.modified);
        if found == *expected {
            continue;
        }
        let own = stored.as_ref().and_then(|stored| serde_json::from_slice::<serde_json::Value>(&stored.value).ok());
        let holder = own.as_ref().and_then(|record| record.get("reserved_by")?.as_str().map(str::to_owned));
        let Some(object) = keys::object_of(key) else {
            return Ok(Some(format!("what stands under `{key}` has changed since the plan was made")));
        };
        let what = format!("{} `{}`", object.kind, object.name);
        match (holder, run) {
            (Some(holder), Some(run)) if holder == run => {}
            (Some(holder), _) => return Err(runs::reserved(view, &what, &holder)?.into()),
            // What another run had only reserved, and has left as it was, has not changed.
            (None, _) if object.kind == "group" && is_as_before(view, &object.name, state)? => {}
            (None, _) if found.is_none() => return Ok(Some(format!("{what} does not exist any more"))),
            (None, _) => return Ok(Some(format!("{what} has changed since the plan was made"))),
        }
    }
    for range in &basis.ranges {
        let keys = KeyRange { start: range.start.clone(), end: range.end.clone() };
        let found = view.range(&keys, usize::MAX)?.iter().map(|stored| stored.modified).max();
        if found > range.revision || (found.is_none() && range.revision.is_some()) {
            return Ok(Some(format!("what stands under `{}` has changed since the plan was made", range.start)));
        }
    }
    types(view, basis)
}

/// Whether a group is as it was when the plan was made.
fn is_as_before(view: &View<'_>, name: &str, state: Option<&State>) -> Result<bool, CommandError> {
    let Some(before) = state.and_then(|state| state.groups.get(name)) else { return Ok(false) };
    let Some(record) = view.record::<GroupRecord>(&keys::group(name))? else { return Ok(false) };
    let mut nodes = BTreeMap::new();
    for node in &record.node_list {
        nodes.extend(view.record::<NodeRecord>(&keys::node(node))?.map(|found| (node.clone(), found)));
    }
    let now = Group {
        managed: record.managed,
        driver: record.driver,
        node_list: record.node_list.clone(),
        maximum_primaries: record.maximum_primaries,
        online_on: online_on(&record, &nodes).into_iter().cloned().collect(),
    };
    Ok(now == *before)
}

fn types(view: &View<'_>, basis: &Basis) -> Result<Option<String>, CommandError> {
    for (name, expected) in &basis.types {
        let place = view.record::<rtreg_registry::records::NameRecord>(&keys::name(name))?;
        let record = match place {
            Some(place) => view.record::<TypeRecord>(&place.key())?,
            None => None,
        };
        let Some(record) = record else { return Ok(Some(format!("{name} is not registered any more"))) };
        if record.rtr_hash != expected.rtr {
            return Ok(Some(format!("{name} was registered again with another file")));
        }
        for (path, digests) in &expected.methods {
            let now = record.methods.values().find(|method| method.path == *path).map(|method| &method.digests);
            let changed = digests.iter().find(|(node, digest)| now.and_then(|now| now.get(*node)) != Some(digest));
            if let Some((node, _)) = changed {
                return Ok(Some(format!("{path} of {name} on {node} is registered with another content")));
            }
        }
    }
    Ok(None)
}
