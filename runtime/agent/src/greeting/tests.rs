use super::placeholders::filled;
use super::*;
use crate::ShopProfile;
use crate::desk::Staffing;
use crate::hours::Opening;
use crate::texts::{LANGUAGES, Language};
use crate::voice::Voice;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::PluginId;

fn shop(voice: Voice) -> ShopProfile {
    ShopProfile {
        name: "Lumen".to_owned(),
        locale: "en".to_owned(),
        languages: LANGUAGES.to_vec(),
        time_zone: "Europe/Berlin".to_owned(),
        voice,
        greeting: BTreeMap::new(),
        link_hosts: BTreeSet::new(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn skills(ids: &[&str]) -> Vec<PluginId> {
    ids.iter().map(|id| id.parse().unwrap()).collect()
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned())).collect()
}

const OPEN: Opening = Opening { open: true, changes_at: None };

fn scene<'a>(shop: &'a ShopProfile, services: &'a [PluginId], language: Language) -> Scene<'a> {
    Scene {
        shop,
        voice: shop.voice,
        language,
        country: None,
        time_zone: Some("Europe/Berlin"),
        hours_zone: "Europe/Berlin",
        now: at("2026-11-26T10:00+01:00"),
        services,
        opening: OPEN,
        people: true,
        staffing: None,
    }
}

fn staffed(online: usize, wait: Option<i64>) -> Option<Staffing> {
    Some(Staffing { open: true, online, back_at: None, wait: wait.map(SignedDuration::from_mins) })
}

#[test]
fn each_voice_has_a_greeting_of_its_own_in_each_language() {
    let services = skills(&["general-qa", "returns-exchanges", "order-tracking"]);
    let mut seen = BTreeSet::new();
    for language in LANGUAGES {
        for voice in Voice::ALL {
            let shop = shop(voice);
            let text = compose(&GreetingSettings::default(), &scene(&shop, &services, language)).text;
            assert!(text.contains("Lumen") && !text.contains('{'), "{text}");
            assert!(text.to_lowercase().contains("assistent") || text.contains("assistant"), "{text}");
            assert!(seen.insert(text));
        }
    }
    assert!(seen.contains(
        "Hello! This is the assistant of Lumen. I can look up orders, help with returns and answer questions about the \
         shop. What can I do for you?"
    ));
}

#[test]
fn only_what_live_skills_can_do_is_promised() {
    let shop = shop(Voice::Neutral);
    let text =
        |ids: &[&str], language| compose(&GreetingSettings::default(), &scene(&shop, &skills(ids), language)).text;
    assert_eq!(text(&[], Language::English), "Hello! This is the assistant of Lumen. What can I do for you?");
    assert_eq!(
        text(&["loyalty"], Language::English),
        "Hello! This is the assistant of Lumen. I can check your points. What can I do for you?"
    );
    let all = text(
        &["order-tracking", "returns-exchanges", "order-editing", "subscriptions", "loyalty", "general-qa", "acme/own"],
        Language::Dutch,
    );
    assert!(
        all.contains(
            "Ik kan bestellingen opzoeken, helpen met retouren, bestellingen wijzigen of annuleren en vragen over de \
             winkel beantwoorden."
        ),
        "{all}"
    );
}

#[test]
fn of_people_only_what_is_known_is_said() {
    let shop = shop(Voice::Friendly);
    let base = scene(&shop, &[], Language::English);
    let text = |scene: &Scene<'_>| compose(&GreetingSettings::default(), scene).text;
    let nobody = text(&base);
    assert_eq!(nobody, "Hi there! I'm the assistant of Lumen. What can I do for you?");
    assert_eq!(text(&Scene { staffing: staffed(0, Some(4)), ..base }), nobody);
    let there = text(&Scene { staffing: staffed(2, None), ..base });
    assert_eq!(there, "Hi there! I'm the assistant of Lumen. Our team is here too. What can I do for you?");
    let wait = text(&Scene { staffing: staffed(2, Some(4)), ..base });
    assert!(wait.contains("Our team is here too; they answer in about 4 minutes."), "{wait}");
    let closed = Opening { open: false, changes_at: Some(at("2026-11-30T09:00+01:00")) };
    let back = text(&Scene { opening: closed, ..base });
    assert!(back.contains("Our team is back Monday 09:00 (your time)."), "{back}");
    let elsewhere = text(&Scene { opening: closed, time_zone: None, ..base });
    assert!(elsewhere.contains("Our team is back Monday 09:00 (Europe/Berlin)."), "{elsewhere}");
    // Where nobody ever is, and where there is no team, nothing is promised.
    assert_eq!(text(&Scene { opening: Opening { open: false, changes_at: None }, ..base }), nobody);
    assert_eq!(text(&Scene { opening: closed, people: false, staffing: staffed(2, None), ..base }), nobody);
}

#[test]
fn the_operators_words_go_first() {
    let mut shop = shop(Voice::Neutral);
    shop.greeting = texts(&[("en", "From the configuration, {shop}."), ("nl", "Uit de configuratie.")]);
    let settings = GreetingSettings {
        text: texts(&[("en", "Hello from {shop}! We are here {hours}. The wait is {wait}. I {services}.")]),
        text_when_closed: texts(&[("en", "Nobody is here, back {hours}.")]),
        ..GreetingSettings::default()
    };
    let services = skills(&["loyalty"]);
    let open = Scene {
        opening: Opening { open: true, changes_at: Some(at("2026-11-26T17:00+01:00")) },
        staffing: staffed(1, Some(90)),
        ..scene(&shop, &services, Language::English)
    };
    let text = |scene: &Scene<'_>| compose(&settings, scene).text;
    assert_eq!(
        text(&open),
        "Hello from Lumen! We are here until 17:00 (your time). The wait is about 2 hours. I check your points."
    );
    // What isn't known takes its sentence with it.
    let unknown = Scene { staffing: None, services: &[], ..open };
    assert_eq!(text(&unknown), "Hello from Lumen! We are here until 17:00 (your time).");
    let closed = Scene { opening: Opening { open: false, changes_at: Some(at("2026-11-27T09:00+01:00")) }, ..open };
    assert_eq!(text(&closed), "Nobody is here, back tomorrow 09:00 (your time).");
    let dutch = Scene { language: Language::Dutch, ..open };
    assert_eq!(text(&dutch), "Uit de configuratie.");
    let french = Scene { language: Language::French, ..open };
    assert!(text(&french).starts_with("Bonjour !"));
}

#[test]
fn what_isnt_known_takes_its_sentence_with_it() {
    let fill = |text| filled(text, &[("shop", Some("Lumen")), ("wait", None)]);
    assert_eq!(fill("Hi, {shop}! Wait {wait}... Then ask."), "Hi, Lumen! Then ask.");
    assert_eq!(fill("{wait}"), "");
    assert_eq!(fill("First\nWait {wait}\nThird {shop}"), "First\nThird Lumen");
    assert_eq!(fill("Open 9.30 at {shop}. {Not a name} { stays."), "Open 9.30 at Lumen. {Not a name} { stays.");
    // What fills in isn't filled in itself.
    assert_eq!(filled("{shop}", &[("shop", Some("{wait}")), ("wait", Some("x"))]), "{wait}");
}

fn preset(label: &[(&str, &str)], when: When) -> Preset {
    Preset {
        label: texts(label),
        action: PresetAction::Ask { question: texts(&[("en", "Where?"), ("fr", "Où ?")]) },
        when,
    }
}

fn set(values: &[&str]) -> BTreeSet<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[test]
fn presets_fit_the_hour_the_country_and_the_language() {
    let shop = shop(Voice::Neutral);
    let settings = GreetingSettings {
        presets: vec![
            preset(&[("en", "Always"), ("fr", "Toujours")], When::default()),
            preset(&[("en", "Open")], When { open: Some(true), ..When::default() }),
            preset(&[("en", "Closed")], When { open: Some(false), ..When::default() }),
            preset(&[("en", "Germany")], When { countries: set(&["DE", "AT"]), ..When::default() }),
            preset(&[("en", "French")], When { languages: set(&["fr"]), ..When::default() }),
        ],
        ..GreetingSettings::default()
    };
    let labels = |scene: &Scene<'_>| -> Vec<String> {
        compose(&settings, scene).choices.into_iter().map(|choice| choice.label).collect()
    };
    let base = scene(&shop, &[], Language::English);
    assert_eq!(labels(&base), ["Always", "Open"]);
    assert_eq!(labels(&Scene { country: Some("AT"), ..base }), ["Always", "Open", "Germany"]);
    assert_eq!(labels(&Scene { country: Some("FR"), ..base }), ["Always", "Open"]);
    let closed = Opening { open: false, changes_at: None };
    assert_eq!(
        labels(&Scene { opening: closed, language: Language::French, ..base }),
        ["Toujours", "Closed", "French"]
    );

    let french = compose(&settings, &Scene { language: Language::French, ..base });
    assert_eq!(french.choices[0].action, PresetAction::Ask { question: texts(&[("fr", "Où ?")]) });
    // Its id stays whichever others are shown.
    assert_eq!(french.choices[2].id, "preset-5");
}

