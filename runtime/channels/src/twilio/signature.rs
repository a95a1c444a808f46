//! `X-Twilio-Signature`: proves that Twilio sent a request, and for which address and parameters.
//!
//! HMAC-SHA1 under the account's auth token, in base64, over the whole public address followed by every parameter of the
//! form, sorted by name, name and value run together. A JSON body is signed by its SHA-256 in the address' query
//! (`bodySHA256`) instead. There is no time in it: a replay is met by the message's own id.
//! Source: Twilio, "Webhooks security"; twilio-python, `request_validator.py`.

use crate::Refused;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::HeaderMap;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use subtle::ConstantTimeEq as _;

const HEADER: &str = "x-twilio-signature";

/// What was signed beside the address.
pub(super) enum Signed<'a> {
    /// The decoded parameters of a form, in any order.
    Form(&'a [(Cow<'a, str>, Cow<'a, str>)]),
    /// A body of another kind.
    Body(&'a [u8]),
}

/// Checks the one signature header against each token.
///
/// `url` is the address as Twilio was told it: its scheme, host and path come from the configuration, never from the
/// request, and its query is the received one, undecoded.
///
/// # Errors
/// Which part doesn't hold.
pub(super) fn check(tokens: &[String], url: &str, headers: &HeaderMap, signed: &Signed<'_>) -> Result<(), Refused> {
    let mut given = headers.get_all(HEADER).iter();
    let given = match (given.next(), given.next()) {
        (Some(only), None) => only.as_bytes(),
        (None, _) => return Err(Refused::Signature("there is no X-Twilio-Signature header")),
        _ => return Err(Refused::Signature("there is more than one X-Twilio-Signature header")),
    };
    let given = STANDARD.decode(given).map_err(|_| Refused::Signature("X-Twilio-Signature isn't base64"))?;
    let url = url.split('#').next().unwrap_or_default();
    if let Signed::Body(body) = signed {
        check_digest(url, body)?;
    }
    let tail = match signed {
        Signed::Form(parameters) => run_together(parameters),
        Signed::Body(_) => String::new(),
    };
    let addresses = spellings(url);
    let mut holds = false;
    for token in tokens.iter().filter(|token| !token.is_empty()) {
        for address in &addresses {
            holds |= mac(token, address, &tail)?.verify_slice(&given).is_ok();
        }
    }
    if holds {
        Ok(())
    } else {
        Err(Refused::Signature("X-Twilio-Signature is another request's, or another account's"))
    }
}

fn mac(token: &str, address: &str, tail: &str) -> Result<Hmac<Sha1>, Refused> {
    // A key of any length is taken; the error can't come.
    let mac = Hmac::<Sha1>::new_from_slice(token.as_bytes());
    let mac = mac.map_err(|_| Refused::Signature("the auth token can't be a key"))?;
    Ok(mac.chain_update(address.as_bytes()).chain_update(tail.as_bytes()))
}

fn check_digest(url: &str, body: &[u8]) -> Result<(), Refused> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut digests = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "bodySHA256");
    let (Some((_, digest)), None) = (digests.next(), digests.next()) else {
        return Err(Refused::Signature("a body that isn't a form needs one bodySHA256 in the address"));
    };
    let real = hex::encode(Sha256::digest(body));
    if bool::from(real.as_bytes().ct_eq(digest.to_lowercase().as_bytes())) {
        Ok(())
    } else {
        Err(Refused::Signature("bodySHA256 is another body's"))
    }
}

/// Names in the order of their bytes; of a repeated name each different value once, in order.
fn run_together(parameters: &[(Cow<'_, str>, Cow<'_, str>)]) -> String {
    let mut sorted: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.into_iter().flat_map(|(name, value)| [name, value]).collect()
}

