//! scha_control(1HA): whether a request of a method is accepted, and what is then to be done. Carries nothing out: what is
//! asked for in a group that the administrator drives is written down, in a group that rtreg drives it is handed back as
//! [`Asked`]. Pure.

use rtreg_model::Driver;
use serde::{Deserialize, Serialize};

use super::reply::{Code, Reply};

/// What a method asks for, and was found good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "asked", rename_all = "snake_case")]
pub enum Asked {
    /// CHECK_RESTART: nothing but this answer.
    CheckRestart,
    /// CHECK_GIVEOVER: nothing but this answer; in a group that rtreg drives Monitor_check may say more.
    CheckGiveover {
        /// The group.
        group: String,
        /// The nodes that could take it, the most preferred first.
        to: Vec<String>,
    },
    /// RESTART: the group is to be restarted on the node.
    Restart {
        /// The group.
        group: String,
        /// The resource that asks.
        resource: String,
        /// The node.
        node: String,
    },
    /// RESOURCE_RESTART: the resource alone is to be restarted on the node.
    ResourceRestart {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
    },
    /// RESOURCE_IS_RESTARTED: it has restarted by itself, and is counted.
    IsRestarted {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
    },
    /// GIVEOVER: the group is to leave the node.
    Giveover {
        /// The group.
        group: String,
        /// The resource that asks.
        resource: String,
        /// The node.
        from: String,
        /// The nodes that could take it, the most preferred first.
        to: Vec<String>,
    },
    /// IGNORE_FAILED_START: if the Start that runs there fails, the group stays.
    IgnoreFailedStart {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
    },
    /// CHANGE_STATE_ONLINE, CHANGE_STATE_OFFLINE: a proxy says what it stands for.
    ChangeState {
        /// The resource.
        resource: String,
        /// The node.
        node: String,
        /// Online.
        online: bool,
    },
}

/// What a request is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The resource that asks.
    pub resource: String,
    /// Its group.
    pub group: String,
    /// The node that it asks on.
    pub node: String,
    /// Who drives the group.
    pub driver: Driver,
    /// Whether the group is online there.
    pub group_online: bool,
    /// Whether the resource is anything but offline there.
    pub resource_up: bool,
    /// Failover_mode.
    pub failover_mode: String,
    /// Whether the type says Proxy.
    pub proxy: bool,
    /// The other nodes of the node list that are up and where the group is not online, the most preferred first.
    pub others: Vec<String>,
    /// The run that has reserved the resource or its group.
    pub reserved: Option<String>,
    /// The run that the calling method is part of.
    pub run: Option<String>,
}

/// Judges a request.
///
/// # Errors
/// The reply that refuses it: 9 if it is not the time for it, 13 if the type permits no such request, 16 if it is denied.
pub fn judge(tag: &str, at: &Situation) -> Result<Asked, Reply> {
    let (resource, group, node) = (at.resource.clone(), at.group.clone(), at.node.clone());
    at.check_not_reserved(tag)?;
    match tag {
        "IGNORE_FAILED_START" => Ok(Asked::IgnoreFailedStart { resource, node }),
        "CHANGE_STATE_ONLINE" | "CHANGE_STATE_OFFLINE" => {
            at.check_proxy(tag)?;
            Ok(Asked::ChangeState { resource, node, online: tag == "CHANGE_STATE_ONLINE" })
        }
        "RESOURCE_RESTART" | "RESOURCE_IS_RESTARTED" => {
            at.check_online()?;
            at.check_up()?;
            if tag == "RESOURCE_IS_RESTARTED" {
                return Ok(Asked::IsRestarted { resource, node });
            }
            at.check_failover_mode(tag, &["LOG_ONLY"])?;
            Ok(Asked::ResourceRestart { resource, node })
        }
        "CHECK_RESTART" | "RESTART" => {
            at.check_online()?;
            at.check_failover_mode(tag, &["LOG_ONLY", "RESTART_ONLY"])?;
            Ok(if tag == "RESTART" { Asked::Restart { group, resource, node } } else { Asked::CheckRestart })
        }
        _ => {
            at.check_online()?;
            at.check_failover_mode(tag, &["LOG_ONLY", "RESTART_ONLY"])?;
            at.check_others()?;
            let to = at.others.clone();
            Ok(match tag {
                "GIVEOVER" => Asked::Giveover { group, resource, from: node, to },
                _ => Asked::CheckGiveover { group, to },
            })
        }
    }
}

fn refused(code: Code, what: &str) -> Result<(), Reply> {
    Err(Reply::refused(code, format!("scha_control: {what}")))
}

impl Situation {
    /// Only what a run's own Start says of itself is heard while it has reserved the resource.
    fn check_not_reserved(&self, tag: &str) -> Result<(), Reply> {
        let own = tag == "IGNORE_FAILED_START" && self.run == self.reserved;
        match &self.reserved {
            Some(run) if !own => refused(
                Code::State,
                &format!("{tag} is refused: run {run} is at work on {} or its group {}", self.resource, self.group),
            ),
            _ => Ok(()),
        }
    }

