//! The vocabulary of rtreg: what every other crate speaks of. Pure data and its small, total functions; this crate
//! never does IO, reads no clock and no environment.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod cluster;
pub mod evidence;
pub mod finding;
pub mod keyword;
mod lookup;
pub mod method;
pub mod name;
pub mod property;
pub mod release;
pub mod resource_type;
pub mod span;
pub mod standard;
pub mod suggest;
pub mod tunability;
pub mod version;

pub use cluster::{Driver, MonitorState, NodeStatus, Origin, ResourceState};
pub use finding::{Applicability, Edit, Finding, Fix, Label, Level};
pub use keyword::Keyword;
pub use method::Method;
pub use name::TypeName;
pub use property::{PropertyDecl, PropertyKind, PropertyTunable, PropertyValue};
pub use release::Release;
pub use resource_type::{Declared, InitNodes, MethodPath, ResourceType, UpgradeFrom};
pub use span::{FileId, Span, Spanned};
pub use tunability::Tunability;
pub use version::RtVersion;
