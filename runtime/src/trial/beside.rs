//! The question about the old monitor that lives on: after the new version's Update and Monitor_check it must run, ask the
//! cluster only what the new version knows, and not ask for a restart of a service that is there.

use rtreg_model::Method;
use rtreg_model::evidence::{Question, Run, Verdict};

use super::scene::{Scene, Stage};
use super::{first_the_old, then_the_new};
use crate::cell::{CellError, Side};
use crate::scha::Heard;

const MONITOR: [Method; 1] = [Method::MonitorStart];

/// A monitor that asked fewer times was not seen at work.
const ASKED_MIN: usize = 2;

/// What was seen of a monitor.
#[derive(Default)]
struct Seen {
    begin_failed: Option<String>,
    /// Whether it ran before.
    ran: bool,
    /// What speaks against it.
    complaint: Option<String>,
    /// How often it asked or told the cluster something afterwards.
    asked: usize,
}

pub(super) fn ask(stage: &mut Stage<'_, '_>) -> Result<Run, CellError> {
    let mut scene = stage.scene(Side::Old)?;
    let seen = play(&mut scene, true)?;
    let (verdict, why) = judge(&seen, stage)?;
    scene.run(Question::OldMonitor, verdict, why)
}

fn play(scene: &mut Scene<'_>, switch: bool) -> Result<Seen, CellError> {
    let mut seen = Seen::default();
    if !scene.call_all(first_the_old(Question::OldMonitor))? {
        seen.begin_failed = Some(scene.last());
        return Ok(seen);
    }
    seen.ran = !scene.running(&MONITOR)?.is_empty();
    if !seen.ran {
        return Ok(seen);
    }
    if switch {
        scene.switch()?;
    }
    let asked_before = scene.heard()?.len();
    // Whether these succeed is another question.
    for method in then_the_new(Question::OldMonitor) {
        scene.call_all(&[*method])?;
    }
    scene.look(scene.settings.watch, |scene| {
        let monitor: Vec<i32> = scene.running(&MONITOR)?.iter().map(|process| process.pid).collect();
        if monitor.is_empty() {
            seen.complaint = Some("it does not run any more".to_owned());
            return Ok(true);
        }
        let heard = scene.heard()?.split_off(asked_before);
        let its: Vec<&Heard> =
            heard.iter().filter(|heard| heard.callers.iter().any(|caller| monitor.contains(caller))).collect();
        seen.asked = its.len();
        seen.complaint = its.iter().find_map(|heard| complaint(heard));
        Ok(seen.complaint.is_some())
    })?;
    Ok(seen)
}

/// What is wrong about a call of a monitor's, if anything.
fn complaint(heard: &Heard) -> Option<String> {
    if heard.status != 0 {
        return Some(format!("it called `{}`, which ended with {}: {}", heard.line, heard.status, heard.complaint));
    }
    let is_request = heard.line.starts_with("scha_control ") && !heard.line.contains("CHECK_");
    let is_alarm = heard.line.starts_with("scha_resource_setstatus ") && heard.line.contains("FAULTED");
    (is_request || is_alarm).then(|| format!("it called `{}`", heard.line))
}

fn judge(seen: &Seen, stage: &mut Stage<'_, '_>) -> Result<(Verdict, String), CellError> {
    if let Some(failed) = &seen.begin_failed {
        return Ok((Verdict::Nothing, format!("{failed} here, so there is no old monitor to watch")));
    }
    if !seen.ran {
        return Ok((Verdict::Nothing, "the old Monitor_start left no process".to_owned()));
    }
    let Some(complaint) = &seen.complaint else {
        return Ok(match seen.asked >= ASKED_MIN {
            true => {
                let why = format!(
                    "the old monitor went on beside the new version, asked the cluster {} times and complained of nothing",
                    seen.asked
                );
                (Verdict::Supported, why)
            }
            false => {
                let why = "the old monitor went on, but was not seen at work; watch it longer with --watch SECONDS";
                (Verdict::Nothing, why.to_owned())
            }
        });
    };
    let own = play(&mut stage.scene(Side::Old)?, false)?;
    let trouble = own.begin_failed.or(own.complaint);
    Ok(match trouble {
        Some(trouble) => {
            let why = format!("the old monitor beside the new version: {complaint}; but beside its own: {trouble}");
            (Verdict::Nothing, why)
        }
        None => (Verdict::Refuted, format!("the old monitor does not get on with the new version: {complaint}")),
    })
}
