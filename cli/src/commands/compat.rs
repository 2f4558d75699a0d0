//! `rtreg compat`: what differs between two versions of a type, and which promise is safe. Words and judgement come from the
//! checker; here files, git and the registry are read.

mod against;
mod known;
mod report;
mod side;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use rtreg_checker::promise::{Advice, Promise, Verdict, advice, derive};
use rtreg_checker::report::{Outline, Run, summary};
use rtreg_checker::{Version, admin_notes, check, compare, suppress};
use rtreg_model::{FileId, Finding, Level};
use rtreg_parser::Rtr;
use rtreg_registry::commands::witnesses::{Witnesses, witnesses};
use rtreg_registry::inspect;

use crate::app::App;
use crate::config::{Resolver, SettingArguments, Settings};
use crate::error::{CliError, Exit};
use crate::output;
use crate::outputs::{self, Output, Outputs};
pub use report::CompatReport;
use side::Side;

/// The arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The old version and the new one: each a file, `git:REV:PATH`, `registry:TYPE`, or `-` for standard input. With
    /// `--against`: files and folders.
    #[arg(required = true, value_name = "VERSION")]
    versions: Vec<String>,
    /// Compare each file with itself at a revision, and with the older versions among the files: `git:REV`.
    #[arg(long, value_name = "git:REV", conflicts_with_all = ["methods", "evidence", "admin_notes"])]
    against: Option<String>,
    /// The folder with the methods of the old or the new version; their digests say what is unchanged.
    #[arg(long, value_name = "OLD=DIR|NEW=DIR", value_parser = known::methods)]
    methods: Vec<known::Methods>,
    /// What `rtreg try` has found out.
    #[arg(long, value_name = "FILE")]
    evidence: Vec<PathBuf>,
    /// Name the resources of the old version, as the registry knows them, that the change would hurt.
    #[arg(long)]
    registry: bool,
    /// Print what administrators must be told, in Markdown, and nothing else.
    #[arg(long, conflicts_with = "output")]
    admin_notes: bool,
    /// Write a report: text, concise, json, sarif, github, gitlab, junit, checkstyle, or auto (that of the runner it runs
    /// on). To FILE, or to standard output in place of `--format`. May be given several times.
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = outputs::parse)]
    output: Vec<Output>,
    #[command(flatten)]
    settings: SettingArguments,
}

/// Two versions that are to be compared.
pub struct Task {
    old: Side,
    new: Side,
    settings: Arc<Settings>,
}

/// Two versions that were compared.
pub struct Compared {
    /// The names of the files of the old and the new version.
    files: [String; 2],
    /// The names of the types, and their versions; none for a file without a type.
    types: [Option<(String, String)>; 2],
    /// The findings, by their numbers in the run.
    findings: std::ops::Range<usize>,
    /// Whether they could be compared: what a file with errors says is not certain.
    comparable: bool,
    /// The promise; none where the files could not be compared, or no upgrade leads from one to the other.
    promise: Option<Promise>,
    advice: Vec<Advice>,
    /// The resources that would notice; none where nobody asked.
    witnesses: Option<Witnesses>,
    /// Methods whose files were looked for and not found: side, method, path.
    not_found: Vec<[String; 3]>,
}

/// All that was compared.
pub struct Checked {
    run: Run,
    pairs: Vec<Compared>,
}

/// Compares versions and writes what was found.
///
/// # Errors
/// What cannot be read; settings that cannot be used; a report that cannot be written.
pub fn run(arguments: &Arguments, app: &App) -> Result<Exit, CliError> {
    if arguments.settings.baseline.is_some() {
        return Err(CliError::usage("expected no --baseline, found one")
            .help("a comment in the new file takes out what is known: `# rtreg: allow(RULE) because …`"));
    }
    let outputs = Outputs::new(app.options.format, &arguments.output)?;
    let mut resolver = Resolver::new(&arguments.settings)?;
    let (tasks, news) = match &arguments.against {
        Some(revision) => against::tasks(revision, &arguments.versions, &mut resolver)?,
        None => (vec![two(arguments, &mut resolver, app)?], Vec::new()),
    };
    let evidence = known::evidence(&arguments.evidence)?;
    if let (true, [task]) = (arguments.admin_notes, tasks.as_slice()) {
        return notes(task, evidence);
    }
    let mut checked = Checked { run: outputs::empty_run()?, pairs: Vec::new() };
    for task in tasks {
        let seen = if arguments.registry { seen(&task, app)? } else { None };
        compare_task(task, &evidence, &mut checked);
        if let Some(pair) = checked.pairs.last_mut().filter(|pair| pair.promise.is_some()) {
            pair.witnesses = seen;
        }
    }
    for note in news {
        eprintln!("note: {note}");
    }
    outputs.write(app, &|format, options, out| report::write(format, &checked, options, out))?;
    Ok(exit(&checked.run.findings))
}

