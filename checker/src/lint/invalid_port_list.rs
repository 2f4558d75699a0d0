//! An element of Port_list is no port with a protocol.
//!
//! # What
//!
//! The DEFAULT of Port_list has an element that is not `port/protocol` with a port from 1 to 65535 and one of the protocols tcp,
//! udp, tcp6 and udp6.
//!
//! # Why
//!
//! A scalable resource that keeps this default is refused when it is created. Source: r_properties(5), "Port_list"; the checks
//! at creation in the developer's guides of 3.1 (tcp, udp) and 4.2 (tcp6 and udp6 too).
//!
//! # Example
//!
//! ```text
//! { PROPERTY = Port_list; DEFAULT = 80; TUNABLE = AT_CREATION; }
//! ```
//!
//! # Instead
//!
//! ```text
//! { PROPERTY = Port_list; DEFAULT = 80/tcp; TUNABLE = AT_CREATION; }
//! ```

use rtreg_model::Level;

use crate::context::{Context, has_placeholder, is_blank, quote};
use crate::lint::Report;

pub(super) const LEVEL: Level = Level::Warning;

const PROTOCOLS: [&str; 4] = ["tcp", "udp", "tcp6", "udp6"];

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(values) = context.system_default("Port_list").filter(|values| !is_blank(values)) else { return };
    for value in values.list.iter().filter(|value| !has_placeholder(value)) {
        let text = value.to_text();
        let Some(wrong) = text.split(',').map(str::trim).find(|element| !is_port(element)) else { continue };
        let message = format!("expected `port/protocol`, found {}", quote(wrong.as_bytes()));
        report.add(value.span, message, |draft| draft.help("write it as `80/tcp`; protocols are tcp, udp, tcp6, udp6"));
    }
}

fn is_port(element: &str) -> bool {
    let Some((port, protocol)) = element.split_once('/') else { return false };
    let in_range = port.parse::<u16>().is_ok_and(|port| port > 0);
    in_range && PROTOCOLS.iter().any(|known| known.eq_ignore_ascii_case(protocol))
}
