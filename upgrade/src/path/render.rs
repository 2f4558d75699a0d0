//! Paths as text for people. It arranges what the search and the gate said and quotes the lines that they speak of.

use std::fmt::Write;

use rtreg_model::Tunability;
use rtreg_registry::gate::{Possible, Reason, ReasonKind, Sources, Verdict, change_line, quoted_line, section};

use super::report::value;
use super::{Difference, Hop, Path, Paths};

/// The answer as text; `sources` gives the files whose lines are quoted, `upgrade` the command of a path.
pub(crate) fn render(paths: &Paths, sources: &Sources<'_>, upgrade: &dyn Fn(&Path) -> String) -> String {
    let mut text = String::new();
    if let Some(same) = paths.best.hops.first().map(|hop| &hop.decision).filter(|decision| decision.is_same_version()) {
        same.because.iter().for_each(|reason| line(&mut text, &reason.sentence));
        return text;
    }
    line(&mut text, &format!("{}: from {} to {}", paths.resource, paths.present, paths.target));
    line(&mut text, "");
    line(&mut text, &format!("Least disruptive: {}.", headline(&paths.best)));
    for hop in &paths.best.hops {
        describe(&mut text, hop, sources);
    }
    remedy(&mut text, &paths.best, upgrade);
    values(&mut text, &paths.best);
    if !paths.alternatives.is_empty() {
        line(&mut text, "");
        line(&mut text, "Alternatives:");
    }
    for path in &paths.alternatives {
        line(&mut text, &format!("  {}", headline(path)));
        for reason in path.hops.iter().filter(|hop| hop.needs > Tunability::Anytime || hop.is_refused()) {
            let because = reason.decision.because.first();
            because.iter().for_each(|because| line(&mut text, &format!("    {}", because.sentence)));
        }
    }
    section(&mut text, "Not led through:", paths.left_out.iter().map(|left| format!("{}: {}", left.version, left.why)));
    text
}

/// The path in one line: its versions, what it needs, whether it can be done.
pub(crate) fn headline(path: &Path) -> String {
    let direct = if path.is_direct() { " (direct)" } else { "" };
    let loses = match path.loses.as_slice() {
        [] => String::new(),
        names => format!(", and loses the value of {}", names.join(", ")),
    };
    format!("{}{direct}: {}{loses}", arrows(path), needed(path))
}

/// The versions with arrows between them.
pub(crate) fn arrows(path: &Path) -> String {
    let versions: Vec<String> = path.versions.iter().map(ToString::to_string).collect();
    versions.join(" -> ")
}

fn needed(path: &Path) -> String {
    let strictest = path.strictest;
    let group = path.hops.first().map(|hop| hop.decision.group.as_str()).unwrap_or_default();
    if path.verdict == Verdict::Allowed {
        let most = path.hops.iter().map(|hop| hop.needs).max().unwrap_or(Tunability::Anytime);
        return format!("allowed now ({most})");
    }
    let state = match strictest {
        _ if path.possible == Possible::Never => return "not possible".to_owned(),
        Tunability::Anytime if path.verdict == Verdict::Undecided => return "cannot be decided".to_owned(),
        Tunability::Anytime => return "refused".to_owned(),
        Tunability::WhenUnmonitored => "the resource unmonitored".to_owned(),
        Tunability::WhenOffline => "the resource offline".to_owned(),
        Tunability::WhenDisabled => "the resource disabled".to_owned(),
        Tunability::WhenUnmanaged => format!("group {group} unmanaged"),
        Tunability::AtCreation => return "not possible".to_owned(),
    };
    let verb = if path.verdict == Verdict::Undecided { "cannot be decided; it needs" } else { "needs" };
    format!("{verb} {state} ({strictest})")
}

fn describe(text: &mut String, hop: &Hop, sources: &Sources<'_>) {
    let given = match hop.needs {
        Tunability::Anytime => "",
        _ if hop.given => ", which is given by then",
        _ => "",
    };
    line(text, "");
    line(text, &format!("{} -> {}: {}{given}", hop.from, hop.to, hop.needs));
    for reason in deciding(hop) {
        line(text, &format!("  {}", reason.sentence));
        match &reason.place {
            Some(place) => quoted_line(place, sources).iter().for_each(|quoted| line(text, &format!("  {quoted}"))),
            None if is_not_listed(reason) => {
                line(text, &format!("    --> not listed in registry:{}", hop.decision.target));
            }
            None => {}
        }
    }
    hop.decision.changes.iter().for_each(|change| line(text, &format!("  {}", change_line(change))));
}

/// What decides a hop, and whatever refuses it beside.
fn deciding(hop: &Hop) -> impl Iterator<Item = &Reason> {
    let refuses = |reason: &&Reason| matches!(reason.kind, ReasonKind::Property | ReasonKind::RegistryRule);
    let because = hop.decision.because.iter();
    because.clone().take(1).chain(because.skip(1).filter(refuses))
}

fn is_not_listed(reason: &Reason) -> bool {
    let is_about_lines = matches!(reason.kind, ReasonKind::Default | ReasonKind::Downgrade | ReasonKind::UnknownState);
    is_about_lines && reason.origin.is_some()
}

fn remedy(text: &mut String, path: &Path, upgrade: &dyn Fn(&Path) -> String) {
    let title = match (path.verdict, path.possible) {
        (_, Possible::Never) => "Use instead:",
        (Verdict::Allowed, _) => "This command does it:",
        (_, Possible::AfterCommands) => "These commands do it, in this order:",
        _ => "These commands are part of the way, in this order:",
    };
    let is_done_by_it = matches!(path.possible, Possible::Now | Possible::AfterCommands);
    let last = is_done_by_it.then(|| upgrade(path));
    let afterwards = path.afterwards.iter().filter(|_| is_done_by_it).cloned();
    section(text, title, path.commands.iter().cloned().chain(last).chain(afterwards));
    section(
        text,
        "Or say what is unknown, if you know it (each line only if it is true, VERSION being the version):",
        path.statements.iter().cloned(),
    );
    section(text, "These commands also disturb:", path.affects.iter().cloned());
}

fn values(text: &mut String, path: &Path) {
    let of = |stored: &Option<_>| {
        stored.as_ref().map_or_else(|| "the default".to_owned(), |stored| format!("`{}`", value(stored)))
    };
    let differs = path.differs.iter().map(|Difference { property, direct, here }| {
        format!("{property}: {} here, {} on the direct path", of(here), of(direct))
    });
    section(text, "Values that depend on the path:", differs);
}

fn line(text: &mut String, content: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{content}");
}
