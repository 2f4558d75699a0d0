//! Fixtures of the rules about two versions: `compat/<rule>/{old,new}.rtr`, and more pairs in folders below. A folder
//! `*_ok` is a near miss, on which its rule must be silent; on any other pair it must speak, and the snapshot lies beside it.

use std::path::Path;

use rtreg_tests::compat_for;

datatest_stable::harness! {
    { test = check, root = "compat", pattern = r".*/new\.rtr$" },
}

fn check(path: &Path) -> datatest_stable::Result<()> {
    let folder = path.parent().ok_or("a fixture lies in a folder")?;
    let parts: Vec<&str> = folder.iter().filter_map(|part| part.to_str()).collect();
    let start = parts.iter().rposition(|part| *part == "compat").ok_or("the fixtures lie in compat/")?;
    let rule = *parts.get(start + 1).ok_or("the folder is named after a rule")?;
    let name = parts[start + 1..].join("/");
    let (old, new) = (std::fs::read(folder.join("old.rtr"))?, std::fs::read(path)?);
    let (findings, rendered) = compat_for(rule, &name, &old, &new);
    let fires = findings.iter().any(|finding| finding.rule == rule);
    if name.ends_with("_ok") {
        if fires {
            return Err(format!("a near miss must not make {rule} speak:\n{rendered}").into());
        }
        return Ok(());
    }
    if !fires {
        return Err(format!("{rule} must speak; what was found is:\n{rendered}").into());
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(std::fs::canonicalize(folder)?);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("compat", rendered));
    Ok(())
}