fn two(arguments: &Arguments, resolver: &mut Resolver<'_>, app: &App) -> Result<Task, CliError> {
    let [old, new] = arguments.versions.as_slice() else {
        let found = arguments.versions.len();
        return Err(CliError::usage(format!("expected two versions, the old one and the new one, found {found}"))
            .help("`rtreg compat OLD NEW`, or `rtreg compat --against git:REV PATH…`"));
    };
    if old == "-" && new == "-" {
        return Err(CliError::usage("expected `-` once, found it twice").help("standard input can be read only once"));
    }
    let (mut old, mut new) = (Side::read(old, app)?, Side::read(new, app)?);
    for methods in &arguments.methods {
        let side = if methods.new { &mut new } else { &mut old };
        side.folder = Some(methods.folder.clone());
    }
    let settings = resolver.of(&new.settings_of)?;
    Ok(Task { old, new, settings })
}

/// What the resources of the registry say to the new version.
fn seen(task: &Task, app: &App) -> Result<Option<Witnesses>, CliError> {
    let (old, new) = (rtreg_parser::parse(&task.old.bytes, FileId(0)), rtreg_parser::parse(&task.new.bytes, FileId(1)));
    let Some((old, new)) = Version::new(&old).zip(Version::new(&new)) else { return Ok(None) };
    let store = app.store_for_reading()?;
    let read = inspect(store, |view| witnesses(view, old.version(), &new.resource_type));
    Ok(Some(read?))
}

/// Prints what administrators must be told.
fn notes(task: &Task, evidence: Vec<rtreg_model::evidence::Evidence>) -> Result<Exit, CliError> {
    let (old_rtr, new_rtr) =
        (rtreg_parser::parse(&task.old.bytes, FileId(0)), rtreg_parser::parse(&task.new.bytes, FileId(1)));
    for (rtr, side, is_old) in [(&old_rtr, &task.old, true), (&new_rtr, &task.new, false)] {
        if !faults(rtr, side, &task.settings, is_old).is_empty() {
            return Err(CliError::usage(format!("expected a file without errors, found errors in {}", side.name))
                .help("`rtreg lint` and `rtreg compat` without --admin-notes show them"));
        }
    }
    let version = |rtr, side: &Side| {
        let none = || {
            CliError::usage(format!("expected an RTR file, found none in {}", side.name)).help("`rtreg lint` says more")
        };
        Version::new(rtr).map(|version| side.with_files(version).0).ok_or_else(none)
    };
    let (old, new) = (version(&old_rtr, &task.old)?, version(&new_rtr, &task.new)?);
    let knowledge = known::knowledge(&old, &new, evidence, &task.settings);
    let promise = derive(&old, &new, &knowledge);
    output::text(&admin_notes(&old, &new, promise.as_ref()))?;
    // The notes say what the file promises; whoever hands them on must know whether that is safe.
    if let Some(promise) = promise.as_ref().filter(|promise| promise.verdict() != Verdict::Holds) {
        eprintln!("note: {}; `rtreg compat` without --admin-notes says why", promise.summary());
    }
    let findings = promise.iter().flat_map(|promise| promise.findings(&new)).collect();
    Ok(exit(&task.settings.levels.apply(suppress::apply_to_pair(new.rtr, findings))))
}

fn exit(findings: &[Finding]) -> Exit {
    let is_undecided = findings.iter().any(|finding| finding.rule == "promise_undecided");
    match summary(findings).errors {
        0 if is_undecided => Exit::Failed,
        0 => Exit::Done,
        _ => Exit::Findings,
    }
}

