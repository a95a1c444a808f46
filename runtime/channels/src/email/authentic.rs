//! Whether somebody vouches that a mail comes from the domain that its `From` names.
//!
//! Anybody writes any `From`. What counts is what our own mail server found when it took the mail, in the topmost
//! `Authentication-Results` (RFC 8601) that bears one of its configured names: a DMARC pass (RFC 7489), or a pass of DKIM or
//! SPF for the very domain, or one above it. Of providers' own findings only Postmark's count: it checks every mail and says
//! for which domain. Everything else, and everything that is unclear, proves nothing.

use super::mail::{Mail, Rules};
use crate::Proof;

/// How far the mail's `From` is vouched for.
pub(super) fn proof(mail: &Mail, rules: &Rules) -> Proof {
    let Some(domain) = author_domain(mail) else { return Proof::None };
    let vouched = verdict(mail, rules, &domain).unwrap_or_else(|| {
        // Only where our own server said nothing, by a provider that checked on its own.
        mail.author_signed || mail.spf_domain.as_deref().is_some_and(|passed| aligned(&domain, passed))
    });
    if vouched { Proof::Vouched } else { Proof::None }
}

/// The domain of the only author; none where several are named.
fn author_domain(mail: &Mail) -> Option<String> {
    mail.headers.only("From")?;
    let from = mail.headers.mailboxes("From");
    let [author] = from.as_slice() else { return None };
    // A program may show another address than the one that was checked.
    let shows_another =
        author.name.as_deref().is_some_and(|name| name.contains('@') && !name.to_lowercase().contains(&author.address));
    author.address.rsplit_once('@').filter(|_| !shows_another).map(|(_, domain)| domain.to_owned())
}

/// What our own server found; none where it wrote nothing.
fn verdict(mail: &Mail, rules: &Rules, domain: &str) -> Option<bool> {
    let is_ours = |id: &str| rules.authserv_ids.iter().any(|ours| ours.eq_ignore_ascii_case(id));
    let results = mail.headers.every("Authentication-Results").map(without_comments).find(|results| {
        let id = results.split(';').next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
        is_ours(id.trim_matches('"'))
    })?;
    let methods: Vec<Method> = results.split(';').skip(1).filter_map(Method::read).collect();
    let of = |name: &'static str| methods.iter().filter(move |method| method.name == name);
    let mut dmarc = of("dmarc").peekable();
    if let Some(first) = dmarc.peek() {
        if first.result == "fail" {
            return Some(false);
        }
        let same =
            |method: &Method| method.property("header.from").is_none_or(|from| from.eq_ignore_ascii_case(domain));
        if dmarc.all(|method| method.result == "pass" && same(method)) {
            return Some(true);
        }
    }
    let signed = of("dkim").filter(|method| method.passes()).any(|method| {
        let by = method.property("header.d").or_else(|| method.property("header.i").and_then(|i| i.rsplit('@').next()));
        by.is_some_and(|by| aligned(domain, by))
    });
    let sent = of("spf").filter(|method| method.passes()).any(|method| {
        let from = method.property("smtp.mailfrom").map(|from| from.rsplit('@').next().unwrap_or(from));
        from.is_some_and(|from| aligned(domain, from))
    });
    Some(signed || sent)
}

/// The domain itself, or one that it lies under. The other way round, a tenant could speak for the host of all tenants.
fn aligned(author: &str, checked: &str) -> bool {
    let (author, checked) = (author.to_ascii_lowercase(), checked.trim_end_matches('.').to_ascii_lowercase());
    let under = checked.contains('.') && author.strip_suffix(&checked).is_some_and(|rest| rest.ends_with('.'));
    author == checked || under
}

/// `dkim=pass header.d=example.net`.
struct Method {
    name: String,
    result: String,
    properties: Vec<(String, String)>,
}

impl Method {
    fn read(text: &str) -> Option<Self> {
        let spaced = text.replace('=', " = ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let mut pairs = words
            .windows(3)
            .filter(|three| three[1] == "=")
            .map(|three| (three[0].to_ascii_lowercase(), three[2].trim_matches('"').to_ascii_lowercase()));
        let (name, result) = pairs.next()?;
        let name = name.split('/').next().unwrap_or_default().to_owned();
        Some(Self { name, result, properties: pairs.collect() })
    }

    fn passes(&self) -> bool {
        self.result == "pass"
    }

    /// The value of a property; none where it is given twice.
    fn property(&self, name: &str) -> Option<&str> {
        let mut found = self.properties.iter().filter(|(known, _)| known == name);
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| value.as_str())
    }
}

/// A field's value without what stands in parentheses; semicolons in quotes part nothing.
fn without_comments(value: &str) -> String {
    let (mut plain, mut depth, mut quoted, mut escaped) = (String::new(), 0_u32, false, false);
    for c in value.chars() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match c {
            '\\' => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            ';' | '=' | ' ' | '\t' if quoted => plain.push('_'),
            other => plain.push(other),
        }
    }
    plain
}

