//! What is wrong with a greeting that somebody wrote.

use super::{GreetingSettings, PLACEHOLDERS, Preset, PresetAction, unknown_placeholder};
use crate::texts::{Language, check_texts, is_spoken, unspoken};
use std::collections::BTreeMap;

/// Presets.
const MOST_PRESETS: usize = 12;
/// The longest greeting, characters.
const TEXT: usize = 2_000;
/// The longest label, characters.
const LABEL: usize = 60;
/// The longest question, characters.
const QUESTION: usize = 500;

impl GreetingSettings {
    /// Whether they can be used; `shop` is the shop's own language. Whether the articles are there is not looked at.
    ///
    /// # Errors
    /// All that is wrong: each message names the field and says how to mend it.
    pub fn check(&self, shop: Language) -> Result<(), Vec<String>> {
        let mut wrong = Vec::new();
        for (key, texts) in [("text", &self.text), ("text_when_closed", &self.text_when_closed)] {
            check_texts(key, texts, TEXT, &mut wrong);
            for (language, text) in texts {
                if let Some(name) = unknown_placeholder(text, &PLACEHOLDERS) {
                    let known = PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", ");
                    wrong.push(format!("`{key}.{language}`: nothing is known as {{{name}}}; filled in are {known}"));
                }
            }
        }
        if self.presets.len() > MOST_PRESETS {
            wrong.push(format!("`presets`: there are {}; keep at most {MOST_PRESETS}", self.presets.len()));
        }
        for (index, preset) in self.presets.iter().enumerate() {
            check_preset(&format!("presets.{index}"), preset, shop, &mut wrong);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

fn check_preset(key: &str, preset: &Preset, shop: Language, wrong: &mut Vec<String>) {
    in_the_shops_language(&format!("{key}.label"), &preset.label, shop, wrong);
    check_texts(&format!("{key}.label"), &preset.label, LABEL, wrong);
    match &preset.action {
        PresetAction::Ask { question } => {
            in_the_shops_language(&format!("{key}.action.question"), question, shop, wrong);
            check_texts(&format!("{key}.action.question"), question, QUESTION, wrong);
        }
        PresetAction::Article { article } if article.trim().is_empty() => {
            wrong.push(format!("`{key}.action.article`: it is empty; write an article's id"));
        }
        PresetAction::Article { .. } => {}
        PresetAction::Open { url } => {
            let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
            if host.is_none_or(|host| host.is_empty() || host.contains('@'))
                || url.chars().any(|c| c.is_whitespace() || c.is_control())
            {
                wrong.push(format!(
                    "`{key}.action.url`: `{url}` is no address of the web; write it like `https://shop.example.com/sale`"
                ));
            }
        }
    }
    for country in &preset.when.countries {
        if country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase()) {
            wrong.push(format!("`{key}.when.countries`: `{country}` is no country; write its two letters, like `DE`"));
        }
    }
    for language in &preset.when.languages {
        if !is_spoken(language) {
            wrong.push(format!("`{key}.when.languages`: {}", unspoken(language)));
        }
    }
}

fn in_the_shops_language(key: &str, texts: &BTreeMap<String, String>, shop: Language, wrong: &mut Vec<String>) {
    let tag = shop.tag();
    if !texts.contains_key(tag) {
        wrong.push(format!("`{key}.{tag}`: it isn't there, and `{tag}` is the shop's own language; write it"));
    }
}
