//! What changed in a setting, value by value: of a line of the audit that holds how it was and how it is.

use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use usher_host::visible;
use utoipa::ToSchema;

/// Values that changed beyond this number aren't told one by one.
const CHANGES: usize = 200;

/// One value of a setting that changed.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuditChange)]
pub(super) struct ChangeView {
    /// Where in the setting: `message.links.0.url`.
    place: String,
    /// As it was, as JSON; missing where it wasn't there.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// As it is, as JSON; missing where it isn't there any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

/// What is another in `after` than in `before`, value by value.
pub(super) fn changes(detail: &Value) -> Vec<ChangeView> {
    let (Some(before), Some(after)) = (detail.get("before"), detail.get("after")) else { return Vec::new() };
    if !(before.is_object() || after.is_object() || before.is_array() || after.is_array()) {
        return Vec::new();
    }
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    flatten(before, String::new(), &mut old);
    flatten(after, String::new(), &mut new);
    let places: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = places.into_iter().filter(|place| old.get(*place) != new.get(*place));
    let view = |place: &String| ChangeView {
        place: if place.is_empty() { "the whole".to_owned() } else { place.clone() },
        before: old.get(place).cloned(),
        after: new.get(place).cloned(),
    };
    changed.take(CHANGES).map(view).collect()
}

fn flatten(value: &Value, place: String, out: &mut BTreeMap<String, String>) {
    let below = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match value {
        // What wasn't there as a whole.
        Value::Null if place.is_empty() => {}
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| flatten(value, below(name), out));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, value)| flatten(value, below(&index.to_string()), out));
        }
        leaf => {
            out.insert(place, visible(&leaf.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_changed_is_told() {
        let before = json!({ "on": true, "links": [{ "url": "a" }, { "url": "b" }], "left": 1 });
        let after = json!({ "on": false, "links": [{ "url": "a" }], "came": [] });
        let told = changes(&json!({ "before": before, "after": after }));
        let told: Vec<_> =
            told.iter().map(|one| (one.place.as_str(), one.before.as_deref(), one.after.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("came", None, Some("[]")),
                ("left", Some("1"), None),
                ("links.1.url", Some("\"b\""), None),
                ("on", Some("true"), Some("false")),
            ]
        );
        assert!(changes(&json!({ "before": 1, "after": 2 })).is_empty(), "the sentence says it");
        assert!(changes(&json!({ "after": { "on": true } })).is_empty());
    }

    #[test]
    fn what_came_as_a_whole_is_told_by_its_values() {
        let told = changes(&json!({ "before": null, "after": { "on": true } }));
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].before.as_deref(), told[0].after.as_deref()), (None, Some("true")));
    }
}
