//! `rtreg lint --fix` and `--diff`: the fixes of the checker applied to files. What a fix is and whether it may be applied is
//! the checker's matter; here are the files and what is said about them.

use std::collections::BTreeMap;

use clap::Args;
use rtreg_checker::fix::{self, Fixed};
use rtreg_checker::report::{Sources, text};
use rtreg_model::{Applicability, Finding};

use crate::app::App;
use crate::error::{CliError, Exit};
use crate::files::Place;
use crate::output;
use crate::rewrite;

/// The arguments.
#[derive(Debug, Args)]
pub struct FixArguments {
    /// Cure what can be cured safely: rewrite the files, then report what remains. Of standard input the cured text is
    /// printed, and the report goes to standard error.
    #[arg(long, conflicts_with = "diff")]
    fix: bool,
    /// Change nothing; print what --fix would change as a unified diff, and exit 1 if there is anything.
    #[arg(long)]
    diff: bool,
    /// With --fix or --diff: apply also fixes that may change what a file means. Look at them.
    #[arg(long)]
    unsafe_fixes: bool,
}

impl FixArguments {
    /// Whether files are rewritten.
    pub const fn rewrite(&self) -> bool {
        self.fix
    }
}

/// How a text is cured: what can be asked on any thread.
#[derive(Clone, Copy)]
pub struct Cure {
    mode: Mode,
    least: Applicability,
}

impl Cure {
    /// The text with what can be cured; none if nothing is to be cured. `lint` tells what is found in a text.
    pub fn text(self, source: &[u8], lint: impl FnMut(&[u8]) -> Vec<Finding>) -> Option<Fixed> {
        (self.mode != Mode::Report).then(|| fix::converge(source, self.least, lint))
    }
}

/// What is done with fixes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing.
    Report,
    /// Files are rewritten.
    Fix,
    /// The difference is printed.
    Diff,
}

/// Fixes one file after another.
pub struct Fixer {
    cure: Cure,
    /// Whether the cured text of standard input was printed.
    printed: bool,
    fixes: usize,
    files: usize,
    /// Fixes that `--unsafe-fixes` would apply, too.
    held_back: usize,
}

impl Fixer {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// `--unsafe-fixes` alone (usage).
    pub fn new(arguments: &FixArguments) -> Result<Self, CliError> {
        let mode = match (arguments.fix, arguments.diff) {
            (true, _) => Mode::Fix,
            (_, true) => Mode::Diff,
            _ if arguments.unsafe_fixes => {
                return Err(CliError::usage("expected --fix or --diff beside --unsafe-fixes, found neither")
                    .help("`--diff --unsafe-fixes` shows what they would change"));
            }
            _ => Mode::Report,
        };
        let least = if arguments.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        Ok(Self { cure: Cure { mode, least }, printed: false, fixes: 0, files: 0, held_back: 0 })
    }

    /// How texts are cured.
    pub const fn cure(&self) -> Cure {
        self.cure
    }

    /// Puts the cured text of a file in its place, or shows it, and says on standard error what was fixed.
    ///
    /// # Errors
    /// The file cannot be rewritten: it is as it was. Standard output cannot be written.
    pub fn file(&mut self, place: &Place, name: &str, source: &[u8], fixed: &Fixed) -> Result<(), CliError> {
        let is_stdin = place.path.as_os_str() == "-";
        match self.cure.mode {
            Mode::Diff => output::bytes(&rewrite::diff(name, source, &fixed.bytes))?,
            _ if is_stdin => {
                output::bytes(&fixed.bytes)?;
                self.printed = true;
            }
            _ if fixed.bytes != source => rewrite::replace(&place.path, source, &fixed.bytes)?,
            _ => {}
        }
        self.say(name, fixed);
        Ok(())
    }

    fn say(&mut self, name: &str, fixed: &Fixed) {
        let word = if self.cure.mode == Mode::Diff { "would fix" } else { "fixed" };
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (rule, title) in &fixed.applied {
            *counts.entry((rule, title)).or_default() += 1;
        }
        for ((rule, title), count) in counts {
            let times = if count == 1 { String::new() } else { format!(", {count} times") };
            eprintln!("{word} {name}: {rule}: {title}{times}");
        }
        if !fixed.converged {
            eprintln!("note: {name}: there is more to fix than was done in one run; run it again");
        }
        self.fixes += fixed.applied.len();
        self.files += usize::from(!fixed.applied.is_empty());
        let held_back = |finding: &&Finding| fix::applicable(finding, Applicability::Unsafe).is_some();
        if self.cure.least == Applicability::Safe {
            self.held_back += fixed.remaining.iter().filter(held_back).count();
        }
    }

    /// Says how many fixes there were. With `--diff` that is all, and how the command ends; with the text of standard input
    /// on standard output, what remains is said here, too.
    pub fn finish(&self, findings: &[Finding], sources: &Sources, app: &App) -> Option<Exit> {
        if self.cure.mode == Mode::Report {
            return None;
        }
        let plural = |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
        let fixes = plural(self.fixes, "fix", "fixes");
        let files = plural(self.files, "file", "files");
        let held_back = match self.held_back {
            0 => String::new(),
            count => format!("; {count} more with --unsafe-fixes"),
        };
        eprintln!("{fixes} in {files}{held_back}");
        if self.cure.mode == Mode::Diff {
            return Some(if self.fixes == 0 { Exit::Done } else { Exit::Findings });
        }
        if !self.printed {
            return None;
        }
        eprint!("{}", text::render(findings, sources, &app.text_options()));
        let error = findings.iter().any(|finding| finding.level == rtreg_model::Level::Error);
        Some(if error { Exit::Findings } else { Exit::Done })
    }
}