#[test]
fn a_country_is_told_by_the_zone_before_the_language() {
    let of = |zone, locale| country_of(zone, locale);
    assert_eq!(of(Some("Europe/Stockholm"), Some("en-US")).as_deref(), Some("SE"));
    assert_eq!(of(Some("America/Indiana/Indianapolis"), None).as_deref(), Some("US"));
    assert_eq!(of(Some("UTC"), Some("pt-br")).as_deref(), Some("BR"));
    assert_eq!(of(None, Some("zh-Hant-TW")).as_deref(), Some("TW"));
    assert_eq!(of(None, Some("fr")), None);
    assert_eq!(of(None, Some("en-x-us")), None);
    assert_eq!(of(None, None), None);
}

#[test]
fn what_is_wrong_is_named_with_the_way_out() {
    let settings = GreetingSettings {
        text: texts(&[("de", "Hallo"), ("en", "We are here {hour}."), ("fr", " ")]),
        text_when_closed: BTreeMap::new(),
        presets: vec![
            Preset {
                label: texts(&[("en", "A")]),
                action: PresetAction::Open { url: "http://a.example".into() },
                when: When::default(),
            },
            Preset {
                label: texts(&[("nl", "B")]),
                action: PresetAction::Ask { question: texts(&[("nl", "Wat?")]) },
                when: When { countries: set(&["Germany"]), languages: set(&["en-GB"]), open: None },
            },
        ],
    };
    assert_eq!(
        settings.check(Language::English).unwrap_err(),
        [
            "`text.de`: `de` isn't among the languages that are spoken here; use en, fr, nl, sv",
            "`text.fr`: it is empty; write what a customer reads, or leave it out",
            "`text.en`: nothing is known as {hour}; filled in are {shop}, {services}, {hours}, {wait}",
            "`presets.0.action.url`: `http://a.example` is no address of the web; write it like `https://shop.example.com/sale`",
            "`presets.1.label.en`: it isn't there, and `en` is the shop's own language; write it",
            "`presets.1.action.question.en`: it isn't there, and `en` is the shop's own language; write it",
            "`presets.1.when.countries`: `Germany` is no country; write its two letters, like `DE`",
            "`presets.1.when.languages`: `en-GB` isn't among the languages that are spoken here; use en, fr, nl, sv",
        ]
    );
    let good =
        GreetingSettings { presets: vec![preset(&[("en", "A")], When::default())], ..GreetingSettings::default() };
    assert_eq!(good.check(Language::English), Ok(()));
}
