//! Which mails a machine must not answer (RFC 3834, RFC 3464, and what programs do that follow neither).

use super::header::{Headers, words};
use super::mail::{Mail, Rules};
use super::thread::{MARKER, conversation_of_message_id};

/// Whoever sends from these reads no answer. Before the `@`, in lower case, without what stands behind a plus.
const UNREAD: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "postmaster",
    "noreply",
    "no-reply",
    "no_reply",
    "no.reply",
    "donotreply",
    "do-not-reply",
    "do_not_reply",
    "bounce",
    "bounces",
];
/// Headers whose presence alone says it.
const TELLING: &[(&str, &str)] = &[
    ("X-Failed-Recipients", "a mail server's report of what it couldn't deliver"),
    ("X-Autoreply", "an automatic answer"),
    ("X-Autorespond", "an automatic answer"),
    ("X-Autoresponse", "an automatic answer"),
    ("X-Auto-Reply-From", "an automatic answer"),
    ("X-AutoReply-From", "an automatic answer"),
    ("List-Id", "sent to a list"),
    ("List-Unsubscribe", "sent to a list"),
    ("List-Post", "sent to a list"),
];
/// What automatic subjects begin with.
const SUBJECTS: &[&str] = &[
    "auto:",
    "automatic reply",
    "autosvar",
    "automatisk svar",
    "automatisch antwoord",
    "automatische antwort",
    "abwesenheitsnotiz",
    "risposta non al computer",
    "risposta automatica",
    "auto response",
    "respuesta automática",
    "fuori sede",
    "out of office",
    "frånvaro",
    "réponse automatique",
];
/// Their values tell of other things: other mails, the way, signatures over other headers, people's own words.
const NOT_SEARCHED: &[&str] = &[
    "subject",
    "references",
    "in-reply-to",
    "message-id",
    "to",
    "cc",
    "received",
    "dkim-signature",
    "auto-submitted",
    "x-auto-response-suppress",
    "thread-topic",
    "thread-index",
    "content-type",
    "authentication-results",
];

/// Why this mail must not be answered by a machine; none where it may.
pub(super) fn reason(mail: &Mail, rules: &Rules) -> Option<String> {
    let headers = &mail.headers;
    ours(headers, rules).or_else(|| unread(mail)).or_else(|| marked(headers)).or_else(|| {
        let subject = words(headers.get("Subject").unwrap_or_default()).to_lowercase();
        SUBJECTS
            .iter()
            .any(|start| subject.starts_with(start))
            .then(|| "its subject is that of an automatic answer".to_owned())
    })
}

/// It is our own: answering it would go round in a circle.
fn ours(headers: &Headers, rules: &Rules) -> Option<String> {
    if headers.get(MARKER.0).is_some() {
        return Some(format!("it is a mail of our own: it carries {}", MARKER.0));
    }
    let from = headers.mailboxes("From");
    if from.iter().any(|from| own_address(&from.address, rules).is_some()) {
        return Some("it comes from an address of our own".to_owned());
    }
    let id = headers.get("Message-ID").unwrap_or_default();
    conversation_of_message_id(&rules.keys, id)
        .map(|_| "it is a mail of our own: it has one of our Message-IDs".to_owned())
}

/// Which of the shop's addresses this is, with or without something behind a plus and in whichever case.
#[must_use]
pub fn own_address<'r>(address: &str, rules: &'r Rules) -> Option<&'r str> {
    let (local, domain) = address.rsplit_once('@')?;
    let bare = local.split_once('+').map_or(local, |(bare, _)| bare);
    rules.own_addresses.iter().map(String::as_str).find(|own| {
        own.rsplit_once('@').is_some_and(|(own_local, own_domain)| {
            own_domain.eq_ignore_ascii_case(domain)
                && (own_local.eq_ignore_ascii_case(bare) || own_local.eq_ignore_ascii_case(local))
        })
    })
}

