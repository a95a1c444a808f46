//! The table of prerequisites, against the manifests of the skills that come with the product: for every skill and every
//! subset of what it needs, its state and the reasons are exactly these.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use usher_agent::skills::{
    Circumstances, Connection, ConnectorNow, Failing, Fix, Missing, State, Switch, missing, state,
};
use usher_manifest::{Category, InterfaceName, Kind, Manifest, PluginId, SkillManifest};

/// One row: what a skill needs. The agent itself, which every skill needs, is what runs this.
struct Row {
    skill: &'static str,
    category: Category,
    hub: bool,
    /// Customers must sign in before it tells anything of theirs.
    sign_in: bool,
    /// The last part of the interfaces of `usher:tools` that integrations must provide.
    integrations: &'static [&'static str],
    knowledge: &'static [&'static str],
    catalog: bool,
}

/// Order tracking needs no hub: the table of requirements counts, not the heading that it stands under.
const TABLE: [Row; 8] = [
    Row {
        skill: "returns-exchanges",
        category: Category::PostPurchase,
        hub: true,
        sign_in: true,
        integrations: &["orders", "returns"],
        knowledge: &["returns"],
        catalog: false,
    },
    Row {
        skill: "order-editing",
        category: Category::PostPurchase,
        hub: true,
        sign_in: true,
        integrations: &["orders", "order-actions"],
        knowledge: &["order-changes"],
        catalog: false,
    },
    Row {
        skill: "subscriptions",
        category: Category::PostPurchase,
        hub: true,
        sign_in: true,
        integrations: &["subscriptions"],
        knowledge: &["subscriptions"],
        catalog: false,
    },
    Row {
        skill: "loyalty",
        category: Category::PostPurchase,
        hub: true,
        sign_in: true,
        integrations: &["loyalty"],
        knowledge: &["loyalty"],
        catalog: false,
    },
    Row {
        skill: "order-tracking",
        category: Category::PostPurchase,
        hub: false,
        sign_in: true,
        integrations: &["orders"],
        knowledge: &[],
        catalog: false,
    },
    Row {
        skill: "coupons-discounts",
        category: Category::Core,
        hub: false,
        sign_in: false,
        integrations: &[],
        knowledge: &["coupons"],
        catalog: false,
    },
    Row {
        skill: "general-qa",
        category: Category::Core,
        hub: false,
        sign_in: false,
        integrations: &[],
        knowledge: &[],
        catalog: false,
    },
    Row {
        skill: "product-recommendations",
        category: Category::Core,
        hub: false,
        sign_in: false,
        integrations: &[],
        knowledge: &[],
        catalog: true,
    },
];

fn manifest(skill: &str) -> SkillManifest {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skills").join(skill).join("skill.toml");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    match Manifest::from_toml(Kind::Skill, &text) {
        Ok(Manifest::Skill(skill)) => skill,
        other => panic!("{skill}: {other:?}"),
    }
}

fn tools(interface: &str) -> InterfaceName {
    format!("usher:tools/{interface}").parse().unwrap()
}

fn id(text: &str) -> PluginId {
    text.parse().unwrap()
}

/// Ways in which nobody provides an interface.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lack {
    NoConnector,
    NotConnected,
    Failing,
    Misfit,
}

const LACKS: [Lack; 4] = [Lack::NoConnector, Lack::NotConnected, Lack::Failing, Lack::Misfit];

/// The connector that stands for an interface.
fn connector(interface: &InterfaceName) -> PluginId {
    id(&format!("its-{}", interface.interface()))
}

fn failing() -> Failing {
    Failing { message: "the token was refused".to_owned(), since: Timestamp::UNIX_EPOCH }
}

/// One thing that a skill needs.
#[derive(Clone, Debug)]
enum Need {
    Hub,
    Integration(InterfaceName),
    Knowledge(String),
    Catalog,
    Setting(String, String),
}

