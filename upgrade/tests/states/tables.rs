//! What runs, by hand from the table of callbacks, and the states and commands that are held against the recorded command. Data only.

use rtreg_model::ResourceState::{self, Offline, Online, StartFailed, StopFailed};

/// Both groups managed, `g` online on n1, `h` on n1 and n2.
pub const ONLINE: &str = "group manage g; group manage h; group online g; group online h";

pub const MANAGED: &str = "group manage g; group manage h";

pub const MON: &str =
    "group manage g; group manage h; group online g; group online h; resource unmonitor db; resource unmonitor web";

/// As [`ONLINE`]; `web` and `sys` of the other group depend on `db` by restart, `web` on `sys`, too.
pub const RESTARTS: &str = "group manage g; group manage h; group online g; group online h; resource set web -p \
     Resource_dependencies= -p Resource_dependencies_restart=db,sys; resource set sys -p Resource_dependencies_restart=db";

/// As [`ONLINE`]; `sys` depends on `net` of its group by restart.
pub const RESTARTS_LOCAL: &str = "group manage g; group manage h; group online g; group online h; resource set sys -p \
     Resource_dependencies_restart=net";

/// As [`RESTARTS`], but what depends on `db` is online nowhere.
pub const RESTARTS_OFF: &str = "group manage g; group manage h; group online g; resource disable web; resource set web -p \
     Resource_dependencies= -p Resource_dependencies_restart=db; resource set sys -p Resource_dependencies_restart=db";

/// States, each by what has happened.
pub const SETUPS: &[&str] = &[
    "",
    "group manage g; group manage h",
    ONLINE,
    "group manage g; group manage h; group online g; group online h; node down n1",
    "group manage g; group manage h; group online g; group online h; node down n1; node up n1; node down n2",
    "group manage g; group manage h; resource disable db; resource disable net; group online g --node n2; group online h --node n2,n3",
    "group manage g; group manage h; group online g; group online h; resource unmonitor db; resource unmonitor web --node n1",
    "group manage g; group online g; resource state db --node n1 start_failed; resource state web --node n1 stop_failed",
    "group manage g; group online g; resource state db --node n1 stop_failed; resource state web --node n1 start_failed",
    "group manage g; group online g; resource state db --node n1 unknown; resource state web --node n1 starting",
    "group manage g; group online g; resource state db --node n1 online --monitor start_failed; resource state web --node n1 online --monitor stop_failed",
    "group manage g; group manage h; group online g; group online h; upgrade db --to full:2.0",
    "group manage g; group manage h; resource disable db; resource disable web; resource disable net; resource disable sys",
    "resource disable db; resource disable web; resource disable net; resource disable sys; resource set web -p Resource_dependencies=",
    "group manage g; group manage h; resource disable web; resource delete web; resource disable db; resource set db -p Port=81",
    "group manage g; group set g --node n1; group online g",
];

/// Commands.
pub const COMMANDS: &[&str] = &[
    "resource enable db",
    "resource enable web --node n1",
    "resource enable net",
    "resource enable sys --node n2",
    "resource enable db --node n3",
    "resource disable db",
    "resource disable web --node n1,n2",
    "resource disable net --node n2",
    "resource disable sys",
    "resource monitor db",
    "resource monitor web",
    "resource monitor net",
    "resource unmonitor db",
    "resource unmonitor web --node n1",
    "resource unmonitor sys",
    "resource restart db",
    "resource restart web",
    "resource restart net",
    "resource restart sys --node n1",
    "resource clear db --node n1",
    "resource clear web --node n1",
    "resource clear web",
    "resource enable nosuch",
    "group manage g",
    "group manage h",
    "group unmanage g",
    "group unmanage h",
    "group online g",
    "group online g --node n2",
    "group online h --node n1,n3",
    "group online h",
    "group online nosuch",
    "group offline g",
    "group offline h --node n2",
    "group offline h",
    "group move g --node n2",
    "group move g --node n1",
    "group move h --node n3",
    "group move h --node n1,n2,n3",
    "group drive g",
    "group drive h",
    "group set g --node n1",
    "group set g --node n2,n3",
    "group set g --node n1,n2,n3",
    "group set h --node n1,n2",
    "group set h -p Maximum_primaries=1",
    "group set g",
    "resource create new --group g --type full:1.0 -p Port=90",
    "resource create new --group g --type full:2.0 --disabled",
    "resource create new --group h --type net:1.0",
    "resource create new --group h --type sys:1.0",
    "resource create db --group g --type full:1.0",
    "resource create new --group g --type full:1.0 -p Port=a",
    "resource delete db",
    "resource delete web",
    "resource delete net",
    "resource delete sys",
    "resource set db -p Port=81",
    "resource set db --default Port",
    "resource set db -p R_description=x -p Port=80",
    "resource set web -p Port=1",
    "resource set db",
    "node up n1",
    "node up n2",
    "node up n3",
    "node up n9",
];

