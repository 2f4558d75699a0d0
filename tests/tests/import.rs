//! What the vendor's `show` and `status` print, as it is read: `import/ok/<case>/shown.txt` gives a cluster and no finding,
//! `import/err/<case>/shown.txt` at least one finding. The snapshot lies beside the input.

use std::fmt::Write;
use std::path::Path;

use rtreg_checker::report::Sources;
use rtreg_checker::report::text::{TextOptions, render};
use rtreg_model::Finding;
use rtreg_registry::import::{Cluster, parse, read};

datatest_stable::harness! {
    { test = ok, root = "import/ok", pattern = r".*\.txt$" },
    { test = err, root = "import/err", pattern = r".*\.txt$" },
}

fn ok(path: &Path) -> datatest_stable::Result<()> {
    let (cluster, findings, rendered) = shown(path)?;
    if !findings.is_empty() {
        return Err(format!("nothing must be wrong here:\n{rendered}").into());
    }
    snapshot(path, &words(&cluster)?)
}

fn err(path: &Path) -> datatest_stable::Result<()> {
    let (_, findings, rendered) = shown(path)?;
    if findings.is_empty() {
        return Err("something must be wrong here".into());
    }
    if let Some(finding) = findings.iter().find(|finding| finding.help.is_none()) {
        return Err(format!("a finding must say what to do next: {finding:?}").into());
    }
    snapshot(path, &rendered)
}

/// As the command does it: what does not fit together counts only where every line could be read.
fn shown(path: &Path) -> datatest_stable::Result<(Cluster, Vec<Finding>, String)> {
    let mut sources = Sources::default();
    let file = sources.add("shown.txt", std::fs::read(path)?);
    let (lines, findings) = parse(sources.text(file), file);
    let (cluster, contents) = read(&lines);
    let findings = if findings.is_empty() { contents } else { findings };
    let rendered = render(&findings, &sources, &TextOptions::default().width(100));
    Ok((cluster, findings, rendered))
}

fn words(cluster: &Cluster) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for node in &cluster.nodes {
        writeln!(text, "node {}: member {:?}, in use {}", node.name.text, node.member, node.in_use)?;
    }
    for shown in &cluster.types {
        writeln!(
            text,
            "type {}: {} lines, installed on {:?}",
            shown.name.text,
            shown.fields.len(),
            shown.installed_nodes()
        )?;
    }
    for group in &cluster.groups {
        let managed = if group.managed { "managed" } else { "unmanaged" };
        let (name, maximum) = (&group.name.text, group.maximum_primaries);
        writeln!(
            text,
            "group {name}: {managed} on {:?}, {maximum} at once, online on {:?}",
            group.node_list, group.online_on
        )?;
    }
    for resource in &cluster.resources {
        let (name, of) = (&resource.name.text, &resource.resource_type);
        writeln!(text, "resource {name} in {}: {of}, version {}", resource.group, resource.type_version)?;
        for on in &resource.nodes {
            let monitor = on.monitor.map(|monitor| monitor.to_string());
            writeln!(
                text,
                "  {}: {}, monitor {monitor:?}, enabled {}, monitored {}",
                on.node, on.state, on.enabled, on.monitored
            )?;
        }
        for property in &resource.properties {
            writeln!(text, "  {} {:?} = {:?}", property.key.text, property.node, property.text())?;
        }
    }
    writeln!(text, "not kept: {:?}", cluster.not_kept)?;
    Ok(text)
}

fn snapshot(path: &Path, text: &str) -> datatest_stable::Result<()> {
    let folder = path.parent().ok_or("a fixture lies in a folder")?;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(std::fs::canonicalize(folder)?);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("shown.txt", text));
    Ok(())
}
