//! The commands that methods call, wired to the store: who calls, where and when is found here, and what is printed is said in
//! `runtime`. A call does as little as it can, because methods make many.

use std::time::{SystemTime, UNIX_EPOCH};

use rtreg_runtime::live::CALL_VARIABLE;
use rtreg_runtime::scha::stored::{Answered, Caller, answer, counted};
use rtreg_runtime::scha::{self, Asked, Code, Command, Reply};
use rtreg_store::SqliteStore;

use crate::app::{App, Colour, Options};
use crate::error::CliError;
use crate::live::asked;

/// Answers a command that was called by its own name; the exit status.
pub fn run(command: Command, arguments: &[String]) -> u8 {
    scha::main(command, arguments, || {
        from_store(command, arguments).unwrap_or_else(|error| {
            let refusal = error.refusal();
            let help = refusal.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            Reply::refused(Code::Internal, format!("{}: {}{help}", command.as_str(), refusal.message))
        })
    })
}

fn from_store(command: Command, arguments: &[String]) -> Result<Reply, CliError> {
    let app = App::new(Options { store: None, format: None, color: Colour::Auto, reason: None });
    let (path, because) = app.place()?;
    let store = SqliteStore::open_existing(&path)?.ok_or_else(|| {
        CliError::io(format!("there is no store at {} ({because})", path.display()))
            .help("RTREG_STORE names the store of the cluster")
    })?;
    let context = app.context();
    let call = std::env::var(CALL_VARIABLE).ok();
    let caller = Caller {
        context: &context,
        now_ms: now_ms(),
        run: call.as_deref().and_then(|call| call.split('/').next()).filter(|run| !run.is_empty()),
    };
    let Answered { reply, asked } = answer(&store, caller, command, arguments);
    Ok(match asked {
        None => reply,
        Some(asked) => carry_out(&app, &store, caller, &asked)?,
    })
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// What a method asks for in a group that rtreg drives.
fn carry_out(app: &App, store: &SqliteStore, caller: Caller<'_>, asked: &Asked) -> Result<Reply, CliError> {
    let done = match asked {
        // Whether another node would take it is known; its Monitor_check is called when it is to take it.
        Asked::CheckGiveover { .. } | Asked::CheckRestart => true,
        Asked::IsRestarted { .. } => {
            counted(store, caller, asked)?;
            true
        }
        Asked::Restart { .. } | Asked::ResourceRestart { .. } | Asked::Giveover { .. } => asked::carry_out(app, asked)?,
        Asked::IgnoreFailedStart { .. } | Asked::ChangeState { .. } => {
            let what = "scha_control: rtreg keeps neither states of proxies nor failed starts that are to be ignored";
            return Ok(Reply::refused(Code::State, what));
        }
    };
    if done {
        return Ok(Reply::lines(Vec::new()));
    }
    Ok(Reply::refused(Code::State, "scha_control: what was asked for was begun and has failed; `rtreg runs` says more"))
}
