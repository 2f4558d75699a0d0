//! Applying the cures of findings to a text: edits that do not meet, pass after pass until nothing is left to cure. A fix that
//! would lose a comment or add a fault of syntax is left out, whatever its rule says. Never reads or writes a file, and words
//! no finding.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::{Applicability, Edit, FileId, Finding, Fix, Level, Span};
use rtreg_parser::{TokenKind, parse};

/// Most passes over one text.
pub const PASSES_MAX: usize = 10;

/// What one pass made of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The text with the edits of the fixes that were applied.
    pub bytes: Vec<u8>,
    /// The findings whose fixes were applied, by their index, in the order of their places.
    pub applied: Vec<usize>,
    /// The findings whose fixes could have been applied and were not.
    pub skipped: Vec<Skipped>,
}

/// A fix that was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The finding, by its index.
    pub finding: usize,
    /// Why its fix was not applied.
    pub reason: SkipReason,
}

/// Why a fix is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// Its edits meet those of another fix; the next pass can apply it.
    Meets,
    /// A comment would be lost.
    LosesComment,
    /// The text would have more faults of syntax.
    BreaksSyntax,
}

/// What all passes made of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fixed {
    /// The text.
    pub bytes: Vec<u8>,
    /// What was fixed: rule and title of the fix, in the order of application.
    pub applied: Vec<(&'static str, String)>,
    /// What is found in the text now.
    pub remaining: Vec<Finding>,
    /// Whether no fix is left that would cure anything.
    pub converged: bool,
}

/// The fix of a finding, if a command may apply it; `least` is [`Applicability::Safe`], or [`Applicability::Unsafe`] for
/// both. Fixes that are only shown are never applied.
pub fn applicable(finding: &Finding, least: Applicability) -> Option<&Fix> {
    let least = least.max(Applicability::Unsafe);
    finding.fix.as_ref().filter(|fix| fix.applicability >= least && !fix.edits.is_empty())
}

/// Applies the fixes of the findings about a text, once: safe ones first, each whole or not at all, none that meets an earlier
/// one, none that loses a comment or adds a fault of syntax.
///
/// ```
/// use rtreg_checker::{LintOptions, fix, lint};
/// use rtreg_model::{Applicability, FileId};
///
/// let source = b"Resource_type = web\nVendor_id SUNW;\n";
/// let findings = lint(&rtreg_parser::parse(source, FileId(0)), &LintOptions::default());
/// let applied = fix::apply(source, &findings, Applicability::Safe);
/// assert_eq!(applied.bytes, b"Resource_type = web;\nVendor_id = SUNW;\n");
/// ```
pub fn apply(source: &[u8], findings: &[Finding], least: Applicability) -> Applied {
    apply_but(source, findings, least, &BTreeSet::new())
}

/// [`apply`] without the fixes of some findings.
fn apply_but(source: &[u8], findings: &[Finding], least: Applicability, without: &BTreeSet<usize>) -> Applied {
    let text = Text::new(source);
    let mut places = Places::default();
    let mut chosen = Vec::new();
    let mut skipped = Vec::new();
    let wanted = findings.iter().enumerate().filter(|(index, _)| !without.contains(index));
    let mut fixes: Chosen<'_> =
        wanted.filter_map(|(index, finding)| Some((index, applicable(finding, least)?))).collect();
    // What is sure goes first: it may be what the other fault comes from.
    fixes.sort_by_key(|(_, fix)| Reverse(fix.applicability));
    for (index, fix) in fixes {
        if !text.keeps_comments(fix) {
            skipped.push(Skipped { finding: index, reason: SkipReason::LosesComment });
        } else if !places.take(fix) {
            skipped.push(Skipped { finding: index, reason: SkipReason::Meets });
        } else {
            chosen.push((index, fix));
        }
    }
    chosen.sort_by_key(|(index, _)| *index);
    let kept = sound(&text, Vec::new(), &chosen, &mut skipped);
    skipped.sort_by_key(|skipped| skipped.finding);
    Applied { bytes: edited(source, &kept), applied: kept.iter().map(|(index, _)| *index).collect(), skipped }
}

