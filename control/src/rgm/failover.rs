//! Failover_mode (r_properties(5)): what the vendor's cluster does when a resource failed to start or to stop. One table;
//! recalled from the manual page, and so kept in this one place. In a run of rtreg the table of callbacks decides instead.

/// The values of the property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailoverMode {
    /// The failed resource waits for a person.
    None,
    /// A failed start moves the group.
    Soft,
    /// A failed start moves the group, and a failed stop reboots the node.
    Hard,
    /// As NONE; the fault monitor may restart the resource and never move its group.
    RestartOnly,
    /// As NONE; the fault monitor may neither restart nor move.
    LogOnly,
}

impl FailoverMode {
    /// All five.
    pub const ALL: [Self; 5] = [Self::None, Self::Soft, Self::Hard, Self::RestartOnly, Self::LogOnly];

    /// The value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Soft => "SOFT",
            Self::Hard => "HARD",
            Self::RestartOnly => "RESTART_ONLY",
            Self::LogOnly => "LOG_ONLY",
        }
    }

    /// Reads the value, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str().eq_ignore_ascii_case(text))
    }
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartOrStop {
    /// Prenet_start or Start.
    Start,
    /// Monitor_stop, Stop or Postnet_stop.
    Stop,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// The resource stays in its failed state until a person clears it.
    WaitsForPerson,
    /// The group is brought online on another node, if there is one.
    GroupMoves,
    /// The node is rebooted: that is the only way left to make the resource be offline.
    NodeReboots,
}

/// What the vendor's cluster does.
///
/// ```
/// use rtreg_control::rgm::{Consequence, FailoverMode, StartOrStop, consequence};
/// assert_eq!(consequence(FailoverMode::Hard, StartOrStop::Stop), Consequence::NodeReboots);
/// ```
pub const fn consequence(mode: FailoverMode, failed: StartOrStop) -> Consequence {
    match (mode, failed) {
        (FailoverMode::Soft | FailoverMode::Hard, StartOrStop::Start) => Consequence::GroupMoves,
        (FailoverMode::Hard, StartOrStop::Stop) => Consequence::NodeReboots,
        (FailoverMode::Soft, StartOrStop::Stop)
        | (FailoverMode::None | FailoverMode::RestartOnly | FailoverMode::LogOnly, _) => Consequence::WaitsForPerson,
    }
}
