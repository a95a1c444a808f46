//! Where requests may go, compared by what the patterns admit.

use super::{Change, Mark, What};
use crate::reach::Reach;
use crate::sentences::{list, requests};
use crate::sheet::PermissionSheet;
use crate::visible::visible;
use std::collections::BTreeSet;
use usher_manifest::Method;

/// A place that took the place of narrower or wider ones is one change; others come and go alone.
pub(super) fn changes(before: &PermissionSheet, after: &PermissionSheet) -> Vec<Change> {
    let (old, new) = (Reach::of(&before.hosts), Reach::of(&after.hosts));
    let same = |a: &Reach, b: &Reach| a.host == b.host && a.default_of == b.default_of;
    let gone: Vec<&Reach> = old.iter().filter(|place| !new.iter().any(|other| same(place, other))).collect();
    let mut explained: Vec<&Reach> = Vec::new();
    let mut changes = Vec::new();
    for place in &new {
        let covered = |method: &Method| old.iter().any(|old| old.methods.contains(method) && old.covers(place));
        let fresh: BTreeSet<Method> = place.methods.iter().filter(|method| !covered(method)).copied().collect();
        let mut add = |mark, before: Vec<Reach>, sentence| {
            let what = What::Host { before, after: Some(place.clone()) };
            let reason = after.hosts.iter().find(|host| host.host == place.host).map(|host| host.reason.as_str());
            changes.push(Change::new(mark, !fresh.is_empty(), what, sentence).because(reason));
        };
        if let Some(kept) = old.iter().find(|old| same(old, place)) {
            if kept.methods != place.methods {
                add(Mark::Changed, vec![kept.clone()], methods(kept, place));
            }
            continue;
        }
        let narrower: Vec<&Reach> = gone.iter().filter(|old| place.covers(old)).copied().collect();
        let wider: Vec<&Reach> = gone.iter().filter(|old| old.covers(place)).copied().collect();
        let all = requests(&place.methods, place);
        if !narrower.is_empty() {
            let sentence = format!("can now {all}; before: {}", names(&narrower));
            add(Mark::Changed, narrower.iter().copied().cloned().collect(), sentence);
            explained.extend(narrower);
        } else if !wider.is_empty() {
            let more = match fresh.is_empty() {
                true => String::new(),
                false => format!("; it couldn't send {} there", requests_by(&fresh)),
            };
            let sentence = format!("can {all}, instead of to {}{more}", names(&wider));
            add(Mark::Changed, wider.iter().copied().cloned().collect(), sentence);
            explained.extend(wider);
        } else if fresh.is_empty() {
            add(Mark::Added, Vec::new(), format!("names a place that it could reach before: it can {all}"));
        } else {
            add(Mark::Added, Vec::new(), format!("can now {all}{}", with_secrets(after)));
        }
    }
    for place in gone.into_iter().filter(|place| !explained.contains(place)) {
        let sentence = format!("can no longer {}", requests(&place.methods, place));
        let what = What::Host { before: vec![place.clone()], after: None };
        changes.push(Change::new(Mark::Removed, false, what, sentence));
    }
    changes
}

fn methods(before: &Reach, after: &Reach) -> String {
    let added: BTreeSet<Method> = after.methods.difference(&before.methods).copied().collect();
    let removed: BTreeSet<Method> = before.methods.difference(&after.methods).copied().collect();
    match (added.is_empty(), removed.is_empty()) {
        (_, true) => format!("can now {} as well", requests(&added, after)),
        (true, _) => format!("can no longer {}", requests(&removed, before)),
        _ => format!("can now {}, and no longer {}", requests(&added, after), requests_by(&removed)),
    }
}

fn requests_by(methods: &BTreeSet<Method>) -> String {
    format!("{} requests", list(methods.iter().map(|method| crate::sentences::verb(*method))))
}

fn names(places: &[&Reach]) -> String {
    visible(&list(places.iter().map(ToString::to_string)))
}

/// Every secret goes to every host of its connector.
fn with_secrets(sheet: &PermissionSheet) -> String {
    let secrets: BTreeSet<_> = sheet.secrets.iter().map(|secret| format!("`{}`", visible(&secret.name))).collect();
    match secrets.len() {
        0 => String::new(),
        1 => format!(", with its secret {}", list(secrets)),
        _ => format!(", with its secrets {}", list(secrets)),
    }
}