/// Applies fixes until there is nothing left to apply, at most [`PASSES_MAX`] times. `lint` tells what is found in a text.
///
/// ```
/// use rtreg_checker::{LintOptions, fix, lint};
/// use rtreg_model::{Applicability, FileId};
///
/// let source = b"Vendor_id = SUNW; Resorce_type = web";
/// let findings = |text: &[u8]| lint(&rtreg_parser::parse(text, FileId(0)), &LintOptions::default());
/// let fixed = fix::converge(source, Applicability::Safe, findings);
/// assert_eq!(fixed.bytes, b"Resource_type = web;\nVendor_id = SUNW;");
/// ```
pub fn converge(source: &[u8], least: Applicability, mut lint: impl FnMut(&[u8]) -> Vec<Finding>) -> Fixed {
    let remaining = lint(source);
    let mut fixed = Fixed { bytes: source.to_vec(), applied: Vec::new(), remaining, converged: false };
    for _ in 0..PASSES_MAX {
        match pass(&fixed.bytes, &fixed.remaining, least, &mut lint) {
            Some((bytes, applied, remaining)) => {
                let done = applied.iter().filter_map(|&index| fixed.remaining.get(index));
                let titles = done.filter_map(|finding| Some((finding.rule, finding.fix.as_ref()?.title.clone())));
                fixed.applied.extend(titles);
                (fixed.bytes, fixed.remaining) = (bytes, remaining);
            }
            None => {
                fixed.converged = true;
                break;
            }
        }
    }
    fixed
}

/// The text after a pass, the findings whose fixes were applied, and what is found then.
type Pass = (Vec<u8>, Vec<usize>, Vec<Finding>);

/// One pass, in which each fix cures its finding: one that does not is left out. None if there is nothing to apply.
fn pass(
    bytes: &[u8],
    findings: &[Finding],
    least: Applicability,
    lint: &mut impl FnMut(&[u8]) -> Vec<Finding>,
) -> Option<Pass> {
    let mut without = BTreeSet::new();
    for _ in 0..PASSES_MAX {
        let applied = apply_but(bytes, findings, least, &without);
        if applied.applied.is_empty() || applied.bytes == bytes {
            return None;
        }
        let after = lint(&applied.bytes);
        let uncured = uncured(findings, &applied.applied, &after);
        if uncured.is_empty() {
            return Some((applied.bytes, applied.applied, after));
        }
        without.extend(uncured);
    }
    None
}

/// The applied findings that are still there: the rule does not speak less often, and speaks at the same place.
fn uncured(before: &[Finding], applied: &[usize], after: &[Finding]) -> Vec<usize> {
    let (old, new) = (count_rules(before), count_rules(after));
    let applied = || applied.iter().filter_map(|&index| Some((index, before.get(index)?)));
    let as_many = |rule| new.get(rule).is_some_and(|count| Some(count) >= old.get(rule));
    let edits: Vec<&Edit> =
        applied().filter_map(|(_, finding)| finding.fix.as_ref()).flat_map(|fix| &fix.edits).collect();
    let still = |finding: &Finding| {
        let place = place_after(finding.primary.span, &edits);
        after.iter().any(|other| other.rule == finding.rule && other.primary.span.touches(place))
    };
    applied().filter(|(_, finding)| as_many(finding.rule) && still(finding)).map(|(index, _)| index).collect()
}

fn count_rules(findings: &[Finding]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.rule).or_default() += 1;
    }
    counts
}

/// Where a place is after the edits, with what was put in at its ends.
fn place_after(place: Span, edits: &[&Edit]) -> Span {
    let moved = |at: u32, counts: &dyn Fn(&Edit) -> bool| {
        let counted = edits.iter().filter(|edit| counts(edit));
        let change: i64 = counted.map(|edit| text_length(&edit.text) - i64::from(edit.span.len())).sum();
        u32::try_from((i64::from(at) + change).max(0)).unwrap_or(u32::MAX)
    };
    let start = moved(place.start, &|edit| edit.span.end < place.start);
    Span::new(start, moved(place.end, &|edit| edit.span.start <= place.end))
}

fn text_length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

/// A text and what must stay of it.
struct Text<'s> {
    source: &'s [u8],
    comments: Vec<Span>,
    faults: usize,
}

/// Fixes with the index of their findings.
type Chosen<'f> = Vec<(usize, &'f Fix)>;

impl<'s> Text<'s> {
    fn new(source: &'s [u8]) -> Self {
        let rtr = parse(source, FileId(0));
        let comments = rtr.tokens.iter().filter(|token| token.kind == TokenKind::Comment).map(|token| token.span);
        let faults = rtr.findings.iter().filter(|finding| finding.level == Level::Error).count();
        Self { comments: comments.collect(), faults, source }
    }

    /// The comments that the span has bytes of.
    fn comments_in(&self, span: Span) -> impl Iterator<Item = Span> {
        let first = self.comments.partition_point(|comment| comment.end <= span.start);
        self.comments.iter().skip(first).take_while(move |comment| comment.start < span.end).copied()
    }

    /// Whether the edit is about the comment: it touches nothing else but the white space around it.
    fn is_about(&self, edit: &Edit, comment: Span) -> bool {
        let before = Span::new(edit.span.start, comment.start.min(edit.span.end));
        let behind = Span::new(comment.end.max(edit.span.start), edit.span.end);
        let white = |span: Span| span.slice(self.source).iter().all(u8::is_ascii_whitespace);
        white(before) && white(behind)
    }

