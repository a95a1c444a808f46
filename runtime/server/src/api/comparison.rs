//! Two releases of a plugin side by side: each thing that one of them can do, in words, with what it is in the other.

use super::sheet::word;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use usher_host::{About, Change, Difference, PermissionSheet, Sentence, What};
use utoipa::ToSchema;

/// One thing that one of two releases can do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparedPermission)]
pub(super) struct ComparedView {
    /// `tool`, `over-asked`, `interface`, `host`, `secret`, `webhook`, `setting`, `baseline` or `limit`.
    about: String,
    /// Its technical name.
    name: String,
    /// `same`, `added`, `removed` or `changed`.
    mark: &'static str,
    /// The release that is looked at can do something by it that the other can't.
    widens: bool,
    /// What the live release can do, in words; for a limit the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// What this release can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// Why its author says that it is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// All that one of the two can do: what asks for more first, then what changed, then the rest.
pub(super) fn compared(
    before: &PermissionSheet,
    after: &PermissionSheet,
    difference: &Difference,
) -> Vec<ComparedView> {
    let widening: BTreeSet<(String, String)> =
        difference.changes().iter().filter(|change| change.widens).flat_map(named).collect();
    let mut rows: BTreeMap<(About, String), (Option<Sentence>, Option<Sentence>)> = BTreeMap::new();
    for sentence in before.sentences() {
        let key = (sentence.about, sentence.name.clone());
        rows.entry(key).or_default().0 = Some(sentence);
    }
    for sentence in after.sentences() {
        let key = (sentence.about, sentence.name.clone());
        rows.entry(key).or_default().1 = Some(sentence);
    }
    let mut views: Vec<_> = rows
        .into_iter()
        .map(|((about, name), (before, after))| {
            let about = word(&about);
            let widens = widening.contains(&(about.clone(), name.clone()));
            let (old, new) = (before.as_ref().map(|one| &one.text), after.as_ref().map(|one| &one.text));
            ComparedView {
                mark: mark(old, new, widens),
                widens,
                reason: after.as_ref().and_then(|one| one.reason.clone()),
                before: before.map(|one| one.text),
                after: after.map(|one| one.text),
                about,
                name,
            }
        })
        .collect();
    views.extend(limits(difference));
    let rank = |view: &ComparedView| match (view.widens, view.mark) {
        (true, _) => 0,
        (false, "same") => 2,
        _ => 1,
    };
    views.sort_by_key(rank);
    views
}

/// A rule may be another though its words are the same.
fn mark<T: PartialEq>(before: Option<T>, after: Option<T>, widens: bool) -> &'static str {
    match (&before, &after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ if before == after && !widens => "same",
        _ => "changed",
    }
}

fn limits(difference: &Difference) -> impl Iterator<Item = ComparedView> {
    difference.changes().iter().filter_map(|change| {
        let What::Limit { name, before, after } = &change.what else { return None };
        Some(ComparedView {
            about: "limit".to_owned(),
            name: name.clone(),
            mark: mark(*before, *after, change.widens),
            widens: change.widens,
            before: before.map(|number| number.to_string()),
            after: after.map(|number| number.to_string()),
            reason: None,
        })
    })
}

/// The rows that a change is about, as sentences name them.
fn named(change: &Change) -> Vec<(String, String)> {
    let one = |about: About, name: String| vec![(word(&about), usher_host::visible(&name))];
    match &change.what {
        What::Tool { before, after } => {
            after.iter().chain(before).take(1).flat_map(|tool| one(About::Tool, tool.function.to_string())).collect()
        }
        What::Interface { before, after } => after
            .iter()
            .chain(before)
            .take(1)
            .flat_map(|provided| one(About::Interface, provided.interface.to_string()))
            .collect(),
        What::Host { after: Some(after), .. } => one(About::Host, after.to_string()),
        What::Secret { before, after } => {
            after.iter().chain(before).take(1).flat_map(|secret| one(About::Secret, secret.name.clone())).collect()
        }
        What::Webhook { before, after } => {
            after.iter().chain(before).take(1).flat_map(|webhook| one(About::Webhook, webhook.name.clone())).collect()
        }
        What::Setting { name } => one(About::Setting, name.clone()),
        What::Baseline { interface } => one(About::Baseline, interface.clone()),
        _ => Vec::new(),
    }
}
