use super::*;
use usher_sdk::connector::testing::{FakeRuntime, reply};

fn refused(status: u16, body: &str) -> Error {
    let body = body.to_owned();
    let _runtime = FakeRuntime::new()
        .setting("account", "example.gorgias.com")
        .setting("email", "help@example.com")
        .provider(move |_| reply(status, body.clone()));
    Api::open().unwrap().read::<Record>("/tickets/1").unwrap_err()
}

#[test]
fn gorgias_words_are_told_without_addresses() {
    let invalid = r#"{"error":{"msg":"Failed to create ticket",
        "data":{"customer":{"email":["ana@example.net is not a valid email address."]}}}}"#;
    assert_eq!(
        refused(400, invalid),
        Error::Invalid(
            "Gorgias refuses: Failed to create ticket: customer: email: (address) is not a valid email address."
                .to_owned()
        )
    );
    assert!(!refused(403, "<html><body>secret page</body></html>").to_string().contains("page"));
    assert!(matches!(refused(429, "<html>"), Error::Throttled { .. }));
    assert_eq!(refused(404, "<html>"), Error::NotFound);
    assert!(matches!(refused(200, "[]"), Error::Unexpected(_)));
}

#[test]
fn an_address_is_required() {
    let _runtime = FakeRuntime::new().setting("account", "example.gorgias.com");
    assert!(matches!(Api::open(), Err(Error::Setting { name, .. }) if name == "email"));
}

#[test]
fn instants_are_in_utc_with_or_without_saying_so() {
    let at = |text| instant(Some(text)).map(|at| at.to_string());
    assert_eq!(at("2026-09-02T10:11:12.123456").as_deref(), Some("2026-09-02T10:11:12.123Z"));
    assert_eq!(at("2026-09-02T10:11:12+00:00").as_deref(), Some("2026-09-02T10:11:12.000Z"));
    assert_eq!(at("soon"), None);
}