    /// Whether no edit of the fix takes a comment away, unless the fix puts it elsewhere or is about the comment.
    fn keeps_comments(&self, fix: &Fix) -> bool {
        let lost = fix
            .edits
            .iter()
            .flat_map(|edit| self.comments_in(edit.span).filter(|comment| !self.is_about(edit, *comment)));
        let mut lost = lost.map(|comment| comment.slice(self.source).trim_ascii_end());
        lost.all(|comment| fix.edits.iter().any(|edit| contains(edit.text.as_bytes(), comment)))
    }

    /// The comments that no fix is about, each with the number of its occurrences.
    fn comments_kept(&self, fixes: &[(usize, &Fix)]) -> BTreeMap<&'s [u8], usize> {
        let edits = || fixes.iter().flat_map(|(_, fix)| &fix.edits);
        let about: BTreeSet<Span> = edits()
            .flat_map(|edit| self.comments_in(edit.span).filter(|comment| self.is_about(edit, *comment)))
            .collect();
        count(self.comments.iter().filter(|comment| !about.contains(comment)).map(|comment| comment.slice(self.source)))
    }

    /// What the text with these fixes would be worse at.
    fn damage(&self, fixes: &[(usize, &Fix)]) -> Option<SkipReason> {
        let bytes = edited(self.source, fixes);
        let after = Text::new(&bytes);
        let there = after.comments_kept(&[]);
        let kept = self.comments_kept(fixes);
        if kept.iter().any(|(comment, count)| there.get(comment).is_none_or(|there| there < count)) {
            Some(SkipReason::LosesComment)
        } else {
            (after.faults > self.faults).then_some(SkipReason::BreaksSyntax)
        }
    }
}

/// The longest choice of `more` that does no damage beside `kept`, found by halving; what does is put into `skipped`.
fn sound<'f>(text: &Text<'_>, kept: Chosen<'f>, more: &[(usize, &'f Fix)], skipped: &mut Vec<Skipped>) -> Chosen<'f> {
    let both: Chosen<'f> = kept.iter().chain(more).copied().collect();
    match (more, text.damage(&both)) {
        (_, None) => both,
        ([(finding, _)], Some(reason)) => {
            skipped.push(Skipped { finding: *finding, reason });
            kept
        }
        (_, Some(_)) => {
            let (first, second) = more.split_at(more.len() / 2);
            let kept = sound(text, kept, first, skipped);
            sound(text, kept, second, skipped)
        }
    }
}

/// The places that are edited already.
#[derive(Default)]
struct Places(BTreeMap<u32, u32>);

impl Places {
    /// Takes the places of all edits, if none of them meets or touches one that is taken.
    fn take(&mut self, fix: &Fix) -> bool {
        let free = |edit: &Edit| {
            let before = self.0.range(..=edit.span.end).next_back();
            before.is_none_or(|(_, &end)| end < edit.span.start)
        };
        let is_free = fix.edits.iter().all(free);
        for edit in fix.edits.iter().filter(|_| is_free) {
            let end = self.0.entry(edit.span.start).or_insert(edit.span.end);
            *end = edit.span.end.max(*end);
        }
        is_free
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}

fn count<'t>(texts: impl Iterator<Item = &'t [u8]>) -> BTreeMap<&'t [u8], usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text.trim_ascii_end()).or_default() += 1;
    }
    counts
}