/// The domain that a `Received-SPF` field (RFC 7208 section 9.1) says SPF passes for.
pub(super) fn spf_pass_of(value: &str) -> Option<String> {
    let plain = without_comments(value);
    let result = plain.split([' ', ';']).next()?;
    if !result.eq_ignore_ascii_case("pass") {
        return None;
    }
    let fields: Vec<(&str, &str)> = plain.split([';', ' ']).filter_map(|pair| pair.trim().split_once('=')).collect();
    if fields
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("identity") && !value.eq_ignore_ascii_case("mailfrom"))
    {
        return None;
    }
    let from = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("envelope-from"))?.1;
    from.trim_matches(['<', '>', '"']).rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::Envelope;
    use crate::email::mime::parse;

    fn judged(fields: &str) -> Proof {
        let from = if fields.contains("From:") { "" } else { "From: Ana <ana@example.net>\r\n" };
        let raw = format!("{fields}\r\n{from}\r\nHello");
        let rules = Rules { authserv_ids: vec!["mx.shop.example".to_owned()], ..Rules::default() };
        proof(&parse(raw.as_bytes(), &Envelope::default()).unwrap(), &rules)
    }

    #[test]
    fn passes_of_our_own_server_for_the_authors_domain_vouch() {
        for results in [
            "mx.shop.example; dmarc=pass (p=reject) header.from=example.net",
            "MX.shop.example 1; dmarc=pass",
            "mx.shop.example; spf=fail smtp.mailfrom=x@evil.example; dkim=pass (2048-bit key; unprotected) header.d=example.net header.i=@example.net",
            "mx.shop.example; dmarc=none; dkim=fail header.d=a.example; dkim=pass header.i=bounce@example.net",
            "mx.shop.example; spf=pass smtp.mailfrom=ana@example.net",
            "mx.shop.example;\r\n spf=pass (a; b)\r\n smtp.mailfrom=example.net",
        ] {
            assert_eq!(judged(&format!("Authentication-Results: {results}")), Proof::Vouched, "{results}");
        }
        let under =
            "From: ana@mail.example.net\r\nAuthentication-Results: mx.shop.example; dkim=pass header.d=example.net";
        assert_eq!(judged(under), Proof::Vouched);
    }

    #[test]
    fn everything_else_proves_nothing() {
        let ours = "Authentication-Results: mx.shop.example;";
        for fields in [
            "Subject: no results at all".to_owned(),
            "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.net".to_owned(),
            "Authentication-Results: mx.shop.example.evil.example; dmarc=pass".to_owned(),
            "X-Authentication-Results: mx.shop.example; dmarc=pass".to_owned(),
            "ARC-Authentication-Results: i=1; mx.shop.example; dmarc=pass".to_owned(),
            "Received-SPF: pass (x) envelope-from=ana@example.net".to_owned(),
            format!("{ours} none"),
            format!("{ours} dmarc=fail header.from=example.net; dkim=pass header.d=example.net"),
            format!("{ours} dmarc=pass header.from=evil.example"),
            format!("{ours} dmarc=none; spf=pass smtp.mailfrom=evil.example"),
            format!("{ours} dkim=pass header.d=evil.example"),
            format!("{ours} dkim=pass header.d=net"),
            format!("{ours} dkim=pass header.d=mail.example.net"),
            format!("{ours} dkim=pass header.d=notexample.net"),
            format!("{ours} dkim=fail (dkim=pass header.d=example.net) header.d=example.net"),
            format!("{ours} dkim=fail reason=\"; dkim=pass header.d=example.net\" header.d=example.net"),
            format!("{ours} dkim=pass header.d=evil.example header.d=example.net"),
            format!("{ours} spf=softfail smtp.mailfrom=example.net"),
            // What a sender wrote below what our server found.
            format!("{ours} dmarc=fail header.from=example.net\r\n{ours} dmarc=pass header.from=example.net"),
            format!("{ours} dmarc=pass\r\nFrom: ana@example.net, eve@evil.example"),
            format!("{ours} dmarc=pass\r\nFrom: ana@example.net\r\nFrom: eve@evil.example"),
            format!("{ours} dmarc=pass\r\nFrom: \"boss@example.net\" <eve@evil.example>"),
        ] {
            assert_eq!(judged(&fields), Proof::None, "{fields}");
        }
    }

    #[test]
    fn spf_fields_name_the_domain() {
        let pass = "Pass (sender SPF authorized) identity=mailfrom; client-ip=192.0.2.1; helo=a; envelope-from=ana@Example.net; receiver=b";
        assert_eq!(spf_pass_of(pass).as_deref(), Some("example.net"));
        assert_eq!(spf_pass_of("Fail identity=mailfrom; envelope-from=ana@example.net"), None);
        assert_eq!(spf_pass_of("Pass identity=helo; envelope-from=ana@example.net"), None);
        assert_eq!(spf_pass_of("Pass (envelope-from=ana@example.net)"), None);
        assert_eq!(spf_pass_of(""), None);
    }
}
