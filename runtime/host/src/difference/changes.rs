//! Compares two sheets part by part.

use super::{Change, Mark, What, hosts, words};
use crate::registry::Effect;
use crate::sentences;
use crate::sheet::{PermissionSheet, SheetInterface, SheetSecret, SheetTool, SheetWebhook};
use crate::skill::Assurance;
use crate::visible::visible;
use std::collections::{BTreeMap, BTreeSet};
use usher_manifest::FunctionName;

/// All changes, first those that widen; within these in the order of a sheet.
pub(super) fn all(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let mut changes = identity(before, after);
    changes.extend(tools(before, after));
    changes.extend(interfaces(before, after));
    changes.extend(hosts::changes(before, after));
    changes.extend(secrets(before, after));
    changes.extend(webhooks(before, after));
    changes.extend(names(&before.settings, &after.settings, true, |name| {
        (What::Setting { name: name.clone() }, sentences::setting(name))
    }));
    changes.extend(names(&before.baseline, &after.baseline, true, |interface| {
        (What::Baseline { interface: interface.clone() }, sentences::baseline(interface))
    }));
    changes.extend(limits(before, after));
    changes.extend(over_asked(before, after));
    changes.extend(texts(before, after));
    changes.sort_by_key(|change| !change.widens);
    changes
}

/// Entries by their name. Of two with one name the later counts; a manifest has no two.
fn pairs<'a, K: Ord + ?Sized, T>(
    before: &'a [T],
    after: &'a [T],
    name: impl Fn(&'a T) -> &'a K,
) -> BTreeMap<&'a K, (Option<&'a T>, Option<&'a T>)> {
    let mut pairs: BTreeMap<&K, (Option<&T>, Option<&T>)> = BTreeMap::new();
    before.iter().for_each(|entry| pairs.entry(name(entry)).or_default().0 = Some(entry));
    after.iter().for_each(|entry| pairs.entry(name(entry)).or_default().1 = Some(entry));
    pairs
}

/// `can` is the verb's phrase: "read the setting …".
fn came(what: What, can: &str) -> Change {
    Change::new(Mark::Added, true, what, format!("can now {can}"))
}

fn went(what: What, can: &str) -> Change {
    Change::new(Mark::Removed, false, what, format!("can no longer {can}"))
}

fn names<T: Ord>(
    before: &BTreeSet<T>,
    after: &BTreeSet<T>,
    widens: bool,
    of: impl Fn(&T) -> (What, String),
) -> Vec<Change> {
    let added = after.difference(before).map(|name| {
        let (what, can) = of(name);
        Change { widens, ..came(what, &can) }
    });
    let removed = before.difference(after).map(|name| {
        let (what, can) = of(name);
        went(what, &can)
    });
    added.chain(removed).collect()
}

fn identity(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |what, sentence| changes.push(Change::new(Mark::Changed, true, what, sentence));
    if before.plugin != after.plugin {
        let what = What::Plugin { before: before.plugin.clone(), after: after.plugin.clone() };
        add(what, format!("is another plugin: {}, and not {}", after.plugin, before.plugin));
    }
    if before.kind != after.kind {
        let what = What::Kind { before: before.kind, after: after.kind };
        add(what, format!("is now a {}, and was a {}", after.kind, before.kind));
    }
    changes
}

fn tools(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let pairs = pairs(&before.tools, &after.tools, |tool| &tool.function);
    let change = |(before, after): (Option<&SheetTool>, Option<&SheetTool>)| {
        let what = What::Tool { before: before.cloned(), after: after.cloned() };
        match (before, after) {
            // What is the runtime's alone is refused to every skill.
            (None, Some(after)) => {
                let came = came(what, &sentences::tool(after)).because(Some(&after.reason));
                Some(Change { widens: after.rule.effect != Effect::Runtime, ..came })
            }
            (Some(before), None) => Some(went(what, &sentences::tool(before))),
            (Some(before), Some(after)) => {
                let facts = words::tool(before, after);
                let sentence = format!("can {}: {}", sentences::title(after), facts.join("; "));
                (!facts.is_empty()).then(|| Change::new(Mark::Changed, tool_widens(before, after), what, sentence))
            }
            (None, None) => None,
        }
    };
    pairs.into_values().filter_map(change).collect()
}

