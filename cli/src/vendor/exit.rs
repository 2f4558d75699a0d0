//! Exit codes of the vendor's commands as a table: which refusal of rtreg ends with which code. The numbers are those of
//! the commands section of the language's specification: `CL_` codes of the object-oriented commands, `scha_err_t` of
//! scrgadm. They are recalled, not verified, and so stand in this one place.

use crate::error::{CliError, Exit};

/// Which codes a command speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// Intro(1CL): `CL_…`.
    Cl,
    /// scha_calls(3HA): `SCHA_ERR_…`.
    Scha,
}

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A resource type.
    Type,
    /// A resource group.
    Group,
    /// A resource.
    Resource,
}

/// A reason to end, in the vendor's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Usage,
    Access,
    State,
    Method,
    Property,
    Internal,
    Io,
    NotFound,
    NotAllowed,
    Busy,
    Exists,
    NoType,
    Node,
    Dependency,
}

/// One row a reason: the `CL_` code and the `scha_err_t` code; none where the latter depends on the object.
const CODES: &[(Reason, u8, Option<u8>)] = &[
    (Reason::Usage, 3, Some(3)),
    (Reason::Access, 6, Some(6)),
    (Reason::State, 9, Some(9)),
    (Reason::Method, 10, Some(10)),
    (Reason::Property, 15, Some(15)),
    (Reason::Internal, 18, Some(18)),
    (Reason::Io, 35, Some(18)),
    (Reason::NotFound, 36, None),
    (Reason::NotAllowed, 37, Some(3)),
    (Reason::Busy, 38, Some(9)),
    (Reason::Exists, 39, None),
    (Reason::NoType, 41, Some(13)),
    (Reason::Node, 36, Some(11)),
    (Reason::Dependency, 38, Some(8)),
];

/// One row for refusals of the registry that end alike, by their identifiers; what is in none of them is a matter of state.
const RULES: &[(Reason, &[&str])] = &[
    (Reason::Usage, &["vendor_usage", "ambiguous_type", "resource_name", "group_name", "node_name", "no_file"]),
    (Reason::NotAllowed, &["vendor_unsupported", "rt_system", "not_upgrade_aware"]),
    (
        Reason::Property,
        &[
            "unknown_property",
            "bad_value",
            "not_per_node",
            "missing_values",
            "properties",
            "no_default",
            "query_only",
            "assigned_twice",
            "assignment",
            "fixed_property",
            "given_twice",
            "upgrade_property",
            "nothing_to_set",
            "unknown_version",
            "version_not_registered",
        ],
    ),
    (Reason::Method, &["run_failed"]),
    (Reason::NotFound, &["not_found"]),
    (Reason::NoType, &["type_not_found"]),
    (Reason::Node, &["node_not_found", "not_in_node_list", "node_list", "node_missing", "not_installed"]),
    (
        Reason::Exists,
        &["resource_exists", "group_exists", "other_content", "two_names", "same_type_twice", "already_registered"],
    ),
    (Reason::Busy, &["type_in_use", "group_in_use", "node_in_use", "busy"]),
    (Reason::Dependency, &["has_dependents", "dependency_cycle", "dependency_not_found"]),
];

fn reason(error: &CliError, about: About) -> Reason {
    let rule = error.refusal().rule;
    let row = RULES.iter().find(|(_, rules)| rules.contains(&rule)).map(|(reason, _)| *reason);
    match (row, error.exit()) {
        // The operand itself is a type, not the value of an option.
        (Some(Reason::NoType), _) if about == About::Type => Reason::NotFound,
        (Some(reason), _) => reason,
        (None, Exit::Usage | Exit::Findings) => Reason::Usage,
        (None, Exit::Failed) if rule == "internal" => Reason::Internal,
        (None, Exit::Failed) => Reason::Io,
        (None, Exit::Busy) => Reason::Busy,
        (None, _) => Reason::State,
    }
}

/// The code that a command ends with.
pub fn code(error: &CliError, codes: Codes, about: About) -> u8 {
    let reason = reason(error, about);
    let row = CODES.iter().find(|(listed, _, _)| *listed == reason);
    let of_object = match about {
        About::Type => 13,
        About::Group => 12,
        About::Resource => 14,
    };
    match (row, codes) {
        (Some((_, cl, _)), Codes::Cl) => *cl,
        (Some((_, _, scha)), Codes::Scha) => scha.unwrap_or(of_object),
        (None, _) => 18,
    }
}

#[cfg(test)]
mod tests {
    use rtreg_registry::Refusal;

    use super::*;

    #[test]
    fn every_reason_has_one_row() {
        let rules: Vec<&str> = RULES.iter().flat_map(|(_, rules)| rules.iter().copied()).collect();
        for (number, rule) in rules.iter().enumerate() {
            assert!(!rules[..number].contains(rule), "{rule} stands in two rows");
        }
        for (reason, _) in RULES {
            assert_eq!(CODES.iter().filter(|(listed, _, _)| listed == reason).count(), 1, "{reason:?}");
        }
    }

    #[test]
    fn codes_are_the_vendors() {
        let error = |exit, rule| CliError::new(exit, Refusal::new(rule, "no"));
        for (exit, rule, about, cl, scha) in [
            (Exit::Refused, "not_found", About::Resource, 36, 14),
            (Exit::Refused, "not_found", About::Group, 36, 12),
            (Exit::Refused, "type_not_found", About::Type, 36, 13),
            (Exit::Refused, "type_not_found", About::Resource, 41, 13),
            (Exit::Refused, "already_registered", About::Type, 39, 13),
            (Exit::Refused, "resource_exists", About::Resource, 39, 14),
            (Exit::Unwound, "run_failed", About::Resource, 10, 10),
            (Exit::Busy, "reserved", About::Resource, 38, 9),
            (Exit::Refused, "not_disabled", About::Resource, 9, 9),
            (Exit::UpgradeRefused, "upgrade_refused", About::Resource, 9, 9),
            (Exit::Refused, "bad_value", About::Resource, 15, 15),
            (Exit::Usage, "vendor_usage", About::Group, 3, 3),
            (Exit::Usage, "vendor_unsupported", About::Group, 37, 3),
            (Exit::Failed, "store", About::Group, 35, 18),
            (Exit::Failed, "internal", About::Group, 18, 18),
        ] {
            let error = error(exit, rule);
            assert_eq!(
                (code(&error, Codes::Cl, about), code(&error, Codes::Scha, about)),
                (cl, scha),
                "{rule} {about:?}"
            );
        }
    }
}