/// The text with the edits of these fixes.
fn edited(source: &[u8], fixes: &[(usize, &Fix)]) -> Vec<u8> {
    let mut edits: Vec<&Edit> = fixes.iter().flat_map(|(_, fix)| &fix.edits).collect();
    // Stable: two insertions of one fix at one place stay in their order.
    edits.sort_by_key(|edit| edit.span.start);
    let mut text = Vec::with_capacity(source.len());
    let mut end = 0;
    for edit in edits {
        text.extend_from_slice(Span::new(end, edit.span.start).slice(source));
        text.extend_from_slice(edit.text.as_bytes());
        end = end.max(edit.span.end);
    }
    text.extend_from_slice(Span::new(end, u32::MAX).slice(source));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(edits: &[(u32, u32, &str)], applicability: Applicability) -> Finding {
        let edit = |&(start, end, text): &(u32, u32, &str)| Edit::new(Span::new(start, end), text.to_owned());
        Finding::new("some_rule", Level::Error, FileId(0), Span::at(0), "message").fix(
            "fix",
            applicability,
            edits.iter().map(edit).collect(),
        )
    }

    fn reasons(applied: &Applied) -> Vec<(usize, SkipReason)> {
        applied.skipped.iter().map(|skipped| (skipped.finding, skipped.reason)).collect()
    }

    #[test]
    fn edits_that_meet_or_touch_wait_for_the_next_pass() {
        let source = b"Aa = 1;Bb = 2;Cc = 3;";
        let safe = Applicability::Safe;
        let findings = [
            finding(&[(0, 2, "Xx"), (14, 16, "Zz")], safe),
            finding(&[(1, 1, "y")], safe),
            finding(&[(7, 9, "Yy"), (15, 15, "z")], safe),
            finding(&[(7, 9, "Ww")], safe),
            finding(&[(9, 9, "w")], safe),
        ];
        let applied = apply(source, &findings, safe);
        assert_eq!(String::from_utf8_lossy(&applied.bytes), "Xx = 1;Ww = 2;Zz = 3;");
        assert_eq!(applied.applied, [0, 3]);
        assert_eq!(reasons(&applied), [1, 2, 4].map(|index| (index, SkipReason::Meets)));
    }

    #[test]
    fn unsafe_fixes_are_asked_for_and_shown_ones_never_applied() {
        let source = b"Aa = 1;";
        let all = [Applicability::DisplayOnly, Applicability::Unsafe, Applicability::Safe];
        for (least, count) in all.into_iter().zip([2, 2, 1]) {
            let findings: Vec<Finding> = (0..)
                .step_by(2)
                .zip(all)
                .map(|(at, applicability)| finding(&[(at, at + 1, "Bb")], applicability))
                .collect();
            assert_eq!(apply(source, &findings, least).applied.len(), count, "{least:?}");
        }
    }

    #[test]
    fn a_comment_is_moved_or_changed_on_purpose_but_never_lost() {
        let source = b"Aa = 1; # one\nBb = 2; # two\n";
        let safe = Applicability::Safe;
        let of = |edits: &[(u32, u32, &str)]| apply(source, &[finding(edits, safe)], safe);
        for lost in [(0, 14, ""), (5, 14, ""), (6, 10, ""), (12, 23, ""), (0, 28, "Cc = 3; # one")] {
            assert_eq!(reasons(&of(&[lost])), [(0, SkipReason::LosesComment)], "{lost:?}");
        }
        assert_eq!(of(&[(0, 14, ""), (28, 28, "Aa = 1; # one\n")]).bytes, b"Bb = 2; # two\nAa = 1; # one\n");
        assert_eq!(of(&[(7, 13, "")]).bytes, b"Aa = 1;\nBb = 2; # two\n");
        assert_eq!(of(&[(10, 13, "once")]).bytes, b"Aa = 1; # once\nBb = 2; # two\n");
    }

    #[test]
    fn what_does_damage_is_left_out_and_the_rest_applied() {
        let source = b"Aa = 1; # one\nBb = 2;\nCc = 3;\n";
        let safe = Applicability::Safe;
        let findings = [
            finding(&[(0, 2, "Xx")], safe),
            // Swallows the comment, and the syntax is no worse.
            finding(&[(7, 7, " Dd = \""), (13, 13, "\";")], safe),
            finding(&[(14, 16, "Yy")], safe),
            finding(&[(20, 21, "")], safe),
            finding(&[(22, 24, "Zz")], safe),
        ];
        let applied = apply(source, &findings, safe);
        assert_eq!(String::from_utf8_lossy(&applied.bytes), "Xx = 1; # one\nYy = 2;\nZz = 3;\n");
        assert_eq!(reasons(&applied), [(1, SkipReason::LosesComment), (3, SkipReason::BreaksSyntax)]);
    }

    fn found(rule: &'static str, place: u32, edit: (u32, u32, &str)) -> Finding {
        let mut finding = finding(&[edit], Applicability::Safe);
        finding.rule = rule;
        finding.primary.span = Span::at(place);
        finding
    }

    #[test]
    fn fixes_that_undo_each_other_end() {
        let flip = |text: &[u8]| {
            let (other, rule) = if text.starts_with(b"A") { ("B", "is_a") } else { ("A", "is_b") };
            vec![found(rule, 0, (0, 1, other))]
        };
        let fixed = converge(b"A = 1;", Applicability::Safe, flip);
        assert!(!fixed.converged);
        assert_eq!(fixed.applied.len(), PASSES_MAX);
    }

    #[test]
    fn a_fix_that_cures_nothing_is_not_applied() {
        let more = |text: &[u8]| {
            let end = u32::try_from(text.len()).unwrap_or(0) - 1;
            let mut findings = vec![found("useless", end, (end, end, "x"))];
            if text.starts_with(b"A") {
                findings.push(found("is_a", 0, (0, 1, "B")));
            }
            findings
        };
        let fixed = converge(b"A = 1;", Applicability::Safe, more);
        assert_eq!(fixed.bytes, b"B = 1;");
        assert!(fixed.converged);
        assert_eq!((fixed.applied.len(), fixed.remaining.len()), (1, 1));
    }
}
