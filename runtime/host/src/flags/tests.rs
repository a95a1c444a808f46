use super::{FlagName, Severity, flags};
use crate::inspect::{Digest, Inspection};
use crate::limits::Limits;
use crate::registry::ToolRegistry;
use crate::sheet::PermissionSheet;
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::{FunctionName, Kind, Manifest};

/// The sheet of a skill that imports these functions, each with text in its second argument, and declares them.
fn skill(functions: &[&str]) -> PermissionSheet {
    let tools: String = functions
        .iter()
        .map(|function| format!("[[tools]]\nfunction = \"{function}\"\nreason = \"to answer\"\n"))
        .collect();
    let manifest = format!(
        "id = \"acme/one\"\nname = \"One\"\nversion = \"1.0.0\"\ncategory = \"custom\"\noverview = \"Answers.\"\n\
         when-to-use = [\"A customer asks\"]\nhow-to-respond = \"Briefly.\"\nchannels = [\"webchat\"]\n{tools}"
    );
    let imports: BTreeSet<FunctionName> = functions.iter().map(|function| function.parse().unwrap()).collect();
    sheet(&inspection(Manifest::from_toml(Kind::Skill, &manifest).unwrap(), imports))
}

/// The sheet of a connector that answers for orders, with these lines for its hosts and secrets.
fn connector(provides: &str, rest: &str) -> PermissionSheet {
    let manifest = format!(
        "id = \"acme/one\"\nname = \"One\"\nversion = \"1.0.0\"\nprovider = \"One\"\noverview = \"Answers.\"\n\
         provides = [\"{provides}\"]\n{rest}"
    );
    sheet(&inspection(Manifest::from_toml(Kind::Connector, &manifest).unwrap(), BTreeSet::new()))
}

/// One that the registry lists of this interface.
fn function(interface: &str) -> &'static str {
    if interface == "catalog-feed" { "page" } else { "get" }
}

fn inspection(manifest: Manifest, imports: BTreeSet<FunctionName>) -> Inspection {
    let exports = match &manifest {
        Manifest::Connector(connector) => connector
            .provides
            .iter()
            .map(|name| (format!("{name}@0.1.0"), BTreeSet::from([function(name.interface()).to_owned()])))
            .collect(),
        Manifest::Skill(_) => BTreeMap::new(),
    };
    Inspection {
        digest: Digest([0; 32]),
        size: 1000,
        manifest,
        text_arguments: imports.iter().map(|name| (name.clone(), BTreeSet::from([0, 1]))).collect(),
        imports,
        baseline: BTreeSet::new(),
        exports,
    }
}

fn sheet(inspection: &Inspection) -> PermissionSheet {
    PermissionSheet::of(inspection, &ToolRegistry::shipped().unwrap(), &Limits::default())
}

fn found(sheet: &PermissionSheet) -> Vec<(Severity, &'static str)> {
    sheet.flags.iter().map(|flag| (flag.severity, flag.name.as_str())).collect()
}

const DANGER: Severity = Severity::Danger;
const WARNING: Severity = Severity::Warning;
const NOTE: Severity = Severity::Note;

fn host(host: &str) -> String {
    format!("[[hosts]]\nhost = \"{host}\"\nmethods = [\"get\"]\nreason = \"to ask\"\n")
}

fn setting(name: &str, more: &str) -> String {
    format!("[[settings]]\nname = \"{name}\"\nlabel = \"Yours\"\ntype = \"text\"\n{more}\n")
}

const SECRET: &str = "[[secrets]]\nname = \"api-key\"\nlabel = \"Key\"\nheader = \"X-Key\"\n";

#[test]
fn a_skill_that_only_reads_listed_functions_has_none() {
    assert_eq!(found(&skill(&["usher:tools/orders.get", "usher:tools/knowledge.search"])), []);
}

#[test]
fn personal_data_with_a_way_out_is_a_danger_or_a_warning() {
    let unlisted = skill(&["usher:tools/orders.get", "acme:mail/mail.send"]);
    assert_eq!(found(&unlisted), [(DANGER, "personal-data-out"), (WARNING, "unlisted")]);
    assert!(unlisted.flags[0].sentence.contains("acme:mail/mail.send"));
    assert!(unlisted.flags[0].sentence.contains("look up one of the customer's orders"));
    // The order that the runtime checks is no text of the skill's choice; an address is.
    let mut cancelling = skill(&["usher:tools/orders.get", "usher:tools/order-actions.cancel"]);
    assert_eq!(found(&cancelling), [(WARNING, "personal-data-out"), (WARNING, "acting")]);
    cancelling.tools.iter_mut().for_each(|tool| tool.takes_text = false);
    cancelling.flags = flags(&cancelling);
    assert_eq!(found(&cancelling), [(WARNING, "acting")]);
    // Either half alone is none.
    assert_eq!(found(&skill(&["acme:mail/mail.send"])), [(WARNING, "unlisted")]);
    assert_eq!(found(&skill(&["usher:tools/order-actions.cancel"])), [(WARNING, "acting")]);
}

#[test]
fn what_one_provider_could_learn_of_another_is_noted() {
    let both = skill(&["usher:tools/orders.get", "usher:tools/returns.portal-url", "usher:tools/knowledge.search"]);
    assert_eq!(found(&both), [(NOTE, "personal-data-shared")]);
    // The order is the first argument; what stays with the runtime is not passed on.
    let sentence = &both.flags[0].sentence;
    assert!(sentence.contains("usher:tools/returns.portal-url") && !sentence.contains("knowledge"), "{sentence}");
    assert_eq!(found(&skill(&["usher:tools/orders.get", "usher:tools/orders.recent"])), []);
    assert_eq!(found(&skill(&["usher:tools/knowledge.search", "usher:tools/returns.portal-url"])), []);
}

