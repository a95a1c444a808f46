//! The difference against a model of its own: the set of all single things that a sheet allows, found by trying them.

use super::{Asks, Difference, Mark, What};
use crate::inspect::Digest;
use crate::limits::Limits;
use crate::registry::{Effect, ProvidedBy, ToolRule};
use crate::sheet::{PermissionSheet, SheetGrant, SheetHost, SheetInterface, SheetSecret, SheetTool, SheetWebhook};
use crate::skill::Assurance;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::{Encoding, HostPattern, Kind, Method, Verification};

/// Hosts that patterns name, and for each suffix one that nobody names.
const HOSTS: [&str; 8] = [
    "shop.example",
    "eu.shop.example",
    "a.eu.shop.example",
    "api.other.example",
    "fresh.shop.example",
    "fresh.eu.shop.example",
    "fresh.other.example",
    "fresh.invalid.example",
];
const SUFFIXES: [&str; 3] = ["shop.example", "eu.shop.example", "other.example"];
const METHODS: [Method; 2] = [Method::Get, Method::Post];
const MEMORY: [usize; 3] = [1 << 20, 2 << 20, 3 << 20];

fn tools() -> impl Strategy<Value = Vec<SheetTool>> {
    let rule = (
        select(vec![Effect::Reading, Effect::Acting, Effect::Runtime]),
        select(vec![Assurance::Anonymous, Assurance::Identified, Assurance::Authenticated]),
        any::<bool>(),
        option::of(0_usize..2),
        any::<bool>(),
    );
    let tool = (rule, any::<(bool, bool, bool)>());
    let tool = tool.prop_map(|((effect, assurance, personal, order, owned), (listed, runtime, takes_text))| {
        let rule = ToolRule { title: "Do it".into(), effect, assurance, personal, order, owned };
        let provided_by = if runtime { ProvidedBy::Runtime } else { ProvidedBy::Connector };
        let function = "usher:tools/orders.get".parse().unwrap();
        SheetTool { function, rule, listed, provided_by, takes_text, reason: "to do it".into() }
    });
    let names = subsequence(vec!["get", "recent", "cancel"], 0..=3);
    (names, vec(tool, 3)).prop_map(|(names, tools)| {
        let named = |(name, tool): (&str, SheetTool)| SheetTool {
            function: format!("usher:tools/orders.{name}").parse().unwrap(),
            ..tool
        };
        names.into_iter().zip(tools).map(named).collect()
    })
}

fn patterns() -> Vec<HostPattern> {
    let exact = HOSTS[..4].iter().map(|host| HostPattern::Exact((*host).into()));
    let suffix = SUFFIXES.iter().map(|suffix| HostPattern::Suffix((*suffix).into()));
    let setting = ["x", "y"].into_iter().flat_map(|setting| {
        let suffixes = [None].into_iter().chain(SUFFIXES[..2].iter().map(|suffix| Some((*suffix).to_owned())));
        suffixes.map(move |suffix| HostPattern::FromSetting { setting: setting.into(), suffix })
    });
    exact.chain(suffix).chain(setting).collect()
}

fn hosts() -> impl Strategy<Value = Vec<SheetHost>> {
    let default = option::of(select(HOSTS.to_vec()));
    // A setting has one default, whatever patterns name it.
    let defaults = (default.clone(), default);
    let methods = vec(btree_set(select(METHODS.to_vec()), 1..=2), 4);
    (subsequence(patterns(), 0..=4), methods, defaults).prop_map(|(patterns, methods, (x, y))| {
        let host = |(host, methods): (HostPattern, BTreeSet<Method>)| {
            let default = match &host {
                HostPattern::FromSetting { setting, .. } => {
                    if setting == "x" {
                        x
                    } else {
                        y
                    }
                }
                _ => None,
            };
            let default = default.filter(|value| host.admits(value, |_| Some((*value).to_owned())));
            SheetHost { default: default.map(str::to_owned), host, methods, reason: "to ask".into() }
        };
        patterns.into_iter().zip(methods).map(host).collect()
    })
}

