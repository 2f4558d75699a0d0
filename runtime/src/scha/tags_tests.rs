//! What the commands answer about one resource, line for line.

use std::collections::BTreeMap;

use rtreg_model::standard::{STANDARD_PROPERTIES, TYPE_PROPERTIES};
use rtreg_model::{
    Declared, MethodPath, PropertyDecl, PropertyKind, PropertyValue, ResourceType, RtVersion, Span, Spanned,
};

use super::{Code, Command, Facts, GroupFacts, OnNode, Request, ResourceFacts, Tell, TypeFacts, answer, tell};

fn here<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

fn extension(name: &str, kind: PropertyKind, default: Option<PropertyValue>) -> PropertyDecl {
    let mut declared = PropertyDecl::new(here(name.to_owned()), kind);
    declared.extension = true;
    declared.default = default.map(here);
    declared
}

fn web() -> ResourceType {
    let mut web = ResourceType::new(here("web".to_owned()));
    web.vendor_id = Some(here("XMPL".to_owned()));
    web.version = Declared::default_value(RtVersion::new("1.0"));
    web.upgrade = Some(here(()));
    web.rt_basedir = Some(here("/opt/web".to_owned()));
    let start = MethodPath::new(here("start".to_owned()), "/opt/web/start");
    web.methods.insert(rtreg_model::Method::Start, start);
    let ports = PropertyValue::StringArray(vec!["80/tcp".to_owned(), "443/tcp".to_owned()]);
    web.properties.push(extension("Doc_root", PropertyKind::String, None));
    web.properties.push(extension("Ports", PropertyKind::StringArray, Some(ports)));
    web.properties.push(extension("Access_log", PropertyKind::Boolean, Some(PropertyValue::Boolean(false))));
    web
}

fn facts() -> Facts {
    let given = BTreeMap::from([
        ("doc_root".to_owned(), PropertyValue::String("/srv".to_owned())),
        ("START_TIMEOUT".to_owned(), PropertyValue::Int(60)),
    ]);
    let mut resource = ResourceFacts::new(&web(), "web-rg", &given);
    resource.on_nodes.insert("tokyo".to_owned(), OnNode { state: "ONLINE".to_owned(), ..OnNode::default() });
    let osaka = OnNode { enabled: false, status_msg: "idle".to_owned(), ..OnNode::default() };
    resource.on_nodes.insert("osaka".to_owned(), osaka);
    let group = GroupFacts {
        node_list: vec!["tokyo".to_owned(), "osaka".to_owned()],
        resources: vec!["web-rs".to_owned()],
        managed: true,
        maximum_primaries: 1,
        on_nodes: BTreeMap::from([("tokyo".to_owned(), "ONLINE".to_owned())]),
    };
    Facts {
        node: "tokyo".to_owned(),
        resources: BTreeMap::from([("web-rs".to_owned(), resource)]),
        types: BTreeMap::from([("XMPL.web:1.0".to_owned(), TypeFacts::new(&web()))]),
        groups: BTreeMap::from([("web-rg".to_owned(), group)]),
    }
}

/// The answer to a command line: its status, then its lines.
fn ask(line: &str) -> String {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let (name, arguments) = words.split_first().expect("a command");
    let command = Command::parse(name).expect("one of the five");
    let reply = match Request::read(command, arguments) {
        Ok(request) => answer(command, &request, &facts()),
        Err(refused) => refused,
    };
    let mut text = vec![reply.code.number().to_string()];
    text.extend(reply.lines);
    text.extend(Some(reply.complaint).filter(|complaint| !complaint.is_empty()));
    text.join("|")
}

#[test]
fn answers_line_for_line() {
    let cases = [
        ("scha_resource_get -O Type -R web-rs -G web-rg", "0|XMPL.web:1.0"),
        ("scha_resource_get -O TYPE_VERSION -R web-rs", "0|1.0"),
        ("scha_resource_get -O group -R web-rs", "0|web-rg"),
        ("scha_resource_get -O Start_timeout -R web-rs", "0|60"),
        ("scha_resource_get -O FAILOVER_MODE -R web-rs", "0|NONE"),
        ("scha_resource_get -O Extension -R web-rs -G web-rg Doc_root", "0|STRING|/srv"),
        ("scha_resource_get -O EXTENSION -R web-rs ports", "0|STRINGARRAY|80/tcp|443/tcp"),
        ("scha_resource_get -O EXTENSION_NODE -R web-rs Access_log osaka", "0|BOOLEAN|FALSE"),
        ("scha_resource_get -O ALL_EXTENSIONS -R web-rs", "0|Doc_root|Ports|Access_log"),
        ("scha_resource_get -O ON_OFF_SWITCH -R web-rs", "0|ENABLED"),
        ("scha_resource_get -O ON_OFF_SWITCH_NODE -R web-rs osaka", "0|DISABLED"),
        ("scha_resource_get -O RESOURCE_STATE -R web-rs", "0|ONLINE"),
        ("scha_resource_get -O STATUS_NODE -R web-rs osaka", "0|OFFLINE|idle"),
        ("scha_resource_get -O NUM_RESOURCE_RESTARTS -R web-rs", "0|0"),
        ("scha_resourcetype_get -O RT_VERSION -T XMPL.web:1.0", "0|1.0"),
        ("scha_resourcetype_get -O RT_BASEDIR -T XMPL.web:1.0", "0|/opt/web"),
        ("scha_resourcetype_get -O START -T XMPL.web:1.0", "0|start"),
        ("scha_resourcetype_get -O STOP -T XMPL.web:1.0", "0"),
        ("scha_resourcetype_get -O INSTALLED_NODES -T XMPL.web:1.0", "0|*"),
        ("scha_resourcetype_get -O FAILOVER -T XMPL.web:1.0", "0|FALSE"),
        ("scha_resourcegroup_get -O NODELIST -G web-rg", "0|tokyo|osaka"),
        ("scha_resourcegroup_get -O RG_STATE -G web-rg", "0|ONLINE"),
        ("scha_resourcegroup_get -O RG_STATE_NODE -G web-rg osaka", "0|OFFLINE"),
        ("scha_resourcegroup_get -O RG_MANAGED -G web-rg", "0|TRUE"),
        ("scha_resourcegroup_get -O RESOURCE_LIST -G web-rg", "0|web-rs"),
    ];
    for (line, expected) in cases {
        assert_eq!(ask(line), expected, "{line}");
    }
}