/// Nobody would read the answer.
fn unread(mail: &Mail) -> Option<String> {
    let headers = &mail.headers;
    let null = |path: &str| matches!(path.trim(), "" | "<>");
    if mail.envelope.from.as_deref().is_some_and(null) || headers.get("Return-Path").is_some_and(null) {
        return Some("it has no return path, as reports of mail servers have none".to_owned());
    }
    let kind = headers.get("Content-Type").unwrap_or_default().trim_start().to_ascii_lowercase();
    if kind.starts_with("multipart/report") {
        return Some("it is a report of a mail server or program".to_owned());
    }
    headers.mailboxes("From").iter().find_map(|from| {
        let local = from.address.split(['@', '+']).next().unwrap_or_default();
        let last = |word: &&&str| {
            local.strip_suffix(**word).is_some_and(|rest| rest.is_empty() || rest.ends_with(['-', '_', '.']))
        };
        UNREAD.iter().find(last).map(|word| format!("nobody reads what is sent to {word}@"))
    })
}

/// Its header says so.
fn marked(headers: &Headers) -> Option<String> {
    if headers.cut {
        return Some("its header is larger than any program of a person writes".to_owned());
    }
    let first_word = |value: &str| value.split([';', '(', ' ', '\t']).next().unwrap_or_default().to_ascii_lowercase();
    if headers.every("Auto-Submitted").any(|value| first_word(value) != "no") {
        return Some("Auto-Submitted says that no person sent it".to_owned());
    }
    let suppressed = |value: &str| {
        value
            .split([',', ' ', ';'])
            .any(|word| ["all", "autoreply", "oof"].contains(&&*word.trim().to_ascii_lowercase()))
    };
    if headers.every("X-Auto-Response-Suppress").any(suppressed) {
        return Some("X-Auto-Response-Suppress asks for no automatic answer".to_owned());
    }
    let precedence = ["bulk", "list", "junk", "auto_reply"];
    if headers.every("Precedence").any(|value| precedence.contains(&&*first_word(value))) {
        return Some("its precedence is that of mass or automatic mail".to_owned());
    }
    if let Some((name, what)) = TELLING.iter().find(|(name, _)| headers.get(name).is_some()) {
        return Some(format!("{name} says that it is {what}"));
    }
    headers.all().find_map(|(name, value)| {
        let lower = name.to_ascii_lowercase();
        let searched = !NOT_SEARCHED.contains(&lower.as_str()) && !lower.starts_with("arc-");
        (searched && (tells(&lower) || tells(&value.to_lowercase())))
            .then(|| format!("{name} says that a program sent it"))
    })
}

/// `auto-reply`, `autogenerated` and their like.
fn tells(text: &str) -> bool {
    if text.contains("holidayreply") || text.contains("machinegenerated") {
        return true;
    }
    text.match_indices("auto").any(|(at, auto)| {
        let rest = &text[at + auto.len()..];
        let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
        ["response", "submitted", "replied", "reply", "generated", "respond"].iter().any(|word| rest.starts_with(word))
    })
}

#[cfg(test)]
mod tests {
    use super::super::thread::{Key, message_id};
    use super::*;
    use crate::email::Envelope;
    use crate::email::mime::parse;

    fn rules() -> Rules {
        Rules {
            own_addresses: vec!["help@shop.example".to_owned()],
            authserv_ids: Vec::new(),
            keys: vec![Key::new([1; 32])],
        }
    }

    fn why(fields: &str, from: Option<&str>) -> Option<String> {
        let plain = if fields.contains("From:") { "" } else { "From: Ana <ana@example.net>\r\n" };
        let raw = format!("{plain}{fields}\r\n\r\nHello");
        let envelope = Envelope { from: from.map(str::to_owned), recipients: Vec::new() };
        reason(&parse(raw.as_bytes(), &envelope).unwrap(), &rules())
    }

