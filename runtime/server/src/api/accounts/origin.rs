//! That a request comes from a page of ours. A browser sends a session's cookie along with what any site has it send, so
//! that a cookie alone is no word of the person's.

use crate::config::is_loopback;
use crate::problem::{Answer, Kind, Problem};
use axum::http::{HeaderMap, header};
use url::Url;

const SITE: &str = "sec-fetch-site";

/// What the browser says of where the request comes from.
enum From {
    Here,
    Elsewhere,
    /// It says nothing: it isn't a browser, or a very old one.
    Unknown,
}

/// `Sec-Fetch-Site` decides, which no page can set; `Origin` where it is absent.
fn from(headers: &HeaderMap, public_url: &Url) -> From {
    if let Some(site) = headers.get(SITE) {
        return if site == "same-origin" { From::Here } else { From::Elsewhere };
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return From::Unknown };
    let origin = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match origin {
        Some(origin) if origin.origin() == public_url.origin() => From::Here,
        // A machine calls itself by several names.
        Some(origin) if is_loopback(public_url) && is_loopback(&origin) && authority(&origin).as_deref() == host => {
            From::Here
        }
        _ => From::Elsewhere,
    }
}

fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// Refuses what doesn't certainly come from a page of ours.
pub(in crate::api) fn from_here(headers: &HeaderMap, public_url: &Url) -> Answer<()> {
    match from(headers, public_url) {
        From::Here => Ok(()),
        From::Elsewhere => Err(elsewhere()),
        From::Unknown => Err(Problem::new(Kind::Forbidden)
            .detail("a change with a browser's session must say where it comes from, and this request doesn't")
            .fix("send it from a page of the console; a program uses a token")),
    }
}

/// Refuses what a page of another site sent; a program that sends no such header is let through.
pub(in crate::api) fn not_from_elsewhere(headers: &HeaderMap, public_url: &Url) -> Answer<()> {
    match from(headers, public_url) {
        From::Here | From::Unknown => Ok(()),
        From::Elsewhere => Err(elsewhere()),
    }
}

/// Refuses to be read by a page of another site, or to be opened from one. What somebody typed, or follows from a page of
/// ours, is let through.
pub(in crate::api) fn not_for_elsewhere(headers: &HeaderMap) -> Answer<()> {
    match headers.get(SITE) {
        Some(site) if site != "same-origin" && site != "none" => Err(elsewhere()),
        _ => Ok(()),
    }
}

fn elsewhere() -> Problem {
    Problem::new(Kind::Forbidden)
        .detail("this request comes from a page of another site")
        .fix("send it from the console")
}

/// Refuses what a form of any site could send: the body is JSON (or where `bytes` are wanted, those), or there is none.
pub(in crate::api) fn sent_by_script(headers: &HeaderMap, bytes: bool) -> Answer<()> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let json = kind.eq_ignore_ascii_case("application/json");
    let form = ["application/x-www-form-urlencoded", "multipart/form-data"];
    if json || (bytes && !form.iter().any(|form| kind.eq_ignore_ascii_case(form))) {
        return Ok(());
    }
    Err(Problem::new(Kind::UnsupportedMediaType).fix("send `Content-Type: application/json`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
    }

    #[test]
    fn a_change_must_come_from_here() {
        let url: Url = "https://help.shop.example".parse().expect("a URL");
        type Sent = [(&'static str, &'static str)];
        let cases: &[(&Sent, bool, bool)] = &[
            (&[("sec-fetch-site", "same-origin")], true, true),
            (&[("sec-fetch-site", "same-site")], false, false),
            (&[("sec-fetch-site", "cross-site")], false, false),
            (&[("sec-fetch-site", "none")], false, false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://help.shop.example")], false, false),
            (&[("origin", "https://help.shop.example")], true, true),
            (&[("origin", "https://help.shop.example:8443")], false, false),
            (&[("origin", "http://help.shop.example")], false, false),
            (&[("origin", "https://evil.example"), ("host", "help.shop.example")], false, false),
            (&[("origin", "http://help.shop.example"), ("host", "help.shop.example")], false, false),
            (&[("origin", "null")], false, false),
            (&[("host", "help.shop.example")], false, true),
        ];
        for (sent, change, sign_in) in cases {
            let sent = headers(sent);
            assert_eq!(from_here(&sent, &url).is_ok(), *change, "{sent:?}");
            assert_eq!(not_from_elsewhere(&sent, &url).is_ok(), *sign_in, "{sent:?}");
        }
    }

    #[test]
    fn a_machine_may_call_itself_by_another_name() {
        let url: Url = "http://127.0.0.1:8787".parse().expect("a URL");
        let sent = |origin| headers(&[("origin", origin), ("host", "localhost:8787")]);
        assert!(from_here(&sent("http://localhost:8787"), &url).is_ok());
        assert!(from_here(&sent("http://localhost:8788"), &url).is_err());
        assert!(from_here(&sent("http://evil.example:8787"), &url).is_err());
    }

    #[test]
    fn no_form_can_send_a_change() {
        for (kind, json, bytes) in [
            ("application/json", true, true),
            ("application/json; charset=utf-8", true, true),
            ("text/plain", false, true),
            ("application/x-www-form-urlencoded", false, false),
            ("multipart/form-data; boundary=x", false, false),
            ("application/wasm", false, true),
        ] {
            let sent = headers(&[("content-type", kind)]);
            assert_eq!(sent_by_script(&sent, false).is_ok(), json, "{kind}");
            assert_eq!(sent_by_script(&sent, true).is_ok(), bytes, "{kind}");
        }
        assert!(sent_by_script(&HeaderMap::new(), false).is_ok());
    }
}
