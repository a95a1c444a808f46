use serde_json::json;
use usher_sdk::connector::testing::{FakeRuntime, reply as answer};

use super::*;

/// Written by Kim of the team, whose alias customers see, in a ticket of user 7; the API's user is 1.
fn reply(comment: serde_json::Value) -> Option<Reply> {
    let _runtime = FakeRuntime::new()
        .setting("account", "example.zendesk.com")
        .provider(|_| answer(200, r#"{"user":{"id":1,"role":"admin"}}"#));
    let ticket = Record { requester_id: "7".to_owned(), submitter_id: "1".to_owned(), ..Record::default() };
    let kim = json!({ "id": 5, "name": "Kim Example", "alias": "Kim", "role": "agent" });
    let ana = json!({ "id": 7, "name": "Ana", "alias": null, "role": "end-user" });
    let users = [kim, ana, json!({ "id": 1, "role": "admin", "name": "Usher" })];
    let users: Vec<User> = users.into_iter().map(|user| serde_json::from_value(user).unwrap()).collect();
    let authors = users.into_iter().map(|user| (user.id.clone(), user)).collect();
    let written: Written = serde_json::from_value(comment).unwrap();
    written.reply(&ticket, &authors, &Api::open().unwrap()).unwrap()
}

#[test]
fn odd_shapes_are_read_leniently() {
    let told = reply(json!({
        "id": "9", "author_id": "5", "public": true, "plain_body": "", "body": " Hello ", "attachments": null,
        "via": null, "created_at": "2026-09-02T10:11:12+02:00", "metadata": 7,
    }))
    .unwrap();
    assert_eq!((told.id.as_str(), told.author_name.as_deref(), told.text.as_str()), ("9", Some("Kim"), "Hello"));
    assert_eq!(told.sent_at, "2026-09-02T08:11:12.000Z");
    // A picture in the text is nothing in plain text; that somebody answered is told all the same.
    assert_eq!(reply(json!({ "id": 9, "author_id": 5, "public": true })).unwrap().text, "");
}

#[test]
fn what_is_no_person_s_answer_is_none() {
    for comment in [
        json!({ "id": 9, "author_id": 5, "body": "x" }),
        json!({ "id": 9, "author_id": 5, "body": "x", "public": false }),
        json!({ "id": 9, "author_id": 5, "body": "x", "public": null }),
        json!({ "id": 9, "author_id": 7, "body": "x", "public": true }),
        json!({ "id": 9, "author_id": 8, "body": "x", "public": true }),
        json!({ "id": 9, "author_id": 1, "body": "x", "public": true, "via": { "channel": "api" } }),
        json!({ "id": 9, "author_id": 5, "body": "x", "public": true, "via": { "channel": "rule" } }),
        json!({ "id": 9, "author_id": 5, "body": "Call from +49", "public": true, "type": "VoiceComment" }),
        json!({ "author_id": 5, "body": "x", "public": true }),
    ] {
        assert_eq!(reply(comment.clone()), None, "{comment}");
    }
}
