//! Plans carried out for real: the coordinator of a run, the supervisor of each method, the agent of each node. All that they know
//! of each other stands in the store and in locks beside it, so any of them may be killed at any instant. Which step follows which is
//! `upgrade`'s loop; nothing is chosen here.

mod agent;
mod coordinator;
mod digest;
mod event;
mod executor;
mod inherited;
mod lock;
mod place;
mod remains;
mod supervisor;
mod terminal;

use std::path::PathBuf;

use rtreg_registry::{Context, Store};

pub use agent::{AgentError, agent, has_agent};
pub use coordinator::{Coordinated, Mode, coordinate};
pub use event::Event;
pub use executor::settle_all;
pub use inherited::leave_behind;
pub use lock::{is_free, owner, sign_owner, take, try_take};
pub use place::Place;
pub use remains::CALL_VARIABLE;
pub use supervisor::supervise;
pub use terminal::{leave, shielded};

/// The hidden subcommand that supervises one method.
pub const SUPERVISE_COMMAND: &str = "supervise";
/// The hidden subcommand that carries out a run.
pub const COORDINATE_COMMAND: &str = "coordinate";

/// What the processes of a run share.
pub struct World<'a> {
    /// The store.
    pub store: &'a dyn Store,
    /// Time, user and host.
    pub clock: &'a (dyn Fn() -> Context + Sync),
    /// Locks and links beside the store.
    pub place: Place,
    /// The node that this process is on.
    pub node: String,
    /// The program rtreg.
    pub program: PathBuf,
}
