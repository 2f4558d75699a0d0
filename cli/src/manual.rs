//! What the man pages say beside the arguments: exit codes, environment, files, and where to read on. Which of it stands on
//! which page is decided by what the command works on.

use crate::error::Exit;

/// The day of this version's manual, as its footer shows it; that of the newest entry in packaging/debian/changelog.
pub const DATE: &str = "2026-11-21";

/// What a command works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// All of rtreg.
    Everything,
    /// RTR files.
    Files,
    /// RTR files in an editor.
    Editor,
    /// RTR files, which go into the store.
    FilesAndStore,
    /// The store, which is read.
    Store,
    /// The store, which is changed.
    Change,
    /// The store and the gate.
    Upgrade,
    /// The store and the gate, for the way back.
    Back,
    /// The store and the gate, for a plan.
    Plan,
    /// A run in the store.
    Run,
    /// rtreg itself.
    Itself,
}

/// A word and what there is to say about it.
pub type Entry = (&'static str, &'static str);

impl Subject {
    /// That of a command, given by its full name such as `rtreg group create`.
    pub fn of(name: &str) -> Self {
        let mut words = name.split(' ').skip(1);
        match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
            ("", _) => Self::Everything,
            ("lint" | "fmt" | "config", _) => Self::Files,
            ("lsp", _) => Self::Editor,
            ("register" | "import" | "compat", _) => Self::FilesAndStore,
            ("upgrade" | "path", _) => Self::Upgrade,
            ("plan", _) => Self::Plan,
            ("apply" | "resume" | "abort" | "agent" | "runs", _) => Self::Run,
            ("rollback", _) => Self::Back,
            ("list" | "show" | "status" | "history" | "graph", _) | ("node" | "setting", "list") => Self::Store,
            ("unregister" | "type" | "node" | "group" | "resource" | "setting", _) => Self::Change,
            _ => Self::Itself,
        }
    }

    /// How the command may end.
    pub fn exits(self) -> Vec<Exit> {
        let may = |exit: &Exit| match exit {
            Exit::Done | Exit::Usage | Exit::Failed => true,
            Exit::Findings => matches!(self, Self::Files | Self::FilesAndStore),
            Exit::Left => self == Self::Editor,
            Exit::Refused => !matches!(self, Self::Files | Self::Editor | Self::Itself),
            Exit::Busy => matches!(self, Self::FilesAndStore | Self::Change | Self::Upgrade | Self::Back | Self::Run),
            Exit::UpgradeRefused => matches!(self, Self::Upgrade | Self::Plan | Self::Back | Self::Run),
            Exit::Pending => self == Self::Plan,
            Exit::Irreversible | Exit::Unwound | Exit::Halted => matches!(self, Self::Upgrade | Self::Back | Self::Run),
        };
        Exit::ALL.into_iter().filter(|exit| (self == Self::Everything && *exit != Exit::Left) || may(exit)).collect()
    }

    /// The variables that the command reads.
    pub fn environment(self) -> Vec<Entry> {
        let (files, store) = (self.reads_files(), self.reads_store());
        let parts = [(true, TERMINAL), (files, RUNNERS), (store, STORE)];
        parts.into_iter().filter(|(wanted, _)| *wanted).flat_map(|(_, entries)| entries).copied().collect()
    }

    /// The files that the command reads or writes beside those that are named.
    pub fn files(self) -> Vec<Entry> {
        let parts = [(self.reads_files(), SETTINGS_FILES), (self.reads_store(), STORE_FILES)];
        parts.into_iter().filter(|(wanted, _)| *wanted).flat_map(|(_, entries)| entries).copied().collect()
    }

    /// Pages of the vendor's that belong to it.
    pub fn pages(self) -> Vec<&'static str> {
        let (files, store) = (self.reads_files() || self == Self::FilesAndStore, self.reads_store());
        let parts = [(files, FILE_PAGES), (store, STORE_PAGES)];
        parts.into_iter().filter(|(wanted, _)| *wanted).flat_map(|(_, pages)| pages).copied().collect()
    }

    fn reads_files(self) -> bool {
        matches!(self, Self::Everything | Self::Files | Self::Editor)
    }

    fn reads_store(self) -> bool {
        !matches!(self, Self::Files | Self::Editor | Self::Itself)
    }
}

const TERMINAL: &[Entry] = &[
    ("NO_COLOR", "If it is set and not empty, text is not coloured, unless --color=always asks for it."),
    ("TERM", "If it is empty or \"dumb\", progress is shown in lines of its own, as where there is no terminal."),
    ("COLUMNS", "The width that text is wrapped to; 100 without it, and never less than 40."),
    ("LC_ALL, LC_CTYPE, LANG", "The first that is set decides whether lines and arrows are drawn in Unicode or ASCII."),
    (
        "FORCE_HYPERLINK",
        "Whether the rule of a finding is a link to its page. Without it: on terminals that are known to show links.",
    ),
];

const RUNNERS: &[Entry] = &[
    ("GITHUB_ACTIONS, GITLAB_CI", "If one is \"true\", --format auto is the format of that runner."),
    ("RTREG_THREADS", "How many threads look at files; --threads goes before it."),
    ("GITHUB_WORKSPACE, CI_PROJECT_DIR", "The root of the repository, which reports name files from."),
];

const STORE: &[Entry] = &[
    (
        "RTREG_RTR_DIRS",
        "The folders, separated by colons, where clresourcetype register looks for the RTR file of a name.",
    ),
    ("RTREG_STORE", "The store, such as sqlite:/var/lib/rtreg/store.db; --store goes before it."),
    ("RTREG_NODE", "The node that rtreg runs on; the host name without it."),
    ("RTREG_CALL", "Set for the methods that a run calls: run, operation and attempt, with slashes between."),
    ("SUDO_USER", "Kept in the history beside the real user."),
    ("XDG_STATE_HOME, HOME", "Where the store of a user is."),
];

const SETTINGS_FILES: &[Entry] = &[
    (
        "rtreg.toml",
        "The settings of lint, looked for from each RTR file upwards; the nearest one holds. \"rtreg config schema\" prints \
         its JSON Schema, \"rtreg config show\" says where each value comes from.",
    ),
    (
        "rtreg-baseline.json",
        "The usual name of a baseline: the findings that were there before. rtreg.toml or --baseline names it.",
    ),
];

const STORE_FILES: &[Entry] = &[
    ("/var/lib/rtreg/store.db", "The store, for root and for everyone where it is there and readable."),
    (
        "$XDG_STATE_HOME/rtreg/store.db",
        "The store of a user otherwise; XDG_STATE_HOME is ~/.local/state if it is not set.",
    ),
];

const FILE_PAGES: &[&str] = &["rt_reg(4)", "rt_properties(5)", "property_attributes(5)"];

const STORE_PAGES: &[&str] =
    &["clresourcetype(1CL)", "clresource(1CL)", "clresourcegroup(1CL)", "scrgadm(1M)", "scha_resource_get(1HA)"];
