//! The plan as a shell script of the vendor's commands, for a cluster that rtreg does not drive: first what must be so, then
//! each step, and what undoes the steps of a bundle if one fails. It is refused where rtreg runs the methods itself, and where
//! the vendor's commands cannot say what a step does. The fixed part of the scripts is in `emit/*.sh`.

mod checks;
mod commands;

use rtreg_registry::gate::quote;

use crate::plan::{Bundle, Driver, Operation, Plan, Step, What};
use commands::Writer;

/// Whose commands are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// scswitch(1M) and scrgadm(1M), of 3.0 and 3.1.
    SolarisCluster31,
    /// clresource(1CL) and clresourcegroup(1CL), since 3.2.
    SolarisCluster4,
}

/// The fixed part of every script.
const COMMON: &str = include_str!("emit/common.sh");

/// The script.
///
/// # Errors
/// A full sentence: a bundle of the plan is not the administrator's; the dialect cannot say what a step does.
pub fn emit(plan: &Plan, dialect: Dialect) -> Result<String, String> {
    if let Some(bundle) = plan.bundles().find(|bundle| bundle.carried_out_by != Driver::Recorded) {
        return Err(format!(
            "Bundle {} is in groups whose methods rtreg runs itself: there are no commands of the vendor's for it.",
            bundle.id
        ));
    }
    let writer = Writer { plan, dialect };
    if let Some(step) = plan.bundles().flat_map(|bundle| &bundle.steps).find(|step| writer.is_beyond(step)) {
        return Err(format!(
            "Step {} ({}) is not on all nodes of the group, and a switch of Sun Cluster 3.1 is one for all nodes: \
             solaris-cluster-4 can say it.",
            step.id,
            super::operation_words(&step.operation)
        ));
    }
    let mut text = format!("#!/bin/sh\n# Plan {}, written by rtreg.\n", plan.id);
    text.push_str("# shellcheck disable=SC2317,SC2329 # what undoes a step is called by its name\n");
    text.push_str(COMMON);
    text.push('\n');
    text.push_str(match dialect {
        Dialect::SolarisCluster31 => include_str!("emit/solaris-cluster-3.1.sh"),
        Dialect::SolarisCluster4 => include_str!("emit/solaris-cluster-4.sh"),
    });
    for bundle in plan.bundles() {
        text.push_str(&format!("\n# Bundle {}: what must be so, and what undoes each step\n", bundle.id));
        checks::function(&mut text, plan, bundle, dialect);
        undoing(&mut text, &writer, bundle);
    }
    text.push('\n');
    plan.bundles().for_each(|bundle| text.push_str(&format!("check_{}\n", bundle.id)));
    for bundle in plan.bundles() {
        text.push_str(&format!("\nbundle {}\n", bundle.id));
        bundle.steps.iter().for_each(|step| forwards(&mut text, &writer, step));
    }
    Ok(text)
}

fn name(step: &Step) -> String {
    step.id.replace(['.', '-'], "_")
}

/// The functions that undo the steps of a bundle; what comes at the end of all undoing is a function of its own, and is named by each
/// step that wants it.
fn undoing(text: &mut String, writer: &Writer<'_>, bundle: &Bundle) {
    let mut last: Vec<&Operation> = Vec::new();
    for step in &bundle.steps {
        let mut lines = Vec::new();
        for undo in &step.undo {
            if !undo.last {
                lines.extend(writer.backwards(&undo.operation, &step.operation));
                continue;
            }
            let known = last.iter().position(|known| **known == undo.operation);
            let number = known.unwrap_or_else(|| {
                last.push(&undo.operation);
                last.len() - 1
            });
            lines.push(format!("at_the_end last_{}_{}", bundle.id, number + 1));
        }
        function(text, &format!("undo_{}", name(step)), &lines);
    }
    for (number, operation) in last.iter().enumerate() {
        function(text, &format!("last_{}_{}", bundle.id, number + 1), &writer.backwards(operation, operation));
    }
}

fn function(text: &mut String, name: &str, lines: &[String]) {
    let body = if lines.is_empty() { "true".to_owned() } else { lines.join(" &&\n        ") };
    text.push_str(&format!("{name}() {{\n    {body}\n}}\n"));
}

fn forwards(text: &mut String, writer: &Writer<'_>, step: &Step) {
    let (name, words) = (name(step), super::operation_words(&step.operation));
    if let What::Mark { .. } = step.operation.what {
        text.push_str(&format!("passed={}\n", quote(&step.id)));
        return;
    }
    for record in writer.by_itself(&step.operation) {
        text.push_str(&format!("follow {name} {} {record}\n", quote(&words)));
    }
    for command in writer.commands(&step.operation) {
        text.push_str(&format!("step {name} {command}\n"));
    }
}
