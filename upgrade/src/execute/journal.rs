//! What has been journaled of a plan: of each operation whether it has begun and how it has ended, of each bundle what becomes
//! of it. Data only.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::Bundle;

/// The journal of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Journal {
    /// Operations by name.
    pub operations: BTreeMap<String, Status>,
    /// Bundles by name.
    pub bundles: BTreeMap<String, BundleNote>,
}

/// What is known of an operation that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It has begun, and nothing more is known.
    Begun,
    /// It is done.
    Done,
    /// It has failed: part of it may be done.
    Failed,
    /// Its node is down: there was nothing to do, and nothing is left of it.
    Skipped,
}

/// What becomes of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BundleNote {
    /// It has stopped, and a person must say how it goes on.
    Halted,
    /// It is being undone.
    Unwinding,
    /// It is undone.
    Unwound,
    /// It was refused before anything changed.
    Refused,
    /// Every step is done.
    Done,
    /// Steps have failed, and what waited for them was left out; nothing is undone.
    Failed,
}

impl BundleNote {
    /// The words of every output.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Halted => "it has stopped and needs a person",
            Self::Unwinding => "what it has done is being undone",
            Self::Unwound => "what it had done is undone",
            Self::Refused => "refused before anything changed",
            Self::Done => "done",
            Self::Failed => "failed: what waited for a failed step was left out, and nothing is undone",
        }
    }
}

impl Journal {
    /// Whether nothing has begun.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.bundles.is_empty()
    }

    /// What is known of an operation; none if it has not begun.
    pub fn status(&self, id: &str) -> Option<Status> {
        self.operations.get(id).copied()
    }

    /// Whether a step of a bundle has begun.
    pub fn has_begun(&self, bundle: &Bundle) -> bool {
        bundle.steps.iter().any(|step| self.operations.contains_key(&step.id))
    }

    /// Whether nothing is left to be done for a bundle.
    pub fn has_ended(&self, bundle: &Bundle) -> bool {
        let note = self.bundles.get(&bundle.id);
        matches!(note, Some(BundleNote::Unwound | BundleNote::Refused | BundleNote::Done | BundleNote::Failed))
    }
}
