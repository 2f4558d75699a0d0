//! What is to be said of a declared promise: findings at its line. Words only; the promise is derived elsewhere.

use rtreg_model::{Applicability, Edit, FileId, Finding, Level, Span};

use super::{Answer, DeclaredBy, Promise, RULES, Verdict, statement_words};
use crate::pair::Version;

impl Promise {
    /// What is to be said of the promise of the new version, in its file.
    pub fn findings(&self, new: &Version<'_>) -> Vec<Finding> {
        let span = self.declared.span.unwrap_or_else(|| new.place().span);
        let at = (new.file(), span);
        let judged = match self.verdict() {
            Verdict::Broken => Some(self.too_weak(at)),
            Verdict::Undecided => Some(self.undecided(at)),
            Verdict::Holds => self.too_strict(at),
        };
        let refuted = self.refuted.iter().map(|(statement, why)| {
            let [good, _] = statement_words(statement.question);
            let message =
                format!("expected a statement that is not refuted, found `{good}` in {}: {why}", statement.origin);
            finding("statement_refuted", at, message)
                .help("the statement does not count; take it back, or cure the method")
        });
        let void = self.void.iter().map(|why| {
            finding("evidence_void", at, format!("the evidence does not count: {why}"))
                .help("make it anew with `rtreg try`, or name the same folders behind --methods as there (`bin` beside the RTR file where none was named)")
        });
        judged.into_iter().chain(refuted).chain(void).collect()
    }

    /// `version 1.0`, or `the version without RT_version`.
    pub fn from_words(&self) -> String {
        self.from.as_str().map_or("the version without RT_version".to_owned(), |version| format!("version {version}"))
    }

    fn too_weak(&self, at: (FileId, Span)) -> Finding {
        let (least, declared) = (self.at_least, self.declared.tunability);
        let message = format!("expected {least} or stricter for {}, found {declared}", self.from_words());
        let mut finding = finding("promise_too_weak", at, message);
        let broken = self.reasons.iter().filter(|reason| reason.answer == Answer::Bad && reason.asks > declared);
        let mut whys = Vec::new();
        for reason in broken {
            if let Some((file, span)) = reason.place {
                finding = finding.also(file, span, format!("{} ({})", reason.why, reason.asks));
            } else {
                whys.push(format!("{} ({})", reason.why, reason.asks));
            }
        }
        let version = self.from.as_str().unwrap_or_default();
        let cure = match self.declared.by {
            DeclaredBy::Listed => format!("write {least}, or cure what is in the way"),
            _ => format!("add `#$upgrade_from \"{version}\" {least}`, or cure what is in the way"),
        };
        whys.push(cure);
        finding = finding.help(whys.join("\n"));
        match (self.declared.by, self.declared.word) {
            (DeclaredBy::Listed, Some(word)) => {
                finding.fix(format!("promise {least}"), Applicability::Safe, vec![Edit::new(word, least.as_str())])
            }
            _ => finding,
        }
    }

    fn undecided(&self, at: (FileId, Span)) -> Finding {
        let (from, declared) = (self.from_words(), self.declared.tunability);
        let message = format!(
            "could not decide whether {declared} is safe for {from}; {} is, whatever the open answers are",
            self.at_most
        );
        let would_matter = self.open().filter(|reason| reason.asks > declared);
        let questions: Vec<&str> = would_matter.map(|reason| reason.asked.as_str()).collect();
        let help = format!(
            "these answers would decide it:\n{}\nsay them in rtreg.toml under `[compat.\"{}\"]`, try the methods with `rtreg try`, or promise {}",
            questions.join("\n"),
            self.from.as_str().unwrap_or_default(),
            self.at_most
        );
        finding("promise_undecided", at, message).help(help)
    }

    fn too_strict(&self, at: (FileId, Span)) -> Option<Finding> {
        let declared = self.declared.tunability;
        // What no line of the file says is no promise that its author could weaken, but for a line that is missing.
        let is_rule = matches!(self.declared.by, DeclaredBy::NotUpgradeAware | DeclaredBy::Downgrade);
        if declared <= self.at_most || is_rule {
            return None;
        }
        let words = match self.decided() {
            Some(safe) => format!("{safe} is safe"),
            None => format!("{} is safe, whatever the open answers are", self.at_most),
        };
        let message = format!("{declared} for {} is stricter than needed: {words}", self.from_words());
        let help = match self.declared.by {
            DeclaredBy::Listed => {
                format!("promise {}, or keep the stricter word if there is another reason", self.at_most)
            }
            _ => {
                let version = self.from.as_str().unwrap_or_default();
                format!(
                    "a line `#$upgrade_from \"{version}\" {}` lets administrators upgrade in more states",
                    self.at_most
                )
            }
        };
        Some(finding("promise_too_strict", at, message).help(help))
    }
}

fn finding(rule: &'static str, (file, span): (FileId, Span), message: String) -> Finding {
    let level = RULES.iter().find(|(id, ..)| *id == rule).map_or(Level::Error, |(_, _, level)| *level);
    Finding::new(rule, level, file, span, message)
}
