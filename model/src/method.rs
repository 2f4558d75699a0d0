//! The twelve callback methods of a resource type.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A callback method (rt_callbacks(1HA)). There is no Prenet_stop: where the upgrade chapter prints it, Prenet_start is
/// meant.
///
/// ```
/// use rtreg_model::Method;
/// assert_eq!(Method::parse("monitor_START"), Some(Method::MonitorStart));
/// assert_eq!(Method::MonitorStart.as_str(), "Monitor_start");
/// assert_eq!(Method::parse("Prenet_stop"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Once, on a node that joins the cluster.
    Boot,
    /// When the resource leaves management.
    Fini,
    /// When the resource comes under management.
    Init,
    /// Before a node is chosen for a move.
    MonitorCheck,
    /// Starts the fault monitor.
    MonitorStart,
    /// Stops the fault monitor.
    MonitorStop,
    /// Stops what Prenet_start started, after the network addresses went down.
    PostnetStop,
    /// Starts before the network addresses go up.
    PrenetStart,
    /// Starts the service.
    Start,
    /// Stops the service.
    Stop,
    /// Tells a running resource of changed properties.
    Update,
    /// Checks properties before they are set.
    Validate,
}

impl Method {
    /// All twelve, by name.
    pub const ALL: [Self; 12] = [
        Self::Boot,
        Self::Fini,
        Self::Init,
        Self::MonitorCheck,
        Self::MonitorStart,
        Self::MonitorStop,
        Self::PostnetStop,
        Self::PrenetStart,
        Self::Start,
        Self::Stop,
        Self::Update,
        Self::Validate,
    ];

    /// The name of the type property that declares the method, as rt_properties(5) writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Boot => "Boot",
            Self::Fini => "Fini",
            Self::Init => "Init",
            Self::MonitorCheck => "Monitor_check",
            Self::MonitorStart => "Monitor_start",
            Self::MonitorStop => "Monitor_stop",
            Self::PostnetStop => "Postnet_stop",
            Self::PrenetStart => "Prenet_start",
            Self::Start => "Start",
            Self::Stop => "Stop",
            Self::Update => "Update",
            Self::Validate => "Validate",
        }
    }

    /// The resource property that limits its run time in seconds.
    ///
    /// ```
    /// use rtreg_model::Method;
    /// assert_eq!(Method::Stop.timeout_property(), "Stop_timeout");
    /// ```
    pub const fn timeout_property(self) -> &'static str {
        match self {
            Self::Boot => "Boot_timeout",
            Self::Fini => "Fini_timeout",
            Self::Init => "Init_timeout",
            Self::MonitorCheck => "Monitor_check_timeout",
            Self::MonitorStart => "Monitor_start_timeout",
            Self::MonitorStop => "Monitor_stop_timeout",
            Self::PostnetStop => "Postnet_stop_timeout",
            Self::PrenetStart => "Prenet_start_timeout",
            Self::Start => "Start_timeout",
            Self::Stop => "Stop_timeout",
            Self::Update => "Update_timeout",
            Self::Validate => "Validate_timeout",
        }
    }

    /// Reads a type property's name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name))
    }

    /// The method whose run time the resource property `name` limits.
    ///
    /// ```
    /// use rtreg_model::Method;
    /// assert_eq!(Method::of_timeout("STOP_TIMEOUT"), Some(Method::Stop));
    /// assert_eq!(Method::of_timeout("Retry_interval"), None);
    /// ```
    pub fn of_timeout(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.timeout_property().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
