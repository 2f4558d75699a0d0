//! Fixtures of the rules: `lint/<rule>/*.rtr`. A file `*_ok.rtr` is a near miss, on which its rule must be silent and
//! nothing may be an error; any other file must make its rule speak, and its snapshot lies beside it.

use std::path::Path;

use rtreg_model::Level;
use rtreg_tests::lint_for;

datatest_stable::harness! {
    { test = check, root = "lint", pattern = r".*\.rtr$" },
}

fn check(path: &Path) -> datatest_stable::Result<()> {
    let source = std::fs::read(path)?;
    let folder = path.parent().ok_or("a fixture lies in a folder")?;
    let rule = folder.file_name().and_then(|name| name.to_str()).ok_or("the folder is named after a rule")?;
    let file = path.file_name().and_then(|name| name.to_str()).ok_or("a fixture has a name")?;
    let (findings, rendered) = lint_for(rule, &format!("{rule}/{file}"), &source);
    let fires = findings.iter().any(|finding| finding.rule == rule);
    if file.ends_with("_ok.rtr") {
        let errors = findings.iter().any(|finding| finding.level == Level::Error);
        if fires || errors {
            return Err(format!("a near miss must neither be an error nor make {rule} speak:\n{rendered}").into());
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
    settings.bind(|| insta::assert_snapshot!(file, rendered));
    Ok(())
}
