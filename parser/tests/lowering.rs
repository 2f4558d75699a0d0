//! Lowering: what each declaration becomes, on clean files, on broken ones, and on the real ones.

use std::path::Path;

use rtreg_model::{
    FileId, InitNodes, Method, PropertyKind, PropertyTunable, PropertyValue, ResourceType, RtVersion, Tunability,
};
use rtreg_parser::{TokenKind, invariants, lower, parse, print};

fn lowered(text: &str) -> ResourceType {
    invariants::check(text.as_bytes()).unwrap();
    lower(&parse(text.as_bytes(), FileId(0))).unwrap()
}

/// The type of a file with this table.
fn with_entry(entry: &str) -> ResourceType {
    lowered(&format!("Resource_type = web;\n{entry}"))
}

fn default(entry: &str) -> Option<PropertyValue> {
    with_entry(entry).properties[0].default.clone().map(|default| default.value)
}

fn string(text: &str) -> PropertyValue {
    PropertyValue::String(text.to_owned())
}

fn array(values: &[&str]) -> PropertyValue {
    PropertyValue::StringArray(values.iter().map(|&value| value.to_owned()).collect())
}

#[test]
fn undeclared_type_properties_have_their_defaults() {
    let it = lowered("Resource_type = web;");
    assert_eq!(it.name().to_string(), "web");
    assert!(it.version.value.is_unversioned());
    assert_eq!((it.api_version.value, it.init_nodes.value), (2, InitNodes::RgPrimaries));
    let flags = [&it.failover, &it.single_instance, &it.rt_system, &it.global_zone, &it.proxy];
    assert!(flags.iter().all(|flag| !flag.value && flag.span.is_none()));
    assert!(it.methods.is_empty() && it.properties.is_empty() && it.upgrade.is_none());
}

#[test]
fn declared_type_properties_are_read() {
    let text = "resource_type = web; VENDOR_ID = ACME; Rt_Version = \"2 \"; API_VERSION = 7; FAILOVER; \
                single_instance = TRUE; RT_system = false; Proxy = ; Init_nodes = rt_installed_nodes; \
                RT_description = \"a; b\"; Pkglist = A, \"B,C\"; Sysdefined_type = LOGICAL_HOSTNAME;";
    let it = lowered(text);
    assert_eq!(it.name().to_string(), "ACME.web");
    assert_eq!(it.version.value, RtVersion::new("2 "));
    assert_eq!((it.api_version.value, it.init_nodes.value), (7, InitNodes::RtInstalledNodes));
    assert_eq!((it.failover.value, it.single_instance.value), (true, true));
    assert_eq!((it.rt_system.value, it.proxy.value, it.proxy.span), (false, false, None));
    assert_eq!(it.rt_description.value, "a; b");
    assert_eq!(it.pkglist.value, ["A", "B", "C"]);
    assert_eq!(it.sysdefined_type.unwrap().value, "LOGICAL_HOSTNAME");
    assert_eq!(it.failover.span.unwrap().slice(text.as_bytes()), b"FAILOVER;");
}

#[test]
fn the_first_of_duplicates_counts_and_what_cannot_be_read_is_left_out() {
    let it = lowered(
        "Resource_type = web; Resource_type = other; Failover = maybe; Failover = TRUE; API_version = two; \
         Vendor_id = A, B;\n#$upgrade\n#$upgrade_from \"1\" ANYTIME\n#$upgrade_from \"1\" WHEN_OFFLINE\n\
         #$upgrade_from \"2\" SOMETIMES\n{ PROPERTY = start_timeout; MIN = 5; MIN = 6; DEFAULT = abc; }\n\
         { PROPERTY = Start_timeout; MIN = 7; }\n{ PROPERTY = Unknown; }\n{ PROPERTY = Typeless; EXTENSION; }\n{ MIN = 5; }",
    );
    assert_eq!(it.name().to_string(), "web");
    assert_eq!((it.failover.value, it.api_version.value, it.vendor_id), (false, 2, None));
    assert_eq!(it.upgrade_from.len(), 1);
    assert_eq!(it.upgrade_from[0].tunability.value, Tunability::Anytime);
    assert_eq!(it.properties.len(), 1);
    assert_eq!(it.properties[0].min.map(|min| min.value), Some(5));
    assert_eq!(it.properties[0].default.as_ref().map(|default| &default.value), Some(&PropertyValue::Int(3600)));
}

