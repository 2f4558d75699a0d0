//! Brings up the loopback interface of a network namespace, by one message to the kernel (rtnetlink(7)).

use std::os::fd::AsRawFd;

use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket};

use super::Step;

/// The loopback interface is the first one of every network namespace.
const LOOPBACK_INDEX: i32 = 1;

/// RTM_NEWLINK.
const NEW_LINK: u16 = 16;
/// NLM_F_REQUEST | NLM_F_ACK.
const REQUEST_AND_ANSWER: u16 = 1 | 4;
/// IFF_UP.
const UP: u32 = 1;
/// Bytes of `struct nlmsghdr` and `struct ifinfomsg`.
const MESSAGE_BYTES: u32 = 32;

/// Brings it up.
pub(super) fn bring_up() -> Result<(), String> {
    let netlink = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)
        .step("open a netlink socket")?;
    send(netlink.as_raw_fd(), &message(), MsgFlags::empty()).step("ask for the loopback interface")?;
    let mut answer = [0; 256];
    let length = recv(netlink.as_raw_fd(), &mut answer, MsgFlags::empty()).step("bring up the loopback interface")?;
    // The header is followed by the negative error number, 0 for none.
    let number =
        answer.get(16..20).filter(|_| length >= 20).and_then(|bytes| bytes.try_into().ok()).map(i32::from_ne_bytes);
    match number {
        Some(0) => Ok(()),
        number => Err(format!("expected the kernel to bring up the loopback interface, found error {number:?}")),
    }
}

fn message() -> Vec<u8> {
    let mut message = Vec::new();
    message.extend(MESSAGE_BYTES.to_ne_bytes());
    message.extend(NEW_LINK.to_ne_bytes());
    message.extend(REQUEST_AND_ANSWER.to_ne_bytes());
    // Sequence and port.
    message.extend([0; 8]);
    // Family, padding and type: none.
    message.extend([0; 4]);
    message.extend(LOOPBACK_INDEX.to_ne_bytes());
    message.extend(UP.to_ne_bytes());
    // Which flags are meant.
    message.extend(UP.to_ne_bytes());
    message
}
