use super::*;
use usher_sdk::connector::testing::FakeRuntime;

fn thread() -> Thread {
    Thread {
        channel: "email".to_owned(),
        customer: Some(json!({ "email": "ana@example.net" })),
        address: Some("ana@example.net".to_owned()),
        user: "usher@lumen.example".to_owned(),
    }
}

fn comment(author: Author) -> Comment {
    Comment {
        external_id: "msg_1".to_owned(),
        author,
        author_name: None,
        text: "1 < 2 & so\non".to_owned(),
        sent_at: "2026-09-02T12:11:12+02:00".to_owned(),
    }
}

#[test]
fn senders_and_receivers_are_as_gorgias_wants_them() {
    let _runtime = FakeRuntime::new().setting("support-address", "help@lumen.example");
    let own = thread().said(&comment(Author::Customer));
    assert_eq!((&own["from_agent"], &own["public"]), (&json!(false), &json!(true)));
    assert_eq!(own["sender"], json!({ "email": "ana@example.net" }));
    assert!(own["receiver"].is_null(), "an incoming message has none");
    assert_eq!(own["source"]["from"]["address"], "ana@example.net");
    assert_eq!(own["source"]["to"][0]["address"], "help@lumen.example");
    assert_eq!(own["body_html"], "<div>1 &lt; 2 &amp; so<br>on</div>");
    assert_eq!(own["sent_datetime"], "2026-09-02T10:11:12.000Z");

    let answer = thread().said(&comment(Author::Assistant));
    assert_eq!(answer["sender"], json!({ "email": "usher@lumen.example" }));
    assert_eq!(answer["receiver"], json!({ "email": "ana@example.net" }));
    assert_eq!(answer["source"]["from"]["address"], "help@lumen.example");
}

#[test]
fn no_message_is_without_a_time_or_a_text() {
    let _runtime = FakeRuntime::new();
    let empty = Comment { text: " ".to_owned(), sent_at: String::new(), ..comment(Author::Customer) };
    let message = thread().said(&empty);
    assert_eq!((&message["sent_datetime"], &message["body_text"]), (&json!("2026-11-21T12:00:00.000Z"), &json!("…")));
    let note = thread().note("usher:1", "Hello", "");
    assert_eq!((&note["sent_datetime"], &note["public"]), (&json!("2026-11-21T12:00:00.000Z"), &json!(false)));
}

#[test]
fn texts_are_cut_between_characters() {
    assert_eq!(cut("äöü", 6), "äöü");
    assert_eq!(cut("äöüäöü", 9), "äö …");
}
