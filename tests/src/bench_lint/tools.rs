//! The tools that are measured: rtreg and its peers, each on its own language, and how each is called. It runs nothing.

use std::path::{Path, PathBuf};

use crate::corpus::{CIB, Language, PYTHON, RTR, SHELL, TOML};

/// How a tool takes many files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Many {
    /// A folder, which it searches.
    Folder,
    /// Their names.
    Names,
    /// Not at all.
    No,
}

/// A tool and its arguments.
pub struct Tool {
    /// What the table calls it.
    pub name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    /// What it reads.
    pub language: &'static Language,
    /// How it takes many files.
    pub many: Many,
    /// The size of the large input; less than that of the others where a tool would take minutes.
    pub large_bytes: usize,
    /// How many small files; less where a tool would take minutes.
    pub small_count: usize,
}

/// The size of the large input.
const LARGE_BYTES: usize = 10_000_000;

/// The number of small files: as many as a large repository has.
const SMALL_COUNT: usize = 5_000;

/// All tools; rtreg is the first.
pub const TOOLS: &[Tool] = &[
    Tool {
        name: "rtreg lint --select all",
        program: "rtreg",
        arguments: &["lint", "--select", "all", "--format", "concise"],
        language: &RTR,
        many: Many::Folder,
        large_bytes: LARGE_BYTES,
        small_count: SMALL_COUNT,
    },
    Tool {
        name: "ruff, syntax only",
        program: "ruff",
        arguments: &["check", "--select", "E9", "--no-cache", "--isolated", "--quiet"],
        language: &PYTHON,
        many: Many::Folder,
        large_bytes: LARGE_BYTES,
        small_count: SMALL_COUNT,
    },
    Tool {
        name: "ruff, default rules",
        program: "ruff",
        arguments: &["check", "--no-cache", "--isolated", "--quiet"],
        language: &PYTHON,
        many: Many::Folder,
        large_bytes: LARGE_BYTES,
        small_count: SMALL_COUNT,
    },
    Tool {
        name: "taplo lint",
        program: "taplo",
        arguments: &["lint", "--no-auto-config", "--no-schema"],
        language: &TOML,
        many: Many::Names,
        large_bytes: 1_000_000,
        small_count: SMALL_COUNT,
    },
    Tool {
        name: "shellcheck",
        program: "shellcheck",
        arguments: &["--norc", "--shell=sh"],
        language: &SHELL,
        many: Many::Names,
        large_bytes: 100_000,
        small_count: 200,
    },
    Tool {
        name: "xmllint --relaxng",
        program: "xmllint",
        arguments: &["--noout", "--relaxng", "/usr/share/pacemaker/pacemaker-3.9.rng"],
        language: &CIB,
        many: Many::Names,
        large_bytes: LARGE_BYTES,
        small_count: SMALL_COUNT,
    },
    Tool {
        name: "crm_verify",
        program: "crm_verify",
        arguments: &["--xml-file"],
        language: &CIB,
        many: Many::No,
        large_bytes: 1_000_000,
        small_count: SMALL_COUNT,
    },
];

impl Tool {
    /// The command for these files or this folder; the program is looked for in `folders`, then on the path of the system.
    pub fn command(&self, folders: &[PathBuf], paths: &[PathBuf]) -> Option<Vec<String>> {
        let system = std::env::var_os("PATH").unwrap_or_default();
        let mut places = folders.iter().cloned().chain(std::env::split_paths(&system));
        let program = places.find_map(|folder| Some(folder.join(self.program)).filter(|path| path.is_file()))?;
        let text = |path: &Path| path.display().to_string();
        let arguments = self.arguments.iter().map(|argument| (*argument).to_owned());
        Some(std::iter::once(text(&program)).chain(arguments).chain(paths.iter().map(|path| text(path))).collect())
    }
}
