//! Who sent a webhook, and whether its address is ours (F-01, F-03).

use crate::{SECRET, sign, signed, whatsapp};
use reqwest::header::{HeaderMap, HeaderValue};
use usher_channels::{
    Content, News, Refused,
    whatsapp::{NotVerified, Whatsapp},
};

#[test]
fn only_the_secret_over_these_bytes_signs() {
    let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;
    let good = "sha256=1ca363dab318df784e1963b29dca91e2098e6cf2fbf0d3c14e09580a90684a61";
    let upper = format!("sha256={}", good[7..].to_uppercase());
    let ask = |secrets: &[&str], signatures: &[&str], body: &str| {
        whatsapp(secrets).read(&signed(signatures), body.as_bytes())
    };
    assert_eq!(ask(&[SECRET], &[good], body), Ok(vec![]));
    assert_eq!(ask(&[SECRET], &[&upper], body), Ok(vec![]), "hexadecimal digits may be written either way");
    assert_eq!(ask(&["new", SECRET], &[good], body), Ok(vec![]), "the old secret holds while it is replaced");
    assert_eq!(ask(&[SECRET, "new"], &[good], body), Ok(vec![]));
    let refused = |secrets: &[&str], signatures: &[&str], body: &str| {
        let answer = ask(secrets, signatures, body);
        assert!(matches!(answer, Err(Refused::Signature(_))), "{secrets:?} {signatures:?}: {answer:?}");
    };
    refused(&[SECRET], &[], body);
    refused(&[SECRET], &[good, good], body);
    refused(&[SECRET], &[&good[..70]], body);
    refused(&[SECRET], &[&good[7..]], body);
    refused(&[SECRET], &[&good.replace("sha256=", "SHA256=")], body);
    refused(&[SECRET], &[&good.replace("sha256=", "sha1=")], body);
    refused(&[SECRET], &[&good.replace("1ca3", "1ca4")], body);
    refused(&[SECRET], &[&format!("{good}, {good}")], body);
    refused(&[SECRET], &[&format!("{good}00")], body);
    refused(&["wrong"], &[good], body);
    refused(&[], &[good], body);
    let unkeyed = sign("", body.as_bytes());
    refused(&[""], &[&unkeyed], body);
    refused(&[SECRET], &[good], r#"{"object": "whatsapp_business_account","entry":[]}"#);
}

#[test]
fn an_old_sha1_header_alone_proves_nothing() {
    let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;
    let mut headers = HeaderMap::new();
    let sha1 = HeaderValue::from_static("sha1=0123456789012345678901234567890123456789");
    headers.insert("x-hub-signature", sha1);
    let answer = whatsapp(&[SECRET]).read(&headers, body.as_bytes());
    assert!(matches!(answer, Err(Refused::Signature(_))));
}

#[test]
fn the_address_is_confirmed_to_meta_alone() {
    let ask = |query: &str| whatsapp(&[SECRET]).verify(query);
    let good = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me";
    assert_eq!(ask(good), Ok("1158201444".to_owned()));
    assert_eq!(ask(&good.replace("verify-me", "verify-you")), Err(NotVerified::WrongToken));
    assert_eq!(ask(&good.replace("verify-me", "verify-me2")), Err(NotVerified::WrongToken));
    assert_eq!(ask(&good.replace("subscribe", "unsubscribe")), Err(NotVerified::NotTheQuestion));
    assert_eq!(ask("hub.mode=subscribe&hub.challenge=1"), Err(NotVerified::NotTheQuestion));
    assert_eq!(ask(&format!("{good}&hub.verify_token=verify-me")), Err(NotVerified::NotTheQuestion));
    assert_eq!(ask(&format!("{good}&x={}", "x".repeat(5000))), Err(NotVerified::NotTheQuestion));
    for challenge in ["", "%3Cscript%3Ealert(1)%3C/script%3E", "12a", "-1", "1%0A2", "%D9%A1", &"1".repeat(65)] {
        assert_eq!(ask(&good.replace("1158201444", challenge)), Err(NotVerified::Challenge), "{challenge}");
    }
    assert_eq!(ask(&good.replace("1158201444", &"1".repeat(64))), Ok("1".repeat(64)));
    let unset = Whatsapp { verify_token: String::new(), ..whatsapp(&[SECRET]) };
    assert_eq!(unset.verify(&good.replace("verify-me", "")), Err(NotVerified::NoToken));
}

#[test]
fn a_secret_is_never_shown() {
    let shown = format!("{:?}", whatsapp(&["the-app-secret"]));
    assert!(!shown.contains("the-app-secret") && !shown.contains("access") && !shown.contains("verify-me"), "{shown}");
}

#[test]
fn a_real_webhook_and_its_signature_are_read() {
    let secret = "1222e786b144d0e85b9f365372d93676";
    let body = r#"{"object":"whatsapp_business_account","entry":[{"id":"264937493375603","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550953877","phone_number_id":"277321005464405"},"contacts":[{"profile":{"name":"PyWa Tests"},"wa_id":"972544401243"}],"messages":[{"from":"972544401243","id":"wamid.HBgMOTcyNTQ0NDAxMjQzFQIAEhggM0RFQTNCMEEwRTY3QzUwODYzMDc4NjQ4QzM4ODAxM0YA","timestamp":"1730231903","text":{"body":"Hey there! I am using PyWa."},"type":"text"}]},"field":"messages"}]}]}"#;
    let signature = "sha256=54edfa1d7259e0eb13c677cc7d73d1b5c86cfa12433d19156e058ab9251bc441";
    let mut whatsapp = whatsapp(&[secret]);
    whatsapp.phone_number_id = "277321005464405".to_owned();
    let news = whatsapp.read(&signed(&[signature]), body.as_bytes()).unwrap();
    let [News::Received(received)] = news.as_slice() else { panic!("{news:?}") };
    assert_eq!(received.content, Content::Text("Hey there! I am using PyWa.".to_owned()));
    assert_eq!((received.from.id.as_str(), received.from.phone.as_deref()), ("+972544401243", Some("+972544401243")));
}
