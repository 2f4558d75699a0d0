//! The state of a cluster as rtreg knows it: the words for nodes, resources, monitors, origins and drivers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::version::RtVersion;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in every output and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word, in any case.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str().eq_ignore_ascii_case(word))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// What is known of a node.
    NodeStatus {
        /// A member of the cluster.
        Up = "up",
        /// Declared down and fenced: nothing runs there.
        Down = "down",
        /// Not known; then its resources are unknown.
        Unknown = "unknown",
    }
}

words! {
    /// The state of a resource on a node.
    ResourceState {
        /// Not running.
        Offline = "offline",
        /// Prenet_start or Start runs.
        Starting = "starting",
        /// Running.
        Online = "online",
        /// Stop or Postnet_stop runs.
        Stopping = "stopping",
        /// Prenet_start or Start failed.
        StartFailed = "start_failed",
        /// Stop or Postnet_stop failed.
        StopFailed = "stop_failed",
        /// Not known.
        Unknown = "unknown",
    }
}

words! {
    /// The state of a resource's fault monitor on a node.
    MonitorState {
        /// Running.
        Running = "running",
        /// Not running.
        Stopped = "stopped",
        /// Monitor_start failed.
        StartFailed = "start_failed",
        /// Monitor_stop failed.
        StopFailed = "stop_failed",
        /// Not known.
        Unknown = "unknown",
    }
}

words! {
    /// Who carries out the state commands of a group.
    Driver {
        /// The administrator, elsewhere; rtreg records what it is told and never runs anything.
        Recorded = "recorded",
        /// rtreg runs the methods.
        Rgm = "rgm",
    }
}

/// The version whose methods brought a resource, its monitor or its initialisation to where it is on a node. In JSON
/// `{"kind":"none|version|unknown","version":"…"|null}`; a null version of kind `version` means unversioned.
///
/// ```
/// use rtreg_model::{Origin, RtVersion};
/// assert_eq!(Origin::Version(RtVersion::new("1.0")).to_string(), "1.0");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "OriginRecord", into = "OriginRecord")]
pub enum Origin {
    /// No method of any version.
    None,
    /// The methods of this version.
    Version(RtVersion),
    /// Not known.
    Unknown,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad("none"),
            Self::Version(version) => version.fmt(f),
            Self::Unknown => f.pad("unknown"),
        }
    }
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OriginKind {
    None,
    Version,
    Unknown,
}

#[derive(Clone, Serialize, Deserialize)]
struct OriginRecord {
    kind: OriginKind,
    #[serde(default)]
    version: RtVersion,
}

impl From<OriginRecord> for Origin {
    fn from(record: OriginRecord) -> Self {
        match record.kind {
            OriginKind::None => Self::None,
            OriginKind::Version => Self::Version(record.version),
            OriginKind::Unknown => Self::Unknown,
        }
    }
}

impl From<Origin> for OriginRecord {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::None => Self { kind: OriginKind::None, version: RtVersion::UNVERSIONED },
            Origin::Version(version) => Self { kind: OriginKind::Version, version },
            Origin::Unknown => Self { kind: OriginKind::Unknown, version: RtVersion::UNVERSIONED },
        }
    }
}
