//! Comments for rtreg: `# rtreg: allow(rule) because …` takes findings out, with a reason. It reads the comments of a file
//! and the findings about it, and no settings. Registering does not ask it: a comment never makes a type registrable.
//!
//! What a comment covers:
//!
//! - behind something on its line: what is found to start on that line; behind the `{` or the `}` of an entry, the whole entry;
//! - alone on its line: the next thing below, which is a declaration, a directive, an entry, or inside an entry an
//!   attribute; other comments and empty lines may stand between. Inside of a declaration or attribute: the rest of it;
//! - `allow-file(rule)`, anywhere: the whole file.
//!
//! Rules about two versions are taken out by comments in the file of the new one.
//!
//! A directive takes the rest of its line, so its comment stands on the line above. Several rules are separated by commas.
//! Where several comments cover a finding, the last one before it is used.

mod comment;

use std::collections::BTreeMap;

use rtreg_model::{Applicability, Edit, Finding, Level, Span};
use rtreg_parser::Rtr;

use crate::catalogue::{self, Kind};
use crate::context::LintOptions;
use crate::lint::{Set, lint};
use comment::{Comment, Fault, Name, Scope};

/// Identifier and summary of what is said about such comments, sorted. No comment takes these out; levels do.
pub const RULES: &[(&str, &str)] = &[
    ("malformed_suppression", "a comment for rtreg is not understood"),
    ("suppression_without_reason", "a comment that takes findings out does not say why"),
    ("unknown_rule", "a comment that takes findings out names a rule that does not exist"),
    ("unused_suppression", "a comment takes nothing out"),
];

/// The findings that no comment takes out, and what is to be said about the comments, in the order of their places.
/// `findings` are all those of the file, whatever the settings: a comment is used also where its rule is switched off.
///
/// ```
/// use rtreg_checker::{LintOptions, lint, suppress};
/// use rtreg_model::FileId;
///
/// let text = b"# rtreg: allow(missing_stop_method) because the service ends by itself\n\
///     Resource_type = web; RT_version = \"1\"; Start = /opt/web/start;\n#$upgrade\n";
/// let rtr = rtreg_parser::parse(text, FileId(0));
/// let findings = lint(&rtr, &LintOptions::default());
/// assert_eq!(findings.len(), 1);
/// assert!(suppress::apply(&rtr, findings).is_empty());
/// ```
pub fn apply(rtr: &Rtr<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    let (comments, faults) = comment::read(rtr);
    if comments.is_empty() && faults.is_empty() {
        return findings;
    }
    let mut allowed = Allowed::new(&comments);
    let mut left: Vec<Finding> = findings.into_iter().filter(|finding| !allowed.take(finding)).collect();
    left.extend(faults.into_iter().map(|fault| malformed(rtr, fault)));
    for (comment, used) in comments.iter().zip(&allowed.used) {
        judge(rtr, comment, used, &mut left);
    }
    left.sort_by_key(|finding| finding.primary.span);
    left
}

/// The rules that a comment for rtreg names; none for any other comment.
pub(crate) fn rules_of(rtr: &Rtr<'_>, span: Span) -> Option<Vec<String>> {
    let (comments, _) = comment::read(rtr);
    let comment = comments.into_iter().find(|comment| comment.span.start == span.start)?;
    Some(comment.names.into_iter().map(|name| name.text).collect())
}

/// The first comment in `before` that takes something out there and would not in `after`, where it is still found: the same
/// file with its comments in the same order, and other blanks and line ends.
pub fn stranded(before: &Rtr<'_>, after: &Rtr<'_>, options: &LintOptions) -> Option<Span> {
    let (comments, _) = comment::read(before);
    if comments.is_empty() {
        return None;
    }
    let options = options.set(Set::All);
    let mut allowed = Allowed::new(&comments);
    lint(before, &options).iter().for_each(|finding| _ = allowed.take(finding));
    let (comments_after, _) = comment::read(after);
    let mut allowed_after = Allowed::new(&comments_after);
    let visible: Vec<Finding> =
        lint(after, &options).into_iter().filter(|finding| !allowed_after.take(finding)).collect();
    let is_stranded = |number: usize, comment: &Comment| {
        comment.names.iter().enumerate().any(|(index, name)| {
            let used =
                |allowed: &Allowed<'_>| allowed.used.get(number).and_then(|names| names.get(index)) == Some(&true);
            used(&allowed) && !used(&allowed_after) && visible.iter().any(|finding| finding.rule == name.text)
        })
    };
    comments.iter().enumerate().find(|(number, comment)| is_stranded(*number, comment)).map(|(_, comment)| comment.span)
}

/// The findings about two versions that no comment of the new file takes out. Of the comments themselves nothing is said:
/// that is for the check of the file alone.
pub fn apply_to_pair(new: &Rtr<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    let (comments, _) = comment::read(new);
    let mut allowed = Allowed::new(&comments);
    findings.into_iter().filter(|finding| finding.primary.file != new.file || !allowed.take(finding)).collect()
}

/// The number of a comment, and of a name in it.
type Id = (usize, usize);

/// A part of the file, the farthest end of it and all before it, and who covers it.
type Covered = (Span, u32, Id);

/// Which names of which comments cover a place, and which were used.
struct Allowed<'c> {
    files: BTreeMap<&'c str, Id>,
    /// By rule, in the order of their starts.
    ranges: BTreeMap<&'c str, Vec<Covered>>,
    used: Vec<Vec<bool>>,
}