    #[test]
    fn every_rule_has_its_case() {
        let ours = format!("Message-ID: <{}>", message_id(&Key::new([1; 32]), "c", "m", "shop.example"));
        for fields in [
            "Return-Path: <>",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
            "Content-Type: Multipart/Report; report-type=disposition-notification; boundary=x",
            "X-Failed-Recipients: b@example.net",
            "From: Mail Delivery System <MAILER-DAEMON@example.net>",
            "From: postmaster@example.net",
            "From: No Reply <no-reply@example.net>",
            "From: noreply@example.net",
            "From: orders-noreply@example.net",
            "From: bounce+123@example.net",
            "From: do-not-reply@example.net",
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated (rejected)",
            "auto-submitted: AUTO-NOTIFIED; owner-email=\"a@b\"",
            "X-Auto-Response-Suppress: All",
            "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
            "X-Autoreply: yes",
            "X-Autorespond: on",
            "X-Autoresponse: x",
            "X-Auto-Reply-From: a@b",
            "X-AutoReply-From: a@b",
            "Precedence: bulk",
            "Precedence: list",
            "Precedence: junk",
            "Precedence: Auto_Reply",
            "List-Id: <news.example.net>",
            "List-Unsubscribe: <mailto:a@b>",
            "List-Post: <mailto:a@b>",
            "Feedback-ID: 1:news\r\nList-Unsubscribe: <https://example.net>",
            "X-Mailer: HolidayReply 2",
            "X-Generator: machinegenerated",
            "X-Status: autoresponded",
            "X-Mail-Autoreply: 1",
            "Subject: Automatic reply: Order",
            "Subject: Auto: away",
            "Subject: Autosvar: borta",
            "Subject: Automatisk svar",
            "Subject: Automatisch antwoord: bestelling",
            "Subject: Abwesenheitsnotiz",
            "Subject: Automatische Antwort: Bestellung",
            "Subject: Risposta Non al computer: ordine",
            "Subject: Auto Response",
            "Subject: =?utf-8?q?Respuesta_autom=C3=A1tica?=",
            "Subject: Fuori sede",
            "Subject: Out of Office",
            "Subject: =?utf-8?q?Fr=C3=A5nvaro?=",
            "Subject: =?utf-8?q?R=C3=A9ponse_automatique?=",
            "From: Shop <help@shop.example>",
            "From: HELP+token@Shop.example",
            "X-Shop-Agent: 1",
            &ours,
        ] {
            assert!(why(fields, Some("ana@example.net")).is_some(), "{fields}");
        }
        assert!(why("Subject: Hi", Some("")).is_some(), "the null path");
        assert!(why("Subject: Hi", Some("<>")).is_some(), "the null path");
        assert!(why(&"X-A: b\r\n".repeat(2000), None).is_some(), "a header beyond all measure");
    }

    #[test]
    fn near_misses_are_answered() {
        for fields in [
            "Subject: Hi",
            "Return-Path: <ana@example.net>",
            "Content-Type: multipart/mixed; boundary=report",
            "Auto-Submitted: no",
            "Auto-Submitted: No (a person)",
            "X-Auto-Response-Suppress: DR, RN, NRN",
            "Precedence: normal",
            "Precedence: first-class",
            "Subject: Re: Out of Office hours of your shop",
            "Subject: Automobile part",
            "Subject: your auto-reply was no help",
            "In-Reply-To: <autoreply-1@shop.example>",
            "References: <auto-generated.1@shop.example>",
            "DKIM-Signature: v=1; h=from:auto-submitted:subject; b=x",
            "From: Ana Bouncer <bouncer@example.net>",
            "From: Norepl <norepl@example.net>",
            "From: Helper <helper@shop.example>",
            "From: Help <help@othershop.example>",
            "X-Mailer: Automatic Mail 3",
            "Feedback-ID: 1:person",
            "Message-ID: <a.b.c@shop.example>",
        ] {
            assert_eq!(why(fields, Some("ana@example.net")), None, "{fields}");
        }
        assert_eq!(why("Subject: Hi", None), None, "an unknown path isn't the null one");
    }
}
