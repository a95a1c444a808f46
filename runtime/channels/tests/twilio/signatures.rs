//! Who may bring webhooks (F-01, F-02).

use crate::common::*;
use usher_channels::{News, Refused};
use usher_standins::TextWritten;

const FORM: &str = "application/x-www-form-urlencoded";
const URL: &str = "https://agent.shop.example/webhooks/twilio/sms";
const BODY: &str = "Body=Hello&From=%2B33600000001&MessageSid=SM1&To=%2B15005550006";
const SORTED: &[(&str, &str)] =
    &[("Body", "Hello"), ("From", "+33600000001"), ("MessageSid", "SM1"), ("To", "+15005550006")];

fn read(url: &str, signature: &str, body: &str) -> Result<News, Refused> {
    twilio(&[TOKEN]).read(url, &headers(&[("content-type", FORM), ("x-twilio-signature", signature)]), body.as_bytes())
}

#[tokio::test]
async fn a_signed_webhook_passes_a_proxy_and_a_forged_one_does_not() {
    let standins = standins(|_| ()).await;
    let shop = Shop::open(&standins).await;
    assert_eq!(standins.twilio.texts.write(ANA, "Où est ma commande #1001 ?").await, Some(200));
    let forged = TextWritten { forged: true, ..TextWritten::new(ANA, "STOP") };
    assert_eq!(standins.twilio.texts.bring(forged).await, Some(401));
    assert_eq!(shop.received().len(), 1);
}

#[tokio::test]
async fn the_hosts_name_is_not_believed() {
    let shop = Shop::of(twilio(&[TOKEN])).await;
    let path = "/webhooks/twilio/sms";
    let post = async |signed: &str, host: &str| {
        let request =
            client().post(format!("{}{path}", shop.url)).header("host", host).header("x-forwarded-host", host);
        let request = request.header("x-forwarded-proto", "https").header("content-type", FORM);
        request.header("x-twilio-signature", sign(TOKEN, signed, SORTED)).body(BODY).send().await.unwrap().status()
    };
    let evil = format!("https://evil.example/usher{path}");
    assert_eq!(post(&evil, "evil.example").await, 401, "a request of another shop of the account, or of a test number");
    assert_eq!(post(&format!("{}{path}", shop.url), "agent.shop.example").await, 401);
    assert_eq!(post(&format!("{PUBLIC}{path}"), "evil.example").await, 200, "whatever it is, it isn't looked at");
}

#[test]
fn parameters_hold_in_any_spelling_and_order() {
    read(URL, &sign(TOKEN, URL, SORTED), BODY).unwrap();
    let words: &[(&str, &str)] = &[
        ("Body", "1 + 1 = 2 & 50% 日本 é\n😀"),
        ("Empty", ""),
        ("From", "+33600000001"),
        ("MessageSid", "SM1"),
        ("To", "+15005550006"),
        ("body", "lower case comes after"),
    ];
    let signature = sign(TOKEN, URL, words);
    let plus = "Body=1+%2B+1+%3D+2+%26+50%25+%E6%97%A5%E6%9C%AC+%C3%A9%0A%F0%9F%98%80";
    let percent = "Body=1%20%2b%201%20%3D%202%20%26%2050%25%20日本%20%c3%a9%0a%F0%9F%98%80";
    for body in [plus, percent] {
        let rest = "body=lower+case+comes+after&To=%2B15005550006&MessageSid=SM1&From=%2B33600000001&Empty=";
        for body in [format!("{body}&{rest}"), format!("{rest}&{body}"), format!("&{rest}&&{body}&")] {
            let Ok(News::Received(text)) = read(URL, &signature, &body) else { panic!("{body}") };
            assert_eq!(text.content, usher_channels::Content::Text(words[0].1.to_owned()));
        }
    }
    let more = sign(TOKEN, URL, &[&[("AddOns", "{}")], SORTED].concat());
    read(URL, &more, &format!("{BODY}&AddOns=%7B%7D")).unwrap();
    assert!(read(URL, &sign(TOKEN, URL, SORTED), &format!("{BODY}&AddOns=%7B%7D")).is_err(), "every parameter counts");
    let repeated = sign(TOKEN, URL, &[&[("A", "1"), ("A", "2")], SORTED].concat());
    read(URL, &repeated, &format!("A=2&{BODY}&A=1&A=2")).unwrap();
}