fn secrets() -> impl Strategy<Value = Vec<SheetSecret>> {
    let grant = option::of(select(vec!["/token", "/oauth/token"]));
    let secret = (select(vec!["Authorization", "X-Key"]), select(vec!["{}", "Bearer {}"]), grant);
    (subsequence(vec!["key", "token"], 0..=2), vec(secret, 2)).prop_map(|(names, secrets)| {
        let secret = |(name, (header, value, path)): (&str, (&str, &str, Option<&str>))| SheetSecret {
            name: name.into(),
            header: header.into(),
            value: value.into(),
            client_credentials: path.map(|path| SheetGrant { token_path: path.into(), client_id: "client-id".into() }),
        };
        names.into_iter().zip(secrets).map(secret).collect()
    })
}

fn webhooks() -> impl Strategy<Value = Vec<SheetWebhook>> {
    let webhook = (select(vec!["X-Signature", "X-Key"]), any::<(bool, bool)>());
    (subsequence(vec!["events", "replies"], 0..=2), vec(webhook, 2)).prop_map(|(names, webhooks)| {
        let webhook = |(name, (header, (token, timed))): (&str, (&str, (bool, bool)))| SheetWebhook {
            name: name.into(),
            verification: match token {
                true => Verification::Token { header: header.into() },
                false => Verification::HmacSha256 {
                    header: header.into(),
                    timestamp_header: timed.then(|| "X-Time".into()),
                    encoding: Encoding::Hex,
                },
            },
            secret: "signing-secret".into(),
        };
        names.into_iter().zip(webhooks).map(webhook).collect()
    })
}

fn provides() -> impl Strategy<Value = Vec<SheetInterface>> {
    let functions = subsequence(vec!["get", "recent"], 1..=2);
    let interface = (functions, any::<(bool, bool, bool)>()).prop_map(|(functions, (listed, acting, personal))| {
        let functions = functions.into_iter().map(str::to_owned).collect();
        let interface = "usher:tools/orders".parse().unwrap();
        SheetInterface { interface, functions, listed, acting, personal }
    });
    (subsequence(vec!["orders", "returns"], 0..=2), vec(interface, 2)).prop_map(|(names, interfaces)| {
        let named = |(name, provided): (&str, SheetInterface)| SheetInterface {
            interface: format!("usher:tools/{name}").parse().unwrap(),
            ..provided
        };
        names.into_iter().zip(interfaces).map(named).collect()
    })
}

