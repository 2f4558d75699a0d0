//! Why there is no way back, and what to do instead: read by somebody in the night, whose service does not run.

use rtreg_model::RtVersion;
use rtreg_registry::Refusal;
use rtreg_registry::commands::before::{ValueChange, VersionChange};
use rtreg_registry::gate::quote;
use rtreg_registry::records::ResourceRecord;

use super::InRun;
use crate::plan::Irreversible;

pub(super) fn unknown(name: &str) -> Refusal {
    Refusal::new("not_found", format!("expected a resource or a run, and nothing is called `{name}`"))
        .help("`rtreg history` shows what was changed last, with the names of the resources")
}

pub(super) fn empty_run(id: &str) -> Refusal {
    Refusal::new("nothing_to_go_back_to", format!("run `{id}` has finished no change of a version"))
        .help("what it began and did not finish it has undone itself, or `rtreg abort` does")
}

pub(super) fn nothing(record: &ResourceRecord) -> Refusal {
    let (name, version) = (&record.name, &record.type_version);
    Refusal::new(
        "nothing_to_go_back_to",
        format!(
            "resource `{name}` has had version {version} ever since it is recorded: there is nothing to go back to"
        ),
    )
    .help(format!("`rtreg history resource:{name}` shows what was changed; `rtreg list {}` the versions", record.base))
}

pub(super) fn gone_back_already(record: &ResourceRecord, change: &VersionChange) -> Refusal {
    let name = &record.name;
    let from = change.before.as_ref().map(|before| before.type_version.clone());
    let was = from.as_ref().map(|from| format!(" from version {from}")).unwrap_or_default();
    let refusal = Refusal::new(
        "gone_back_already",
        format!("resource `{name}` has gone back{was} to {} already, {}", record.type_version, when(change)),
    );
    let again = from.as_ref().map(|from| format!("`rtreg upgrade {name} --to {}` goes there again; ", word(from)));
    refusal.help(format!(
        "{}`rtreg show resource {name}` shows what runs now; for another version say `rtreg upgrade {name} --to VERSION`",
        again.unwrap_or_default()
    ))
}

pub(super) fn not_recorded(record: &ResourceRecord, change: &VersionChange) -> Refusal {
    let name = &record.name;
    let number = change.entry.number;
    Refusal::new(
        "not_recorded",
        format!("the entry #{number} of the history changed the version of `{name}` and does not say what its values were before"),
    )
    .help(format!(
        "`rtreg history resource:{name}` shows the version that it had; `rtreg upgrade {name} --to VERSION -p NAME=VALUE` goes \
         there with values that you give"
    ))
}

pub(super) fn other_version_since(record: &ResourceRecord, id: &str, of: &InRun) -> Refusal {
    let name = &record.name;
    Refusal::new(
        "other_version_since",
        format!(
            "run `{id}` brought resource `{name}` from version {} to {}, and its version was changed again since: it is {} now",
            of.from, of.to, record.type_version
        ),
    )
    .help(format!(
        "`rtreg history resource:{name}` shows who did that; `rtreg rollback {name}` takes back the newest change of this \
         resource alone"
    ))
}

pub(super) fn changed_since(record: &ResourceRecord, change: &VersionChange, before: &RtVersion) -> Refusal {
    let name = &record.name;
    Refusal::new(
        "changed_since",
        format!(
            "values of resource `{name}` were changed after it got version {}; going back to {before} would lose that",
            record.type_version
        ),
    )
    .details(change.since.iter().map(line))
    .help(format!(
        "`rtreg rollback {name} --discard` goes back to the values that it had under {before};\n`rtreg upgrade {name} --to {}` \
         keeps what is set now, as far as {before} knows it",
        word(before)
    ))
}

fn line(change: &ValueChange) -> String {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "(default)".to_owned());
    let ValueChange { property, at, user, .. } = change;
    format!("{property}: {} -> {}, {at} by {user}", shown(&change.from), shown(&change.to))
}

pub(super) fn version_not_registered(record: &ResourceRecord, before: &RtVersion) -> Refusal {
    let (name, base) = (&record.name, &record.base);
    Refusal::new(
        "version_not_registered",
        format!("resource `{name}` had version {before} of `{base}`, which is not registered any more"),
    )
    .help(format!(
        "register the RTR file of that version again (`rtreg register FILE`), make sure that its methods are on all nodes, and \
         say `rtreg rollback {name}` once more; `rtreg list {base}` shows the versions that there are"
    ))
}

pub(super) fn against(name: &str, [before, now]: &[RtVersion; 2], said: &Irreversible) -> String {
    let because = said.because.as_deref().map(|because| format!(": {}", because.trim_end_matches('.')));
    format!(
        "{name} went from {before} to {now}, and {} says that nothing leads back from that{}.",
        said.origin,
        because.unwrap_or_default()
    )
}

fn when(change: &VersionChange) -> String {
    let entry = &change.entry;
    format!("{} by {}@{} (entry #{})", entry.at, entry.who.user, entry.who.host, entry.number)
}

fn word(version: &RtVersion) -> String {
    quote(version.as_str().unwrap_or("unversioned"))
}
