use super::{PermissionSheet, SheetHost};
use crate::inspect::{Digest, Inspection};
use crate::limits::Limits;
use crate::registry::ToolRegistry;
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::{FunctionName, Kind, Manifest};

const HEAD: &str = "id = \"acme/one\"\nname = \"One\"\nversion = \"1.0.0\"\noverview = \"Answers.\"\n";
const PROVIDER: &str = "provider = \"One\"\nprovides = [\"usher:tools/orders\", \"usher:tools/returns\"]\n";
const PARTS: [&str; 6] = [
    "[[hosts]]\nhost = \"api.example.com\"\nmethods = [\"get\", \"post\"]\nreason = \"to ask\"\n",
    "[[hosts]]\nhost = \"*.example.net\"\nmethods = [\"get\"]\nreason = \"to ask\"\n",
    "[[settings]]\nname = \"shop\"\nlabel = \"Shop\"\ntype = \"text\"\n",
    "[[settings]]\nname = \"mode\"\nlabel = \"Mode\"\ntype = \"bool\"\n",
    "[[secrets]]\nname = \"key\"\nlabel = \"Key\"\nheader = \"X-Key\"\n",
    "[[secrets]]\nname = \"token\"\nlabel = \"Token\"\nheader = \"Authorization\"\nvalue = \"Bearer {}\"\n",
];

fn inspected(kind: Kind, text: &str, imports: &[&str]) -> Inspection {
    let manifest = Manifest::from_toml(kind, text).unwrap();
    let imports: BTreeSet<FunctionName> = imports.iter().map(|name| name.parse().unwrap()).collect();
    Inspection {
        digest: Digest::of(text.as_bytes()),
        size: text.len() as u64,
        text_arguments: imports.iter().map(|name| (name.clone(), BTreeSet::from([0]))).collect(),
        imports,
        baseline: BTreeSet::new(),
        exports: BTreeMap::from([
            ("usher:tools/orders@0.1.0".to_owned(), BTreeSet::from(["get".to_owned()])),
            ("usher:tools/returns@0.1.0".to_owned(), BTreeSet::from(["list-open".to_owned()])),
        ]),
        manifest,
    }
}

fn sheet(inspection: &Inspection) -> PermissionSheet {
    PermissionSheet::of(inspection, &ToolRegistry::shipped().unwrap(), &Limits::default())
}

fn connector(text: &str) -> PermissionSheet {
    sheet(&inspected(Kind::Connector, text, &[]))
}

fn skill(tools: &[&str], imports: &[&str]) -> Inspection {
    let tools: String =
        tools.iter().map(|name| format!("[[tools]]\nfunction = \"{name}\"\nreason = \"to answer\"\n")).collect();
    let rest = "category = \"custom\"\nwhen-to-use = [\"A customer asks\"]\nhow-to-respond = \"Briefly.\"\n\
                channels = [\"webchat\"]\n";
    inspected(Kind::Skill, &format!("{HEAD}{rest}{tools}"), imports)
}

const GET: &str = "usher:tools/orders.get";
const CANCEL: &str = "usher:tools/order-actions.cancel";

#[test]
fn the_order_of_a_manifest_means_nothing() {
    let before = connector(&format!("{HEAD}{PROVIDER}{}", PARTS.concat()));
    let turned: String = PARTS.iter().rev().copied().collect();
    let turned = format!("{HEAD}{PROVIDER}{turned}").replace("[\"get\", \"post\"]", "[\"post\", \"get\"]").replace(
        "[\"usher:tools/orders\", \"usher:tools/returns\"]",
        "[\"usher:tools/returns\", \"usher:tools/orders\"]",
    );
    let mut after = connector(&turned);
    assert_ne!(before.digest, after.digest);
    after.digest = before.digest;
    assert_eq!(before, after);
    let tools = |names: &[&str]| sheet(&skill(names, &[GET, CANCEL]));
    assert_eq!(tools(&[GET, CANCEL]).tools, tools(&[CANCEL, GET]).tools);
}

#[test]
fn what_is_said_and_the_bytes_mean_nothing_to_the_fingerprint() {
    let before = connector(&format!("{HEAD}{PROVIDER}{}", PARTS.concat()));
    let text = format!("{HEAD}{PROVIDER}{}", PARTS.concat());
    for (from, to) in [
        ("version = \"1.0.0\"", "version = \"2.0.0\""),
        ("name = \"One\"", "name = \"Another\""),
        ("Answers.", "Answers all."),
        ("to ask", "to ask nicely"),
        ("label = \"Shop\"", "label = \"Store\""),
        ("label = \"Key\"", "label = \"The key\""),
    ] {
        assert!(text.contains(from));
        let after = connector(&text.replace(from, to));
        assert_eq!(after.fingerprint, before.fingerprint, "{from}");
        assert_ne!(after, before, "{from}");
    }
    // Nobody gets what isn't imported, and limits of the machine aren't the plugin's.
    let over_asking = sheet(&skill(&[GET, CANCEL], &[GET]));
    assert_eq!(over_asking.fingerprint, sheet(&skill(&[GET], &[GET])).fingerprint);
    let mut limits = before.clone();
    limits.limits.concurrent_calls += 1;
    limits.limits.compile_seconds += 1;
    limits.limits.turn_ms += 1;
    assert_eq!(limits.fingerprint(), before.fingerprint);
}