#[test]
fn what_is_not_there_is_named_with_the_vendors_number() {
    let cases = [
        (
            "scha_resource_get -O STARTTIMEOUT -R web-rs",
            "4|scha_resource_get: there is no tag STARTTIMEOUT; did you mean START_TIMEOUT?",
        ),
        (
            "scha_resource_get -O Retry_count -R web-rs",
            "15|scha_resource_get: XMPL.web:1.0 has no property RETRY_COUNT",
        ),
        (
            "scha_resource_get -O EXTENSION -R web-rs Probe_path",
            "15|scha_resource_get: XMPL.web:1.0 has no extension property Probe_path",
        ),
        ("scha_resource_get -O TYPE -R db-rs", "14|scha_resource_get: there is no resource db-rs"),
        ("scha_resource_get -O TYPE -R web-rs -G db-rg", "12|scha_resource_get: web-rs is in web-rg, not db-rg"),
        ("scha_resource_get -O STATUS_NODE -R web-rs kyoto", "11|scha_resource_get: kyoto is no node of web-rg"),
        // Exactly one of the two names of a version exists: how methods find out whether the name has the suffix.
        ("scha_resourcetype_get -O RT_VERSION -T XMPL.web", "13|scha_resourcetype_get: there is no type XMPL.web"),
        ("scha_resourcetype_get -O COLOUR -T XMPL.web:1.0", "4|scha_resourcetype_get: there is no tag COLOUR"),
        ("scha_resourcegroup_get -O NODELIST -G db-rg", "12|scha_resourcegroup_get: there is no group db-rg"),
        (
            "scha_resourcegroup_get -O RG_STATES -G web-rg",
            "4|scha_resourcegroup_get: there is no tag RG_STATES; did you mean RG_STATE?",
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(ask(line), expected, "{line}");
    }
    assert!(ask("scha_resource_get -R web-rs").starts_with("3|expected a tag behind -O; usage:"));
}

#[test]
fn every_type_property_is_a_tag_with_its_value() {
    for row in TYPE_PROPERTIES {
        let answer = ask(&format!("scha_resourcetype_get -O {} -T XMPL.web:1.0", row.name));
        assert!(answer.starts_with('0'), "{}: {answer}", row.name);
        let name = row.name.to_ascii_uppercase();
        assert!(TypeFacts::new(&web()).values.contains_key(&name), "there is no value for {name}");
    }
    assert!(TYPE_PROPERTIES.len() > 25);
}

#[test]
fn every_system_defined_property_is_a_tag() {
    for row in STANDARD_PROPERTIES {
        let answer = ask(&format!("scha_resource_get -O {} -R web-rs", row.name));
        assert!(answer.starts_with("0|") || answer == "0" || answer.starts_with("15|"), "{}: {answer}", row.name);
    }
    assert!(STANDARD_PROPERTIES.len() > 30);
}

#[test]
fn what_is_told_is_checked() {
    let told = |line: &str| {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let (name, arguments) = words.split_first().expect("a command");
        let command = Command::parse(name).expect("one of the five");
        Request::read(command, arguments).and_then(|request| tell(command, &request, &facts()))
    };
    let status = Tell::Status { resource: "web-rs".to_owned(), word: "OK".to_owned(), message: "answers".to_owned() };
    assert_eq!(told("scha_resource_setstatus -R web-rs -G web-rg -s OK -m answers"), Ok(status));
    let restart = told("scha_control -O RESTART -R web-rs -G web-rg");
    assert!(matches!(restart, Ok(Tell::Control { tag, .. }) if tag == "RESTART"));
    let code = |line: &str| told(line).expect_err("refused").code;
    assert_eq!(code("scha_control -O REBOOT -R web-rs -G web-rg"), Code::Tag);
    assert_eq!(code("scha_control -O RESTART -R db-rs -G web-rg"), Code::Resource);
    assert_eq!(code("scha_control -O RESTART -R web-rs -G db-rg"), Code::Group);
    assert_eq!(code("scha_resource_setstatus -R web-rs -G web-rg -s GOOD"), Code::Invalid);
}