#[test]
fn acting_for_whoever_writes_is_a_danger() {
    let text = include_str!("../../../../wit/registry.toml")
        .replace("cancel = { title = \"Cancel one of the customer's orders\", effect = \"acting\", assurance = \"authenticated\"", "cancel = { title = \"Cancel one of the customer's orders\", effect = \"acting\", assurance = \"anonymous\"");
    let registry = ToolRegistry::from_toml(&text).unwrap();
    let strict = skill(&["usher:tools/order-actions.cancel"]);
    let function: FunctionName = "usher:tools/order-actions.cancel".parse().unwrap();
    let mut loose = strict.clone();
    loose.tools[0].rule = registry.rule(&function);
    loose.flags = flags(&loose);
    assert_eq!(found(&loose), [(DANGER, "acting-for-anyone"), (WARNING, "acting")]);
    assert_ne!(loose.fingerprint(), strict.fingerprint);
}

#[test]
fn a_connector_of_one_provider_has_none() {
    assert_eq!(found(&connector("usher:tools/orders", &format!("{}{SECRET}", host("api.example.com")))), []);
    let two = format!("{}{}", host("api.example.com"), host("files.example.com"));
    assert_eq!(found(&connector("usher:tools/orders", &two)), []);
    assert_eq!(
        found(&connector("usher:tools/orders", &format!("{two}{SECRET}"))),
        [(WARNING, "secrets-to-many-hosts")]
    );
}

#[test]
fn a_connector_that_could_pass_personal_data_on_is_flagged() {
    let two = format!("{}{}", host("api.example.com"), host("collect.example.net"));
    assert_eq!(found(&connector("usher:tools/orders", &two)), [(DANGER, "personal-data-out")]);
    // What is public anyway may go anywhere.
    assert_eq!(found(&connector("usher:tools/catalog-feed", &two)), []);
    // What nobody listed counts as personal.
    let unlisted = connector("acme:points/points", &two);
    assert_eq!(found(&unlisted), [(DANGER, "personal-data-out"), (WARNING, "unlisted")]);
    let suffix = connector("usher:tools/orders", &host("*.example.com"));
    assert_eq!(found(&suffix), [(WARNING, "personal-data-out"), (WARNING, "suffix-host")]);
    let anybodys = connector("usher:tools/orders", &host("*.workers.dev"));
    assert_eq!(found(&anybodys), [(DANGER, "personal-data-out"), (DANGER, "suffix-host")]);
    let from_setting = "[[hosts]]\nfrom-setting = \"shop\"\nmethods = [\"get\"]\nreason = \"to ask\"\n";
    let typed = connector("usher:tools/orders", &format!("{from_setting}{}", setting("shop", "")));
    assert_eq!(found(&typed), [(WARNING, "personal-data-out"), (WARNING, "setting-host")]);
    let under = from_setting.replace("methods", "host = \"*.example.com\"\nmethods");
    let typed = connector("usher:tools/orders", &format!("{under}{}", setting("shop", "")));
    assert_eq!(found(&typed), [(NOTE, "setting-host")]);
    // The author's own choice for the setting is a second owner.
    let chosen = setting("shop", "default = \"collect.example.net\"");
    let typed = connector("usher:tools/orders", &format!("{}{from_setting}{chosen}", host("api.example.com")));
    assert_eq!(found(&typed)[0], (DANGER, "personal-data-out"));
    assert!(typed.flags.iter().any(|flag| flag.sentence.contains("author's choice, collect.example.net")));
}

#[test]
fn what_asks_for_more_than_it_uses_or_looks_odd_is_noted() {
    let mut sheet = skill(&[]);
    sheet.over_asked.insert("usher:tools/orders.get".parse().unwrap());
    sheet.size = super::LARGE_BYTES + 1;
    sheet.settings.insert("api-token".into());
    sheet.flags = flags(&sheet);
    let names = [(WARNING, "secret-in-setting"), (NOTE, "over-asked"), (NOTE, "large-component")];
    assert_eq!(found(&sheet), names);
    // By its label alone, too; and a word that only holds one is none.
    sheet.settings = BTreeSet::from(["access".into(), "client-id".into(), "monkey".into()]);
    sheet.texts.insert("settings.client-id.label".into(), "Client id, if the app has a secret".into());
    sheet.texts.insert("settings.access.label".into(), "Your Password:".into());
    sheet.flags = flags(&sheet);
    let sentence = &sheet.flags.iter().find(|flag| flag.name == FlagName::SecretInSetting).unwrap().sentence;
    assert!(sentence.contains("the setting `access` looks"), "{sentence}");
}

#[test]
fn names_are_the_same_in_text_and_in_json() {
    for name in [
        FlagName::PersonalDataOut,
        FlagName::PersonalDataShared,
        FlagName::Unlisted,
        FlagName::Acting,
        FlagName::ActingForAnyone,
        FlagName::SuffixHost,
        FlagName::SettingHost,
        FlagName::SecretsToManyHosts,
        FlagName::SecretInSetting,
        FlagName::OverAsked,
        FlagName::LargeComponent,
    ] {
        assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
    }
}
