//! The four questions about an end: does the new method end, or undo, what the old one began? It is supported only where
//! something was seen to be there before and gone after. Files count where the old version's own method takes them away.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rtreg_model::Method;
use rtreg_model::evidence::{Question, Run, Verdict};

use super::scene::{Scene, Stage, named};
use super::{first_the_old, then_the_new};
use crate::cell::{CellError, Side};
use crate::files::{Files, made};
use crate::processes::Process;

/// How much longer what nobody ends must stay, to be told from what goes away by itself: two runs are never of equal pace.
const MARGIN: Duration = Duration::from_secs(1);

/// What is done for a question, and what counts.
struct Script {
    /// What the old version begins with.
    begin: &'static [Method],
    /// What comes before the method in question, at its version.
    before: &'static [Method],
    /// The method in question.
    end: Method,
    /// The methods that began what it is to end.
    owners: &'static [Method],
    /// Whether files count.
    files: bool,
    /// Whether the user's probe is about this.
    probe: bool,
}

impl Script {
    fn new(question: Question) -> Self {
        let (before, end): (&[Method], _) = match then_the_new(question) {
            [before @ .., end] => (before, *end),
            [] => (&[], Method::Stop),
        };
        let owners: &[Method] = match question {
            Question::Fini => &[Method::Init],
            Question::MonitorStop => &[Method::MonitorStart],
            Question::PostnetStop => &[Method::PrenetStart, Method::Start],
            _ => &[Method::Start],
        };
        let files = matches!(question, Question::PostnetStop | Question::Fini);
        Self { begin: first_the_old(question), before, end, owners, files, probe: question == Question::Stop }
    }

    fn began(&self) -> String {
        let names: Vec<&str> = self.owners.iter().map(|method| method.as_str()).collect();
        format!("the old {}", names.join(" and "))
    }
}

/// What was seen when a version had ended what the old one began.
struct Seen {
    /// Why the begin failed, if it did.
    begin_failed: Option<String>,
    /// Why what comes before the method in question failed, if it did.
    before_failed: Option<String>,
    /// Why the method in question failed, if it did.
    end_failed: Option<String>,
    /// Whether the version that ends has the method in question.
    has_end: bool,
    /// What ran just before the method in question.
    ran: Vec<Process>,
    /// Whether the probe saw the service before; none without a probe.
    was_there: Option<bool>,
    /// How long it was there at most, from the end of the begin until it was gone.
    lived: Duration,
    /// What of it still runs.
    left: Vec<Process>,
    /// What runs that came up meanwhile, of which nobody knows from whom.
    strangers: Vec<Process>,
    /// Whether the probe still sees the service.
    is_there: Option<bool>,
    /// The files that the begin made.
    made: BTreeSet<String>,
    /// Those of them that were still there just before the method in question.
    made_before_end: BTreeSet<String>,
    /// Those of them that are still there.
    made_left: BTreeSet<String>,
}

impl Seen {
    /// Whether the old version, so ended, is gone as far as processes and probe tell; else why not.
    fn trouble(&self) -> Option<String> {
        let failed = [&self.begin_failed, &self.before_failed, &self.end_failed].into_iter().flatten().next().cloned();
        failed.or_else(|| self.still_there())
    }

    fn still_there(&self) -> Option<String> {
        if !self.left.is_empty() {
            return Some(format!("still running: {}", named(&self.left)));
        }
        (self.is_there == Some(true)).then(|| "the probe still finds the service".to_owned())
    }
}

pub(super) fn ask(question: Question, stage: &mut Stage<'_, '_>) -> Result<Run, CellError> {
    let script = Script::new(question);
    let mut scene = stage.scene(Side::Old)?;
    let seen = play(&mut scene, &script, Side::New)?;
    let (verdict, why) = judge(&script, &seen, stage)?;
    scene.run(question, verdict, why)
}

/// Plays it: the old version begins, `ends` ends.
fn play(scene: &mut Scene<'_>, script: &Script, ends: Side) -> Result<Seen, CellError> {
    let mut seen = Seen {
        begin_failed: None,
        before_failed: None,
        end_failed: None,
        has_end: scene.subject.has(ends, script.end),
        ran: Vec::new(),
        was_there: None,
        lived: Duration::ZERO,
        left: Vec::new(),
        strangers: Vec::new(),
        is_there: None,
        made: BTreeSet::new(),
        made_before_end: BTreeSet::new(),
        made_left: BTreeSet::new(),
    };
    let files_first = if script.files { scene.files()? } else { None };
    if !scene.call_all(script.begin)? {
        seen.begin_failed = Some(scene.last());
        return Ok(seen);
    }
    let began = Instant::now();
    seen.made = still_made(scene, files_first.as_ref(), None)?;
    seen.was_there = if script.probe { scene.probe_until(true)? } else { None };
    if ends == Side::New {
        scene.switch()?;
    }
    if !scene.call_all(script.before)? {
        seen.before_failed = Some(scene.last());
        return Ok(seen);
    }
    // What ends by itself because of what came before is not the work of the method in question.
    seen.ran = if script.before.is_empty() { scene.running(script.owners)? } else { scene.remaining(script.owners)? };
    seen.made_before_end = still_made(scene, files_first.as_ref(), Some(&seen.made))?;
    if !scene.call_all(&[script.end])? {
        seen.end_failed = Some(scene.last());
    }
    seen.left = scene.remaining(script.owners)?;
    seen.is_there = if script.probe { scene.probe_until(false)? } else { None };
    seen.lived = began.elapsed();
    let meanwhile = [script.before, &[script.end]].concat();
    seen.strangers = scene.remaining(&meanwhile)?;
    seen.made_left = still_made(scene, files_first.as_ref(), Some(&seen.made))?;
    Ok(seen)
}