/// Compares two versions; where one of them cannot be read for sure, says only that.
fn compare_task(task: Task, evidence: &[rtreg_model::evidence::Evidence], checked: &mut Checked) {
    let Task { old, new, settings } = task;
    let first = checked.run.findings.len();
    let old_file = checked.run.sources.add(old.name.clone(), old.bytes.clone());
    let new_file = checked.run.next_file();
    let (old_rtr, new_rtr) = (rtreg_parser::parse(&old.bytes, old_file), rtreg_parser::parse(&new.bytes, new_file));
    let mut faults = faults(&old_rtr, &old, &settings, true);
    faults.extend(self::faults(&new_rtr, &new, &settings, false));
    let versions = Version::new(&old_rtr).zip(Version::new(&new_rtr)).filter(|_| faults.is_empty());
    let mut compared = Compared {
        files: [old.name.clone(), new.name.clone()],
        types: [&old_rtr, &new_rtr].map(side::type_name),
        findings: first..first,
        comparable: versions.is_some(),
        promise: None,
        advice: Vec::new(),
        witnesses: None,
        not_found: Vec::new(),
    };
    let findings = match versions {
        None => new_faults(faults, [(old_file, &old.name), (new_file, &new.name)], &checked.run),
        Some((old_version, new_version)) => {
            let ((old_version, missing), (new_version, missing_new)) =
                (old.with_files(old_version), new.with_files(new_version));
            let not_found = |side: &str, missing: Vec<(String, String)>| {
                missing.into_iter().map(|(method, path)| [side.to_owned(), method, path]).collect::<Vec<_>>()
            };
            compared.not_found = not_found("old", missing);
            compared.not_found.extend(not_found("new", missing_new));
            judge(&old_version, &new_version, evidence, &settings, &mut compared)
        }
    };
    let outlines = (Outline::new(&old_rtr), Outline::new(&new_rtr));
    let path = |finding: &Finding| {
        let outline = if finding.primary.file == old_file { &outlines.0 } else { &outlines.1 };
        outline.path(finding.primary.span)
    };
    let found: Vec<_> = findings.into_iter().map(|finding| (finding.clone(), path(&finding))).collect();
    // The findings have places in both files, and keep them.
    checked.run.add(new.name, new.bytes.clone(), Vec::new());
    found.into_iter().for_each(|(finding, path)| checked.run.push(finding, path));
    compared.findings = first..checked.run.findings.len();
    checked.pairs.push(compared);
}

fn judge(
    old: &Version<'_>,
    new: &Version<'_>,
    evidence: &[rtreg_model::evidence::Evidence],
    settings: &Settings,
    compared: &mut Compared,
) -> Vec<Finding> {
    let knowledge = known::knowledge(old, new, evidence.to_vec(), settings);
    let mut findings = compare(old, new);
    compared.promise = derive(old, new, &knowledge);
    compared.advice = advice(old, new, compared.promise.as_ref());
    findings.extend(compared.promise.iter().flat_map(|promise| promise.findings(new)));
    findings.sort_by_key(|finding| finding.primary.span.start);
    settings.levels.apply(suppress::apply_to_pair(new.rtr, findings))
}

/// The faults that no pair before has shown: a file may be part of several.
fn new_faults(mut faults: Vec<Finding>, names: [(FileId, &String); 2], run: &Run) -> Vec<Finding> {
    let name = |file: FileId| names.iter().find(|(id, _)| *id == file).map(|(_, name)| name.as_str());
    faults.retain(|fault| {
        !run.findings.iter().any(|known| {
            let is_same_place = known.primary.span == fault.primary.span && known.rule == fault.rule;
            is_same_place && Some(run.sources.name(known.primary.file)) == name(fault.primary.file)
        })
    });
    faults
}

/// What makes it uncertain what a file says. An old file may be of a time before versions, and the syntax counts whatever
/// the settings.
fn faults(rtr: &Rtr<'_>, side: &Side, settings: &Settings, is_old: bool) -> Vec<Finding> {
    let options = settings.lint_options(&side.settings_of);
    let mut found = check(rtr, &options, &settings.levels);
    found.retain(|finding| finding.level == Level::Error && !(is_old && finding.rule == "missing_rt_version"));
    if found.is_empty() {
        found.extend(rtr.findings.iter().filter(|finding| finding.level == Level::Error).cloned());
    }
    if found.is_empty() && Version::new(rtr).is_none() {
        let message = "expected an RTR file with Resource_type, found something else";
        found.push(Finding::new("resource_type_not_first", Level::Error, rtr.file, rtreg_model::Span::at(0), message));
    }
    found
}
