//! The two questions about a method that works beside what the old version began, Update and Monitor_check: it must succeed, and
//! the service must outlive it. Update must also be seen to do something: what the old Update writes, it must write.

use std::collections::BTreeSet;
use std::time::Duration;

use rtreg_model::Method;
use rtreg_model::evidence::{Question, Run, Verdict};

use super::ending::list;
use super::first_the_old;
use super::scene::{Scene, Stage, named};
use crate::cell::{CellError, Side};
use crate::files::{Files, touched};
use crate::processes::Process;

const STARTS: [Method; 2] = [Method::PrenetStart, Method::Start];

/// How long the files are watched to see what the service writes by itself, and what it writes after an Update.
const QUIET: Duration = Duration::from_secs(2);

/// What was seen of one call beside a running service.
#[derive(Default)]
struct Seen {
    start_failed: Option<String>,
    /// Whether the service was seen to be there before the call.
    was_there: bool,
    failed: Option<String>,
    /// How the service is missing afterwards, if it is.
    missing: Option<String>,
    /// Files that the service writes by itself.
    by_itself: BTreeSet<String>,
    /// The files just before the call.
    files: Option<Files>,
    /// Those of them that were written after the call.
    written: BTreeSet<String>,
}

impl Seen {
    fn trouble(&self) -> Option<String> {
        let unseen = (!self.was_there).then(|| "the service is not seen".to_owned());
        self.start_failed.clone().or(unseen).or_else(|| self.failed.clone()).or_else(|| self.missing.clone())
    }
}

pub(super) fn ask(question: Question, stage: &mut Stage<'_, '_>) -> Result<Run, CellError> {
    let method = if question == Question::Update { Method::Update } else { Method::MonitorCheck };
    let mut scene = stage.scene(Side::Old)?;
    let seen = play(&mut scene, method, true)?;
    let (verdict, why) = judge(method, Play { scene: &mut scene, seen: &seen }, stage)?;
    scene.run(question, verdict, why)
}

/// The present version starts the service; it, or the new one after a switch, calls the method.
fn play(scene: &mut Scene<'_>, method: Method, switch: bool) -> Result<Seen, CellError> {
    let mut seen = Seen::default();
    if !scene.call_all(first_the_old(Question::Update))? {
        seen.start_failed = Some(scene.last());
        return Ok(seen);
    }
    let before = scene.running(&STARTS)?;
    let probed = scene.probe_until(true)?;
    seen.was_there = probed.unwrap_or(!before.is_empty());
    if !seen.was_there {
        return Ok(seen);
    }
    let watches = method == Method::Update;
    let first = if watches { scene.files()? } else { None };
    let second = after_a_while(scene, first.is_some())?;
    seen.by_itself = difference(first.as_ref(), second.as_ref());
    if switch {
        scene.switch()?;
    }
    if !scene.call_all(&[method])? {
        seen.failed = Some(scene.last());
    }
    let third = after_a_while(scene, second.is_some())?;
    seen.written = rewritten(second.as_ref(), third.as_ref());
    seen.files = second;
    let table = scene.running(&STARTS)?;
    // The service is its topmost processes; that a worker is replaced by another is no harm.
    let is_top = |process: &&Process| !before.iter().any(|other| other.pid == process.parent);
    let gone: Vec<Process> = before.iter().filter(is_top).filter(|process| !table.contains(process)).cloned().collect();
    seen.missing = match (probed, scene.probe_until(true)?) {
        (Some(_), Some(false)) => Some("the probe does not find the service afterwards".to_owned()),
        (Some(_), _) => None,
        _ if !gone.is_empty() => Some(format!("{} of the service runs no more afterwards", named(&gone))),
        _ => None,
    };
    Ok(seen)
}

fn after_a_while(scene: &mut Scene<'_>, watches: bool) -> Result<Option<Files>, CellError> {
    if !watches {
        return Ok(None);
    }
    scene.look(QUIET, |_| Ok(false))?;
    scene.files()
}

fn difference(before: Option<&Files>, after: Option<&Files>) -> BTreeSet<String> {
    match (before, after) {
        (Some(before), Some(after)) => touched(before, after).into_iter().collect(),
        _ => BTreeSet::new(),
    }
}