fn needs(manifest: &SkillManifest) -> Vec<Need> {
    let needs = &manifest.prerequisites;
    let hub = needs.hub.then_some(Need::Hub);
    let catalog = needs.catalog.then_some(Need::Catalog);
    let settings = manifest.settings.iter().filter(|setting| setting.required);
    hub.into_iter()
        .chain(needs.integrations.iter().cloned().map(Need::Integration))
        .chain(needs.knowledge.iter().cloned().map(Need::Knowledge))
        .chain(catalog)
        .chain(settings.map(|setting| Need::Setting(setting.name.clone(), setting.label.clone())))
        .collect()
}

/// The circumstances in which these needs are met and no others, and the reasons that must come of it.
fn circumstances(
    needs: &[Need],
    met: impl Fn(usize) -> bool,
    lack: Lack,
) -> (Circumstances, BTreeMap<String, String>, Vec<Missing>) {
    let mut now = Circumstances::default();
    let (mut settings, mut reasons) = (BTreeMap::new(), Vec::new());
    for (place, need) in needs.iter().enumerate() {
        let met = met(place);
        match need {
            Need::Hub => {
                now.hub = met;
                reasons.extend((!met).then_some(Missing::Hub));
            }
            Need::Integration(interface) => reasons.extend(integration(&mut now, interface, met, lack)),
            Need::Knowledge(topic) if met => drop(now.topics.insert(topic.clone())),
            Need::Knowledge(topic) => reasons.push(Missing::Knowledge { topic: topic.clone() }),
            Need::Catalog => {
                now.products = met;
                if !met {
                    let feed = integration(&mut now, &tools("catalog-feed"), false, lack);
                    reasons.push(Missing::Catalog { feed: feed.map(Box::new) });
                }
            }
            Need::Setting(name, _) if met => drop(settings.insert(name.clone(), "https://shop.example/".to_owned())),
            Need::Setting(name, label) => {
                reasons.push(Missing::Setting { name: name.clone(), label: label.clone() });
            }
        }
    }
    (now, settings, reasons)
}

fn integration(now: &mut Circumstances, interface: &InterfaceName, met: bool, lack: Lack) -> Option<Missing> {
    let (interface, connector) = (interface.clone(), connector(interface));
    let (connection, reason) = if met {
        (Some(Connection::Connected { failing: None }), None)
    } else {
        let (interface, connector) = (interface.clone(), connector.clone());
        let (connection, reason) = match lack {
            Lack::NoConnector => (None, Missing::Integration { interface, connectors: Vec::new() }),
            Lack::NotConnected => {
                (Some(Connection::None), Missing::Integration { interface, connectors: vec![connector] })
            }
            Lack::Failing => (
                Some(Connection::Connected { failing: Some(failing()) }),
                Missing::Health { interface, connector, failing: failing() },
            ),
            Lack::Misfit => {
                let problem = "setting `shop` is missing".to_owned();
                (Some(Connection::Misfit(problem.clone())), Missing::Misfit { interface, connector, problem })
            }
        };
        (connection, Some(reason))
    };
    if let Some(connection) = connection {
        if matches!(connection, Connection::Connected { .. }) {
            now.answers.insert(interface.clone(), connector.clone());
        }
        now.connectors.insert(connector, ConnectorNow { provides: BTreeSet::from([interface]), connection });
    }
    reason
}

#[test]
fn every_shipped_skill_needs_what_the_table_says() {
    for row in &TABLE {
        let manifest = manifest(row.skill);
        let needs = &manifest.prerequisites;
        assert_eq!((&manifest.id, manifest.category), (&id(row.skill), row.category));
        assert_eq!((needs.hub, needs.sign_in, needs.catalog), (row.hub, row.sign_in, row.catalog), "{}", row.skill);
        let provided: BTreeSet<InterfaceName> = needs.integrations.iter().cloned().collect();
        for interface in row.integrations {
            assert!(provided.contains(&tools(interface)), "{} needs {interface}", row.skill);
        }
        assert_eq!(row.integrations.is_empty(), provided.is_empty(), "{}", row.skill);
        assert_eq!(needs.knowledge, row.knowledge, "{}", row.skill);
        // All four channels, until an operator says otherwise.
        assert_eq!(manifest.channels.len(), 4, "{}", row.skill);
    }
}

#[test]
fn no_skill_is_shipped_without_its_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../skills");
    let shipped = std::fs::read_dir(folder).unwrap().flatten();
    for entry in shipped.filter(|entry| entry.path().join("skill.toml").is_file()) {
        let name = entry.file_name().into_string().unwrap();
        assert!(TABLE.iter().any(|row| row.skill == name), "{name} has no row in the table");
    }
}

