//! What every command gets: the global options, the store, and who, where and when.

use std::cell::OnceCell;
use std::env;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rtreg_checker::report::text::TextOptions;
use rtreg_registry::memory::MemoryStore;
use rtreg_registry::{Context, Store, StoreError, Who};
use rtreg_store::{LazyStore, SqliteStore};

use crate::completed::completed;
use crate::error::CliError;

/// The place of the store for root, and for everyone where it exists and is readable.
const SYSTEM_STORE: &str = "/var/lib/rtreg/store.db";

/// How answers are printed. All commands know the first two; [`crate::commands::Command::formats`] says which know more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs; `rtreg schema NAME` prints the JSON Schema.
    Json,
    /// That of the runner it runs on, else text.
    Auto,
    /// One line a finding.
    Concise,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// A Code Quality report for GitLab.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// Tab-separated lines under the names of the columns.
    Tsv,
    /// A graph for Graphviz.
    #[value(hide = true)]
    Dot,
    /// A graph as a picture.
    #[value(hide = true)]
    Svg,
}

impl Format {
    /// What every command that prints an answer knows.
    pub const PLAIN: &'static [Self] = &[Self::Text, Self::Json];
    /// What commands that print graphs know.
    pub const GRAPHS: &'static [Self] = &[Self::Text, Self::Json, Self::Dot, Self::Svg];
    /// What commands that print findings know.
    pub const FINDINGS: &'static [Self] = &[
        Self::Text,
        Self::Json,
        Self::Auto,
        Self::Concise,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Auto => "auto",
            Self::Concise => "concise",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Tsv => "tsv",
            Self::Dot => "dot",
            Self::Svg => "svg",
        }
    }
}

/// The format that a word names.
fn format(word: &str) -> Result<Format, String> {
    let names = |formats: &[Format]| formats.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
    <Format as ValueEnum>::from_str(word, false)
        .map_err(|_| format!("expected one of {}; for lint one of {}", names(Format::PLAIN), names(Format::FINDINGS)))
}

/// The words of the formats that every command knows.
fn plain_formats() -> Vec<&'static str> {
    Format::PLAIN.iter().map(|format| format.as_str()).collect()
}

/// When text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The options that every command has.
#[derive(Debug, Args)]
pub struct Options {
    /// The store: `sqlite:PATH`. Default: RTREG_STORE, else /var/lib/rtreg/store.db for root and where it is readable, else
    /// rtreg/store.db in the XDG state directory.
    #[arg(long, global = true, help_heading = "Options of every command", value_name = "STORE")]
    pub store: Option<String>,
    /// Format of the answer: text (the default) or json; lint has all of `--output`, control also tsv, graph and plan dot and svg.
    #[arg(
        long,
        global = true,
        help_heading = "Options of every command",
        value_parser = completed(format, plain_formats),
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    pub format: Option<Format>,
    /// When text is coloured: auto (on a terminal, unless NO_COLOR is set; the default), always or never.
    #[arg(
        long,
        global = true,
        help_heading = "Options of every command",
        value_enum,
        default_value_t = Colour::Auto,
        value_name = "WHEN",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub color: Colour,
    /// Why this is done; kept in the history by the commands that change the store.
    #[arg(long, global = true, help_heading = "Options of every command", value_name = "TEXT")]
    pub reason: Option<String>,
}

/// The running program.
pub struct App {
    /// The options that every command has.
    pub options: Options,
    store: OnceCell<Box<dyn Store>>,
}

impl App {
    /// A program with these options; the store is opened when first used.
    pub fn new(options: Options) -> Self {
        Self { options, store: OnceCell::new() }
    }

    /// Whether answers are JSON.
    pub fn json(&self) -> bool {
        self.options.format == Some(Format::Json)
    }

    /// Whether text on standard output is coloured.
    pub fn coloured(&self) -> bool {
        match self.options.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }

