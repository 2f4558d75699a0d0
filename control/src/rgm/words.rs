//! The words of the table's cells: closed vocabularies, each with the text that the golden table has for it. No rows here.

use std::fmt;

use rtreg_model::Method;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The words of the table.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
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
    /// What happens to a resource, a group or a node, or what an upgrade does to them.
    Event {
        /// A resource is created.
        ResourceCreate = "resource_create",
        /// A resource is created in a group that is managed.
        ResourceCreateInManagedGroup = "resource_create_in_managed_group",
        /// A group comes under management.
        GroupManage = "group_manage",
        /// A node joins the cluster.
        NodeUp = "node_up",
        /// A resource comes online on a node.
        BringOnline = "bring_online",
        /// A resource goes offline on a node.
        TakeOffline = "take_offline",
        /// A resource is restarted in place, as scha_control(1HA) RESOURCE_RESTART does it.
        ResourceRestart = "resource_restart",
        /// A resource is disabled.
        ResourceDisable = "resource_disable",
        /// A resource is enabled.
        ResourceEnable = "resource_enable",
        /// Monitoring of a resource is switched off.
        ResourceUnmonitor = "resource_unmonitor",
        /// Monitoring of a resource is switched on.
        ResourceMonitor = "resource_monitor",
        /// Properties of a resource change, Type_version among them.
        PropertyUpdate = "property_update",
        /// A group is to move to another node.
        GroupMove = "group_move",
        /// A group leaves management.
        GroupUnmanage = "group_unmanage",
        /// A resource is deleted from a group that is managed.
        ResourceDeleteInManagedGroup = "resource_delete_in_managed_group",
        /// A node list or Installed_nodes gets more nodes.
        NodelistGrows = "nodelist_or_installed_nodes_grows",
        /// A node list or Installed_nodes loses nodes.
        NodelistShrinks = "nodelist_or_installed_nodes_shrinks",
        /// The half of an upgrade before the type changes.
        UpgradeTakingDown = "upgrade_taking_down",
        /// The half of an upgrade after the type changed.
        UpgradeBringingUp = "upgrade_bringing_up",
        /// An upgrade of a resource that stayed online.
        UpgradeStayedOnline = "upgrade_stayed_online",
        /// An upgrade is unwound that had not changed the type yet.
        UnwindBeforeSet = "unwind_before_set",
        /// An upgrade is unwound that had changed the type.
        UnwindAfterSet = "unwind_after_set",
    }
}

words! {
    /// Where a row's methods run.
    Nodes {
        /// Nowhere: the row is about the records.
        None = "-",
        /// The one node of the event.
        TheNode = "the node",
        /// Init_nodes that are up.
        UpInitNodes = "up Init_nodes",
        /// Init_nodes that are up, for every resource of the group.
        UpInitNodesEachResource = "up Init_nodes, each resource",
        /// The node that joined, for the resources of managed groups.
        TheNodeManagedGroups = "the node, resources of managed groups",
        /// The one node, if the switch for monitoring is on.
        TheNodeIfMonitored = "the node, if monitored switch is on",
        /// The one node, if a monitor runs there.
        TheNodeIfMonitorRuns = "the node, if a monitor runs",
        /// Nodes where the resource is online.
        WhereOnline = "nodes where online",
        /// Nodes where the group is online.
        WhereGroupOnline = "nodes where the group is online",
        /// Nodes where a monitor runs.
        WhereMonitorRuns = "nodes where a monitor runs",
        /// The node that a group would move to.
        WhereTheGroupWouldMove = "the node the group would move to",
        /// Each method where its own row says.
        AsEach = "as each",
        /// Init_nodes that were added, are up, in a managed group.
        AddedUpInitNodes = "added Init_nodes that are up, managed group",
        /// Init_nodes that were removed, are up, in a managed group.
        RemovedUpInitNodes = "removed Init_nodes that are up, managed group",
        /// Nodes where the resource is online and should be monitored, and no monitor runs.
        WhereMonitorMissing = "nodes where online, switch on, no monitor runs",
    }
}

words! {
    /// Whose methods run. In an upgrade the old version's take down and the new version's bring up, never otherwise.
    Whose {
        /// None run.
        None = "-",
        /// Those of the resource's type, as it is recorded.
        ItsType = "its type",
        /// Those of the target when Type_version changes.
        TheNewTypeWhenItChanges = "the new type when Type_version changes",
        /// Those of the new type.
        TheNewType = "the new type",
        /// Those of the version that is left, and no other.
        OldOnly = "OLD version only",
        /// Those of the version that is reached, and no other.
        NewOnly = "NEW version only",
        /// Those of the version that is reached.
        New = "NEW version",
        /// Those of the version that is left.
        Old = "OLD version",
    }
}

words! {
    /// Whether a call whose outcome is not known, because something crashed, may simply be made again.
    Repeat {
        /// There is nothing to repeat, or it is an event of its own.
        None = "-",
        /// The method is idempotent: it may run again.
        Yes = "yes",
        /// Not before Postnet_stop.
        AfterPostnetStop = "no: Postnet_stop first",
        /// Not before Stop.
        AfterStop = "no: Stop first",
        /// Not before Monitor_stop.
        AfterMonitorStop = "no: Monitor_stop first",
        /// Each method as its own row says.
        AsEach = "as each",
    }
}

impl Repeat {
    /// The method of the same version that must run before the call may be made again.
    pub const fn first(self) -> Option<Method> {
        match self {
            Self::AfterPostnetStop => Some(Method::PostnetStop),
            Self::AfterStop => Some(Method::Stop),
            Self::AfterMonitorStop => Some(Method::MonitorStop),
            Self::None | Self::Yes | Self::AsEach => None,
        }
    }
}