#[test]
fn every_subset_of_prerequisites_has_its_state_and_reasons() {
    let mut subsets = 0;
    for row in &TABLE {
        let manifest = manifest(row.skill);
        let needs = needs(&manifest);
        for lack in LACKS {
            for subset in 0_u32..1 << needs.len() {
                subsets += 1;
                let (now, settings, reasons) = circumstances(&needs, |place| subset & (1 << place) != 0, lack);
                let found = missing(&manifest, &now, &settings);
                assert_eq!(found, reasons, "{} {lack:?} {subset:b}", row.skill);
                let whole = subset == (1 << needs.len()) - 1;
                for (switch, expected) in [
                    (Switch::On, if whole { State::Live } else { State::Unavailable }),
                    (Switch::PreviewOnly, if whole { State::PreviewOnly } else { State::Unavailable }),
                    (Switch::Paused, State::Paused),
                ] {
                    assert_eq!(state(&found, switch), expected, "{} {lack:?} {subset:b} {switch:?}", row.skill);
                }
            }
        }
    }
    assert!(subsets > 8 * LACKS.len(), "{subsets} are no subsets");
}

#[test]
fn the_hub_and_the_integration_are_needed_both() {
    let manifest = manifest("loyalty");
    let interface = manifest.prerequisites.integrations[0].clone();
    for (hub, connected) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut now = Circumstances { hub, ..Circumstances::default() };
        now.topics.extend(manifest.prerequisites.knowledge.iter().cloned());
        integration(&mut now, &interface, connected, Lack::NotConnected);
        let found = missing(&manifest, &now, &BTreeMap::new());
        assert_eq!(state(&found, Switch::On) == State::Live, hub && connected, "{found:?}");
    }
}

#[test]
fn every_reason_says_what_to_do() {
    let interface = tools("returns");
    let both = vec![id("loop"), id("aftership")];
    let (name, topic) = ("portal".to_owned(), "returns".to_owned());
    let cases = [
        (Missing::Hub, Fix::SwitchHubOn, "Requires the customer hub", "Switch the customer hub on"),
        (
            Missing::Integration { interface: interface.clone(), connectors: both.clone() },
            Fix::Connect { connectors: both },
            "Requires an integration that provides returns",
            "Connect loop or aftership",
        ),
        (
            Missing::Integration { interface: interface.clone(), connectors: Vec::new() },
            Fix::InstallConnector { interface: interface.clone() },
            "Requires an integration that provides returns",
            "Install a connector that provides returns (usher:tools/returns), and connect it",
        ),
        (
            Missing::Health { interface: interface.clone(), connector: id("loop"), failing: failing() },
            Fix::Mend { connector: id("loop") },
            "loop failed its health check: the token was refused",
            "Check loop's credentials and the provider's own status, then check the integration again",
        ),
        (
            Missing::Knowledge { topic: topic.clone() },
            Fix::WriteArticle { topic },
            "Requires an article on the topic `returns`",
            "Add an article with the topic `returns`",
        ),
        (
            Missing::Setting { name: name.clone(), label: "Address of the portal".to_owned() },
            Fix::FillIn { setting: name },
            "Requires a setting: Address of the portal",
            "Fill in the setting `portal`",
        ),
        (
            Missing::Catalog { feed: None },
            Fix::FillCatalog,
            "Requires the shop's product catalogue",
            "Wait until the shop's products are read; if none come, see that the shop has products on sale",
        ),
    ];
    for (missing, fix, what, words) in cases {
        assert_eq!((missing.fix(), missing.what().as_str(), missing.fix().words().as_str()), (fix, what, words));
    }
}

#[test]
fn what_the_runtime_answers_itself_needs_no_connector() {
    let mut manifest = manifest("general-qa");
    manifest.prerequisites.integrations = vec![tools("coupons")];
    let now = Circumstances { own: BTreeSet::from([tools("coupons")]), ..Circumstances::default() };
    assert_eq!(missing(&manifest, &now, &BTreeMap::new()), []);
}
