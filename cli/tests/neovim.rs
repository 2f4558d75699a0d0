//! A real editor: headless Neovim with the configuration of `editors/nvim`, which works on a broken example.

mod common;

use std::path::Path;
use std::process::Command;

use common::Cluster;

fn nvim(cluster: &Cluster, root: &Path) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_rtreg")).parent().expect("a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let mut nvim = Command::new("nvim");
    nvim.env_clear().env("PATH", path).env("HOME", cluster.path()).env("TERM", "dumb").env("LANG", "C.UTF-8");
    nvim.current_dir(cluster.path()).arg("--headless").arg("-n");
    nvim.arg("-u").arg(root.join("editors/nvim/test/init.lua"));
    nvim
}

#[test]
fn neovim_finds_cures_formats_explains_and_goes_to_the_script() {
    if Command::new("nvim").arg("--version").output().is_err() {
        eprintln!("skipped: no nvim");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository");
    let example = root.join("rtr-examples/broken/missing_semicolon.rtr");
    let cluster = Cluster::new();
    let text = std::fs::read_to_string(example).expect("the example");
    let file = cluster.write("web.rtr", &text);
    cluster.write("bin/web_start", "#!/bin/sh\n");
    cluster.write("rtreg.toml", "target = \"4.x\"\n");
    let mut nvim = nvim(&cluster, &root);
    nvim.arg(&file);
    nvim.arg("-c").arg(format!("luafile {}", root.join("editors/nvim/test/session.lua").display()));
    let output = nvim.output().expect("nvim runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("the session went well"), "{said}");
    // What the editor made of it is what the command line makes of it.
    let by_hand = text.replace("\"1.0\"\n", "\"1.0\";\n").replace("Failover = TRUE;", "   FAILOVER=true ;   # kept");
    let expected = cluster.write("by_hand.rtr", &by_hand);
    cluster.ok("fmt by_hand.rtr");
    let read = |path: &Path| std::fs::read_to_string(path).expect("a file");
    assert_eq!(read(&file), read(&expected));
}

#[test]
fn neovim_knows_files_that_are_named_as_the_vendors_name_them() {
    if Command::new("nvim").arg("--version").output().is_err() {
        eprintln!("skipped: no nvim");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository");
    let cluster = Cluster::new();
    let good = "# About web.\n\n  # More.\nresource_TYPE = web;\n";
    for (name, text, known) in [
        ("ACME.web", good, true),
        ("ORCL.ha-zone_sczbt", good, true),
        ("X25.c", good, true),
        ("plain.rtr", "", true),
        ("ACME.txt", "# About.\nFailover = TRUE;\nResource_type = web;\n", false),
        ("README.md", "Resource_type is first:\nResource_type = web;\n", false),
    ] {
        let file = cluster.write(name, text);
        let mut nvim = nvim(&cluster, &root);
        let output = nvim.arg(file).args(["-c", "call writefile([&filetype], 'type')", "-c", "qa!"]).output();
        assert!(output.expect("nvim runs").status.success(), "{name}");
        let found = std::fs::read_to_string(cluster.path().join("type")).expect("the type");
        assert_eq!(found.trim() == "rtr", known, "{name} is {found}");
    }
}
