//! Texts of the operator's own, by language: whether the languages are spoken here and the texts can be read.

use super::{LANGUAGES, Language};
use std::collections::BTreeMap;

/// Whether it is the tag of a language that the runtime speaks, as texts are kept by it.
#[must_use]
pub fn is_spoken(tag: &str) -> bool {
    LANGUAGES.iter().any(|language| language.tag() == tag)
}

/// Why a tag isn't one, and what to write.
#[must_use]
pub fn unspoken(tag: &str) -> String {
    let known = LANGUAGES.map(Language::tag).join(", ");
    format!("`{tag}` isn't among the languages that are spoken here; use {known}")
}

/// Adds what is wrong with texts for customers, which may be `most` characters long. `key` is the field that holds them.
pub fn check_texts(key: &str, texts: &BTreeMap<String, String>, most: usize, wrong: &mut Vec<String>) {
    for (language, text) in texts {
        if !is_spoken(language) {
            wrong.push(format!("`{key}.{language}`: {}", unspoken(language)));
        }
        let length = text.chars().count();
        if text.trim().is_empty() {
            wrong.push(format!("`{key}.{language}`: it is empty; write what a customer reads, or leave it out"));
        } else if length > most {
            wrong.push(format!("`{key}.{language}`: it has {length} characters; keep at most {most}"));
        }
    }
}