fn names(all: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<String>> {
    subsequence(all, 0..=all.len()).prop_map(|names| names.into_iter().map(str::to_owned).collect())
}

fn sheet() -> impl Strategy<Value = PermissionSheet> {
    let kind = prop_oneof![9 => Just(Kind::Connector), 1 => Just(Kind::Skill)];
    let id = prop_oneof![9 => Just("acme/orders"), 1 => Just("acme/others")];
    let limits = (select(MEMORY.to_vec()), select(vec![1_u64, 2]), select(vec![1_u32, 2]));
    let text = select(vec!["Reads orders.", "Reads orders.\nAnd more.", "Pay\u{202e}pal"]);
    let lists = (tools(), hosts(), (secrets(), webhooks()), provides());
    let sets = (names(&["x", "y", "z"]), names(&["usher:skill/log@0.1.0", "usher:skill/memory@0.1.0"]));
    (kind, id, lists, sets, limits, text).prop_map(
        |(
            kind,
            id,
            (tools, hosts, (secrets, webhooks), provides),
            (settings, baseline),
            (memory, http_ms, tool_calls),
            text,
        )| {
            let mut sheet = PermissionSheet {
                plugin: id.parse().unwrap(),
                kind,
                name: "Orders".into(),
                version: "1.0.0".into(),
                digest: Digest([0; 32]),
                size: 1,
                tools,
                over_asked: BTreeSet::new(),
                baseline,
                provides,
                hosts,
                secrets,
                webhooks,
                settings,
                limits: Limits { memory_bytes: memory, http_ms, tool_calls, ..Limits::default() },
                texts: BTreeMap::from([("overview".into(), text.into())]),
                flags: Vec::new(),
                fingerprint: Digest([0; 32]),
            };
            sheet.flags = crate::flags::flags(&sheet);
            sheet.fingerprint = sheet.fingerprint();
            sheet
        },
    )
}

/// The sheet with some of its entries, which can do no more.
fn part(sheet: &PermissionSheet, keep: &[bool]) -> PermissionSheet {
    let mut keep = keep.iter().copied().cycle();
    let mut next = || keep.next().unwrap_or(true);
    let mut part = sheet.clone();
    part.tools.retain(|_| next());
    part.hosts.retain(|_| next());
    part.secrets.retain(|_| next());
    part.webhooks.retain(|_| next());
    part.provides.retain(|_| next());
    part.settings.retain(|_| next());
    if next() {
        part.limits.memory_bytes = MEMORY[0];
    }
    part.fingerprint = part.fingerprint();
    part
}

/// Every single thing that a sheet allows.
fn abilities(sheet: &PermissionSheet) -> BTreeSet<String> {
    let mut all = BTreeSet::from([format!("is {} {}", sheet.kind, sheet.plugin)]);
    for tool in sheet.tools.iter().filter(|tool| tool.rule.effect != Effect::Runtime) {
        let SheetTool { function, rule, provided_by, takes_text, .. } = tool;
        for level in [Assurance::Anonymous, Assurance::Identified, Assurance::Authenticated] {
            if level as u8 >= rule.assurance as u8 {
                all.insert(format!("{function} {:?} for {level:?}", rule.effect));
            }
        }
        all.insert(format!("{function} answered by {provided_by:?}"));
        all.extend(takes_text.then(|| format!("{function} with text")));
        all.extend(rule.personal.then(|| format!("{function} reads personal data")));
        all.extend((!rule.owned).then(|| format!("{function} answers with another's")));
        let unchecked = (0..2).filter(|argument| rule.order != Some(*argument));
        all.extend(unchecked.map(|argument| format!("{function} with any order in {argument}")));
    }
    let typed: Vec<Option<&str>> = [None].into_iter().chain(HOSTS.map(Some)).collect();
    for (x, y) in typed.iter().flat_map(|x| typed.iter().map(move |y| (*x, *y))) {
        for host in HOSTS {
            for entry in &sheet.hosts {
                let setting = |name: &str| {
                    let typed = if name == "x" { x } else { y };
                    typed.map(str::to_owned).or_else(|| entry.default.clone())
                };
                if entry.host.admits(host, setting) {
                    all.extend(entry.methods.iter().map(|method| format!("{method:?} {host} with {x:?} {y:?}")));
                }
            }
        }
    }
    for SheetSecret { name, header, value, client_credentials } in &sheet.secrets {
        all.insert(format!("sends {name} as {header}: {value} {client_credentials:?}"));
    }
    for SheetWebhook { name, verification, secret } in &sheet.webhooks {
        all.insert(format!("is woken by {name}: {verification:?} {secret}"));
    }
    for provided in &sheet.provides {
        let name = &provided.interface;
        all.extend(provided.functions.iter().map(|function| format!("answers {name}.{function}")));
        all.extend(provided.personal.then(|| format!("{name} is personal")));
        all.extend(provided.acting.then(|| format!("{name} acts")));
    }
    all.extend(sheet.settings.iter().map(|name| format!("setting {name}")));
    all.extend(sheet.baseline.iter().map(|name| format!("baseline {name}")));
    let Limits { memory_bytes, http_ms, tool_calls, .. } = sheet.limits;
    all.extend(MEMORY.iter().filter(|bytes| **bytes <= memory_bytes).map(|bytes| format!("memory {bytes}")));
    match sheet.kind {
        Kind::Connector => all.extend((1..=http_ms).map(|ms| format!("http ms {ms}"))),
        Kind::Skill => all.extend((1..=tool_calls).map(|calls| format!("tool calls {calls}"))),
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn it_widens_exactly_where_something_new_can_be_done(a in sheet(), b in sheet()) {
        let difference = Difference::between(&a, &b);
        let (can_a, can_b) = (abilities(&a), abilities(&b));
        let new: Vec<_> = can_b.difference(&can_a).collect();
        prop_assert_eq!(difference.widens(), !new.is_empty(), "{:?}\n{:#?}", new, difference.changes());
        let asks = match (new.is_empty(), can_a.is_subset(&can_b)) {
            (false, _) => Asks::More,
            (true, false) => Asks::Less,
            (true, true) => Asks::Same,
        };
        prop_assert_eq!(difference.asks(), asks);
    }

    #[test]
    fn one_changed_part_is_found(a in sheet(), b in sheet(), which in 0..9) {
        // Two sheets that differ in much would hide a part that is never compared.
        let mut after = a.clone();
        match which {
            0 => after.tools = b.tools,
            1 => after.hosts = b.hosts,
            2 => after.secrets = b.secrets,
            3 => after.provides = b.provides,
            4 => after.settings = b.settings,
            5 => after.baseline = b.baseline,
            6 => after.limits = b.limits,
            7 => after.webhooks = b.webhooks,
            _ => after.plugin = b.plugin,
        }
        let difference = Difference::between(&a, &after);
        let new = abilities(&after).difference(&abilities(&a)).cloned().collect::<Vec<_>>();
        prop_assert_eq!(difference.widens(), !new.is_empty(), "{:?}\n{:#?}", new, difference.changes());
        if abilities(&after) != abilities(&a) {
            prop_assert!(!difference.is_empty());
            prop_assert_ne!(after.fingerprint(), a.fingerprint());
        }
    }

    #[test]
    fn nothing_changed_is_nothing(a in sheet()) {
        let difference = Difference::between(&a, &a);
        prop_assert!(difference.is_empty() && !difference.widens());
        prop_assert_eq!(difference, Difference::default());
    }

    #[test]
    fn a_part_asks_for_no_more_and_neither_does_its_part(
        a in sheet(),
        keep in vec(any::<bool>(), 16),
        keep_of_it in vec(any::<bool>(), 16),
    ) {
        let b = part(&a, &keep);
        let c = part(&b, &keep_of_it);
        for (before, after) in [(&a, &b), (&b, &c), (&a, &c)] {
            prop_assert!(!Difference::between(before, after).widens());
        }
    }

    #[test]
    fn steps_that_do_not_widen_add_up(a in sheet(), b in sheet(), c in sheet()) {
        // Parts of random sheets are often comparable; whole ones hardly ever are.
        let few = |sheet: &PermissionSheet, of: &PermissionSheet| {
            let mut few = of.clone();
            few.hosts.clone_from(&sheet.hosts);
            few
        };
        for (a, b, c) in [(&a, &b, &c), (&a, &few(&b, &a), &few(&c, &a))] {
            if !Difference::between(a, b).widens() && !Difference::between(b, c).widens() {
                prop_assert!(!Difference::between(a, c).widens());
            }
        }
    }

    #[test]
    fn order_means_nothing(a in sheet(), b in sheet(), by in any::<Index>()) {
        let turned = |sheet: &PermissionSheet| {
            let mut turned = sheet.clone();
            turned.tools.reverse();
            if !turned.hosts.is_empty() {
                let by = by.index(turned.hosts.len());
                turned.hosts.rotate_left(by);
            }
            turned.secrets.reverse();
            turned.provides.reverse();
            turned
        };
        let (turned_a, turned_b) = (turned(&a), turned(&b));
        prop_assert!(Difference::between(&a, &turned_a).is_empty());
        prop_assert_eq!(Difference::between(&turned_a, &turned_b), Difference::between(&a, &b));
        prop_assert_eq!(turned_a.fingerprint(), a.fingerprint());
    }

    #[test]
    fn the_fingerprint_tells_apart_what_can_do_different_things(a in sheet(), b in sheet()) {
        let difference = Difference::between(&a, &b);
        if difference.asks() != Asks::Same {
            prop_assert_ne!(a.fingerprint, b.fingerprint);
        }
        if a.fingerprint != b.fingerprint {
            prop_assert!(!difference.is_empty());
        }
    }

    #[test]
    fn a_sheet_is_read_back_as_it_was_written(a in sheet()) {
        let written = serde_json::to_string(&a).unwrap();
        let read: PermissionSheet = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(&read, &a);
        prop_assert_eq!(read.fingerprint(), a.fingerprint);
    }

    #[test]
    fn nothing_that_is_shown_hides_anything(a in sheet(), b in sheet(), text in any::<String>()) {
        let (mut a, mut b) = (a, b);
        b.texts.insert("settings.x.label".into(), text.clone());
        b.name = text.clone();
        for tool in &mut a.tools {
            tool.rule.title.clone_from(&text);
            tool.reason.clone_from(&text);
        }
        for secret in &mut b.secrets {
            secret.header.clone_from(&text);
        }
        let shown = |text: &str| text.chars().all(|c| !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c));
        for change in Difference::between(&a, &b).changes() {
            prop_assert!(shown(&change.sentence), "{:?}", change.sentence);
            if let What::Text { place, removed, added } = &change.what {
                prop_assert!([place].into_iter().chain(removed).chain(added).all(|text| shown(text)));
            }
        }
        for sentence in a.sentences().into_iter().chain(b.sentences()) {
            prop_assert!(shown(&sentence.text) && shown(&sentence.name) && sentence.reason.is_none_or(|it| shown(&it)));
        }
        prop_assert!(crate::flags::flags(&b).iter().all(|flag| shown(&flag.sentence)));
    }
}

fn connector(hosts: &[(HostPattern, &[Method])]) -> PermissionSheet {
    let host = |(host, methods): &(HostPattern, &[Method])| SheetHost {
        host: host.clone(),
        default: None,
        methods: methods.iter().copied().collect(),
        reason: "to ask".into(),
    };
    let mut sheet = PermissionSheet {
        plugin: "acme/orders".parse().unwrap(),
        kind: Kind::Connector,
        name: "Orders".into(),
        version: "1.0.0".into(),
        digest: Digest([0; 32]),
        size: 1,
        tools: Vec::new(),
        over_asked: BTreeSet::new(),
        baseline: BTreeSet::new(),
        provides: Vec::new(),
        hosts: hosts.iter().map(host).collect(),
        secrets: Vec::new(),
        webhooks: Vec::new(),
        settings: BTreeSet::new(),
        limits: Limits::default(),
        texts: BTreeMap::new(),
        flags: Vec::new(),
        fingerprint: Digest([0; 32]),
    };
    sheet.fingerprint = sheet.fingerprint();
    sheet
}

fn sentences(before: &PermissionSheet, after: &PermissionSheet) -> Vec<(Mark, bool, String)> {
    let difference = Difference::between(before, after);
    difference.changes().iter().map(|change| (change.mark, change.widens, change.sentence.clone())).collect()
}

const GET: &[Method] = &[Method::Get];
const BOTH: &[Method] = &[Method::Get, Method::Post];

fn exact(host: &str) -> HostPattern {
    HostPattern::Exact(host.into())
}

fn suffix(host: &str) -> HostPattern {
    HostPattern::Suffix(host.into())
}

#[test]
fn a_host_under_a_suffix_is_held_by_it() {
    let wide = connector(&[(suffix("shop.example"), GET)]);
    let narrow = connector(&[(exact("eu.shop.example"), GET)]);
    assert_eq!(
        sentences(&wide, &narrow),
        [(
            Mark::Changed,
            false,
            "can send GET requests to eu.shop.example, instead of to any host under *.shop.example".into()
        )]
    );
    assert_eq!(
        sentences(&narrow, &wide),
        [(
            Mark::Changed,
            true,
            "can now send GET requests to any host under *.shop.example; before: eu.shop.example".into()
        )]
    );
    let both = connector(&[(suffix("shop.example"), GET), (exact("eu.shop.example"), GET)]);
    let difference = Difference::between(&wide, &both);
    assert_eq!((difference.asks(), difference.changes().len()), (Asks::Same, 1));
    // A suffix doesn't admit the name itself, nor a name that only ends with the same letters.
    for other in ["shop.example", "myshop.example"] {
        assert!(Difference::between(&wide, &connector(&[(exact(other), GET)])).widens(), "{other}");
    }
}

#[test]
fn another_host_comes_and_one_goes() {
    let changes = sentences(&connector(&[(exact("a.example"), GET)]), &connector(&[(exact("b.example"), GET)]));
    assert_eq!(
        changes,
        [
            (Mark::Added, true, "can now send GET requests to b.example".to_owned()),
            (Mark::Removed, false, "can no longer send GET requests to a.example".to_owned()),
        ]
    );
}

#[test]
fn a_method_more_is_more() {
    let (get, both) = (connector(&[(exact("a.example"), GET)]), connector(&[(exact("a.example"), BOTH)]));
    assert_eq!(
        sentences(&get, &both),
        [(Mark::Changed, true, "can now send POST requests to a.example as well".to_owned())]
    );
    assert_eq!(
        sentences(&both, &get),
        [(Mark::Changed, false, "can no longer send POST requests to a.example".to_owned())]
    );
    // Fewer hosts and a method more is more.
    let change = &sentences(&connector(&[(suffix("a.example"), GET)]), &connector(&[(exact("x.a.example"), BOTH)]))[0];
    assert!(change.1 && change.2.ends_with("; it couldn't send POST requests there"), "{change:?}");
}

#[test]
fn the_authors_choice_for_a_setting_is_a_host_too() {
    let setting = HostPattern::FromSetting { setting: "host".into(), suffix: None };
    let plain = connector(&[(setting, GET)]);
    let mut chosen = plain.clone();
    chosen.hosts[0].default = Some("elsewhere.example".into());
    assert_eq!(
        sentences(&plain, &chosen),
        [(
            Mark::Added,
            true,
            "can now send GET requests to elsewhere.example, until the operator fills in the setting `host`".to_owned()
        )]
    );
    assert_ne!(plain.fingerprint(), chosen.fingerprint());
}

#[test]
fn a_function_more_is_said_in_the_registrys_words() {
    let before = connector(&[]);
    let mut after = before.clone();
    let registry = crate::ToolRegistry::shipped().unwrap();
    let function: usher_manifest::FunctionName = "usher:tools/order-actions.cancel".parse().unwrap();
    after.tools.push(SheetTool {
        rule: registry.rule(&function),
        listed: true,
        provided_by: ProvidedBy::Connector,
        takes_text: false,
        reason: "to cancel".into(),
        function,
    });
    let changes = sentences(&before, &after);
    let expected = "can now cancel one of the customer's orders (acting; for signed-in customers; for the customer's own \
                    orders; answered by a connector)";
    assert!(changes.contains(&(Mark::Added, true, expected.to_owned())), "{changes:?}");
    // A rule that is loosened later is a change of the sheet, with no change of the plugin.
    let mut loosened = after.clone();
    loosened.tools[0].rule.effect = Effect::Reading;
    loosened.tools[0].rule.order = None;
    assert_eq!(
        sentences(&after, &loosened),
        [(
            Mark::Changed,
            true,
            "can cancel one of the customer's orders: counted as acting, and goes without the customer's yes now; the \
             runtime no longer makes sure that the order is the customer's"
                .to_owned()
        )]
    );
}

#[test]
fn texts_that_changed_show_what_hides_in_them() {
    let mut before = connector(&[]);
    before.texts.insert("overview".into(), "Reads orders.\nNothing else.".into());
    let mut after = before.clone();
    after.texts.insert("overview".into(), "Reads orders.\nNothing \u{1b}[8melse\u{202e}.\u{e0041}\u{200b}".into());
    let difference = Difference::between(&before, &after);
    assert_eq!((difference.asks(), difference.changes().len()), (Asks::Same, 1));
    assert_eq!(
        difference.changes()[0].what,
        What::Text {
            place: "overview".into(),
            removed: vec!["Nothing else.".into()],
            added: vec!["Nothing \\u{1b}[8melse\\u{202e}.\\u{e0041}\\u{200b}".into()],
        }
    );
    // A hidden character alone is a change, too.
    let mut hidden = before.clone();
    hidden.name = "Orders\u{200b}".into();
    assert_eq!(sentences(&before, &hidden)[0].2, "says “Orders\\u{200b}” in `name`, and said “Orders” before");
}
