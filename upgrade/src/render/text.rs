//! The plan as an administrator reads it: what is upgraded and why, each step with what undoes it beside it, how long what is
//! down, what is held back. And what a simulation came to.

use rtreg_checker::report::json::JsonSpan;

use super::words::{expected_words, operation_words};
use crate::execute::{BundleEnd, End, Outcome};
use crate::plan::{Blackout, Bundle, Driver, Expected, HeldBack, Phase, Plan, Step, Upgrade, Why};

/// The widest column of steps, in characters; what is longer stands alone on its line.
const COLUMN_MAX: usize = 60;

/// The plan.
pub fn text(plan: &Plan) -> String {
    let mut text = head(plan);
    let count = plan.waves.len();
    for (number, wave) in plan.waves.iter().enumerate() {
        if count > 1 {
            text.push_str(&format!("\nWave {} of {count}{}\n", number + 1, expected(&wave.expected, ": ")));
        }
        wave.bundles.iter().for_each(|of| bundle(&mut text, of));
    }
    for name in &plan.nothing_to_do {
        text.push_str(&format!("\n{name} has the version already: nothing to do.\n"));
    }
    plan.held_back.iter().for_each(|of| held_back(&mut text, of));
    if !plan.notices.is_empty() {
        text.push_str("\nTo be known:\n");
        plan.notices.iter().for_each(|notice| text.push_str(&format!("  {}\n", notice.sentence)));
    }
    text
}

fn head(plan: &Plan) -> String {
    let short = plan.id.get(..12).unwrap_or(&plan.id);
    let upgrades = plan.bundles().map(|bundle| bundle.upgrades.len()).sum::<usize>();
    let steps = plan.bundles().map(|bundle| bundle.steps.len()).sum::<usize>();
    let counted = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    match upgrades {
        0 if plan.is_state_command() && steps > 0 => format!("Plan {short}: {}.\n", counted(steps, "step")),
        0 => format!("Plan {short}: nothing is to be done.\n"),
        _ => {
            let bundles = counted(plan.bundles().count(), "bundle");
            let waves = counted(plan.waves.len(), "wave");
            let expected = match expected_words(&plan.expected) {
                Some(words) => format!("It is expected to take {words}.\n"),
                None => String::new(),
            };
            format!(
                "Plan {short}: {}, {} in {bundles} and {waves}.\n{expected}",
                counted(upgrades, "upgrade"),
                counted(steps, "step")
            )
        }
    }
}

fn bundle(text: &mut String, bundle: &Bundle) {
    let down = match bundle.disrupts.as_slice() {
        [] => "nothing goes down".to_owned(),
        groups => format!("takes down {}", groups.join(", ")),
    };
    text.push_str(&format!("\nBundle {}: {down}{}\n", bundle.id, expected(&bundle.expected, "; ")));
    bundle.upgrades.iter().for_each(|of| upgrade(text, of, bundle));
    for sentence in bundle.moves.values() {
        text.push_str(&format!("  moves with it: {sentence}\n"));
    }
    text.push('\n');
    table(text, bundle);
    if bundle.carried_out_by != Driver::Rgm {
        commands(text, bundle);
    }
    if !bundle.blackouts.is_empty() {
        text.push_str("\n  Down meanwhile:\n");
        bundle.blackouts.iter().for_each(|of| blackout(text, of));
    }
}

/// How long it is expected to take, behind other words; nothing where nothing is known.
fn expected(of: &Expected, behind: &str) -> String {
    expected_words(of).map(|words| format!("{behind}expected {words}")).unwrap_or_default()
}

fn upgrade(text: &mut String, upgrade: &Upgrade, bundle: &Bundle) {
    let goes_down = bundle.blackouts.iter().any(|of| of.resource == upgrade.resource);
    let what = match upgrade.needs {
        None if goes_down => "goes down with the others".to_owned(),
        None => "stays as it runs".to_owned(),
        Some(needs) => format!("is {} meanwhile", needs.as_str()),
    };
    let path = upgrade.to.join(" -> ");
    text.push_str(&format!("  {}: {} -> {path} ({}), {what}\n", upgrade.resource, upgrade.from, upgrade.tunability));
    if let Some(first) = upgrade.because.first() {
        why(text, first, "    ");
    }
    for change in upgrade.changes.iter().filter(|change| change.old != change.new) {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
        let node = change.node.as_ref().map(|node| format!("{{{node}}}")).unwrap_or_default();
        text.push_str(&format!("    {}{node}: {} -> {}\n", change.property, shown(&change.old), shown(&change.new)));
    }
}