    /// Columns of the terminal; 100 elsewhere.
    pub fn width(&self) -> usize {
        env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok())
            .filter(|&columns| columns >= 40)
            .unwrap_or(100)
    }

    /// How findings and snippets look.
    pub fn text_options(&self) -> TextOptions {
        let unicode = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
            .is_some_and(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"));
        let coloured = self.coloured();
        let links = coloured && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
        TextOptions::default().width(self.width()).colour(coloured).unicode(unicode).links(links)
    }

    /// The store for a command that may write: created by its first commit if there is none.
    ///
    /// # Errors
    /// A store that cannot be opened, or a `--store` that is no store.
    pub fn store(&self) -> Result<&dyn Store, CliError> {
        self.opened(|path| Ok(Box::new(LazyStore::open(path)?)))
    }

    /// The store for a command that means nothing without one.
    ///
    /// # Errors
    /// There is none; as [`App::store`].
    pub fn store_that_exists(&self) -> Result<&dyn Store, CliError> {
        let (path, because) = self.place()?;
        let missing = || {
            CliError::io(format!("there is no store at {}", path.display()))
                .help(format!("check the path (it is {because}), or bring the file back from a copy"))
        };
        let store = SqliteStore::open_existing(&path)?.ok_or_else(missing)?;
        self.opened(|_| Ok(Box::new(store)))
    }

    /// The store for a command that only reads: what does not exist is empty, and stays so.
    ///
    /// # Errors
    /// A store that cannot be opened, or a `--store` that is no store.
    pub fn store_for_reading(&self) -> Result<&dyn Store, CliError> {
        self.opened(|path| match SqliteStore::open_existing(path)? {
            Some(store) => Ok(Box::new(store)),
            None => {
                eprintln!("note: there is no store at {} yet; the first command that writes makes it", path.display());
                Ok(Box::new(MemoryStore::default()))
            }
        })
    }

    fn opened(&self, open: impl FnOnce(&Path) -> Result<Box<dyn Store>, StoreError>) -> Result<&dyn Store, CliError> {
        if self.store.get().is_none() {
            let _ = self.store.set(open(&self.place()?.0)?);
        }
        self.store.get().map(|store| &**store).ok_or_else(|| CliError::internal("the store was not opened"))
    }

    /// Where the store is, and why there.
    ///
    /// # Errors
    /// A `--store` that is no store; no home directory.
    pub fn place(&self) -> Result<(PathBuf, &'static str), CliError> {
        if let Some(text) = self.named_store()? {
            return match text.strip_prefix("sqlite:") {
                Some(path) if !path.is_empty() => Ok((PathBuf::from(path), "--store or RTREG_STORE")),
                _ => Err(CliError::usage(format!("expected a store such as `sqlite:/path/store.db`, found `{text}`"))
                    .help("give --store sqlite:PATH or set RTREG_STORE to it")),
            };
        }
        let system = Path::new(SYSTEM_STORE);
        if nix::unistd::geteuid().is_root() {
            return Ok((system.to_path_buf(), "the place of root"));
        }
        if std::fs::File::open(system).is_ok() {
            return Ok((system.to_path_buf(), "the system's store, which is readable"));
        }
        let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let state = state.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")));
        match state {
            Some(state) => Ok((state.join("rtreg/store.db"), "the XDG state directory")),
            None => Err(CliError::usage("there is no place for the store: neither XDG_STATE_HOME nor HOME is set")
                .help("give --store sqlite:PATH")),
        }
    }

    /// The store that is asked for. The variable is read here and not by clap, which would take it for an argument and show no
    /// help where there is none.
    fn named_store(&self) -> Result<Option<String>, CliError> {
        if self.options.store.is_some() {
            return Ok(self.options.store.clone());
        }
        let variable = env::var_os("RTREG_STORE").filter(|store| !store.is_empty());
        variable.map(std::ffi::OsString::into_string).transpose().map_err(|store| {
            let store = store.display();
            CliError::usage(format!("expected a store in UTF-8 in RTREG_STORE, found `{store}`"))
                .help("give it another name")
        })
    }

    /// Who does this, where, when and why.
    pub fn context(&self) -> Context {
        context(self.options.reason.clone())
    }

    /// What need not happen before the answer: moves a long log into the database. Called last.
    pub fn close(&self) {
        use std::io::Write;
        let _ = std::io::stdout().flush();
        if let Some(store) = self.store.get()
            && let Err(error) = store.maintain()
        {
            eprintln!("note: the store's log could not be tidied up, nothing is lost: {error}");
        }
    }
}

/// Who does something, where, when, and for this reason.
pub fn context(reason: Option<String>) -> Context {
    let uid = nix::unistd::getuid();
    let user = nix::unistd::User::from_uid(uid).ok().flatten();
    let host = host();
    Context {
        at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        who: Who {
            user: user.map_or_else(|| format!("#{uid}"), |user| user.name),
            sudo_user: env::var("SUDO_USER").ok().filter(|user| !user.is_empty()),
            host: host.clone(),
        },
        why: reason,
        local_node: env::var("RTREG_NODE").ok().filter(|node| !node.is_empty()).unwrap_or(host),
    }
}

fn host() -> String {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_else(|| "localhost".to_owned())
}
