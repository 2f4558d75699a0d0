//! A decision as text for people. It arranges the sentences of the decision and quotes the lines that they speak of; it
//! words no fact of its own.

use std::fmt::Write;

use rtreg_model::Tunability;

use super::decision::{AliveThrough, Decision, Needs, Place, Possible, Reason, ReasonKind, Verdict};
use super::report::{self, Sources};
use super::words;
use crate::migration::{ChangeKind, PropertyChange};

/// The decision as text; `sources` gives the files whose lines are quoted.
///
/// ```text
/// web: from TEST.web:2.0 to TEST.web:3.0 is refused: it needs the resource offline (WHEN_OFFLINE).
/// ```
pub fn render(decision: &Decision, sources: &Sources<'_>) -> String {
    let mut text = String::new();
    line(&mut text, &headline(decision));
    let mut quoted = Vec::new();
    let said = |(at, reason): &(usize, &Reason)| *at == 0 || !goes_without_saying(decision, reason);
    for (_, reason) in decision.because.iter().enumerate().filter(said) {
        line(&mut text, "");
        line(&mut text, &reason.sentence);
        match &reason.place {
            Some(place) if quoted.contains(&place) => {}
            Some(place) => quote(&mut text, place, sources),
            None if is_not_listed(reason) => {
                line(&mut text, &format!("  --> not listed in registry:{}", decision.target));
            }
            None => {}
        }
        quoted.extend(&reason.place);
    }
    if decision.verdict != Verdict::Allowed && decision.vendor_allows {
        line(&mut text, "");
        line(
            &mut text,
            &format!(
                "The vendor's rule alone would allow it: it looks at Type_version only, and asks for {}.",
                decision.vendor_tunability
            ),
        );
    }
    if decision.verdict != Verdict::Allowed {
        section(&mut text, "Now:", nodes(decision));
    }
    section(&mut text, "In the way:", decision.in_the_way.iter().map(|way| format!("{}: {}", way.node, way.how)));
    section(&mut text, commands_title(decision), decision.commands.iter().cloned());
    section(
        &mut text,
        "Afterwards these commands bring back what those took down:",
        decision.afterwards.iter().cloned(),
    );
    section(
        &mut text,
        "Or say what is unknown, if you know it (each line only if it is true, VERSION being the version):",
        decision.statements.iter().cloned(),
    );
    section(&mut text, "These commands also disturb:", decision.affects.iter().cloned());
    section(&mut text, "This rests on an import:", decision.rests_on.iter().cloned());
    section(&mut text, "Properties:", decision.changes.iter().map(change_line));
    text
}

fn headline(decision: &Decision) -> String {
    let Decision { resource, present, target, .. } = decision;
    let what = format!("{resource}: from {present} to {target}");
    match decision.verdict {
        _ if decision.is_same_version() => format!("{resource}: {target} is the version that it has."),
        Verdict::Allowed => format!("{what} is allowed now ({}).", decision.tunability),
        Verdict::Undecided => format!("{what} cannot be decided: {}.", needed(decision)),
        Verdict::Blocked if decision.possible == Possible::Never => format!("{what} is refused and not possible."),
        Verdict::Blocked => format!("{what} is refused: {}.", needed(decision)),
    }
}

fn needed(decision: &Decision) -> String {
    let by_property = decision.needs == Some(Needs::Disabled) && decision.tunability < Tunability::WhenDisabled;
    let tunability = decision.tunability;
    let is_managed_in_the_way = decision.managed && decision.needs == Some(Needs::Unmanaged);
    match decision.needs.filter(|_| is_managed_in_the_way || !decision.in_the_way.is_empty()) {
        None => "see why".to_owned(),
        Some(_) if by_property => "a property of the command needs the resource disabled".to_owned(),
        Some(Needs::Unmonitored) => format!("it needs the resource unmonitored ({tunability})"),
        Some(Needs::Offline) => format!("it needs the resource offline ({tunability})"),
        Some(Needs::Disabled) => format!("it needs the resource disabled ({tunability})"),
        Some(Needs::Unmanaged) => format!("it needs group {} unmanaged ({tunability})", decision.group),
    }
}