fn why(text: &mut String, why: &Why, indent: &str) {
    text.push_str(&format!("{indent}{}\n", why.sentence));
    if let Some(place) = &why.place {
        let JsonSpan { line, column, .. } = place.span;
        text.push_str(&format!("{indent}  --> {}:{line}:{column}\n", place.file));
    }
}

/// Each step with what undoes it; the step number is what others wait for.
fn table(text: &mut String, bundle: &Bundle) {
    let passed = bundle.steps.iter().position(Step::is_mark);
    let is_behind = |at: usize| passed.is_some_and(|mark| at >= mark);
    let steps = bundle.steps.iter().enumerate();
    let rows: Vec<[String; 6]> = steps.flat_map(|(at, step)| rows(step, is_behind(at))).collect();
    let head = ["STEP", "", "WHERE", "TAKES", "FORWARDS", "TO UNDO IT"].map(str::to_owned);
    // Where nothing is known there is no such column.
    let columns: &[usize] =
        if bundle.steps.iter().any(|step| step.expected_seconds.is_some()) { &[0, 1, 2, 3, 4] } else { &[0, 1, 2, 4] };
    let width = |column: usize| {
        let cells = std::iter::once(&head).chain(&rows).map(|row| row[column].chars().count());
        cells.filter(|width| *width <= COLUMN_MAX).max().unwrap_or(0)
    };
    let widths: Vec<(usize, usize)> = columns.iter().map(|column| (*column, width(*column))).collect();
    for row in std::iter::once(&head).chain(&rows) {
        let cells: Vec<String> = widths.iter().map(|(column, width)| format!("{:width$}", row[*column])).collect();
        let last = row.last().map(String::as_str).unwrap_or_default();
        text.push_str(format!("  {}  {last}", cells.join("  ")).trim_end());
        text.push('\n');
    }
}

/// Behind the point of no return nothing is undone, whatever a step could be undone by.
fn rows(step: &Step, is_behind_mark: bool) -> Vec<[String; 6]> {
    let phase = match step.phase {
        Phase::Validate => "?",
        Phase::Down => "-",
        Phase::Set => "=",
        Phase::Up => "+",
    };
    let node = step.operation.node.clone().unwrap_or_default();
    let undo: Vec<String> = step
        .undo
        .iter()
        .filter(|_| !is_behind_mark)
        .map(|undo| {
            let last = if undo.last { "at the end: " } else { "" };
            let impossible = if undo.impossible.is_some() { "IMPOSSIBLE: " } else { "" };
            let elsewhere = undo.operation.node.as_ref().filter(|node| Some(*node) != step.operation.node.as_ref());
            let on = elsewhere.map(|node| format!(" on {node}")).unwrap_or_default();
            format!("{impossible}{last}{}{on}", operation_words(&undo.operation))
        })
        .collect();
    let none = if is_behind_mark { "no way back" } else { "nothing" };
    let first = undo.first().cloned().unwrap_or_else(|| none.to_owned());
    let takes = step.expected_seconds.map(|seconds| format!("{seconds} s")).unwrap_or_default();
    let mut rows = vec![[step.id.clone(), phase.to_owned(), node, takes, operation_words(&step.operation), first]];
    let empty = String::new;
    rows.extend(undo.into_iter().skip(1).map(|undo| [empty(), empty(), empty(), empty(), empty(), undo]));
    rows
}

fn commands(text: &mut String, bundle: &Bundle) {
    text.push_str("\n  In the groups that the administrator drives these commands do it, in this order:\n");
    for step in &bundle.steps {
        let Some(commands) = &step.administrator else { continue };
        commands.run.iter().for_each(|command| text.push_str(&format!("    {command}\n")));
        commands.record.iter().for_each(|command| text.push_str(&format!("      then: {command}\n")));
    }
}

