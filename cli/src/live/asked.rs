//! What methods ask for with scha_control in a group that rtreg drives, carried out: by a process of its own, in a session of its own,
//! because what is restarted or moved is usually what asks, and ends with its monitor.

use std::process::{Command, Stdio};

use rtreg_registry::commands::group::NodesRequest;
use rtreg_registry::commands::planning;
use rtreg_registry::commands::switch::{Action, SwitchRequest};
use rtreg_registry::inspect;
use rtreg_runtime::scha::Asked;
use rtreg_runtime::scha::stored::{Caller, counted};
use rtreg_upgrade::states::StateCommand;

use super::state::run;
use super::{Told, place, program};
use crate::app::{App, Colour, Options};
use crate::error::{CliError, Exit};

/// The hidden subcommand that carries out what was asked for.
pub const ASKED_COMMAND: &str = "asked";

/// Has it carried out, and waits for that; whether it was done. If the caller is ended meanwhile, it is done all the same.
///
/// # Errors
/// No process can be started.
pub fn carry_out(app: &App, asked: &Asked) -> Result<bool, CliError> {
    let failed = |error: std::io::Error| CliError::io(format!("what was asked for cannot be begun: {error}"));
    let words = serde_json::to_string(asked).map_err(|error| CliError::internal(error.to_string()))?;
    let store = place(app)?.store().display().to_string();
    let mut command = Command::new(program()?);
    command.args([ASKED_COMMAND, &store, &words]).env("RTREG_NODE", app.context().local_node);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // What belongs to the calling method must not be taken for what is left of it.
    command.env_remove(rtreg_runtime::live::CALL_VARIABLE);
    let status = command.status().map_err(failed)?;
    Ok(status.success())
}

/// Is the process that carries it out.
pub fn asked(words: &[String]) -> u8 {
    _ = nix::unistd::setsid();
    let [store, asked] = words else { return Exit::Usage.code() };
    let Ok(asked) = serde_json::from_str::<Asked>(asked) else { return Exit::Usage.code() };
    let options = Options {
        store: Some(format!("sqlite:{store}")),
        format: None,
        color: Colour::Never,
        reason: Some("scha_control".to_owned()),
    };
    let app = App::new(options);
    match all(&app, &asked) {
        Ok(exit) => exit.code(),
        Err(error) => error.exit().code(),
    }
}

fn all(app: &App, asked: &Asked) -> Result<Exit, CliError> {
    let exit = match asked {
        Asked::ResourceRestart { resource, node } => {
            let nodes = vec![node.clone()];
            let request = SwitchRequest { name: resource.clone(), action: Action::Restart, nodes };
            run(app, &StateCommand::Switch(request), Told::Nothing)?.0
        }
        Asked::Restart { group, node, .. } => {
            let on = || NodesRequest { name: group.clone(), nodes: vec![node.clone()] };
            match run(app, &StateCommand::Offline(on()), Told::Nothing)?.0 {
                Exit::Done => run(app, &StateCommand::Online(on()), Told::Nothing)?.0,
                other => other,
            }
        }
        Asked::Giveover { group, from, to, .. } => giveover(app, group, from, to)?,
        Asked::CheckRestart
        | Asked::CheckGiveover { .. }
        | Asked::IsRestarted { .. }
        | Asked::IgnoreFailedStart { .. }
        | Asked::ChangeState { .. } => Exit::Refused,
    };
    if exit == Exit::Done {
        let context = app.context();
        let caller = Caller { context: &context, now_ms: crate::scha::now_ms(), run: None };
        counted(app.store()?, caller, asked)?;
    }
    Ok(exit)
}

/// The group leaves the node for the first that takes it.
fn giveover(app: &App, group: &str, from: &str, to: &[String]) -> Result<Exit, CliError> {
    let online = inspect(app.store()?, |view| {
        let record = planning::find_group(view, group)?;
        Ok::<_, rtreg_registry::CommandError>(record.online_on.into_keys().collect::<Vec<_>>())
    })?;
    let mut last = Exit::Refused;
    for node in to {
        let stay = online.iter().filter(|on| *on != from && *on != node).cloned();
        let nodes = stay.chain([node.clone()]).collect();
        let request = NodesRequest { name: group.to_owned(), nodes };
        last = run(app, &StateCommand::Move(request), Told::Nothing)?.0;
        // Refused by its Monitor_check before anything happened: the next may take it.
        if last != Exit::Refused {
            break;
        }
    }
    Ok(last)
}
