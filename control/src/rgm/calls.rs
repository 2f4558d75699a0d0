//! From the table to the calls of one resource: events that are made of others are taken apart, methods that the type does not
//! declare are left out. Which nodes a call goes to is the caller's; nothing is called here.

use std::collections::BTreeSet;

use rtreg_model::Method;

use super::table::{Row, rows};
use super::words::{Action, Event, InRun, Nodes, Repeat, VendorOnFailure, Whose};

/// What of a resource and a node decides which rows count.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Attributes<'a> {
    /// The methods that the type declares.
    pub declared: &'a BTreeSet<Method>,
    /// The switch for monitoring is on.
    pub monitored: bool,
    /// A monitor runs on the node.
    pub monitor_runs: bool,
}

impl<'a> Attributes<'a> {
    /// A resource of a type with these methods, that is monitored and whose monitor does not run.
    pub fn new(declared: &'a BTreeSet<Method>) -> Self {
        Self { declared, monitored: true, monitor_runs: false }
    }
}

/// One thing to do, with what its row says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// A single method, addresses or records: never a list, never another event.
    pub action: Action,
    /// Where.
    pub nodes: Nodes,
    /// With whose methods.
    pub whose: Whose,
    /// Whether it may be repeated when its outcome is not known.
    pub repeat: Repeat,
    /// What the vendor's cluster does on failure.
    pub vendor_on_failure: VendorOnFailure,
    /// What a run of rtreg does on failure.
    pub in_run: InRun,
}

impl Call {
    /// The method that is called; none for addresses and records.
    pub fn method(&self) -> Option<Method> {
        self.action.methods().first().copied()
    }
}

/// What is to be done at an event, in order.
///
/// ```
/// use rtreg_control::rgm::{Attributes, Event, calls};
/// use rtreg_model::Method;
///
/// let declared = [Method::Start, Method::Stop].into();
/// let methods: Vec<_> = calls(Event::ResourceRestart, &Attributes::new(&declared)).iter().filter_map(|call| call.method()).collect();
/// assert_eq!(methods, [Method::Stop, Method::Start]);
/// ```
pub fn calls(event: Event, of: &Attributes<'_>) -> Vec<Call> {
    let mut calls = Vec::new();
    for row in rows(event) {
        match row.action {
            Action::Event(inner) => calls.extend(self::calls(inner, of)),
            Action::Methods(methods)
            | Action::MethodsAsPlanned(methods)
            | Action::MethodsForTakenDown(methods)
            | Action::MethodsForBroughtUp(methods) => {
                calls.extend(methods.iter().filter_map(|method| part(row, *method)));
            }
            action => calls.push(whole(row, action)),
        }
    }
    calls.retain(|call| counts(call, of));
    calls
}

/// The row that says what a method is by itself: when it may be repeated and what its failure does. Init, Fini and
/// Monitor_start stand in several rows that say the same of it; this is the first. None for no method of the table.
pub fn row_of(method: Method) -> Option<&'static Row> {
    let event = match method {
        Method::Boot => Event::NodeUp,
        Method::Fini => Event::GroupUnmanage,
        Method::Init => Event::GroupManage,
        Method::MonitorCheck => Event::GroupMove,
        Method::MonitorStart | Method::PrenetStart | Method::Start => Event::BringOnline,
        Method::MonitorStop | Method::PostnetStop | Method::Stop => Event::TakeOffline,
        Method::Update | Method::Validate => Event::PropertyUpdate,
    };
    rows(event).find(|row| row.action.methods() == [method])
}

/// A row that is about one thing.
fn whole(row: &Row, action: Action) -> Call {
    let Row { nodes, whose, repeat, vendor_on_failure, in_run, .. } = *row;
    Call { action, nodes, whose, repeat, vendor_on_failure, in_run }
}

/// One method of a row that names several: what the row leaves to each is read in the method's own row.
fn part(row: &Row, method: Method) -> Option<Call> {
    let own = row_of(method)?;
    Some(Call {
        action: own.action,
        // On the one node of the event a monitor is stopped only where one runs, and started only where one is wanted.
        nodes: if matches!(row.nodes, Nodes::AsEach | Nodes::TheNode) { own.nodes } else { row.nodes },
        whose: row.whose,
        repeat: own.repeat,
        vendor_on_failure: own.vendor_on_failure,
        in_run: if row.in_run == InRun::AsEach { own.in_run } else { row.in_run },
    })
}

fn counts(call: &Call, of: &Attributes<'_>) -> bool {
    if call.method().is_some_and(|method| !of.declared.contains(&method)) {
        return false;
    }
    match call.nodes {
        Nodes::TheNodeIfMonitored => of.monitored,
        Nodes::TheNodeIfMonitorRuns | Nodes::WhereMonitorRuns => of.monitor_runs,
        Nodes::WhereMonitorMissing => of.monitored && !of.monitor_runs,
        _ => true,
    }
}