#[test]
fn the_address_holds_to_the_letter() {
    for url in [
        "https://agent.shop.example/webhooks/twilio/sms?shop=a%20b&x=%C3%A9&y=",
        "https://agent.shop.example/a/b/c/webhooks/twilio/sms",
        "http://agent.shop.example:8080/webhooks/twilio/sms",
        "https://agent.shop.example",
    ] {
        read(url, &sign(TOKEN, url, SORTED), BODY).unwrap();
        let changed = format!("{url}&");
        assert!(matches!(read(&changed, &sign(TOKEN, url, SORTED), BODY), Err(Refused::Signature(_))));
    }
    let with_port = "https://agent.shop.example:443/webhooks/twilio/sms";
    read(URL, &sign(TOKEN, with_port, SORTED), BODY).unwrap();
    read(with_port, &sign(TOKEN, URL, SORTED), BODY).unwrap();
    let plain = "http://agent.shop.example/webhooks/twilio/sms";
    read(plain, &sign(TOKEN, "http://agent.shop.example:80/webhooks/twilio/sms", SORTED), BODY).unwrap();
    assert!(read(URL, &sign(TOKEN, plain, SORTED), BODY).is_err(), "http isn't https");
    let decoded = "https://agent.shop.example/x?shop=a b";
    let encoded = "https://agent.shop.example/x?shop=a%20b";
    assert!(read(encoded, &sign(TOKEN, decoded, SORTED), BODY).is_err());
}

#[test]
fn one_good_signature_header_is_needed() {
    let good = sign(TOKEN, URL, SORTED);
    let ask = |pairs: &[(&'static str, &str)]| {
        let all = [&[("content-type", FORM)], pairs].concat();
        twilio(&["a-newer-token-of-the-account", TOKEN]).read(URL, &headers(&all), BODY.as_bytes())
    };
    ask(&[("x-twilio-signature", &good)]).unwrap();
    let (upper, cut) = (good.to_uppercase(), good.split_at(good.len() - 4).0);
    let spaced = format!("{} {}", good.split_at(4).0, good.split_at(4).1);
    for wrong in ["", &upper, cut, &spaced, &format!("{good}="), &sign("another-token-entirely", URL, SORTED)] {
        assert!(matches!(ask(&[("x-twilio-signature", wrong)]), Err(Refused::Signature(_))), "{wrong}");
    }
    assert!(matches!(ask(&[]), Err(Refused::Signature(_))));
    assert!(matches!(ask(&[("x-hub-signature", &good)]), Err(Refused::Signature(_))));
    let twice = [("x-twilio-signature", good.as_str()), ("x-twilio-signature", good.as_str())];
    assert!(matches!(ask(&twice), Err(Refused::Signature(_))));
    for body in
        [format!("{BODY} "), format!("{BODY}%20"), BODY.replace("Hello", "Hello+"), BODY.replace("Hello", "hello")]
    {
        assert!(matches!(read(URL, &good, &body), Err(Refused::Signature(_))), "{body}");
    }
}

#[test]
fn a_json_event_is_signed_by_its_digest() {
    let token = "12345678901234567890";
    let digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let url = format!("{URL}?bodySHA256={digest}");
    let signature = sign(token, &url, &[]);
    let ask = |url: &str, body: &str| {
        let given = headers(&[("content-type", "application/json; charset=utf-8"), ("x-twilio-signature", &signature)]);
        twilio(&[token]).read(url, &given, body.as_bytes())
    };
    assert!(matches!(ask(&url, r#"{"property": "value", "boolean": true}"#), Ok(News::Ignored(_))));
    assert!(matches!(ask(&url, r#"{"property": "value",  "boolean": true}"#), Err(Refused::Signature(_))));
    assert!(matches!(ask(URL, r#"{"property": "value", "boolean": true}"#), Err(Refused::Signature(_))));
}