/// Whether the second rule lets through a call that the first stops, or tells the reviewer something else of it.
fn tool_widens(before: &SheetTool, after: &SheetTool) -> bool {
    if after.rule.effect == Effect::Runtime {
        return false;
    }
    before.rule.effect == Effect::Runtime
        // Acting → reading: it goes without the customer's yes. Reading → acting: what was approved as harmless isn't.
        || before.rule.effect != after.rule.effect
        || rank(after.rule.assurance) < rank(before.rule.assurance)
        || (after.rule.personal && !before.rule.personal)
        || (before.rule.order.is_some() && before.rule.order != after.rule.order)
        || (before.rule.owned && !after.rule.owned)
        || !words::same_but_for_what_is_known(&before.rule, &after.rule)
        || before.provided_by != after.provided_by
        || (after.takes_text && !before.takes_text)
}

fn rank(assurance: Assurance) -> u8 {
    match assurance {
        Assurance::Anonymous => 0,
        Assurance::Identified => 1,
        Assurance::Authenticated => 2,
    }
}

fn interfaces(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let pairs = pairs(&before.provides, &after.provides, |provided| &provided.interface);
    let change = |(before, after): (Option<&SheetInterface>, Option<&SheetInterface>)| {
        let what = What::Interface { before: before.cloned(), after: after.cloned() };
        match (before, after) {
            (None, Some(after)) => Some(came(what, &sentences::interface(after))),
            (Some(before), None) => Some(went(what, &sentences::interface(before))),
            (Some(before), Some(after)) if before != after => {
                let widens = !after.functions.is_subset(&before.functions)
                    || (after.personal && !before.personal)
                    || (after.acting && !before.acting);
                let sentence = format!("can {}; before: {}", sentences::interface(after), sentences::interface(before));
                Some(Change::new(Mark::Changed, widens, what, sentence))
            }
            _ => None,
        }
    };
    pairs.into_values().filter_map(change).collect()
}

fn secrets(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let pairs = pairs(&before.secrets, &after.secrets, |secret| secret.name.as_str());
    let change = |(before, after): (Option<&SheetSecret>, Option<&SheetSecret>)| {
        let (mark, shown) = match (before, after) {
            (None, Some(after)) => (Mark::Added, format!("now {}", sentences::secret(after))),
            (Some(before), None) => (Mark::Removed, format!("no longer {}", sentences::secret(before))),
            (Some(before), Some(after)) if before != after => {
                let (before, after) = (sentences::secret(before), sentences::secret(after));
                (Mark::Changed, format!("now {after}; before it {before}"))
            }
            _ => return None,
        };
        let what = What::Secret { before: before.cloned(), after: after.cloned() };
        // Another way of sending it is another use of it, whichever way.
        Some(Change::new(mark, after.is_some(), what, shown))
    };
    pairs.into_values().filter_map(change).collect()
}

fn webhooks(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let pairs = pairs(&before.webhooks, &after.webhooks, |webhook| webhook.name.as_str());
    let change = |(before, after): (Option<&SheetWebhook>, Option<&SheetWebhook>)| {
        let (mark, shown) = match (before, after) {
            (None, Some(after)) => (Mark::Added, format!("now {}", sentences::webhook(after))),
            (Some(before), None) => (Mark::Removed, format!("no longer {}", sentences::webhook(before))),
            (Some(before), Some(after)) if before != after => {
                let (before, after) = (sentences::webhook(before), sentences::webhook(after));
                (Mark::Changed, format!("now {after}; before it {before}"))
            }
            _ => return None,
        };
        let what = What::Webhook { before: before.cloned(), after: after.cloned() };
        // Another check lets others in, whichever way.
        Some(Change::new(mark, after.is_some(), what, shown))
    };
    pairs.into_values().filter_map(change).collect()
}