impl<'c> Allowed<'c> {
    fn new(comments: &'c [Comment]) -> Self {
        let used = comments.iter().map(|comment| vec![false; comment.names.len()]).collect();
        let mut allowed = Self { files: BTreeMap::new(), ranges: BTreeMap::new(), used };
        for (number, comment) in comments.iter().enumerate() {
            for (index, name) in comment.names.iter().enumerate() {
                let id = (number, index);
                match comment.scope {
                    Scope::File => drop(allowed.files.entry(&name.text).or_insert(id)),
                    Scope::Nothing => {}
                    Scope::Range(range) => allowed.ranges.entry(&name.text).or_default().push((range, 0, id)),
                }
            }
        }
        for ranges in allowed.ranges.values_mut() {
            ranges.sort();
            let mut reach = 0;
            for (range, farthest, _) in ranges {
                reach = range.end.max(reach);
                *farthest = reach;
            }
        }
        allowed
    }

    /// Whether a comment covers the finding; that comment is then used.
    fn take(&mut self, finding: &Finding) -> bool {
        let id = self.in_range(finding).or_else(|| self.files.get(finding.rule).copied());
        let Some((comment, name)) = id else { return false };
        if let Some(used) = self.used.get_mut(comment).and_then(|names| names.get_mut(name)) {
            *used = true;
        }
        true
    }

    fn in_range(&self, finding: &Finding) -> Option<Id> {
        let ranges = self.ranges.get(finding.rule)?;
        let span = finding.primary.span;
        let before = ranges.get(..ranges.partition_point(|(range, _, _)| range.start <= span.start))?;
        let near = before.iter().rev().take_while(|(_, reach, _)| *reach >= span.start);
        let covers = |range: &Span| span.start < range.end || span == Span::at(range.end);
        near.filter(|(range, _, _)| covers(range)).map(|(_, _, id)| *id).next()
    }
}

/// What is to be said about a comment that was understood; a comment without any use needs no reason.
fn judge(rtr: &Rtr<'_>, comment: &Comment, used: &[bool], findings: &mut Vec<Finding>) {
    let mut unused: Vec<&Name> = Vec::new();
    for (name, used) in comment.names.iter().zip(used) {
        let known = catalogue::find(&name.text);
        // What is found of two versions cannot be known from one.
        let is_of_two = known.as_ref().is_some_and(|known| known.kind == Kind::Compat);
        if known.is_none() {
            findings.push(unknown(rtr, name));
        } else if !used && !is_of_two {
            unused.push(name);
        }
    }
    if !unused.is_empty() {
        findings.push(superfluous(rtr, comment, &unused));
    }
    if !comment.reason && unused.len() < comment.names.len() {
        let message = format!("expected `because` and a reason behind `{}`, found none", comment.what);
        let finding = Finding::new("suppression_without_reason", Level::Warning, rtr.file, comment.span, message);
        findings.push(finding.help("say why it is right here: `# rtreg: allow(rule) because …`"));
    }
}

fn malformed(rtr: &Rtr<'_>, fault: Fault) -> Finding {
    let message = format!("expected `allow(rule) because …` or `allow-file(rule) because …`, found `{}`", fault.found);
    let finding = Finding::new("malformed_suppression", Level::Warning, rtr.file, fault.span, message);
    match fault.meant {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help("what starts with `# rtreg:` is for rtreg; write another comment without that word"),
    }
}

fn unknown(rtr: &Rtr<'_>, name: &Name) -> Finding {
    let message = format!("expected the name of a rule, found `{}`", name.text);
    let finding = Finding::new("unknown_rule", Level::Warning, rtr.file, name.span, message);
    match catalogue::nearest(&name.text) {
        Some(near) => {
            let edit = Edit::new(name.span, near.to_owned());
            let finding = finding.help(format!("did you mean `{near}`?"));
            finding.fix(format!("replace it by `{near}`"), Applicability::Unsafe, vec![edit])
        }
        None => finding.help("the name of a rule stands in brackets behind the level of its findings"),
    }
}

fn superfluous(rtr: &Rtr<'_>, comment: &Comment, unused: &[&Name]) -> Finding {
    let names: Vec<String> = unused.iter().map(|name| format!("`{}`", name.text)).collect();
    let place = match comment.scope {
        Scope::File => "in this file",
        Scope::Range(_) | Scope::Nothing => "here",
    };
    let message = format!("expected a finding of {} {place}, found none", names.join(" or "));
    if unused.len() == comment.names.len() {
        let edit = Edit::new(comment.removal, String::new());
        let finding = Finding::new("unused_suppression", Level::Warning, rtr.file, comment.span, message);
        return finding.help("remove the comment").fix("remove the comment", Applicability::Safe, vec![edit]);
    }
    let is_left = |name: &&Name| !unused.iter().any(|unused| unused.span == name.span);
    let left: Vec<&str> = comment.names.iter().filter(is_left).map(|name| name.text.as_str()).collect();
    let edit = Edit::new(comment.list, left.join(", "));
    let span = unused.first().map_or(comment.span, |name| name.span);
    let title = format!("remove {}", names.join(" and "));
    let finding = Finding::new("unused_suppression", Level::Warning, rtr.file, span, message);
    finding.help(title.clone()).fix(title, Applicability::Safe, vec![edit])
}
