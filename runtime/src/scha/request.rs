//! The command lines of the five commands, read. Pure.

use super::reply::{Code, Reply};

/// Which command, by the name it is called with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// scha_resource_get(1HA).
    ResourceGet,
    /// scha_resourcetype_get(1HA).
    TypeGet,
    /// scha_resourcegroup_get(1HA).
    GroupGet,
    /// scha_resource_setstatus(1HA).
    SetStatus,
    /// scha_control(1HA).
    Control,
}

impl Command {
    /// All five.
    pub const ALL: [Self; 5] = [Self::ResourceGet, Self::TypeGet, Self::GroupGet, Self::SetStatus, Self::Control];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResourceGet => "scha_resource_get",
            Self::TypeGet => "scha_resourcetype_get",
            Self::GroupGet => "scha_resourcegroup_get",
            Self::SetStatus => "scha_resource_setstatus",
            Self::Control => "scha_control",
        }
    }

    /// Reads the name.
    ///
    /// ```
    /// use rtreg_runtime::scha::Command;
    /// assert_eq!(Command::parse("scha_control"), Some(Command::Control));
    /// assert_eq!(Command::parse("scha_resource_put"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.as_str() == name)
    }

    /// How it is called.
    pub fn usage(self) -> String {
        let usage = match self {
            Self::ResourceGet => "[-Q] -O TAG -R RESOURCE [-G GROUP] [PROPERTY] [NODE]",
            Self::TypeGet => "-O TAG -T TYPE",
            Self::GroupGet => "-O TAG -G GROUP [NODE]",
            Self::SetStatus => "-R RESOURCE -G GROUP -s OK|DEGRADED|FAULTED|UNKNOWN|OFFLINE [-m MESSAGE]",
            Self::Control => "-O TAG -G GROUP -R RESOURCE",
        };
        format!("{} {usage}", self.as_str())
    }

    /// The letters of its options that take a value.
    const fn options(self) -> &'static str {
        match self {
            Self::ResourceGet => "ORG",
            Self::TypeGet => "OTZ",
            Self::GroupGet => "OGZ",
            Self::SetStatus => "RGsmZ",
            Self::Control => "OGRhZ",
        }
    }
}

/// A command line: the options that were given, and what stood behind them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// -O: what is asked, or what is to be done.
    pub tag: Option<String>,
    /// -R.
    pub resource: Option<String>,
    /// -T.
    pub resource_type: Option<String>,
    /// -G.
    pub group: Option<String>,
    /// -s.
    pub status: Option<String>,
    /// -m.
    pub message: Option<String>,
    /// -h.
    pub node: Option<String>,
    /// -Q: dependencies with their qualifiers.
    pub qualified: bool,
    /// What the tag needs besides: the name of a property, of a node.
    pub operands: Vec<String>,
}

impl Request {
    /// Reads the arguments, by the rules of getopt(3): options first, then operands.
    ///
    /// # Errors
    /// A reply that names what is wrong.
    pub fn read(command: Command, arguments: &[String]) -> Result<Self, Reply> {
        let mut request = Self::default();
        let mut rest = arguments.iter();
        let mut is_option = true;
        while let Some(argument) = rest.next() {
            let letters = argument.strip_prefix('-').filter(|letters| is_option && !letters.is_empty());
            match letters {
                Some("-") => is_option = false,
                Some(letters) => request.take(command, letters, &mut rest)?,
                None => {
                    is_option = false;
                    request.operands.push(argument.clone());
                }
            }
        }
        Ok(request)
    }

    fn take<'a>(
        &mut self,
        command: Command,
        letters: &str,
        rest: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), Reply> {
        let mut left = letters.chars();
        while let Some(letter) = left.next() {
            if letter == 'Q' && command == Command::ResourceGet {
                self.qualified = true;
                continue;
            }
            if !command.options().contains(letter) {
                return Err(invalid(command, &format!("there is no option -{letter}")));
            }
            let attached = left.as_str();
            let value = if attached.is_empty() { rest.next().cloned() } else { Some(attached.to_owned()) };
            let value = value.ok_or_else(|| invalid(command, &format!("expected a value behind -{letter}")))?;
            let place = match letter {
                'O' => &mut self.tag,
                'R' => &mut self.resource,
                'T' => &mut self.resource_type,
                'G' => &mut self.group,
                's' => &mut self.status,
                'm' => &mut self.message,
                'h' => &mut self.node,
                // A zone cluster or zone: there is only one here.
                _ => return Ok(()),
            };
            *place = Some(value);
            return Ok(());
        }
        Ok(())
    }
}

/// Wrong usage, with the usage.
pub fn invalid(command: Command, what: &str) -> Reply {
    Reply::refused(Code::Invalid, format!("{what}; usage: {}", command.usage()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(command: Command, line: &str) -> Result<Request, Reply> {
        Request::read(command, &line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_and_operands() {
        let request = read(Command::ResourceGet, "-Q -O Extension -R web-rs -Gweb-rg Confdir_list").expect("good");
        assert_eq!(request.tag.as_deref(), Some("Extension"));
        assert_eq!(request.group.as_deref(), Some("web-rg"));
        assert_eq!(request.operands, ["Confdir_list"]);
        assert!(request.qualified);
        let request = read(Command::ResourceGet, "-O EXTENSION -R a -- -name").expect("good");
        assert_eq!(request.operands, ["-name"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = read(Command::TypeGet, "-O RT_VERSION -R web").expect_err("wrong");
        assert_eq!(refused.code, Code::Invalid);
        assert!(refused.complaint.contains("no option -R; usage: scha_resourcetype_get"), "{}", refused.complaint);
        let refused = read(Command::Control, "-O").expect_err("wrong");
        assert!(refused.complaint.contains("a value behind -O"), "{}", refused.complaint);
    }
}
