//! Which conversation a mail belongs to: by a name of ours that only we can make, never by its subject.
//!
//! Two names carry a conversation: the Message-ID of every mail that we send, and the address that answers go to
//! (`help+TOKEN@…`). Both end in a keyed digest (HMAC-SHA256, 128 bits of it) over what it is for and the ids, so nobody
//! writes a mail into a conversation that they never got a mail from. Both survive servers that write addresses in lower
//! case: they are base 32 without capitals.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that marks what a machine of ours wrote; a mail that comes in with it is our own.
pub const MARKER: (&str, &str) = ("X-Shop-Agent", "1");
/// The longest part before the `@`, RFC 5321 section 4.5.3.1.1.
const MAX_LOCAL_PART: usize = 64;
/// Bytes of the digest.
const DIGEST: usize = 16;
const MESSAGE: &[u8] = b"usher mail message id\0";
const ADDRESS: &[u8] = b"usher mail reply address\0";

/// What our ids are made and checked with.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// From 256 random bits that are kept for good: mails are answered years later.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, purpose: &[u8], parts: &[&str]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(purpose);
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac)
    }

    fn digest(&self, purpose: &[u8], parts: &[&str]) -> Vec<u8> {
        self.mac(purpose, parts).map(|mac| mac.finalize().into_bytes()[..DIGEST].to_vec()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// The Message-ID of a mail of ours, without angle brackets: the same for the same message.
#[must_use]
pub fn message_id(key: &Key, conversation: &str, message: &str, host: &str) -> String {
    let digest = key.digest(MESSAGE, &[conversation, message]);
    format!("{}.{}.{}@{host}", name(conversation), name(message), base32(&digest))
}

/// The conversation that one of our Message-IDs belongs to, with or without angle brackets; none where we didn't make it.
#[must_use]
pub fn conversation_of_message_id(keys: &[Key], id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let (local, _) = id.rsplit_once('@')?;
    let mut parts = local.split('.');
    let (conversation, message, digest) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (conversation, message) = (unnamed(conversation)?, unnamed(message)?);
    let digest = unbase32(digest)?;
    holds(keys, MESSAGE, &[&conversation, &message], &digest).then_some(conversation)
}

/// The address that answers go to: `base` with a token behind a plus. None where the part before the `@` would be longer
/// than the 64 characters that mail servers take; the Message-ID carries the conversation then.
#[must_use]
pub fn reply_address(key: &Key, conversation: &str, base: &str) -> Option<String> {
    let (local, domain) = base.rsplit_once('@')?;
    let digest = key.digest(ADDRESS, &[conversation]);
    let token = format!("{}{}", base32(&digest), name(conversation));
    let address = format!("{local}+{token}");
    (address.len() <= MAX_LOCAL_PART).then(|| format!("{address}@{domain}"))
}

/// The conversation that a reply address of ours belongs to; none where it isn't one of `base`, or not made by us.
#[must_use]
pub fn conversation_of_address(keys: &[Key], address: &str, base: &str) -> Option<String> {
    let address = address.trim().to_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let (base_local, base_domain) = base.rsplit_once('@')?;
    let token = local.strip_prefix(&base_local.to_lowercase())?.strip_prefix('+')?;
    if !domain.eq_ignore_ascii_case(base_domain) || !token.is_ascii() || token.len() <= DIGEST_TEXT {
        return None;
    }
    let (digest, conversation) = token.split_at(DIGEST_TEXT);
    let (digest, conversation) = (unbase32(digest)?, unnamed(conversation)?);
    holds(keys, ADDRESS, &[&conversation], &digest).then_some(conversation)
}

/// The subject of an answer: one `Re: ` in front, whatever stood there in whichever language.
#[must_use]
pub fn reply_subject(subject: &str) -> String {
    let one_line: Vec<&str> = subject.split_whitespace().collect();
    let mut rest = one_line.join(" ");
    while let Some(shorter) = without_prefix(&rest) {
        rest = shorter;
    }
    if rest.is_empty() { "Re:".to_owned() } else { format!("Re: {rest}") }
}

/// What mail programs put in front of the subject of an answer or of a forwarded mail.
const PREFIXES: &[&str] = &[
    "re", "sv", "aw", "antw", "antwort", "ant", "vs", "tr", "fw", "fwd", "wg", "rv", "r", "i", "vb", "vl", "rif",
    "doorst",
];

fn without_prefix(subject: &str) -> Option<String> {
    let (head, rest) = subject.split_once(':')?;
    // `Re[2]:` and `Re(3):` count the answers.
    let word = head.trim_end().trim_end_matches([')', ']']).trim_end_matches(|c: char| c.is_ascii_digit());
    let word = word.trim_end_matches(['(', '[']).trim().to_lowercase();
    PREFIXES.contains(&word.as_str()).then(|| rest.trim_start().to_owned())
}

fn holds(keys: &[Key], purpose: &[u8], parts: &[&str], digest: &[u8]) -> bool {
    digest.len() == DIGEST
        && keys.iter().any(|key| key.mac(purpose, parts).is_some_and(|mac| mac.verify_truncated_left(digest).is_ok()))
}

/// Letters of the digest.
const DIGEST_TEXT: usize = (DIGEST * 8).div_ceil(5);

/// An id in base 32: a UUID by its 16 bytes behind `u`, any other text by its own behind `t`.
fn name(id: &str) -> String {
    match uuid_bytes(id) {
        Some(bytes) => format!("u{}", base32(&bytes)),
        None => format!("t{}", base32(id.as_bytes())),
    }
}

fn unnamed(name: &str) -> Option<String> {
    let kind = name.get(..1)?;
    let bytes = unbase32(name.get(1..)?)?;
    match kind.to_ascii_lowercase().as_str() {
        "u" if bytes.len() == 16 => {
            let text = hex::encode(&bytes);
            Some(format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]))
        }
        "t" => String::from_utf8(bytes).ok().filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// The bytes of a UUID in its usual form of lower-case letters and hyphens.
fn uuid_bytes(id: &str) -> Option<[u8; 16]> {
    let hyphens = id.bytes().enumerate().all(|(at, b)| (b == b'-') == matches!(at, 8 | 13 | 18 | 23));
    if id.len() != 36 || !hyphens || id.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; 16];
    hex::decode_to_slice(id.replace('-', ""), &mut bytes).ok()?;
    Some(bytes)
}

/// RFC 4648 in lower case, without padding.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[(bits >> held & 31) as usize]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - held) & 31) as usize]));
    }
    text
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    if text.len() > 200 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in text.bytes() {
        let letter = letter.to_ascii_lowercase();
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 255).ok()?);
        }
        bits &= (1 << held) - 1;
    }
    // Bits that are left over are zero, so that one name has one spelling.
    (held < 5 && bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONVERSATION: &str = "019aa5c2-7b1e-7f00-8a51-3f6c2d9e1b04";
    const MESSAGE_ID: &str = "019aa5c2-7b1e-7f00-8a51-3f6c2d9e1b05";

    fn key(byte: u8) -> Key {
        Key::new([byte; 32])
    }

    #[test]
    fn names_come_back_through_servers_that_change_the_case() {
        let keys = [key(2), key(1)];
        let id = message_id(&key(1), CONVERSATION, MESSAGE_ID, "shop.example");
        assert!(id.ends_with("@shop.example") && id.len() < 120, "{id}");
        assert_eq!(conversation_of_message_id(&keys, &id).as_deref(), Some(CONVERSATION));
        assert_eq!(
            conversation_of_message_id(&keys, &format!("<{}>", id.to_uppercase())).as_deref(),
            Some(CONVERSATION)
        );
        let address = reply_address(&key(1), CONVERSATION, "help@shop.example").unwrap();
        assert!(address.split('@').next().unwrap().len() <= 64, "{address}");
        assert_eq!(conversation_of_address(&keys, &address, "help@shop.example").as_deref(), Some(CONVERSATION));
        let shouted = address.to_uppercase();
        assert_eq!(conversation_of_address(&keys, &shouted, "Help@Shop.example").as_deref(), Some(CONVERSATION));
    }

    #[test]
    fn nobody_makes_or_changes_a_name_without_the_key() {
        let ours = [key(1)];
        let id = message_id(&key(9), CONVERSATION, MESSAGE_ID, "shop.example");
        assert_eq!(conversation_of_message_id(&ours, &id), None);
        let id = message_id(&key(1), CONVERSATION, MESSAGE_ID, "shop.example");
        let address = reply_address(&key(1), CONVERSATION, "help@shop.example").unwrap();
        let local = id.split('@').next().unwrap().len();
        for at in 0..local {
            let mut changed = id.clone().into_bytes();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(conversation_of_message_id(&ours, &changed), None, "at {at}");
        }
        for at in "help+".len()..address.find('@').unwrap() {
            let mut changed = address.clone().into_bytes();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(conversation_of_address(&ours, &changed, "help@shop.example"), None, "at {at}");
        }
        // The digest of an address is none of a Message-ID, and one shop's address none of another's.
        assert_eq!(conversation_of_address(&ours, &address, "sales@shop.example"), None);
        assert_eq!(conversation_of_address(&ours, &address, "help@other.example"), None);
        assert_eq!(conversation_of_message_id(&[], &id), None);
        for garbage in ["", "<>", "@", "a@b", "a.b.c@d", "u.u.u@d", "....@x", "ü.ü.ü@x", "help+@shop.example"] {
            assert_eq!(conversation_of_message_id(&ours, garbage), None);
            assert_eq!(conversation_of_address(&ours, garbage, "help@shop.example"), None);
        }
        assert_eq!(
            conversation_of_address(&ours, &format!("help+{}@shop.example", "a".repeat(5000)), "help@shop.example"),
            None
        );
    }

    #[test]
    fn ids_that_are_no_uuids_work_and_long_addresses_are_not_made() {
        let keys = [key(1)];
        for conversation in ["c1", "Ünïcode", "019AA5C2-7B1E-7F00-8A51-3F6C2D9E1B04"] {
            let id = message_id(&key(1), conversation, "m.1", "shop.example");
            assert_eq!(conversation_of_message_id(&keys, &id).as_deref(), Some(conversation));
        }
        assert_eq!(reply_address(&key(1), CONVERSATION, "customer-relations@shop.example"), None);
        assert!(reply_address(&key(1), CONVERSATION, "help-us-now@shop.example").is_none());
        assert!(reply_address(&key(1), CONVERSATION, "support@shop.example").is_some());
    }

    #[test]
    fn one_re_stands_before_the_subject() {
        for (subject, answer) in [
            ("Order 1001", "Re: Order 1001"),
            ("RE: Re: Order", "Re: Order"),
            ("AW: SV: Antw: TR: Order", "Re: Order"),
            ("Re[3]: Order", "Re: Order"),
            ("Fwd: Re: Order", "Re: Order"),
            ("Question: where is it", "Re: Question: where is it"),
            ("", "Re:"),
            ("Re:", "Re:"),
            ("a\r\nBcc: b@c", "Re: a Bcc: b@c"),
        ] {
            assert_eq!(reply_subject(subject), answer);
        }
    }
}