/// The address as configured, with the default port written out, and without any: Twilio isn't consistent about it.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return all };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host_from = authority.rfind('@').map_or(0, |at| at + 1);
    // The colons of an IPv6 address are not a port's.
    let after_host = authority.rfind(']').map_or(host_from, |bracket| bracket + 1);
    match authority.get(after_host..).and_then(|tail| tail.find(':')) {
        Some(colon) => all.push(format!("{scheme}://{}{path}", authority.split_at(after_host + colon).0)),
        None => {
            let port = if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 };
            all.push(format!("{scheme}://{authority}:{port}{path}"));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Signed, check, spellings};
    use crate::Refused;
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
    use std::borrow::Cow;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const CALL: &[(&str, &str)] = &[
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ];
    const CALL_SIGNATURE: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    const OURS: &str = "0123456789abcdef0123456789abcdef";

    fn headers(signatures: &[&str]) -> HeaderMap {
        let name = HeaderName::from_static("x-twilio-signature");
        signatures.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn form(token: &str, url: &str, parameters: &[(&str, &str)], signature: &str) -> Result<(), Refused> {
        let parameters: Vec<_> =
            parameters.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value))).collect();
        check(&[token.to_owned()], url, &headers(&[signature]), &Signed::Form(&parameters))
    }

    #[test]
    fn the_published_vectors_hold() {
        form("12345", URL, CALL, CALL_SIGNATURE).unwrap();
        form("12345", "https://mycompany.com:443/myapp.php?foo=1&bar=2", CALL, "kvajT1Ptam85bY51eRf/AJRuM3w=").unwrap();
        let repeated =
            [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")];
        form("12345", URL, &repeated, "IK+Dwps556ElfBT0I3Rgjkr1wJU=").unwrap();
    }

    #[test]
    fn a_json_body_is_signed_by_its_digest() {
        let digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
        let url = format!("{URL}&bodySHA256={digest}");
        let given = headers(&["a9nBmqA0ju/hNViExpshrM61xv4="]);
        let json = |url: &str, body: &str| check(&["12345".to_owned()], url, &given, &Signed::Body(body.as_bytes()));
        json(&url, r#"{"property": "value", "boolean": true}"#).unwrap();
        let other = json(&url, r#"{"property":"value","boolean":true}"#);
        assert_eq!(other, Err(Refused::Signature("bodySHA256 is another body's")), "the same JSON with other spaces");
        let missing = json(URL, r#"{"property": "value", "boolean": true}"#);
        assert!(matches!(missing, Err(Refused::Signature(_))));
        let twice = json(&format!("{url}&bodySHA256={digest}"), r#"{"property": "value", "boolean": true}"#);
        assert!(matches!(twice, Err(Refused::Signature(_))));
    }

    #[test]
    fn a_message_in_another_alphabet_holds() {
        let sid = "SM00000000000000000000000000000001";
        let parameters = [
            ("AccountSid", "AC00000000000000000000000000000001"),
            ("ApiVersion", "2010-04-01"),
            ("Body", "Où est ma commande #1001 ?"),
            ("From", "+33600000001"),
            ("MessageSid", sid),
            ("SmsMessageSid", sid),
            ("SmsSid", sid),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("SmsStatus", "received"),
            ("To", "+15005550006"),
            ("ToCountry", "US"),
        ];
        let url = "https://agent.shop.example/webhooks/twilio/sms";
        let signature = "NTCOWwnpwFupJEPVytnAjaRNvS4=";
        form(OURS, url, &parameters, signature).unwrap();
        for (what, changed) in [
            ("another host", "https://evil.example/webhooks/twilio/sms"),
            ("http", "http://agent.shop.example/webhooks/twilio/sms"),
            ("a path prefix", "https://agent.shop.example/usher/webhooks/twilio/sms"),
            ("a slash more", "https://agent.shop.example/webhooks/twilio/sms/"),
            ("a query", "https://agent.shop.example/webhooks/twilio/sms?a=1"),
        ] {
            assert!(form(OURS, changed, &parameters, signature).is_err(), "{what}");
        }
        let mut fewer = parameters.to_vec();
        fewer.pop();
        assert!(form(OURS, url, &fewer, signature).is_err(), "a parameter less");
        assert!(form(OURS, url, &[&parameters[..], &[("New", "")]].concat(), signature).is_err(), "an empty one more");
        fewer.push(("ToCountry", "US "));
        assert!(form(OURS, url, &fewer, signature).is_err(), "a space more");
    }

    #[test]
    fn the_order_and_repetition_of_parameters_make_no_difference() {
        let backwards: Vec<_> = CALL.iter().rev().copied().collect();
        form("12345", URL, &backwards, CALL_SIGNATURE).unwrap();
        form("12345", URL, &[CALL, &CALL[..1]].concat(), CALL_SIGNATURE).unwrap();
        assert!(form("12345", URL, &[CALL, &[("Digits", "9")]].concat(), CALL_SIGNATURE).is_err());
    }

    #[test]
    fn the_default_port_makes_no_difference() {
        form("12345", "https://mycompany.com:443/myapp.php?foo=1&bar=2", CALL, CALL_SIGNATURE).unwrap();
        form("12345", URL, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w=").unwrap();
        form("12345", &format!("{URL}#rc=5"), CALL, CALL_SIGNATURE).unwrap();
        assert_eq!(spellings("http://a.example"), ["http://a.example", "http://a.example:80"]);
        assert_eq!(spellings("https://a.example:8443/x:1"), ["https://a.example:8443/x:1", "https://a.example/x:1"]);
        assert_eq!(spellings("https://[::1]/x"), ["https://[::1]/x", "https://[::1]:443/x"]);
        assert_eq!(spellings("https://[::1]:443/x"), ["https://[::1]:443/x", "https://[::1]/x"]);
        assert_eq!(spellings("https://u:p@a.example/x")[1], "https://u:p@a.example:443/x");
    }

    #[test]
    fn one_whole_signature_of_one_of_the_tokens_is_asked_for() {
        let parameters: Vec<_> =
            CALL.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value))).collect();
        let ask = |tokens: &[&str], given: &[&str]| {
            let tokens: Vec<String> = tokens.iter().map(|token| (*token).to_owned()).collect();
            check(&tokens, URL, &headers(given), &Signed::Form(&parameters)).is_ok()
        };
        assert!(ask(&["new", "12345"], &[CALL_SIGNATURE]), "the old token holds while the new one is brought in");
        assert!(!ask(&["new"], &[CALL_SIGNATURE]));
        assert!(!ask(&[], &[CALL_SIGNATURE]));
        assert!(!ask(&["12345"], &[]), "none");
        assert!(!ask(&["12345"], &[CALL_SIGNATURE, CALL_SIGNATURE]), "two");
        for wrong in [
            "",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8",
            "RSOYDt4T",
            "rsoydt4t1cutdk1pdd93/vvr8b8=",
            "RSOYDT4T1CUTDK1PDD93/VVR8B8=",
            " RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8= ",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=, RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert!(!ask(&["12345"], &[wrong]), "{wrong:?}");
        }
        // An attacker who knows that no token is set can sign with the empty one.
        assert!(!ask(&[""], &["aXngMTP07D4c4hkO+r0Kb5Oe528="]));
    }
}