fn blackout(text: &mut String, of: &Blackout) {
    let until = of.to.as_ref().map_or_else(|| "and stays down".to_owned(), |to| format!("to {to}"));
    let known = of.expected_seconds.map(|seconds| format!("{seconds} s"));
    let expected = known.or_else(|| expected_words(&of.expected)).unwrap_or_else(|| "not known".to_owned());
    let at_most = of.at_most_seconds.map_or_else(|| "not known".to_owned(), |seconds| format!("{seconds} s"));
    text.push_str(&format!("    {} from {} {until}: expected {expected}, at most {at_most}\n", of.resource, of.from));
}

fn held_back(text: &mut String, of: &HeldBack) {
    text.push_str(&format!("\n{} is held back.\n", of.resource));
    of.because.iter().for_each(|reason| why(text, reason, "  "));
    if !of.commands.is_empty() {
        text.push_str("  What helps:\n");
        of.commands.iter().for_each(|command| text.push_str(&format!("    {command}\n")));
    }
}

/// What carrying a plan out came to.
pub fn simulated(plan: &Plan, outcome: &Outcome) -> String {
    let mut text = String::new();
    match &outcome.end {
        End::Done => text.push_str("Every step is done.\n"),
        End::Stale { sentence } => text.push_str(&format!("Nothing was begun: {sentence}\n")),
        End::Failed => text.push_str("It failed.\n"),
        End::Halted => text.push_str("It stopped and needs a person.\n"),
        End::Crashed => text.push_str("The coordinator ended in the middle.\n"),
    }
    for (id, end) in &outcome.bundles {
        match end {
            BundleEnd::Done => text.push_str(&format!("bundle {id}: done\n")),
            BundleEnd::Stale { sentence } => text.push_str(&format!("bundle {id}: not begun. {sentence}\n")),
            BundleEnd::Refused { step, failure } => {
                text.push_str(&format!("bundle {id}: refused at {step}, nothing has changed. {}\n", failure.sentence));
            }
            BundleEnd::Unwound { step, failure, undone } if undone.is_empty() => {
                let why = failure.as_ref().map(|failure| format!(" {}", failure.sentence)).unwrap_or_default();
                let at = step.as_ref().map(|step| format!("failed at {step}")).unwrap_or_else(|| "ended".to_owned());
                text.push_str(&format!("bundle {id}: {at}, and nothing had to be undone.{why}\n"));
            }
            BundleEnd::Unwound { step, failure, undone } => {
                let why = failure.as_ref().map(|failure| format!(" {}", failure.sentence)).unwrap_or_default();
                let at = step.as_ref().map(|step| format!(" after {step} failed")).unwrap_or_default();
                text.push_str(&format!("bundle {id}: undone{at}.{why}\n"));
                undone.iter().for_each(|undone| text.push_str(&format!("  {}\n", undone_words(plan, undone))));
            }
            BundleEnd::Failed { step, failure, left_out } => {
                let at = step.as_ref().map(|step| format!("failed at {step}")).unwrap_or_else(|| "ended".to_owned());
                let why = failure.as_ref().map(|failure| format!(" {}", failure.sentence)).unwrap_or_default();
                let out =
                    if left_out.is_empty() { String::new() } else { format!(", left out {}", left_out.join(", ")) };
                text.push_str(&format!("bundle {id}: {at}{out}; nothing is undone.{why}\n"));
            }
            BundleEnd::Halted { at, sentence } => text.push_str(&format!("bundle {id}: stopped at {at}. {sentence}\n")),
        }
    }
    text
}

/// An undone step by its name.
fn undone_words(plan: &Plan, id: &str) -> String {
    for step in plan.bundles().flat_map(|bundle| &bundle.steps) {
        if id == format!("{}-again", step.id) {
            return format!("{id}: {}{}", operation_words(&step.operation), on(step.operation.node.as_deref()));
        }
        for (number, undo) in step.undo.iter().enumerate() {
            if step.undo_id(number) == id {
                return format!("{id}: {}{}", operation_words(&undo.operation), on(undo.operation.node.as_deref()));
            }
        }
    }
    id.to_owned()
}

fn on(node: Option<&str>) -> String {
    node.map(|node| format!(" on {node}")).unwrap_or_default()
}
