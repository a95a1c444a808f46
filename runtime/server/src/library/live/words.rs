//! A live article's text: the operator's words with what the address answers.

use serde_json::Value;
use std::collections::BTreeMap;
use usher_agent::hygiene::clean_line;
use usher_agent::knowledge::Live;
use usher_agent::texts::Language;

/// The longest value, characters.
const VALUE: usize = 500;
/// The place of a page's text in the operator's words.
pub(super) const PAGE: &str = "text";

/// The values at these pointers, each a line.
pub(super) fn values_of(body: &[u8], pointers: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let answer: Value = serde_json::from_slice(body).map_err(|error| format!("it doesn't answer JSON: {error}"))?;
    let value = |(name, pointer): (&String, &String)| {
        let text = match answer.pointer(pointer) {
            Some(Value::String(text)) => clean_line(text),
            Some(number @ (Value::Number(_) | Value::Bool(_))) => number.to_string(),
            Some(Value::Null) | None => return Err(format!("`{name}`: it answers nothing at `{pointer}`")),
            Some(_) => return Err(format!("`{name}`: what it answers at `{pointer}` is no single value")),
        };
        if text.is_empty() {
            return Err(format!("`{name}`: what it answers at `{pointer}` is empty"));
        }
        Ok((name.clone(), text.chars().take(VALUE).collect()))
    };
    pointers.iter().map(value).collect()
}

/// Puts values where their names stand in braces. What fills in isn't filled in itself.
pub(super) fn in_words(body: &str, values: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}').and_then(|(name, after)| Some((values.get(name)?, after))) {
            Some((value, after)) => {
                text.push_str(value);
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// What is wrong with a live article that somebody wrote: each message names the field and says how to mend it.
pub(crate) fn check(live: &Live) -> Result<(), String> {
    let names: Vec<&str> = match live.values.is_empty() {
        true => vec![PAGE],
        false => live.values.keys().map(String::as_str).collect(),
    };
    if live.title.trim().is_empty() || live.title.chars().count() > 200 {
        return Err("`live.title`: write 1 to 200 characters".to_owned());
    }
    if live.body.trim().is_empty() || live.body.chars().count() > 10_000 {
        return Err("`live.body`: write 1 to 10,000 characters, with {name} where a value stands".to_owned());
    }
    if let Some(name) = usher_agent::greeting::unknown_placeholder(&live.body, &names) {
        let known: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
        return Err(format!("`live.body`: nothing is known as {{{name}}}; filled in are {}", known.join(", ")));
    }
    if !names.iter().any(|name| live.body.contains(&format!("{{{name}}}"))) {
        return Err(format!("`live.body`: it names no value; write {{{}}} where it stands", names[0]));
    }
    if live.values.len() > 20 {
        return Err("`live.values`: keep at most 20".to_owned());
    }
    for (name, pointer) in &live.values {
        let plain = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '-');
        if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
            return Err(format!("`live.values`: `{name}` is no name; write up to 40 of a-z, - and _"));
        }
        if !pointer.starts_with('/') || pointer.len() > 300 {
            return Err(format!("`live.values.{name}`: `{pointer}` is no JSON pointer; write it like `/page/status`"));
        }
    }
    if !(15..=86_400).contains(&live.every) {
        return Err("`live.every`: write 15 to 86400 seconds (a day)".to_owned());
    }
    Ok(())
}

/// What an article says while nobody knows, in the language of a BCP 47 tag.
pub(super) fn nobody_knows(tag: &str) -> &'static str {
    match Language::of(tag).unwrap_or(Language::English) {
        Language::English => {
            "How this stands isn't known right now: the place where it is looked up doesn't answer. Please ask again in a \
             while."
        }
        Language::French => {
            "Pour le moment, on ne sait pas ce qu'il en est : la source de cette information ne répond pas. Reposez la \
             question dans un moment."
        }
        Language::Dutch => {
            "Hoe het hiermee staat is nu niet bekend: de plek waar dat te zien is, antwoordt niet. Vraag het over een \
             tijdje nog eens."
        }
        Language::Swedish => {
            "Hur det står till med det här är inte känt just nu: stället där det går att se svarar inte. Fråga igen om en \
             stund."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live() -> Live {
        Live {
            title: "Status".to_owned(),
            body: "The checkout is {status}, since {since}.".to_owned(),
            values: [("status", "/page/status"), ("since", "/page/since")]
                .map(|(name, pointer)| (name.to_owned(), pointer.to_owned()))
                .into(),
            questions: Vec::new(),
            language: None,
            every: 60,
            read_at: None,
        }
    }

    #[test]
    fn values_go_into_the_operators_words() {
        let live = live();
        let body = br#"{"page":{"status":"up {since}\n# and","since":3}}"#;
        let values = values_of(body, &live.values).unwrap();
        assert_eq!(in_words(&live.body, &values), "The checkout is up {since} # and, since 3.");
        for (body, problem) in [
            (&b"<html>"[..], "doesn't answer JSON"),
            (br#"{"page":{"status":"up"}}"#, "`since`: it answers nothing at `/page/since`"),
            (br#"{"page":{"status":["up"],"since":1}}"#, "no single value"),
            (br#"{"page":{"status":" ","since":1}}"#, "is empty"),
            (br#"{"page":{"status":null,"since":1}}"#, "nothing"),
        ] {
            let error = values_of(body, &live.values).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(check(&live()), Ok(()));
        let with = |change: fn(&mut Live)| {
            let mut changed = live();
            change(&mut changed);
            check(&changed).unwrap_err()
        };
        assert!(with(|live| live.every = 14).contains("`live.every`"));
        assert!(with(|live| live.title.clear()).contains("`live.title`"));
        assert!(with(|live| live.body = "It is {statu}.".to_owned()).contains("nothing is known as {statu}"));
        assert!(with(|live| live.body = "It is fine.".to_owned()).contains("names no value"));
        assert!(with(|live| drop(live.values.insert("a".to_owned(), "b".to_owned()))).contains("`live.values.a`"));
        assert!(with(|live| live.values.clear()).contains("nothing is known as {status}; filled in are {text}"));
    }
}