/// What T's own methods started asks for nothing that Type_version does not ask for; the section on the state shows it.
fn goes_without_saying(decision: &Decision, reason: &Reason) -> bool {
    let own = decision.because.iter().find(|reason| reason.origin == Some(AliveThrough::TypeVersion));
    let is_own = own.is_some_and(|own| own.live_version == reason.live_version && own.origin != reason.origin);
    is_own && reason.origin.is_some() && !reason.settled && reason.kind != ReasonKind::UnknownState
}

fn is_not_listed(reason: &Reason) -> bool {
    let is_about_lines = matches!(reason.kind, ReasonKind::Default | ReasonKind::Downgrade | ReasonKind::UnknownState);
    is_about_lines && reason.origin.is_some()
}

fn quote(text: &mut String, place: &Place, sources: &Sources<'_>) {
    quoted_line(place, sources).iter().for_each(|quoted| line(text, quoted));
}

/// A place, and the first line of the file there: one or two lines.
pub fn quoted_line(place: &Place, sources: &Sources<'_>) -> Vec<String> {
    let source = sources(&place.file);
    let (Some(span), Some(source)) = (report::json_span(place, sources), source) else {
        return vec![format!("  --> {}", place.file)];
    };
    let head = format!("  --> {}:{}:{}", place.file, span.line, span.column);
    let index = usize::try_from(span.line).unwrap_or(usize::MAX).saturating_sub(1);
    let quoted = source.split(|&byte| byte == b'\n').nth(index);
    let quoted = quoted.map(|quoted| format!("{:>4} | {}", span.line, String::from_utf8_lossy(quoted).trim_end()));
    std::iter::once(head).chain(quoted).collect()
}

fn nodes(decision: &Decision) -> impl Iterator<Item = String> {
    let managed = if decision.managed { "managed" } else { "unmanaged" };
    let group = format!("group {}: {managed}", decision.group);
    let nodes = decision.nodes.iter().map(|view| {
        format!(
            "{}: {}; started by {}, monitor by {}, initialised by {}",
            view.node,
            words::how(view),
            view.started_by,
            view.monitor_started_by,
            view.initialised_words()
        )
    });
    std::iter::once(group).chain(nodes)
}

fn commands_title(decision: &Decision) -> &'static str {
    match (decision.verdict, decision.possible) {
        (_, Possible::Never) => "Use instead:",
        (Verdict::Undecided, _) => "These commands get there:",
        (Verdict::Blocked, Possible::Unknown) => "These commands are part of the way, in this order:",
        _ => "These commands get there, in this order:",
    }
}

/// What happens to a property, as a line.
pub fn change_line(change: &PropertyChange) -> String {
    let node = change.node.as_ref().map(|node| format!("{{{node}}}")).unwrap_or_default();
    let what = match change.kind {
        ChangeKind::Dropped => "dropped",
        ChangeKind::DefaultInherited => "new default",
        ChangeKind::Kept => "kept",
        ChangeKind::Set => "set",
        ChangeKind::Pinned => "pinned",
        ChangeKind::NeedsValue => "needs a value",
    };
    let values = match (change.kind, &change.old, &change.new) {
        (ChangeKind::Kept | ChangeKind::Pinned, _, Some(new)) | (_, None, Some(new)) => format!(" `{new}`"),
        (_, Some(old), Some(new)) => format!(" `{old}` -> `{new}`"),
        (_, Some(old), None) => format!(" (was `{old}`)"),
        (_, None, None) => String::new(),
    };
    format!("{what}: {}{node}{values}. {}", change.property, change.why)
}

/// A title with indented lines under it, behind an empty line; nothing at all where there are no lines.
pub fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    line(text, "");
    line(text, title);
    for content in lines {
        line(text, &format!("  {content}"));
    }
}

fn line(text: &mut String, content: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{content}");
}