fn limits(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let (before, after) = (before.limits_of_a_call(), after.limits_of_a_call());
    let names: BTreeSet<_> = before.keys().chain(after.keys()).cloned().collect();
    let change = |name: String| {
        let (before, after) = (before.get(&name).copied(), after.get(&name).copied());
        let (mark, sentence) = match (before, after) {
            (Some(before), Some(after)) if before < after => {
                (Mark::Changed, format!("its limit {name} is raised from {before} to {after}"))
            }
            (Some(before), Some(after)) if before > after => {
                (Mark::Changed, format!("its limit {name} is lowered from {before} to {after}"))
            }
            (None, Some(after)) => (Mark::Added, format!("its limit {name} is {after}")),
            (Some(before), None) => (Mark::Removed, format!("its limit {name} of {before} has no meaning any more")),
            _ => return None,
        };
        let widens = matches!((before, after), (Some(before), Some(after)) if before < after);
        Some(Change::new(mark, widens, What::Limit { name, before, after }, sentence))
    };
    names.into_iter().filter_map(change).collect()
}

fn over_asked(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let change = |mark, function: &FunctionName, sentence| {
        Change::new(mark, false, What::OverAsked { function: function.clone() }, sentence)
    };
    let added = after.over_asked.difference(&before.over_asked).map(|function| {
        let sentence = format!("now declares {function}, which its component doesn't import; it isn't given");
        change(Mark::Added, function, sentence)
    });
    let removed = before.over_asked.difference(&after.over_asked).map(|function| {
        let sentence = match after.grants(function) {
            true => format!("now imports {function}, which it only declared before"),
            false => format!("no longer declares {function}, which it didn't import"),
        };
        change(Mark::Removed, function, sentence)
    });
    added.chain(removed).collect()
}

/// What is said about a plugin and means nothing for what it can do, by place.
fn said(sheet: &PermissionSheet) -> BTreeMap<String, &str> {
    let mut said: BTreeMap<String, &str> =
        sheet.texts.iter().map(|(place, text)| (place.clone(), text.as_str())).collect();
    said.insert("name".into(), &sheet.name);
    said.insert("version".into(), &sheet.version);
    said
}

/// What is said of single functions and hosts, by place. Of one that is new, its own change tells the reason.
fn said_of_parts(sheet: &PermissionSheet) -> BTreeMap<String, &str> {
    let tools = sheet.tools.iter().flat_map(|tool| {
        let place = |of: &str| format!("tools.{}.{of}", tool.function);
        [(place("reason"), tool.reason.as_str()), (place("title"), tool.rule.title.as_str())]
    });
    let hosts = sheet.hosts.iter().map(|host| (format!("hosts.{}.reason", host.host), host.reason.as_str()));
    tools.chain(hosts).collect()
}

fn texts(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let (mut old, mut new) = (said(before), said(after));
    let (old_parts, new_parts) = (said_of_parts(before), said_of_parts(after));
    for (place, text) in &old_parts {
        if let Some(now) = new_parts.get(place) {
            old.insert(place.clone(), text);
            new.insert(place.clone(), now);
        }
    }
    let places: BTreeSet<_> = old.keys().chain(new.keys()).cloned().collect();
    let change = |place: String| {
        let (old, new) = (old.get(&place).copied(), new.get(&place).copied());
        if old == new {
            return None;
        }
        let (removed, added) = (words::missing(old, new), words::missing(new, old));
        let shown = visible(&place);
        let (mark, sentence) = match (old, new) {
            (None, _) => (Mark::Added, format!("says something new in `{shown}`")),
            (_, None) => (Mark::Removed, format!("no longer says anything in `{shown}`")),
            _ => match (removed.as_slice(), added.as_slice()) {
                ([], []) => (Mark::Changed, format!("says the same in `{shown}` in another order")),
                ([removed], [added]) => {
                    (Mark::Changed, format!("says “{added}” in `{shown}`, and said “{removed}” before"))
                }
                _ => (Mark::Changed, format!("says something else in `{shown}`")),
            },
        };
        Some(Change::new(mark, false, What::Text { place: shown, removed, added }, sentence))
    };
    places.into_iter().filter_map(change).collect()
}
