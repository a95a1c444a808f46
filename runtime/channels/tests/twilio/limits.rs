//! Bodies that are no webhook of Twilio's (F-06).

use crate::common::*;
use usher_channels::{
    Refused,
    twilio::{MAX_BODY, MAX_PARAMETERS},
};

const URL: &str = "https://agent.shop.example/webhooks/twilio/sms";

fn read(kinds: &[&str], body: &[u8]) -> Result<usher_channels::News, Refused> {
    let signature = sign(TOKEN, URL, &[]);
    let mut all = vec![("x-twilio-signature", signature.as_str())];
    all.extend(kinds.iter().map(|kind| ("content-type", *kind)));
    twilio(&[TOKEN]).read(URL, &headers(&all), body)
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn large_bodies_are_refused_before_they_are_read() {
    let body = |size: usize| [b"Body=".to_vec(), vec![b'a'; size - 5]].concat();
    assert_eq!(read(&[FORM], &body(MAX_BODY + 1)), Err(Refused::TooLarge));
    assert_eq!(read(&["text/plain"], &body(2 << 20)), Err(Refused::TooLarge));
    assert!(matches!(read(&[FORM], &body(MAX_BODY)), Err(Refused::Signature(_))), "the largest that is read");
}

#[test]
fn many_parameters_are_refused() {
    let body = |count: usize| (0..count).map(|n| format!("a{n}=")).collect::<Vec<_>>().join("&");
    assert!(matches!(read(&[FORM], body(MAX_PARAMETERS + 1).as_bytes()), Err(Refused::Malformed(_))));
    assert!(matches!(read(&[FORM], body(MAX_PARAMETERS).as_bytes()), Err(Refused::Signature(_))));
    assert!(
        matches!(read(&[FORM], "&".repeat(60_000).as_bytes()), Err(Refused::Malformed(_))),
        "an empty form names nothing"
    );
}

#[test]
fn other_kinds_of_content_are_refused() {
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
    for (kinds, body) in [
        (&["application/xml"][..], bomb),
        (&["text/xml"], bomb),
        (&["multipart/form-data; boundary=x"], "--x\r\n\r\n--x--"),
        (&["text/plain"], "Body=Hello"),
        (&["application/x-www-form-urlencoded-not"], "Body=Hello"),
        (&[], "Body=Hello"),
        (&[FORM, FORM], "Body=Hello"),
        (&[FORM, "application/json"], "Body=Hello"),
    ] {
        assert!(matches!(read(kinds, body.as_bytes()), Err(Refused::Malformed(_))), "{kinds:?}");
    }
    assert!(matches!(read(&["application/json"], deep.as_bytes()), Err(Refused::Signature(_))));
    assert!(matches!(read(&["Application/X-WWW-Form-Urlencoded; charset=UTF-8"], b"a=1"), Err(Refused::Signature(_))));
}

#[test]
fn signed_forms_that_name_no_message_are_refused() {
    for sorted in [
        &[][..],
        &[("Body", "Hello"), ("From", ANA), ("To", NUMBER)],
        &[("Body", "Hello"), ("From", ANA), ("MessageSid", "SM1")],
        &[("Body", "Hello"), ("MessageSid", "SM1"), ("To", NUMBER)],
        &[("Body", "Hello"), ("From", ANA), ("MessageSid", "SM1"), ("To", "Lumen")],
        &[("From", ANA), ("MessageSid", "SM1'; DROP TABLE messages"), ("To", NUMBER)],
        &[("From", ANA), ("From", BEN), ("MessageSid", "SM1"), ("To", NUMBER)],
        &[("MessageStatus", "delivered")],
        &[("MessageSid", "SM1"), ("MessageSid", "SM2"), ("MessageStatus", "delivered")],
    ] {
        let mut form = String::new();
        for (name, value) in sorted {
            form.push_str(&format!("{name}={}&", value.replace('+', "%2B").replace(';', "%3B")));
        }
        // Repeated names are signed in the order of their values.
        let mut ordered = sorted.to_vec();
        ordered.sort_unstable();
        let given = headers(&[("content-type", FORM), ("x-twilio-signature", &sign(TOKEN, URL, &ordered))]);
        let refused = twilio(&[TOKEN]).read(URL, &given, form.as_bytes());
        assert!(matches!(refused, Err(Refused::Malformed(_))), "{sorted:?}: {refused:?}");
    }
}

#[test]
fn whatever_twilio_signs_is_read_or_refused() {
    const NAMES: &[&str] = &[
        "From",
        "To",
        "Body",
        "MessageSid",
        "SmsSid",
        "NumMedia",
        "MediaContentType0",
        "OptOutType",
        "MessageStatus",
        "ErrorCode",
    ];
    const VALUES: &[&str] = &[
        "",
        " ",
        "+33600000001",
        "+15005550006",
        "SM1",
        "0",
        "-1",
        "1",
        "99999999999999999999",
        "image/png",
        "STOP",
        "\0",
        "é\u{301}😀",
        "a:b",
        ":",
        "delivered",
        "failed",
        "\r\n",
        "+",
        "%00",
        "\u{202e}",
    ];
    let mut state = 7_u64;
    let mut next = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    let mut read = [0; 4];
    for _ in 0..5_000 {
        let mut form: Vec<(&str, &str)> = NAMES.iter().map(|name| (*name, VALUES[next(VALUES.len())])).collect();
        form.retain(|(name, _)| next(6) > 0 && (*name != "MessageStatus" || next(4) == 0));
        form.sort_unstable();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
        let given = headers(&[("content-type", FORM), ("x-twilio-signature", &sign(TOKEN, URL, &form))]);
        match twilio(&[TOKEN]).read(URL, &given, body.as_bytes()) {
            Ok(usher_channels::News::Received(text)) => {
                assert!(["+33600000001", "+15005550006"].contains(&text.from.id.as_str()), "{form:?}");
                read[0] += 1;
            }
            Ok(usher_channels::News::Delivery(_)) => read[1] += 1,
            Ok(usher_channels::News::Ignored(_)) => read[2] += 1,
            Err(Refused::Malformed(_)) => read[3] += 1,
            Err(other) => panic!("{form:?}: {other}"),
        }
    }
    assert!(read.iter().all(|count| *count > 10), "each outcome comes: {read:?}");
}