words! {
    /// What the vendor's cluster does when the method fails.
    VendorOnFailure {
        /// Nothing can fail, or it is not the vendor's.
        None = "-",
        /// The resource is not created.
        CreationRefused = "creation refused",
        /// It is logged, and the event goes on.
        Logged = "logged, goes on",
        /// The resource has failed to start; Failover_mode says what follows.
        StartFailed = "start failed, Failover_mode decides",
        /// The resource stays online without its monitor.
        NotMonitoredStatus = "online but not monitored, status message",
        /// As if the resource had failed to stop.
        AsStopFailure = "Failover_mode decides (as a stop failure)",
        /// The resource has failed to stop; Failover_mode HARD reboots the node.
        StopFailedHardReboots = "stop failed; Failover_mode HARD reboots the node",
        /// The resource has failed to stop.
        StopFailed = "stop failed",
        /// Each method as its own row says.
        AsEach = "as each",
        /// The monitor has failed to stop.
        MonitorFailedToStop = "monitor failed to stop",
        /// The resource has no monitor.
        NotMonitored = "not monitored",
        /// The change is not made.
        UpdateRefused = "update refused",
        /// It is logged, and the change is not taken back.
        LoggedChangeStays = "logged, the change stays",
        /// The group goes elsewhere.
        NodeNotChosen = "node is not chosen",
        /// It is logged.
        LoggedOnly = "logged",
    }
}

words! {
    /// What a run of rtreg does when the method fails.
    InRun {
        /// Nothing can fail.
        None = "-",
        /// The run is refused before anything changed.
        Refuse = "refuse, nothing changed",
        /// The failure is recorded, and the run goes on.
        Record = "record, go on",
        /// The failure is recorded, and the run goes on; where the run is strict the bundle is unwound.
        RecordOrStrict = "record, go on (unwind with --strict)",
        /// What the bundle has done is undone.
        Unwind = "unwind the bundle",
        /// Each method as its own row says.
        AsEach = "as each",
        /// The run stops and needs a person.
        Halt = "halt, exit 14",
        /// It is one commit: it happens or it does not.
        OneCommit = "one commit",
        /// The group does not move.
        RefuseMove = "refuse the move",
    }
}

/// What a row has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The method is called.
    Method(Method),
    /// Validate is called with `-c`: the resource is to be created.
    ValidateCreation,
    /// Validate is called with `-u`: properties are to change.
    ValidateUpdate,
    /// The methods are called in this order.
    Methods(&'static [Method]),
    /// Those of the methods that the plan needs are called, in this order.
    MethodsAsPlanned(&'static [Method]),
    /// Those of the methods that bring up again what was taken down.
    MethodsForTakenDown(&'static [Method]),
    /// Those of the methods that take down what was brought up.
    MethodsForBroughtUp(&'static [Method]),
    /// The method is called where the resource stayed online.
    WhereStayedOnline(Method),
    /// The rows of another event.
    Event(Event),
    /// The group's network addresses go up.
    NetworkUp,
    /// The group's network addresses go down.
    NetworkDown,
    /// The properties of the record change.
    PropertiesChange,
    /// Type and properties are put back as the journal holds them.
    RestoreJournaled,
}

impl Action {
    /// The methods of the action in their order; none where it is about addresses or records, or another event.
    pub fn methods(self) -> &'static [Method] {
        match self {
            Self::Method(method) | Self::WhereStayedOnline(method) => one(method),
            Self::ValidateCreation | Self::ValidateUpdate => one(Method::Validate),
            Self::Methods(methods)
            | Self::MethodsAsPlanned(methods)
            | Self::MethodsForTakenDown(methods)
            | Self::MethodsForBroughtUp(methods) => methods,
            Self::Event(_) | Self::NetworkUp | Self::NetworkDown | Self::PropertiesChange | Self::RestoreJournaled => {
                &[]
            }
        }
    }
}

/// A slice of one, out of the list of all.
fn one(method: Method) -> &'static [Method] {
    const ALL: &[Method] = &Method::ALL;
    ALL.iter().position(|known| *known == method).and_then(|at| ALL.get(at..=at)).unwrap_or_default()
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method(method) => write!(f, "{}", method.as_str()),
            Self::ValidateCreation => write!(f, "Validate -c"),
            Self::ValidateUpdate => write!(f, "Validate -u"),
            Self::Methods(methods) => list(f, methods),
            Self::MethodsAsPlanned(methods) => {
                list(f, methods)?;
                write!(f, " as the plan needs")
            }
            Self::MethodsForTakenDown(methods) => {
                list(f, methods)?;
                write!(f, " for what was taken down")
            }
            Self::MethodsForBroughtUp(methods) => {
                list(f, methods)?;
                write!(f, " for what was brought up")
            }
            Self::WhereStayedOnline(method) => write!(f, "{} where it stayed online", method.as_str()),
            Self::Event(event) => write!(f, "({event})"),
            Self::NetworkUp => write!(f, "(network addresses of the group go up)"),
            Self::NetworkDown => write!(f, "(network addresses of the group go down)"),
            Self::PropertiesChange => write!(f, "(properties change)"),
            Self::RestoreJournaled => write!(f, "(type and properties as journaled)"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, methods: &[Method]) -> fmt::Result {
    for (index, method) in methods.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{}", method.as_str())?;
    }
    Ok(())
}
