//! A promise in words for a person: what the file says, what is safe, and what that rests on. It decides nothing.

use rtreg_model::Tunability;

use super::{Advice, Answer, DeclaredBy, Promise, Reason, Verdict, statement_words};

impl Promise {
    /// One sentence: what the file promises and what is to be said of it.
    pub fn summary(&self) -> String {
        let from = self.from_words();
        if self.declared.by == DeclaredBy::NotUpgradeAware {
            return format!(
                "the file has no `#$upgrade`, so no resource can be upgraded to it; with one, for {from}, {}",
                self.interval()
            );
        }
        let declared = format!("{} for {from}, by {}", self.declared.tunability, self.declared.by.words());
        let verdict = match (self.verdict(), self.decided()) {
            (Verdict::Holds, Some(safe)) if safe == self.declared.tunability => {
                "which is the weakest that is safe".to_owned()
            }
            (Verdict::Holds, Some(safe)) => format!("which is safe; {safe} is enough"),
            (Verdict::Holds, None) => format!("which is safe; {}", self.interval()),
            (Verdict::Broken, Some(safe)) => format!("which is weaker than {safe}, the weakest that is safe"),
            (Verdict::Broken, None) => format!("which is weaker than what is safe; {}", self.interval()),
            (Verdict::Undecided, _) => format!("and whether that is safe could not be decided; {}", self.interval()),
        };
        format!("the file promises {declared}, {verdict}")
    }

    fn interval(&self) -> String {
        match self.decided() {
            Some(safe) => format!("the weakest safe promise is {safe}"),
            None => format!("the weakest safe promise is at least {} and at most {}", self.at_least, self.at_most),
        }
    }

    /// All that it rests on, a line or two for each reason: what matters first.
    pub fn text(&self) -> String {
        let mut text = format!("Promise: {}.\n", self.summary());
        for answer in [Answer::Bad, Answer::Unknown, Answer::Good] {
            for reason in self.reasons.iter().filter(|reason| reason.answer == answer) {
                text.push_str(&self.line(reason));
            }
        }
        text
    }

    fn line(&self, reason: &Reason) -> String {
        let otherwise = match reason.answer {
            Answer::Good => String::new(),
            Answer::Unknown => format!(" If not: {}.", reason.asks),
            Answer::Bad => format!(" So: {}.", reason.asks),
        };
        let mut line =
            format!("  {:<7}  {}\n           {}.{otherwise}\n", reason.answer.as_str(), reason.asked, reason.why);
        if let (Answer::Unknown, Some(question)) = (reason.answer, reason.question) {
            let ([good, bad], key) = (statement_words(question), question.as_str());
            let version = self.from.as_str().unwrap_or_default();
            line.push_str(&format!("           rtreg.toml: [compat.\"{version}\"] {key} = \"{good}\" or \"{bad}\"\n"));
        }
        line
    }
}

impl Advice {
    /// The row in one sentence.
    pub fn text(&self) -> String {
        let tunability = self.tunability.map_or("no new registration", Tunability::as_str);
        let condition = self.condition.map(|condition| format!(" ({condition})")).unwrap_or_default();
        format!("{}: {tunability}; {}{condition}", self.change, self.ship)
    }
}
