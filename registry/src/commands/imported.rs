//! What of a resource rests on an import: as of when, on which nodes, and what its origins rest on. Words for decisions and
//! `show`; it decides nothing.

use rtreg_model::RtVersion;
use schemars::JsonSchema;
use serde::Serialize;

use crate::import::age;
use crate::records::{ImportOrigins, Imported, ResourceRecord};

/// What still rests on an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ImportReport {
    /// When the cluster printed what was imported: RFC 3339 in UTC.
    pub as_of: String,
    /// What the origins rest on.
    pub origins: ImportOrigins,
    /// The nodes where state and monitor, and what started them, are still as imported.
    pub state_on: Vec<String>,
    /// The nodes where what initialised the resource is still as imported.
    pub initialisation_on: Vec<String>,
}

impl ImportReport {
    /// What a settled record still rests on; none if nothing of it is as imported.
    pub(super) fn of(settled: &ResourceRecord) -> Option<Self> {
        let import = settled.imported.as_ref()?;
        let nodes = |part: Imported| -> Vec<String> {
            let is = settled.nodes.iter().filter(|(_, entry)| entry.imported.contains(&part));
            is.map(|(name, _)| name.clone()).collect()
        };
        let (state_on, initialisation_on) = (nodes(Imported::State), nodes(Imported::Initialisation));
        let is_left = !state_on.is_empty() || !initialisation_on.is_empty();
        let (as_of, origins) = (import.as_of.clone(), import.origins);
        is_left.then_some(Self { as_of, origins, state_on, initialisation_on })
    }

    /// What a decision says of it; `now` is the time of the decision.
    pub(super) fn sentences(&self, now: &str, present: &RtVersion) -> Vec<String> {
        let old = age(&self.as_of, now).map_or_else(|| "age unknown".to_owned(), |age| format!("{age} old"));
        let mut sentences = Vec::new();
        let mut say = |what: &str, nodes: &[String]| {
            if !nodes.is_empty() {
                let nodes = nodes.join(", ");
                sentences.push(format!("{what} on {nodes} is what the cluster printed as of {} ({old}).", self.as_of));
            }
        };
        say("The state", &self.state_on);
        if self.state_on != self.initialisation_on {
            say("What initialised it", &self.initialisation_on);
        }
        sentences.push(match self.origins {
            ImportOrigins::TypeVersion => format!(
                "That what was imported as running or initialised came from the version it then had (now it has {present}) \
                 rests on `--origins type_version`, the word of who imported it."
            ),
            ImportOrigins::Unknown => {
                "Which version had started and initialised it was not known to who imported it (`--origins unknown`)."
                    .to_owned()
            }
        });
        sentences
    }

    /// A line of `show resource`.
    pub(super) fn text(&self) -> String {
        let parts = [("state", &self.state_on), ("initialisation", &self.initialisation_on)];
        let left = parts.into_iter().filter(|(_, nodes)| !nodes.is_empty());
        let left: Vec<String> = left.map(|(what, nodes)| format!("{what} on {}", nodes.join(", "))).collect();
        format!("imported as of {}, origins {}: {}", self.as_of, self.origins.as_str(), left.join("; "))
    }
}