/// The files that were there before and after, and were written in between: what comes and goes may be anybody's.
fn rewritten(before: Option<&Files>, after: Option<&Files>) -> BTreeSet<String> {
    let in_both = |path: &String| [before, after].into_iter().flatten().all(|files| files.contains_key(path));
    difference(before, after).into_iter().filter(in_both).collect()
}

/// What was seen, and the scene, in which the service still runs.
struct Play<'p, 's> {
    scene: &'p mut Scene<'s>,
    seen: &'p Seen,
}

fn judge(method: Method, play: Play<'_, '_>, stage: &mut Stage<'_, '_>) -> Result<(Verdict, String), CellError> {
    let seen = play.seen;
    if let Some(failed) = &seen.start_failed {
        return Ok((
            Verdict::Nothing,
            format!("{failed} here, so there is nothing that the new {method} could be tried on"),
        ));
    }
    if !seen.was_there {
        let why = match stage.settings.probe {
            Some(_) => "the probe does not find the service that the old Start began",
            None => "the old Start left no process, and there is no --probe",
        };
        return Ok((Verdict::Nothing, why.to_owned()));
    }
    let suspicion = seen
        .failed
        .clone()
        .or_else(|| seen.missing.as_ref().map(|missing| format!("the new {method} succeeded, but {missing}")));
    match suspicion {
        Some(suspicion) => refute(method, &suspicion, stage),
        None if method == Method::Update => judge_update(play, stage),
        None => {
            let why =
                format!("the new {method} succeeded beside what the old Start began, which was there before and after");
            Ok((Verdict::Supported, why))
        }
    }
}

/// The old version's own method is the measure; where it has none, the new version's beside its own service.
fn refute(method: Method, suspicion: &str, stage: &mut Stage<'_, '_>) -> Result<(Verdict, String), CellError> {
    let side = if stage.subject.has(Side::Old, method) { Side::Old } else { Side::New };
    let own = play(&mut stage.scene(side)?, method, false)?;
    let version = side.as_str();
    Ok(match own.trouble() {
        Some(trouble) => {
            let why = format!("{suspicion}; but the {version} version alone does no better here: {trouble}");
            (Verdict::Nothing, why)
        }
        None => (Verdict::Refuted, format!("{suspicion}; the {version} version alone does it here")),
    })
}

/// An Update that succeeds may have done nothing at all.
fn judge_update(new: Play<'_, '_>, stage: &mut Stage<'_, '_>) -> Result<(Verdict, String), CellError> {
    let seen = new.seen;
    let unseen = "the new Update succeeded and the service was there before and after, but whether the service took it in \
                  was not seen";
    if !stage.subject.has(Side::Old, Method::Update) {
        return Ok((Verdict::Nothing, format!("{unseen}: the old version has no Update to compare with")));
    }
    let own = play(&mut stage.scene(Side::Old)?, Method::Update, false)?;
    if let Some(trouble) = own.trouble() {
        return Ok((Verdict::Nothing, format!("{unseen}: the old Update does not do its work here: {trouble}")));
    }
    let by_itself = |path: &&String| seen.by_itself.contains(*path) || own.by_itself.contains(*path);
    let expected: Vec<&String> = own.written.iter().filter(|path| !by_itself(path)).collect();
    if expected.is_empty() {
        return Ok((Verdict::Nothing, format!("{unseen}: the old Update writes no file")));
    }
    // A slow service may write only now.
    let mut missed = Vec::new();
    new.scene.look(new.scene.settings.settle, |scene| {
        let written = rewritten(seen.files.as_ref(), scene.files()?.as_ref());
        missed = expected.iter().copied().filter(|path| !written.contains(*path)).collect();
        Ok(missed.is_empty())
    })?;
    Ok(if missed.is_empty() {
        let written = list(&expected);
        let why = format!("the new Update wrote what the old one writes ({written}), and the service outlived it");
        (Verdict::Supported, why)
    } else {
        (Verdict::Nothing, format!("{unseen}: it left alone what the old one writes: {}", list(&missed)))
    })
}
