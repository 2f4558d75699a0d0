//! Errors of commands, their exit codes, and how they are printed.

use rtreg_model::Finding;
use rtreg_registry::{CommandError, Refusal, StoreError};

use crate::app::App;
use crate::output;

/// How a command ends (design: the table of exit codes in the README).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, clean, or nothing to do.
    Done,
    /// Findings at error level.
    Findings,
    /// An editor left without saying so; the code is the protocol's.
    Left,
    /// Usage or configuration.
    Usage,
    /// IO or internal error; could not decide.
    Failed,
    /// A rule of the registry refuses.
    Refused,
    /// Busy, conflict or stale: try again.
    Busy,
    /// Changes are pending.
    Pending,
    /// An upgrade to a registered version is refused.
    UpgradeRefused,
    /// Nothing leads back, and nobody has accepted that.
    Irreversible,
    /// A run failed and was undone.
    Unwound,
    /// A run stopped and needs a person.
    Halted,
}

impl Exit {
    /// All of them, by their numbers.
    pub const ALL: [Self; 12] = [
        Self::Done,
        Self::Findings,
        Self::Left,
        Self::Usage,
        Self::Failed,
        Self::Refused,
        Self::Busy,
        Self::Pending,
        Self::UpgradeRefused,
        Self::Irreversible,
        Self::Unwound,
        Self::Halted,
    ];

    /// What it means, as manual and README say it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "Done, clean, or nothing to do.",
            Self::Findings => {
                "Findings at error level; or, where files are only compared with what they would be, differences."
            }
            Self::Left => "The editor left without the request `shutdown`, as the protocol has it.",
            Self::Usage => "Usage or configuration.",
            Self::Failed => "Input or output failed, internal error; could not decide.",
            Self::Refused => {
                "A rule of the registry refuses: in use, not found, other content, bad value, unknown version."
            }
            Self::Busy => {
                "Busy: others kept changing what the command had read, a run has reserved it, or a plan is stale or used; try again."
            }
            Self::Pending => "Changes are pending: `plan --detailed-exitcode`.",
            Self::UpgradeRefused => "An upgrade to a registered version is refused; with --preview too.",
            Self::Irreversible => "Nothing leads back from it: give --accept-irreversible.",
            Self::Unwound => "A run failed, and what it had done was undone.",
            Self::Halted => "A run stopped and needs a person: resume, abort, or resume --assume.",
        }
    }

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings | Self::Left => 1,
            Self::Usage => 2,
            Self::Failed => 3,
            Self::Refused => 4,
            Self::Busy => 5,
            Self::Pending => 10,
            Self::UpgradeRefused => 11,
            Self::Irreversible => 12,
            Self::Unwound => 13,
            Self::Halted => 14,
        }
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub struct CliError {
    exit: Exit,
    refusal: Box<Refusal>,
}

impl CliError {
    /// Wrong usage or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, refusal: Box::new(Refusal::new("usage", message)) }
    }

    /// Reading or writing failed.
    pub fn io(message: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, refusal: Box::new(Refusal::new("io", message)) }
    }

    /// A fault of rtreg itself.
    pub fn internal(message: impl Into<String>) -> Self {
        let refusal = Refusal::new("internal", message).help("this is a fault of rtreg; please report it");
        Self { exit: Exit::Failed, refusal: Box::new(refusal) }
    }

    /// Something was found that must not be, and it is not known what else is wrong.
    pub fn failed(refusal: Refusal) -> Self {
        Self { exit: Exit::Failed, refusal: Box::new(refusal) }
    }

    /// An error with an identifier of its own.
    pub fn new(exit: Exit, refusal: Refusal) -> Self {
        Self { exit, refusal: Box::new(refusal) }
    }

    /// Identifier, sentence, objects and what to do next.
    pub const fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// What to do next.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.refusal.help = Some(text.into());
        self
    }

    /// What it is about, a line each.
    #[must_use]
    pub fn details(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.refusal.details.extend(lines);
        self
    }

    /// All that it says, a line each.
    pub fn words(&self) -> String {
        let details = self.refusal.details.iter();
        let lines = std::iter::once(&self.refusal.message).chain(details).chain(&self.refusal.help);
        lines.map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// How the command ends.
    pub const fn exit(&self) -> Exit {
        self.exit
    }

    /// Says it on standard error, as JSON where answers are JSON.
    pub fn print(&self, app: &App) {
        if app.json() {
            eprintln!("{}", output::error_json(&self.refusal));
            return;
        }
        eprintln!("error: {}", self.refusal.message);
        for detail in &self.refusal.details {
            eprintln!("  {detail}");
        }
        if let Some(help) = &self.refusal.help {
            for (number, line) in help.lines().enumerate() {
                eprintln!("{}{line}", if number == 0 { "help: " } else { "      " });
            }
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self { exit: Exit::Failed, refusal: Box::new(Refusal::new("store", error.to_string())) }
    }
}

/// A command of the registry failed; the findings of [`CommandError::Findings`] must have been printed before.
impl From<CommandError> for CliError {
    fn from(error: CommandError) -> Self {
        let message = error.to_string();
        match error {
            CommandError::Refused(refusal) => {
                let is_busy = matches!(refusal.rule, "reserved" | "stale_plan" | "used_plan" | "taken_over");
                Self { exit: if is_busy { Exit::Busy } else { Exit::Refused }, refusal }
            }
            CommandError::Usage(refusal) => Self { exit: Exit::Usage, refusal },
            CommandError::Findings(findings) => {
                Self { exit: Exit::Findings, refusal: Box::new(Refusal::new("findings", errors_in_words(&findings))) }
            }
            CommandError::Busy { .. } => Self { exit: Exit::Busy, refusal: Box::new(Refusal::new("busy", message)) },
            CommandError::Store(error) => error.into(),
            _ => Self::internal(message),
        }
    }
}

fn errors_in_words(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.level == rtreg_model::Level::Error).count();
    format!("nothing is registered: {errors} error{} in the files", if errors == 1 { "" } else { "s" })
}
