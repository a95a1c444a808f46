//! The buttons of a message that the runtime itself asks something with.

use serde_json::Value;

/// Those of the way to a person and back, and of an answer's question, in the order of their places.
pub(super) fn buttons(view: &Value) -> Vec<&Value> {
    let yes_and_no =
        ["consent", "resolved", "offer"].iter().flat_map(|asked| [&view[*asked]["yes"], &view[*asked]["no"]]);
    let several = [&view["question"]["choices"], &view["rating"]["labels"]];
    let several = several.into_iter().filter_map(Value::as_array).flatten();
    let one = [&view["question"]["skip"], &view["tell_me"]];
    yes_and_no.chain(several).chain(one).filter(|button| button.is_object()).collect()
}

#[cfg(test)]
mod tests {
    use super::buttons;
    use serde_json::json;

    #[test]
    fn every_question_of_the_runtime_has_its_buttons() {
        let button = |place: &str| json!({ "ref": place, "label": place, "kind": "choose" });
        let cases = [
            (json!({ "offer": { "yes": button("7.0"), "no": button("7.1") } }), vec!["7.0", "7.1"]),
            (json!({ "question": { "choices": [button("7.0")], "skip": button("7.1") } }), vec!["7.0", "7.1"]),
            (json!({ "question": { "choices": [] } }), vec![]),
            (json!({ "rating": { "labels": [button("7.0"), button("7.1")] } }), vec!["7.0", "7.1"]),
            (json!({ "tell_me": button("7.0"), "handoff": true }), vec!["7.0"]),
            (json!({ "quick_replies": [button("7.0")] }), vec![]),
        ];
        for (view, places) in cases {
            let found: Vec<_> = buttons(&view).iter().map(|button| button["ref"].as_str().expect("a place")).collect();
            assert_eq!(found, places, "{view}");
        }
    }
}