/// What has happened, the command, what runs.
pub const RUNS: &[(&str, &str, &str)] = &[
    // resource_disable, resource_enable: take_offline, bring_online.
    (
        ONLINE,
        "resource disable db",
        "Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1, (disable db@n1), (disable db@n2)",
    ),
    (ONLINE, "resource disable db --node n2", "(disable db@n2)"),
    (MON, "resource disable web", "Stop web@n1, (disable web@n1), (disable web@n2)"),
    (
        "group manage g; group online g; resource disable db",
        "resource enable db",
        "(enable db@n1,n2), Prenet_start db@n1, Start db@n1, Monitor_start db@n1",
    ),
    ("group manage g; resource disable db", "resource enable db", "(enable db@n1,n2)"),
    (
        "group manage g; resource disable db; group online g; resource unmonitor db",
        "resource enable db",
        "(enable db@n1,n2), Prenet_start db@n1, Start db@n1",
    ),
    // What a failed start began is stopped before anything is started over it; whether a monitor runs is not known there.
    (
        "group manage g; group online g; resource state web --node n1 start_failed",
        "resource enable web",
        "Monitor_stop web@n1, Stop web@n1, Start web@n1, Monitor_start web@n1",
    ),
    // resource_unmonitor, resource_monitor.
    (ONLINE, "resource unmonitor db", "Monitor_stop db@n1, (unmonitor db@n1), (unmonitor db@n2)"),
    (MON, "resource monitor db", "(monitor db@n1,n2), Monitor_start db@n1"),
    (MON, "resource monitor db --node n2", "(monitor db@n2)"),
    (
        "group manage g; group online g; resource state db --node n1 online --monitor start_failed",
        "resource monitor db",
        "Monitor_stop db@n1, Monitor_start db@n1",
    ),
    // resource_restart: neither Prenet_start nor Postnet_stop; a monitor only where it runs and is wanted.
    (ONLINE, "resource restart db", "Monitor_stop db@n1, Stop db@n1, Start db@n1, Monitor_start db@n1"),
    (MON, "resource restart db", "Stop db@n1, Start db@n1"),
    // Where nothing else starts and stops it, Prenet_start and Postnet_stop do.
    (ONLINE, "resource restart net --node n2", "Postnet_stop net@n2, Prenet_start net@n2"),
    // What depends on it by restart is restarted behind it: in its group where it is, in another one wherever that is online.
    (
        RESTARTS,
        "resource restart db",
        "Monitor_stop db@n1, Stop db@n1, Start db@n1, Monitor_start db@n1, Monitor_stop sys@n1, Stop sys@n1, Start sys@n1, \
             Monitor_start sys@n1, Monitor_stop sys@n2, Stop sys@n2, Start sys@n2, Monitor_start sys@n2, Monitor_stop web@n1, Stop \
             web@n1, Start web@n1, Monitor_start web@n1",
    ),
    (
        RESTARTS_LOCAL,
        "resource restart net --node n2",
        "Postnet_stop net@n2, Prenet_start net@n2, Monitor_stop sys@n2, Stop sys@n2, Start sys@n2, Monitor_start sys@n2",
    ),
    (RESTARTS_OFF, "resource restart db", "Monitor_stop db@n1, Stop db@n1, Start db@n1, Monitor_start db@n1"),
    // What a failed start began is stopped; a failed stop is cleaned up by hand.
    (
        "group manage g; group online g; resource state web --node n1 start_failed",
        "resource clear web --node n1",
        "Monitor_stop web@n1, Stop web@n1",
    ),
    (
        "group manage g; group online g; resource state web --node n1 stop_failed",
        "resource clear web --node n1",
        "(clear web@n1)",
    ),
    // group_manage, group_unmanage; sys is initialised on all nodes, the others on the node list.
    ("", "group manage g", "(manage g), Init db@n1, Init db@n2"),
    ("", "group manage h", "(manage h), Init sys@n1, Init sys@n2, Init sys@n3"),
    ("node down n2", "group manage h", "(manage h), Init sys@n1, Init sys@n3"),
    (
        "group manage g; resource disable db; resource disable web",
        "group unmanage g",
        "Fini db@n1, Fini db@n2, (unmanage g)",
    ),
    // bring_online, take_offline: web depends on db.
    (
        MANAGED,
        "group online g",
        "(online g@n1), Prenet_start db@n1, Start db@n1, Monitor_start db@n1, Start web@n1, Monitor_start web@n1",
    ),
    (
        MANAGED,
        "group online g --node n2",
        "(online g@n2), Prenet_start db@n2, Start db@n2, Monitor_start db@n2, Start web@n2, Monitor_start web@n2",
    ),
    (
        MANAGED,
        "group online h",
        "(online h@n1), Prenet_start net@n1, Start sys@n1, Monitor_start sys@n1, (online h@n2), Prenet_start net@n2, Start \
             sys@n2, Monitor_start sys@n2",
    ),
    ("group manage g; resource disable db", "group online g", "(online g@n1), Start web@n1, Monitor_start web@n1"),
    (
        ONLINE,
        "group offline g",
        "Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1, (offline g@n1)",
    ),
    (ONLINE, "group offline h --node n2", "Monitor_stop sys@n2, Stop sys@n2, Postnet_stop net@n2, (offline h@n2)"),
    // group_move: Monitor_check first, then away, then there.
    (
        ONLINE,
        "group move g --node n2",
        "Monitor_check db@n2, Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1, \
             (offline g@n1), (online g@n2), Prenet_start db@n2, Start db@n2, Monitor_start db@n2, Start web@n2, Monitor_start web@n2",
    ),
    // What is recorded as offline is made so, whatever monitors may run.
    (
        MANAGED,
        "group drive g",
        "Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1, Monitor_stop web@n2, Stop \
             web@n2, Monitor_stop db@n2, Stop db@n2, Postnet_stop db@n2, (registry)",
    ),
    (
        "group manage g; node down n1",
        "group drive g",
        "Monitor_stop web@n2, Stop web@n2, Monitor_stop db@n2, Stop db@n2, Postnet_stop db@n2, (registry)",
    ),
    // node_up: Boot of what is managed.
    ("group manage h; node down n2", "node up n2", "(registry), Boot net@n2, Boot sys@n2"),
    ("group manage g; node down n2", "node up n2", "(registry), Boot db@n2"),
    ("node down n2", "node up n2", "(registry)"),
    // resource_create, resource_create_in_managed_group.
    ("", "resource create new --group g --type full:1.0", "Validate-c new@n1, Validate-c new@n2, (registry)"),
    (
        "group manage g",
        "resource create new --group g --type full:1.0",
        "Validate-c new@n1, Validate-c new@n2, (registry), Init new@n1, Init new@n2",
    ),
    (
        ONLINE,
        "resource create new --group g --type full:1.0",
        "Validate-c new@n1, Validate-c new@n2, (registry), Init new@n1, Init new@n2, Prenet_start new@n1, Start new@n1, \
             Monitor_start new@n1",
    ),
    (ONLINE, "resource create new --group g --type plain:1.0 --disabled", "(registry)"),
    // resource_delete_in_managed_group.
    (
        "group manage g; resource disable web; resource delete web; resource disable db",
        "resource delete db",
        "Fini db@n1, Fini db@n2, (registry)",
    ),
    ("resource disable web", "resource delete web", "(registry)"),
    // property_update.
    (ONLINE, "resource set db -p Port=81", "Validate-u db@n1, Validate-u db@n2, (registry), Update db@n1"),
    ("node down n2", "resource set db -p Port=81", "Validate-u db@n1, (registry)"),
    // nodelist_or_installed_nodes_grows, …_shrinks: only of those initialised on the node list.
    (MANAGED, "group set g --node n1", "Fini db@n2, (registry)"),
    (MANAGED, "group set g --node n1,n3", "Fini db@n2, (registry), Init db@n3"),
    ("group manage g; node down n3", "group set g --node n1,n2,n3", "(registry)"),
    (MANAGED, "group set h --node n1,n2", "(registry)"),
    ("", "group set g --node n1,n3", "(registry)"),
];