#[test]
fn no_usable_resource_type_is_no_type() {
    for text in
        ["", "Vendor_id = A;", "Resource_type;", "Resource_type = ;", "Resource_type = \"\";", "Resource_type = a, b;"]
    {
        assert_eq!(lower(&parse(text.as_bytes(), FileId(0))), None, "{text}");
    }
}

#[test]
fn method_paths_are_completed_with_one_slash() {
    for (basedir, path, absolute) in [
        ("RT_basedir = /opt/web;", "start", "/opt/web/start"),
        ("RT_basedir = /opt/web/;", "bin/start", "/opt/web/bin/start"),
        ("RT_basedir = /opt/web//;", "/usr/start", "/usr/start"),
        ("RT_basedir = /;", "start", "/start"),
        ("RT_basedir = ;", "start", "start"),
        ("", "start", "start"),
    ] {
        let it = lowered(&format!("Resource_type = web; {basedir} Start = {path}; Stop = ;"));
        assert_eq!(it.methods.len(), 1);
        let method = &it.methods[&Method::Start];
        assert_eq!((method.declared.value.as_str(), method.absolute.as_str()), (path, absolute));
    }
}

#[test]
fn upgrade_clause_has_its_places() {
    let text = "Resource_type = web; RT_version = \"2\";\n#$upgrade\n#$upgrade_from \"1.0\"  when_offline  \n#$upgrade_from \"\" AT_CREATION\n";
    let it = lowered(text);
    assert_eq!(it.name().to_string(), "web:2");
    let at = |span: rtreg_model::Span| std::str::from_utf8(span.slice(text.as_bytes())).unwrap();
    assert_eq!(at(it.upgrade.unwrap().span), "#$upgrade");
    let first = &it.upgrade_from[0];
    assert_eq!(at(first.line), "#$upgrade_from \"1.0\"  when_offline");
    assert_eq!((at(first.version.span), at(first.tunability.span)), ("\"1.0\"", "when_offline"));
    assert_eq!((&first.version.value, first.tunability.value), (&RtVersion::new("1.0"), Tunability::WhenOffline));
    assert_eq!(it.upgrade_from[1].version.value, RtVersion::UNVERSIONED);
}

#[test]
fn system_defined_properties_take_type_and_defaults_from_the_table() {
    let it = with_entry(
        "{ PROPERTY = FAILOVER_mode; } { PROPERTY = retry_count; } { PROPERTY = Port_list; TUNABLE; DEFAULT = ; }",
    );
    let [mode, retry, ports] = it.properties.as_slice() else { panic!("{:?}", it.properties) };
    assert_eq!(
        (mode.name.value.as_str(), mode.tunable, mode.extension),
        ("Failover_mode", PropertyTunable::Anytime, false)
    );
    assert!(matches!(&mode.kind, PropertyKind::Enum(literals) if literals.len() == 5));
    assert_eq!(mode.default.as_ref().unwrap().value, string("NONE"));
    assert_eq!((&retry.kind, retry.tunable), (&PropertyKind::Int, PropertyTunable::WhenDisabled));
    assert!(retry.is_required());
    assert_eq!((ports.tunable, &ports.default.as_ref().unwrap().value), (PropertyTunable::Anytime, &array(&[])));
}

#[test]
fn extension_properties_keep_the_spelling_of_the_file() {
    let it = with_entry(
        "{ PROPERTY = confDir; extension = TRUE; PER_NODE; String; MINLENGTH = 1; DESCRIPTION = \"x\"; TUNABLE = FALSE; }",
    );
    let property = &it.properties[0];
    assert_eq!(property.name.value, "confDir");
    assert!(property.extension && property.per_node && property.default.is_none());
    assert_eq!((property.tunable, property.min_length.map(|min| min.value)), (PropertyTunable::None, Some(1)));
    assert_eq!(property.description.as_deref(), Some("x"));
}

