use super::*;
use usher_sdk::connector::testing::{FakeRuntime, reply};

fn refused(status: u16, body: &str) -> Error {
    let body = body.to_owned();
    let _runtime =
        FakeRuntime::new().setting("account", "example.zendesk.com").provider(move |_| reply(status, body.clone()));
    Api::open().unwrap().get("/users/me", &[]).unwrap_err()
}

#[test]
fn zendesk_s_words_are_told_without_addresses() {
    let invalid = r#"{"error":"RecordInvalid","description":"Record validation errors",
        "details":{"requester":[{"description":"Email: ana@example.net is not properly formatted"}]}}"#;
    assert_eq!(
        refused(422, invalid),
        Error::Invalid("Zendesk refuses: Email: (address) is not properly formatted".to_owned())
    );
    assert!(
        refused(403, r#"{"error":{"title":"Forbidden","message":"No access"}}"#)
            .to_string()
            .contains("Forbidden: No access")
    );
    assert!(refused(400, "plain words").to_string().contains("plain words"));
    assert!(!refused(403, "<html><body>secret page</body></html>").to_string().contains("page"));
    assert!(matches!(refused(429, "<html>"), Error::Throttled { .. }));
    assert_eq!(refused(404, "<html>"), Error::NotFound);
}

#[test]
fn without_an_address_it_says_so() {
    assert!(refused(401, "{}").to_string().contains("fill in the setting `email`"));
}

#[test]
fn nobody_is_not_somebody() {
    let _runtime = FakeRuntime::new()
        .setting("account", "example.zendesk.com")
        .provider(|_| reply(200, r#"{"user":{"id":null,"name":"Anonymous user","role":"end-user"}}"#));
    assert!(matches!(Api::open().unwrap().me(), Err(Error::Unauthorized(_))));
}