    fn check_proxy(&self, tag: &str) -> Result<(), Reply> {
        if self.proxy {
            return Ok(());
        }
        refused(Code::ResourceType, &format!("{tag} is for types with Proxy=TRUE; that of {} has not", self.resource))
    }

    fn check_online(&self) -> Result<(), Reply> {
        if self.group_online {
            return Ok(());
        }
        refused(Code::State, &format!("group {} is not online on {}", self.group, self.node))
    }

    fn check_up(&self) -> Result<(), Reply> {
        if self.resource_up {
            return Ok(());
        }
        refused(Code::State, &format!("{} is offline on {}", self.resource, self.node))
    }

    fn check_failover_mode(&self, tag: &str, forbidding: &[&str]) -> Result<(), Reply> {
        if !forbidding.iter().any(|mode| mode.eq_ignore_ascii_case(&self.failover_mode)) {
            return Ok(());
        }
        refused(Code::Checks, &format!("{tag} is denied: Failover_mode of {} is {}", self.resource, self.failover_mode))
    }

    fn check_others(&self) -> Result<(), Reply> {
        if !self.others.is_empty() {
            return Ok(());
        }
        refused(Code::Checks, &format!("no other node of the node list of {} is up and free for it", self.group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn situation() -> Situation {
        Situation {
            resource: "web-rs".to_owned(),
            group: "web-rg".to_owned(),
            node: "tokyo".to_owned(),
            driver: Driver::Rgm,
            group_online: true,
            resource_up: true,
            failover_mode: "SOFT".to_owned(),
            proxy: false,
            others: vec!["osaka".to_owned()],
            reserved: None,
            run: None,
        }
    }

    fn code(tag: &str, at: &Situation) -> u8 {
        judge(tag, at).map_or_else(|refused| refused.code.number(), |_| 0)
    }

    const ALL: [&str; 9] = [
        "CHANGE_STATE_OFFLINE",
        "CHANGE_STATE_ONLINE",
        "CHECK_GIVEOVER",
        "CHECK_RESTART",
        "GIVEOVER",
        "IGNORE_FAILED_START",
        "RESOURCE_IS_RESTARTED",
        "RESOURCE_RESTART",
        "RESTART",
    ];

    /// In the order of [`ALL`].
    fn codes(at: &Situation) -> [u8; 9] {
        ALL.map(|tag| code(tag, at))
    }

    #[test]
    fn each_request_in_each_situation() {
        let good = situation();
        let cases = [
            ("good", good.clone(), [13, 13, 0, 0, 0, 0, 0, 0, 0]),
            ("a proxy", Situation { proxy: true, ..good.clone() }, [0; 9]),
            ("offline group", Situation { group_online: false, ..good.clone() }, [13, 13, 9, 9, 9, 0, 9, 9, 9]),
            ("offline resource", Situation { resource_up: false, ..good.clone() }, [13, 13, 0, 0, 0, 0, 9, 9, 0]),
            ("no other node", Situation { others: Vec::new(), ..good.clone() }, [13, 13, 16, 0, 16, 0, 0, 0, 0]),
            (
                "RESTART_ONLY",
                Situation { failover_mode: "Restart_only".to_owned(), ..good.clone() },
                [13, 13, 16, 16, 16, 0, 0, 0, 16],
            ),
            (
                "LOG_ONLY",
                Situation { failover_mode: "LOG_ONLY".to_owned(), ..good.clone() },
                [13, 13, 16, 16, 16, 0, 0, 16, 16],
            ),
            ("reserved", Situation { reserved: Some("r7".to_owned()), proxy: true, ..good.clone() }, [9; 9]),
            (
                "its own run",
                Situation { reserved: Some("r7".to_owned()), run: Some("r7".to_owned()), ..good },
                [9, 9, 9, 9, 9, 0, 9, 9, 9],
            ),
        ];
        for (name, at, expected) in cases {
            assert_eq!(codes(&at), expected, "{name}");
        }
    }

    #[test]
    fn what_is_asked_names_what_and_where() {
        let at = situation();
        let (group, resource) = ("web-rg".to_owned(), "web-rs".to_owned());
        let to = vec!["osaka".to_owned()];
        let from = "tokyo".to_owned();
        assert_eq!(judge("CHECK_GIVEOVER", &at), Ok(Asked::CheckGiveover { group: group.clone(), to: to.clone() }));
        assert_eq!(judge("GIVEOVER", &at), Ok(Asked::Giveover { group, resource, from, to }));
        let refused = judge("RESTART", &Situation { reserved: Some("r7".to_owned()), ..at }).expect_err("refused");
        assert_eq!(
            refused.complaint,
            "scha_control: RESTART is refused: run r7 is at work on web-rs or its group web-rg"
        );
    }
}