/// Resource, node and state.
pub type Reached = (&'static str, &'static str, ResourceState);
/// What has happened, the command, the step that fails, what runs, the states behind it.
pub type Failing = (&'static str, &'static str, &'static str, &'static str, &'static [Reached]);

/// Steps that fail.
pub const FAILURES: &[Failing] = &[
    // A start that fails leaves out its monitor and what depends on it.
    (
        MANAGED,
        "group online g",
        "Prenet_start db@n1",
        "(online g@n1), Prenet_start db@n1",
        &[("db", "n1", StartFailed), ("web", "n1", Offline)],
    ),
    (
        MANAGED,
        "group online g",
        "Start db@n1",
        "(online g@n1), Prenet_start db@n1, Start db@n1",
        &[("db", "n1", StartFailed), ("web", "n1", Offline)],
    ),
    (
        MANAGED,
        "group online g",
        "Start web@n1",
        "(online g@n1), Prenet_start db@n1, Start db@n1, Monitor_start db@n1, Start web@n1",
        &[("db", "n1", Online), ("web", "n1", StartFailed)],
    ),
    // The other node, and what does not depend on it, go on.
    (
        MANAGED,
        "group online h",
        "Start sys@n1",
        "(online h@n1), Prenet_start net@n1, Start sys@n1, (online h@n2), Prenet_start net@n2, Start sys@n2, Monitor_start sys@n2",
        &[("sys", "n1", StartFailed), ("sys", "n2", Online), ("net", "n1", Online)],
    ),
    // A stop that fails leaves the group where it is, and what the resource depends on.
    (
        ONLINE,
        "group offline g",
        "Stop web@n1",
        "Monitor_stop web@n1, Stop web@n1",
        &[("db", "n1", Online), ("web", "n1", StopFailed)],
    ),
    (
        ONLINE,
        "group offline g",
        "Monitor_stop web@n1",
        "Monitor_stop web@n1",
        &[("db", "n1", Online), ("web", "n1", Online)],
    ),
    (
        ONLINE,
        "group offline g",
        "Postnet_stop db@n1",
        "Monitor_stop web@n1, Stop web@n1, Monitor_stop db@n1, Stop db@n1, Postnet_stop db@n1",
        &[("db", "n1", StopFailed), ("web", "n1", Offline)],
    ),
    (
        ONLINE,
        "resource disable web",
        "Stop web@n1",
        "Monitor_stop web@n1, Stop web@n1, (disable web@n2)",
        &[("web", "n1", StopFailed)],
    ),
    (ONLINE, "resource restart db", "Stop db@n1", "Monitor_stop db@n1, Stop db@n1", &[("db", "n1", StopFailed)]),
    (
        ONLINE,
        "resource restart db",
        "Start db@n1",
        "Monitor_stop db@n1, Stop db@n1, Start db@n1",
        &[("db", "n1", StartFailed)],
    ),
    // What would be restarted with it stays as it is.
    (
        RESTARTS,
        "resource restart db",
        "Start db@n1",
        "Monitor_stop db@n1, Stop db@n1, Start db@n1",
        &[("db", "n1", StartFailed), ("web", "n1", Online), ("sys", "n2", Online)],
    ),
    (
        ONLINE,
        "resource unmonitor db",
        "Monitor_stop db@n1",
        "Monitor_stop db@n1, (unmonitor db@n2)",
        &[("db", "n1", Online)],
    ),
    // A move that cannot leave does not arrive.
    (
        ONLINE,
        "group move g --node n2",
        "Stop web@n1",
        "Monitor_check db@n2, Monitor_stop web@n1, Stop web@n1",
        &[("web", "n1", StopFailed), ("db", "n1", Online), ("db", "n2", Offline)],
    ),
    // rtreg takes over nothing that does not stop.
    (
        "group manage g; node down n2",
        "group drive g",
        "Stop web@n1",
        "Monitor_stop web@n1, Stop web@n1",
        &[("web", "n1", StopFailed)],
    ),
];