#[test]
fn defaults_are_read_by_type() {
    let with = |kind: &str, value: &str| default(&format!("{{ PROPERTY = X; EXTENSION; {kind} DEFAULT{value}; }}"));
    assert_eq!(with("STRING;", " = "), Some(string("")));
    assert_eq!(with("STRING;", " = \"\""), Some(string("")));
    assert_eq!(with("STRING;", ""), Some(string("")));
    assert_eq!(with("STRING;", " = \"a, b\""), Some(string("a, b")));
    assert_eq!(with("STRING;", " = a, b"), None);
    assert_eq!(with("STRINGARRAY;", " = "), Some(array(&[])));
    assert_eq!(with("STRINGARRAY;", " = \"\""), Some(array(&[])));
    assert_eq!(with("STRINGARRAY;", " = a, \"b,c\""), Some(array(&["a", "b", "c"])));
    assert_eq!(with("STRINGARRAY;", " = \"\", \"\""), Some(array(&["", ""])));
    assert_eq!(with("INT;", " = -1"), Some(PropertyValue::Int(-1)));
    assert_eq!(with("INT;", " = "), None);
    assert_eq!(with("BOOLEAN;", " = False"), Some(PropertyValue::Boolean(false)));
    assert_eq!(with("BOOLEAN;", " = no"), None);
    assert_eq!(with("ENUM { Auto, Off };", " = \"Auto\""), Some(string("Auto")));
    assert_eq!(with("ENUM { Auto, Off };", " = \"auto\""), None);
    assert_eq!(with("ENUM { Auto, Off };", " = On"), None);
}

#[test]
fn a_broken_file_still_gives_its_sound_parts() {
    let it = lowered(
        "Resource_type = “web”\nVendor_id ACME;\nStart = '/start';\nprose that wraps\n{\n PROPERTY = A; EXTENSION; INT;\n\
         { PROPERTY = B; EXTENSION; ENUM = { x, y }; DEFAULT = \"y;\n}",
    );
    assert_eq!(it.name().to_string(), "ACME.web");
    assert_eq!(it.methods[&Method::Start].absolute, "/start");
    let names: Vec<&str> = it.properties.iter().map(|property| property.name.value.as_str()).collect();
    assert_eq!(names, ["A", "B"]);
    assert_eq!(it.properties[1].default.as_ref().unwrap().value, string("y"));
}

#[test]
fn a_printed_type_reads_well() {
    let it = lowered(
        "resource_type=web;vendor_id=ACME;rt_version=\"2\";failover;rt_basedir=/opt/web;start=bin/start;pkglist=A,\"B C\";\n\
         #$upgrade\n#$upgrade_from \"\" when_unmanaged\n#$upgrade_from \"1\" anytime\n\
         {property=start_timeout;min=5;default=60;}{property=Mode;extension;enum{a,\"b c\"};default=a;description=\"the mode\";}",
    );
    let expected = "Resource_type = \"web\";\nVendor_id = ACME;\nRT_version = \"2\";\nAPI_version = 2;\nFailover = TRUE;\n\
        Pkglist = A, \"B C\";\nRT_basedir = /opt/web;\n\nStart = bin/start;\n\n#$upgrade\n#$upgrade_from \"\" WHEN_UNMANAGED\n\
        #$upgrade_from \"1\" ANYTIME\n\n{\n\tPROPERTY = Start_timeout;\n\tMIN = 5;\n\tDEFAULT = 60;\n\tTUNABLE = ANYTIME;\n}\n\n\
        {\n\tPROPERTY = Mode;\n\tEXTENSION;\n\tENUM { a, \"b c\" };\n\tDEFAULT = \"a\";\n\tTUNABLE = ANYTIME;\n\
        \tDESCRIPTION = \"the mode\";\n}\n";
    assert_eq!(print(&it), expected);
}

