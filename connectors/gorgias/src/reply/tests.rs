use super::*;

fn reply(json: &str) -> Option<Reply> {
    serde_json::from_str::<Written>(json).unwrap().reply()
}

#[test]
fn odd_shapes_are_read_leniently() {
    let told = reply(
        r#"{"id":"7","from_agent":true,"channel":"chat","sender":{"firstname":"Sam","lastname":""},"stripped_text":null,
        "body_text":" ","body_html":"<p>Hello&nbsp;Ana</p><p>it&#39;s <b>here</b><br/>now</p>",
        "created_datetime":"2026-09-02T10:11:12.5","attachments":null}"#,
    )
    .unwrap();
    assert_eq!((told.id.as_str(), told.author_name.as_deref()), ("7", Some("Sam")));
    assert_eq!(told.text, "Hello Ana\nit's here\nnow");
    assert_eq!(told.sent_at, "2026-09-02T10:11:12.500Z");
}

#[test]
fn what_is_no_person_s_answer_is_none() {
    for json in [
        r#"{"id":7,"from_agent":false,"body_text":"x"}"#,
        r#"{"id":7,"from_agent":true,"body_text":"x","channel":"internal-note"}"#,
        r#"{"id":7,"from_agent":true,"body_text":"x","public":false}"#,
        r#"{"id":7,"from_agent":true,"body_text":"x","external_id":"usher:msg_1"}"#,
        r#"{"id":7,"from_agent":true,"body_text":"x","rule_id":3}"#,
        r#"{"id":7,"from_agent":true,"body_text":"  "}"#,
        r#"{"from_agent":true,"body_text":"x"}"#,
        r#"{"id":7,"body_text":"x"}"#,
    ] {
        assert_eq!(reply(json), None, "{json}");
    }
}
