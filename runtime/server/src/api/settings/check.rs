//! What is wrong with settings that could be read.

use crate::config::{is_contact, is_label};
use std::collections::BTreeSet;
use usher_agent::desk::{DeskSettings, RoutingRule, Timers};
use usher_agent::greeting::unknown_placeholder;
use usher_agent::handoff::{FieldKind, FormField, HandoffSettings};
use usher_agent::texts::{Language, check_texts, is_spoken, unspoken};
use usher_manifest::PluginId;

/// The longest text that a customer reads, characters.
const TEXT: usize = 2_000;
/// The longest question of a form, characters.
const QUESTION: usize = 300;
/// The longest name or label, characters.
const NAME: usize = 60;
const MOST_LINKS: usize = 10;
const MOST_FIELDS: usize = 10;
const MOST_CHOICES: usize = 10;
const MOST_GROUPS: usize = 50;
const MOST_RULES: usize = 100;
const MOST_VIEWS: usize = 200;
/// A year, in minutes.
const YEAR: u32 = 365 * 24 * 60;
/// What the texts of a handoff fill in.
const IN_TEXTS: [&str; 2] = ["hours", "wait"];
/// A fact that is found out without a form.
const ORDER: &str = "order";

/// What is wrong with handoff settings. `shop` is the shop's own language; `known` says of a skill whether there is one.
pub(super) fn handoff(
    settings: &HandoffSettings,
    shop: Language,
    desk: &DeskSettings,
    known: impl Fn(&PluginId) -> bool,
) -> Result<(), Vec<String>> {
    let mut wrong = Vec::new();
    check_texts("message.text", &settings.message.text, TEXT, &mut wrong);
    if settings.message.links.len() > MOST_LINKS {
        wrong.push(format!("`message.links`: there are {}; keep at most {MOST_LINKS}", settings.message.links.len()));
    }
    for (index, (label, address)) in settings.message.links.iter().enumerate() {
        if !is_label(label) || label.chars().count() > NAME {
            wrong.push(format!(
                "`message.links.{index}`: its label isn't plain; write up to {NAME} characters without brackets"
            ));
        }
        if !is_contact(address) {
            wrong.push(format!(
                "`message.links.{index}`: `{address}` is no address; write it like https://…, mailto:… or tel:…"
            ));
        }
    }
    let texts = [
        ("texts.online", &settings.texts.online),
        ("texts.offline", &settings.texts.offline),
        ("texts.unreachable", &settings.texts.unreachable),
    ];
    for (key, texts) in texts {
        check_texts(key, texts, TEXT, &mut wrong);
        for (language, text) in texts {
            if let Some(name) = unknown_placeholder(text, &IN_TEXTS) {
                wrong.push(format!(
                    "`{key}.{language}`: nothing is known as {{{name}}}; filled in are {{hours}}, {{wait}}"
                ));
            }
        }
    }
    for skill in settings.offer_by_skill.keys().filter(|skill| !known(skill)) {
        wrong.push(format!("`offer_by_skill.{skill}`: there is no such skill; `usher skills` lists them"));
    }
    form(&settings.form, shop, &mut wrong);
    let names: BTreeSet<&str> = settings.form.iter().map(|field| field.name.as_str()).collect();
    for rule in &desk.rules {
        if let Some((fact, _)) = &rule.when.fact
            && !asks_for(&names, fact)
        {
            let rule = &rule.name;
            wrong.push(format!(
                "`form`: the desk's rule `{rule}` goes by the field `{fact}`; change the rule first, or keep the field"
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn form(form: &[FormField], shop: Language, wrong: &mut Vec<String>) {
    if form.len() > MOST_FIELDS {
        wrong
            .push(format!("`form`: there are {} fields; customers answer few, keep at most {MOST_FIELDS}", form.len()));
    }
    let mut names = BTreeSet::new();
    for (index, field) in form.iter().enumerate() {
        let key = format!("form.{index}");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if !(1..=40).contains(&field.name.len()) || !field.name.chars().all(plain) {
            wrong.push(format!("`{key}.name`: `{}` is no name; write up to 40 of a-z, 0-9, - and _", field.name));
        }
        if !names.insert(&field.name) {
            wrong.push(format!("`{key}.name`: there are two fields `{}`; give one another name", field.name));
        }
        if !field.question.contains_key(shop.tag()) {
            let tag = shop.tag();
            wrong.push(format!(
                "`{key}.question.{tag}`: it isn't there, and `{tag}` is the shop's own language; write it"
            ));
        }
        check_texts(&format!("{key}.question"), &field.question, QUESTION, wrong);
        if let FieldKind::Choice { choices } = &field.kind {
            let distinct: BTreeSet<String> = choices.iter().map(|choice| choice.trim().to_lowercase()).collect();
            if !(2..=MOST_CHOICES).contains(&choices.len()) || distinct.len() != choices.len() {
                wrong.push(format!("`{key}.choices`: write 2 to {MOST_CHOICES} choices, each another"));
            }
            if choices.iter().any(|choice| !is_name(choice)) {
                wrong.push(format!("`{key}.choices`: each is a line of up to {NAME} characters"));
            }
        }
    }
}

/// What is wrong with the desk's settings. `form` is asked before a person comes.
pub(super) fn desk(settings: &DeskSettings, form: &[FormField]) -> Result<(), Vec<String>> {
    let mut wrong = Vec::new();
    let DeskSettings { groups, rules, timers, views, .. } = settings;
    for (what, count, most) in
        [("groups", groups.len(), MOST_GROUPS), ("rules", rules.len(), MOST_RULES), ("views", views.len(), MOST_VIEWS)]
    {
        if count > most {
            wrong.push(format!("`{what}`: there are {count}; keep at most {most}"));
        }
    }
    if let Some(group) = groups.iter().find(|group| !is_name(group)) {
        wrong.push(format!("`groups`: `{group}` is no name; write a line of up to {NAME} characters"));
    }
    let names: BTreeSet<&str> = form.iter().map(|field| field.name.as_str()).collect();
    for (index, rule) in rules.iter().enumerate() {
        check_rule(&format!("rules.{index}"), rule, groups, &names, &mut wrong);
    }
    check_timers(timers, &mut wrong);
    let mut seen = BTreeSet::new();
    for (index, view) in views.iter().enumerate() {
        if !is_name(&view.name) {
            wrong.push(format!("`views.{index}.name`: write a line of up to {NAME} characters"));
        }
        if !seen.insert((&view.person, &view.name)) {
            wrong.push(format!("`views.{index}.name`: there are two views `{}`; give one another name", view.name));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn check_rule(
    key: &str,
    rule: &RoutingRule,
    groups: &BTreeSet<String>,
    form: &BTreeSet<&str>,
    wrong: &mut Vec<String>,
) {
    if !is_name(&rule.name) {
        wrong.push(format!("`{key}.name`: write a line of up to {NAME} characters"));
    }
    if !groups.contains(&rule.group) {
        let group = &rule.group;
        wrong
            .push(format!("`{key}.group`: there is no group `{group}`; add it to `groups`, or name one that is there"));
    }
    if let Some(language) = &rule.when.language
        && !is_spoken(language)
    {
        wrong.push(format!("`{key}.when.language`: {}", unspoken(language)));
    }
    if let Some((fact, _)) = &rule.when.fact
        && !asks_for(form, fact)
    {
        wrong.push(format!(
            "`{key}.when.fact`: the form has no field `{fact}`; add it to `form` of `/api/v1/handoff` first"
        ));
    }
}

fn asks_for(form: &BTreeSet<&str>, fact: &str) -> bool {
    fact == ORDER || form.contains(fact)
}

fn check_timers(timers: &Timers, wrong: &mut Vec<String>) {
    let Timers { remind_after, pending_after, solve_after, close_after, mail_after } = *timers;
    let times = [
        ("remind_after", Some(remind_after), 1),
        ("pending_after", pending_after, 1),
        ("solve_after", solve_after, 1),
        ("close_after", Some(close_after), 1),
        ("mail_after", Some(mail_after), 0),
    ];
    for (name, minutes, least) in times {
        if minutes.is_some_and(|minutes| !(least..=YEAR).contains(&minutes)) {
            wrong.push(format!("`timers.{name}`: write {least} to {YEAR} minutes (a year)"));
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= NAME && !text.chars().any(char::is_control)
}