#[test]
fn a_value_of_five_mebibytes_is_one_value() {
    let value = "x; ".repeat(5 * 1024 * 1024 / 3);
    let text = format!("Resource_type = web;\nRT_description = \"{value}\";\nStart = /start;\n");
    let it = lowered(&text);
    assert_eq!(it.rt_description.value.len(), value.len());
    assert!(it.has(Method::Start));
    let unclosed = text.replacen("x; \";", "x ;", 1);
    let rtr = parse(unclosed.as_bytes(), FileId(0));
    assert_eq!(rtr.findings.len(), 1);
    assert!(lower(&rtr).unwrap().has(Method::Start));
    let bare = format!("Resource_type = {};", "x".repeat(5 * 1024 * 1024));
    assert_eq!(lowered(&bare).resource_type.value.len(), 5 * 1024 * 1024);
}

/// The real files, or none where they are missing.
fn corpus(name: &str) -> Option<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus").join(name);
    #[expect(clippy::disallowed_methods, reason = "the test reads what others wrote; the crate does not")]
    let bytes = std::fs::read(file).ok();
    if bytes.is_none() {
        println!("skipped: no corpus");
    }
    bytes
}

fn real(name: &str) -> Option<ResourceType> {
    let bytes = corpus(name)?;
    invariants::check(&bytes).unwrap();
    let rtr = parse(&bytes, FileId(0));
    assert!(rtr.findings.is_empty(), "{name}: {:#?}", rtr.findings);
    assert!(rtr.tokens.iter().all(|token| token.kind != TokenKind::Unknown));
    lower(&rtr)
}

fn int_default(it: &ResourceType, name: &str) -> Option<PropertyValue> {
    it.declared_property(name)?.default.clone().map(|default| default.value)
}

#[test]
fn real_qfs_lowers_exactly() {
    let table = [
        ("SUNW.qfs-4.6-r1.20.rtr", "SUNW.qfs:4.6", 300, 3),
        ("SUNW.qfs-4.6.rtr", "SUNW.qfs:4.6", 300, 3),
        ("SUNW.qfs-5.rtr", "SUNW.qfs:5", 360, 4),
    ];
    for (file, name, prenet_start_timeout, lines) in table {
        let Some(it) = real(file) else { return };
        assert_eq!(it.name().to_string(), name);
        assert_eq!(it.methods.len(), 12);
        assert_eq!(it.methods[&Method::PrenetStart].absolute, "/opt/SUNWsamfs/sc/bin/scqfs_prenet_start");
        assert_eq!((it.api_version.value, it.failover.value), (3, true));
        let listed: Vec<&str> = it.upgrade_from.iter().filter_map(|line| line.version.value.as_str()).collect();
        assert_eq!(listed, &["3.1", "3.2", "4.5-05", "4.6"][..lines]);
        assert!(it.upgrade_from.iter().all(|line| line.tunability.value == Tunability::Anytime));
        assert_eq!(int_default(&it, "Prenet_start_timeout"), Some(PropertyValue::Int(prenet_start_timeout)));
        assert_eq!(it.properties.len(), 23);
        let policy = it.declared_property("qfsleaserecoverypolicy").unwrap();
        assert_eq!(policy.default.as_ref().unwrap().value, string("Auto"));
        let mode = it.declared_property("Failover_mode").unwrap();
        assert_eq!(
            (mode.name.value.as_str(), &mode.default.as_ref().unwrap().value),
            ("Failover_mode", &string("SOFT"))
        );
        assert!(it.declared_property("QFSFileSystem").unwrap().is_required());
    }
}

#[test]
fn real_hasam_lowers_exactly() {
    let Some(it) = real("SUNW.hasam-4.6.rtr") else { return };
    assert_eq!(it.name().to_string(), "SUNW.hasam");
    assert_eq!((it.version.value.as_str(), it.upgrade.is_none(), it.methods.len()), (Some("4.6"), true, 11));
    assert_eq!(it.pkglist.value, ["SUNWhasam"]);
    let ports = it.declared_property("Port_list").unwrap();
    assert_eq!((&ports.default.as_ref().unwrap().value, ports.tunable), (&array(&[]), PropertyTunable::AtCreation));
    assert_eq!(
        it.declared_property("Scalable").unwrap().default.as_ref().unwrap().value,
        PropertyValue::Boolean(false)
    );
    assert_eq!(int_default(&it, "Child_mon_level"), Some(PropertyValue::Int(-1)));
}
