//! Changes of Type_version as a step of a run: forwards the gate is asked again in the very commit; backwards what the journal
//! holds is restored, and nobody is asked.

use rtreg_model::RtVersion;
use rtreg_registry::commands::before::{Before, UNDOES};
use rtreg_registry::commands::planning::find_resource;
use rtreg_registry::commands::properties::parse_assignments;
use rtreg_registry::commands::upgrade::{BackRequest, Request, gated, gated_back};
use rtreg_registry::commands::version::{SetTypeVersion as Change, set_type_version};
use rtreg_registry::transaction::Transaction;
use rtreg_registry::types::type_version;
use rtreg_registry::{CommandError, Refusal, load_type};
use serde_json::Value;

use crate::plan::{SetResource, SetTypeVersion};

pub(super) fn set(tx: &mut Transaction<'_>, wanted: &SetTypeVersion, detail: &Value) -> Result<(), CommandError> {
    wanted
        .resources
        .iter()
        .try_for_each(|of| if wanted.gated && of.from != of.to { forwards(tx, of) } else { exactly(tx, of, detail) })
}

fn forwards(tx: &mut Transaction<'_>, of: &SetResource) -> Result<(), CommandError> {
    let to = of.to.as_str().map_or_else(|| "unversioned".to_owned(), str::to_owned);
    let given = of.properties.iter().filter(|_| of.undoes.is_none());
    let properties = parse_assignments(given.map(String::as_str))?;
    let request = Request { resource: of.resource.clone(), to, properties, preview: false };
    let report = match of.undoes {
        None => gated(tx, &request)?,
        Some(undoes) => {
            let before = Before { type_version: of.to.clone(), values: of.values.clone() };
            let resource = of.resource.clone();
            gated_back(tx, &BackRequest { resource, before, undoes, preview: false })?
        }
    };
    let decision = &report.decision;
    if !report.done {
        let because = decision.because.first().map(|reason| reason.sentence.as_str()).unwrap_or_default();
        let message = format!("the gate does not allow `{}` to become {} now: {because}", of.resource, of.type_name);
        return Err(Refusal::new("gate", message).into());
    }
    if decision.values != of.values {
        let message = format!("the properties of `{}` would not be those that the plan says", of.resource);
        return Err(Refusal::new("changed_outside", message).help("make the plan anew").into());
    }
    Ok(())
}

fn exactly(tx: &mut Transaction<'_>, of: &SetResource, detail: &Value) -> Result<(), CommandError> {
    let base = find_resource(&tx.view, &of.resource)?.base;
    let record = type_version(&tx.view, &base, &of.to)?.ok_or_else(|| unregistered(&of.type_name, &of.to))?;
    let target = load_type(&tx.view, &record)?;
    let mut detail = detail.clone();
    if let Some(detail) = detail.as_object_mut() {
        // What was undone is nothing that `rollback` could take back.
        let step = detail.get("step").cloned().unwrap_or(Value::Bool(true));
        detail.insert(UNDOES.to_owned(), step);
    }
    let change = Change { resource: &of.resource, target: &target, values: of.values.clone(), detail };
    set_type_version(tx, change)?;
    Ok(())
}

fn unregistered(name: &str, version: &RtVersion) -> Refusal {
    Refusal::new("unknown_version", format!("{name} is not registered any more, so nothing can go back to {version}"))
        .help("register it again")
}