#[test]
fn all_that_it_can_do_is_in_the_fingerprint() {
    let text = format!("{HEAD}{PROVIDER}{}", PARTS.concat());
    let before = connector(&text);
    for (from, to) in [
        ("acme/one", "acme/two"),
        ("[\"usher:tools/orders\", \"usher:tools/returns\"]", "[\"usher:tools/orders\"]"),
        ("api.example.com", "api.example.org"),
        ("*.example.net", "x.example.net"),
        ("[\"get\", \"post\"]", "[\"get\"]"),
        ("name = \"mode\"", "name = \"made\""),
        ("name = \"key\"", "name = \"old-key\""),
        ("X-Key", "X-Other"),
        ("Bearer {}", "Token {}"),
        ("header = \"X-Key\"", "basic-user = \"api\""),
        (
            "header = \"X-Key\"",
            "header = \"X-Key\"\nclient-credentials = { token-path = \"/t\", client-id = \"shop\" }",
        ),
    ] {
        assert!(text.contains(from));
        assert_ne!(connector(&text.replace(from, to)).fingerprint, before.fingerprint, "{from} → {to}");
    }
    let granted = |path: &str| {
        let grant =
            format!("header = \"X-Key\"\nclient-credentials = {{ token-path = \"{path}\", client-id = \"shop\" }}");
        connector(&text.replace("header = \"X-Key\"", &grant)).fingerprint
    };
    assert_ne!(granted("/token"), granted("/other"));
    let mut limits = before.clone();
    limits.limits.http_requests += 1;
    assert_ne!(limits.fingerprint(), before.fingerprint);
    let mut baseline = before.clone();
    baseline.baseline.insert("usher:connector/clock@0.1.0".into());
    assert_ne!(baseline.fingerprint(), before.fingerprint);
}

#[test]
fn each_part_of_a_rule_but_its_title_is_in_the_fingerprint() {
    let shipped = include_str!("../../../../wit/registry.toml");
    let inspection = skill(&[GET, CANCEL], &[GET, CANCEL]);
    let before = sheet(&inspection);
    let line = |from: &str, to: &str| {
        assert!(shipped.contains(from), "{from}");
        let registry = ToolRegistry::from_toml(&shipped.replacen(from, to, 1)).unwrap();
        PermissionSheet::of(&inspection, &registry, &Limits::default())
    };
    let get = "get = { title = \"Look up one of the customer's orders\", effect = \"reading\", assurance = \
               \"authenticated\", personal = true, owned = true }";
    let cancel = "cancel = { title = \"Cancel one of the customer's orders\", effect = \"acting\", assurance = \
                  \"authenticated\", order = 0 }";
    for (rule, from, to) in [
        (get, "\"reading\"", "\"acting\""),
        (get, "\"authenticated\"", "\"identified\""),
        (get, ", personal = true", ""),
        (get, ", owned = true", ""),
        (cancel, "order = 0", "order = 1"),
        (cancel, ", order = 0", ""),
    ] {
        let after = line(rule, &rule.replace(from, to));
        assert_ne!(after.fingerprint, before.fingerprint, "{from} → {to}");
    }
    let retitled = line(cancel, &cancel.replace("Cancel one", "Call off one"));
    assert_eq!(retitled.fingerprint, before.fingerprint);
    // A rule for what the plugin doesn't call is none of its business.
    let elsewhere = line(
        "redeem = { title = \"Spend the customer's points on a reward\", effect = \"acting\"",
        "redeem = { title = \"Spend the customer's points on a reward\", effect = \"reading\"",
    );
    assert_eq!(elsewhere.fingerprint, before.fingerprint);
}

#[test]
fn a_connectors_interfaces_follow_the_registry() {
    let sheet = connector(&format!("{HEAD}{PROVIDER}{}", PARTS[0]));
    let shown: Vec<_> =
        sheet.provides.iter().map(|it| (it.interface.to_string(), it.listed, it.acting, it.personal)).collect();
    assert_eq!(
        shown,
        [("usher:tools/orders".to_owned(), true, false, true), ("usher:tools/returns".to_owned(), true, false, true)]
    );
}

#[test]
fn a_setting_that_can_not_be_the_host_has_no_default_host() {
    let host = |default: &str| {
        let setting =
            format!("[[settings]]\nname = \"shop\"\nlabel = \"Shop\"\ntype = \"text\"\ndefault = \"{default}\"\n");
        let host =
            "[[hosts]]\nfrom-setting = \"shop\"\nhost = \"*.example.com\"\nmethods = [\"get\"]\nreason = \"to ask\"\n";
        connector(&format!("{HEAD}{PROVIDER}{host}{setting}")).hosts.remove(0).default
    };
    assert_eq!(host(" One.example.com "), Some("one.example.com".into()));
    assert_eq!(host("one.example.net"), None);
}

#[test]
fn hosts_are_written_as_a_manifest_writes_them() {
    let sheet = connector(&format!("{HEAD}{PROVIDER}{}", PARTS[1]));
    let written = serde_json::to_value(&sheet.hosts).unwrap();
    assert_eq!(written, serde_json::json!([{"host": "*.example.net", "methods": ["get"], "reason": "to ask"}]));
    for wrong in
        [r#"{"methods": [], "reason": ""}"#, r#"{"host": "a.b", "from_setting": "x", "methods": [], "reason": ""}"#]
    {
        assert!(serde_json::from_str::<SheetHost>(wrong).is_err(), "{wrong}");
    }
}