/// The files that were not there first, `of` these if given.
fn still_made(
    scene: &mut Scene<'_>,
    first: Option<&Files>,
    of: Option<&BTreeSet<String>>,
) -> Result<BTreeSet<String>, CellError> {
    let Some(first) = first else { return Ok(BTreeSet::new()) };
    let now = scene.files()?.unwrap_or_default();
    let is_wanted = |path: &String| of.is_none_or(|of| of.contains(path));
    Ok(made(first, &now).into_iter().filter(is_wanted).collect())
}

fn judge(script: &Script, seen: &Seen, stage: &mut Stage<'_, '_>) -> Result<(Verdict, String), CellError> {
    let nothing = |why: String| Ok((Verdict::Nothing, why));
    let end = script.end;
    if let Some(failed) = &seen.begin_failed {
        return nothing(format!("{failed} here, so there is nothing that the new {end} could be tried on"));
    }
    if let Some(failed) = &seen.before_failed {
        return nothing(format!("{failed}, so the new {end} was not tried"));
    }
    if seen.was_there == Some(false) {
        return nothing(format!("the probe does not find the service that {} began", script.began()));
    }
    let suspicion = suspicion(script, seen);
    if suspicion.is_none() && !seen.strangers.is_empty() {
        let strangers = named(&seen.strangers);
        return nothing(format!(
            "{strangers} came up meanwhile and runs; whether {} or the new {end} began it is not seen",
            script.began()
        ));
    }
    if suspicion.is_none() && !script.files {
        if seen.was_there.is_none() && seen.ran.is_empty() {
            return nothing(unseen(script));
        }
        return Ok(match stays_by_itself(script, seen.lived + MARGIN, stage)? {
            true => (Verdict::Supported, gone(script, seen)),
            false => {
                let why = format!(
                    "what {} began goes away by itself here, so the new {end} was not seen to end it",
                    script.began()
                );
                (Verdict::Nothing, why)
            }
        });
    }
    let mut scene = stage.scene(Side::Old)?;
    let own = play(&mut scene, script, Side::Old)?;
    if let Some(suspicion) = suspicion {
        return Ok(match own.trouble() {
            Some(trouble) => (
                Verdict::Nothing,
                format!("{suspicion}; but it is no better here with the old version's own {end}: {trouble}"),
            ),
            None => (Verdict::Refuted, suspicion),
        });
    }
    Ok(judge_files(script, seen, &own))
}

/// What speaks against the new version, as far as processes, probe and exit status tell.
fn suspicion(script: &Script, seen: &Seen) -> Option<String> {
    let end = script.end;
    if let Some(failed) = &seen.end_failed {
        return Some(format!("{failed} on what {} began", script.began()));
    }
    let still = seen.still_there()?;
    let was_there = !seen.ran.is_empty() || seen.was_there.is_some();
    let does_not =
        if seen.has_end { format!("the new {end} does not end") } else { format!("there is no new {end} to end") };
    was_there.then(|| format!("{does_not} what {} began; {still}", script.began()))
}

/// Whether what the old version began is still there after this long when nobody ends it.
fn stays_by_itself(script: &Script, long: Duration, stage: &mut Stage<'_, '_>) -> Result<bool, CellError> {
    let mut scene = stage.scene(Side::Old)?;
    if !scene.call_all(script.begin)? {
        return Ok(false);
    }
    let probes = script.probe && scene.probe_until(true)?.is_some();
    scene.look(long, |_| Ok(false))?;
    if probes { Ok(scene.probe()? == Some(true)) } else { Ok(!scene.running(script.owners)?.is_empty()) }
}

fn gone(script: &Script, seen: &Seen) -> String {
    let what = match (seen.was_there, seen.ran.as_slice()) {
        (Some(_), _) => "the probe found the service before and not after".to_owned(),
        (None, ran) => format!("gone: {}", named(ran)),
    };
    format!("the new {} ended what {} began; {what}", script.end, script.began())
}

fn unseen(script: &Script) -> String {
    match script.probe {
        true => format!("{} left no process, and there is no --probe", script.began()),
        false => format!("{} left no process", script.began()),
    }
}

/// Files: what the old version's own method takes away, the new one must take away, too.
fn judge_files(script: &Script, seen: &Seen, own: &Seen) -> (Verdict, String) {
    let end = script.end;
    if let Some(trouble) = own.trouble() {
        return (Verdict::Nothing, format!("the old version's own {end} does not do its work here: {trouble}"));
    }
    let taken_by_own = |path: &&String| own.made.contains(*path) && !own.made_left.contains(*path);
    let missed: Vec<&String> = seen.made_left.iter().filter(taken_by_own).collect();
    if !missed.is_empty() {
        let leaves =
            if seen.has_end { format!("the new {end} leaves") } else { format!("there is no new {end}, which leaves") };
        let why = format!("{leaves} what the old version takes away: {}", list(&missed));
        return (Verdict::Refuted, why);
    }
    let taken: Vec<&String> =
        seen.made_before_end.iter().filter(taken_by_own).filter(|path| !seen.made_left.contains(*path)).collect();
    if taken.is_empty() && seen.ran.is_empty() {
        return (Verdict::Nothing, format!("{} left nothing for {end} that could be seen to go", script.began()));
    }
    let what = if taken.is_empty() { named(&seen.ran) } else { list(&taken) };
    (Verdict::Supported, format!("the new {end} took away what {} began: {what}", script.began()))
}

pub(super) fn list(paths: &[&String]) -> String {
    let shown: Vec<&str> = paths.iter().take(3).map(|path| path.as_str()).collect();
    match paths.len().saturating_sub(3) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
