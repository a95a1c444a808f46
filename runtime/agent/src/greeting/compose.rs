//! One visitor's greeting.

use super::placeholders::filled;
use super::services::services;
use super::words::{people, words};
use super::{GreetingSettings, Preset, PresetAction};
use crate::ShopProfile;
use crate::desk::Staffing;
use crate::hours::{self, Opening};
use crate::texts::Language;
use crate::voice::Voice;
use jiff::Timestamp;
use std::collections::BTreeMap;
use usher_manifest::PluginId;

/// Who is greeted, when, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The shop.
    pub shop: &'a ShopProfile,
    /// How the shop speaks.
    pub voice: Voice,
    /// The language to greet in.
    pub language: Language,
    /// ISO 3166-1 alpha-2, where known.
    pub country: Option<&'a str>,
    /// IANA name of the visitor's zone, where known.
    pub time_zone: Option<&'a str>,
    /// IANA name of the zone that the business hours are read in.
    pub hours_zone: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Skills that can be asked.
    pub services: &'a [PluginId],
    /// How the business hours stand.
    pub opening: Opening,
    /// Conversations are handed to people, and not to a message that says where to turn to.
    pub people: bool,
    /// Who is there, where that is known.
    pub staffing: Option<Staffing>,
}

/// What a visitor is greeted with.
#[derive(Clone, Debug, PartialEq)]
pub struct Greeting {
    /// In one paragraph, unless the operator wrote several.
    pub text: String,
    /// When people are there, in words: `until 17:00 (your time)`, `Monday 09:00 (your time)`.
    pub hours: Option<String>,
    /// How long people take to answer, in words: `about 5 minutes`.
    pub wait: Option<String>,
    /// What can be chosen.
    pub choices: Vec<Choice>,
}

/// A preset as one visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Tells it from the others.
    pub id: String,
    /// What stands on it.
    pub label: String,
    /// What pressing it does; a question is in one language only, the visitor's where it is there.
    pub action: PresetAction,
}

/// Composes a greeting. The operator's text for the language goes first (while nobody is there the one for that), then
/// the configuration's, then the runtime's own in the shop's voice.
#[must_use]
pub fn compose(settings: &GreetingSettings, scene: &Scene<'_>) -> Greeting {
    let hours = hours_in_words(scene);
    let wait = scene.staffing.and_then(|staffing| staffing.wait).map(|wait| hours::span(wait, scene.language));
    let closed = !scene.opening.open;
    let tag = scene.language.tag();
    let own = settings.text_when_closed.get(tag).filter(|_| closed).or_else(|| settings.text.get(tag));
    let default = || default_text(scene, closed, hours.is_some(), wait.is_some());
    let text = own.or_else(|| scene.shop.greeting.get(tag)).cloned().unwrap_or_else(default);
    let text = filled(
        &text,
        &[
            ("shop", Some(&scene.shop.name)),
            ("services", services(scene.services, scene.language).as_deref()),
            ("hours", hours.as_deref()),
            ("wait", wait.as_deref()),
        ],
    );
    Greeting { text, hours, wait, choices: choices(settings, scene, closed) }
}

/// Says of people only what is known: that somebody is there, or when somebody is again.
fn default_text(scene: &Scene<'_>, closed: bool, hours: bool, wait: bool) -> String {
    let (words, people) = (words(scene.voice, scene.language), people(scene.language));
    let online = scene.staffing.is_some_and(|staffing| staffing.online > 0);
    let team = match (closed, online) {
        _ if !scene.people => "",
        (true, _) if hours => people.back,
        (false, true) if wait => people.there_wait,
        (false, true) => people.there,
        _ => "",
    };
    let parts = [words.hello, words.can, team, words.ask];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// How a greeting in this voice begins and ends, for whoever chooses one.
#[must_use]
pub fn sample(voice: Voice, language: Language, shop: &str) -> String {
    let words = words(voice, language);
    filled(&format!("{} {}", words.hello, words.ask), &[("shop", Some(shop))])
}

fn hours_in_words(scene: &Scene<'_>) -> Option<String> {
    let Opening { open, changes_at } = scene.opening;
    let Scene { now, time_zone, hours_zone, language, .. } = *scene;
    match (open, changes_at) {
        (true, None) => Some(people(language).always.to_owned()),
        (true, Some(at)) => Some(hours::until(at, now, time_zone, hours_zone, language)),
        (false, Some(at)) => Some(match time_zone {
            Some(zone) => hours::back_at(at, now, zone, language),
            None => hours::back_at_shop(at, now, hours_zone, language),
        }),
        (false, None) => None,
    }
}

fn choices(settings: &GreetingSettings, scene: &Scene<'_>, closed: bool) -> Vec<Choice> {
    let fits = |preset: &Preset| {
        let when = &preset.when;
        when.open.is_none_or(|open| open != closed)
            && (when.countries.is_empty() || scene.country.is_some_and(|country| when.countries.contains(country)))
            && (when.languages.is_empty() || when.languages.contains(scene.language.tag()))
    };
    let shown = (1..).zip(&settings.presets).filter(|(_, preset)| fits(preset));
    shown
        .map(|(number, preset)| Choice {
            id: format!("preset-{number}"),
            label: said(&preset.label, scene).cloned().unwrap_or_default(),
            action: match &preset.action {
                PresetAction::Ask { question } => PresetAction::Ask {
                    question: said(question, scene)
                        .map(|question| (scene.language.tag().to_owned(), question.to_owned()))
                        .into_iter()
                        .collect(),
                },
                other => other.clone(),
            },
        })
        .filter(|choice| !choice.label.is_empty())
        .collect()
}

/// In the visitor's language, else in the shop's, else in any.
fn said<'a>(texts: &'a BTreeMap<String, String>, scene: &Scene<'_>) -> Option<&'a String> {
    let shop = Language::of(&scene.shop.locale).unwrap_or(Language::English);
    texts.get(scene.language.tag()).or_else(|| texts.get(shop.tag())).or_else(|| texts.values().next())
}
