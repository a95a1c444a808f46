//! Which files of a mail are kept: those that are what they are called, of five kinds, within the limits.

use super::clean;
use super::mail::File;
use crate::{Attachment, LeftOut, MAX_ATTACHMENT, MAX_ATTACHMENTS};

/// Smaller pictures inside of the words are logos of signatures.
const LOGO: usize = 5 << 10;
/// Most characters of a name.
const MAX_NAME: usize = 120;
/// Most files that are named as left out.
const MAX_LEFT_OUT: usize = 50;

/// A kind of file that is kept, and the endings that say so.
type Kind = (&'static str, &'static [&'static str]);
const PNG: Kind = ("image/png", &["png"]);
const JPEG: Kind = ("image/jpeg", &["jpg", "jpeg", "jpe", "jfif"]);
const WEBP: Kind = ("image/webp", &["webp"]);
const PDF: Kind = ("application/pdf", &["pdf"]);
const TEXT: Kind = ("text/plain", &["txt", "text"]);

/// What is kept, and what isn't and why. Small pictures inside of the words count as neither.
pub(super) fn sifted(files: Vec<File>) -> (Vec<Attachment>, Vec<LeftOut>) {
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for file in files {
        if file.inline && file.bytes.len() < LOGO && file.declared.starts_with("image/") {
            continue;
        }
        let named = file.name.as_deref().map(file_name);
        match judged(&file, named.as_deref(), kept.len()) {
            Ok((media_type, name)) => {
                kept.push(Attachment { name, media_type: media_type.to_owned(), bytes: file.bytes });
            }
            Err(why) if left_out.len() < MAX_LEFT_OUT => {
                let name = named.unwrap_or_else(|| clean::line(&file.declared));
                left_out.push(LeftOut { name, why: why.to_owned() });
            }
            Err(_) => {}
        }
    }
    (kept, left_out)
}

fn judged(file: &File, name: Option<&str>, kept: usize) -> Result<(&'static str, String), &'static str> {
    let ending = name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_lowercase());
    let named = |endings: &[&str]| ending.as_deref().is_some_and(|ending| endings.contains(&ending));
    if file.declared.starts_with("message/") {
        return Err("mails inside of mails are not read");
    }
    if file.declared == "application/ms-tnef" || name.is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat")) {
        return Err("only Outlook can open it; ask for the files themselves");
    }
    if file.bytes.is_empty() {
        return Err("it is empty");
    }
    if file.bytes.len() > MAX_ATTACHMENT {
        return Err("it is larger than 10 MiB");
    }
    let markup = || named(&["svg", "svgz", "html", "htm", "xhtml", "xml"]) || is_markup(&file.bytes);
    let Some((media_type, endings)) = kind(&file.bytes) else {
        return Err(if file.bytes.starts_with(b"PK\x03\x04") {
            "archives and office documents are not kept"
        } else if file.bytes.starts_with(b"MZ") || file.bytes.starts_with(b"\x7fELF") {
            "programs are not kept"
        } else if markup() {
            "pages and drawings that can hold programs are not kept"
        } else {
            "it is none of PNG, JPEG, WebP, PDF and plain text"
        });
    };
    if media_type == TEXT.0 && markup() {
        return Err("pages and drawings that can hold programs are not kept");
    }
    if ending.is_some() && !named(endings) {
        return Err("it isn't what its name says");
    }
    if kept >= MAX_ATTACHMENTS {
        return Err("a message keeps at most 5 files");
    }
    let name = match (name, &ending) {
        (Some(name), Some(_)) => name.to_owned(),
        (Some(name), None) => shortened(name, endings[0]),
        (None, _) => format!("attachment-{}.{}", kept + 1, endings[0]),
    };
    Ok((media_type, name))
}

/// By the first bytes; plain text is what has nothing in it that text hasn't.
fn kind(bytes: &[u8]) -> Option<Kind> {
    let text = |bytes: &[u8]| {
        str::from_utf8(bytes)
            .is_ok_and(|text| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')))
    };
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(PNG),
        [0xff, 0xd8, 0xff, ..] => Some(JPEG),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(WEBP),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(PDF),
        other => text(other).then_some(TEXT),
    }
}

/// Text that a browser would take for a page or a drawing.
fn is_markup(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    ["<!doctype", "<html", "<svg", "<?xml", "<script", "<head", "<body", "<!--"]
        .iter()
        .any(|tag| start.starts_with(tag))
        || ["<svg", "<script", "<html"].iter().any(|tag| start.contains(tag))
}

/// A name without folders, and without what file systems and readers trip over.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = clean::line(last)
        .chars()
        .map(|c| {
            if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%' | '\'' | '`' | '$' | '&' | ';') {
                '_'
            } else {
                c
            }
        })
        .collect();
    let plain = plain.trim_matches(['.', ' ']);
    match plain.rsplit_once('.') {
        _ if plain.is_empty() => "attachment".to_owned(),
        Some((stem, ending)) if ending.chars().count() <= 10 => shortened(stem, ending),
        _ => plain.chars().take(MAX_NAME).collect(),
    }
}

/// A stem and an ending within the longest name.
fn shortened(stem: &str, ending: &str) -> String {
    let stem: String = stem.chars().take(MAX_NAME - 1 - ending.chars().count()).collect();
    format!("{}.{ending}", stem.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n and more";

    fn file(name: &str, declared: &str, bytes: &[u8]) -> File {
        File { name: Some(name.to_owned()), declared: declared.to_owned(), inline: false, bytes: bytes.to_vec() }
    }

    fn one(name: &str, bytes: &[u8]) -> Result<(String, String), String> {
        let (kept, left_out) = sifted(vec![file(name, "application/octet-stream", bytes)]);
        kept.first().map(|kept| (kept.name.clone(), kept.media_type.clone())).ok_or_else(|| left_out[0].why.clone())
    }

    #[test]
    fn five_kinds_are_kept_by_what_they_are() {
        for (name, bytes, media_type) in [
            ("a.png", PIXEL, "image/png"),
            ("a.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
            ("a.webp", b"RIFF1234WEBPVP8 ", "image/webp"),
            ("a.pdf", b"%PDF-1.7", "application/pdf"),
            ("a.txt", "größer\r\n".as_bytes(), "text/plain"),
        ] {
            assert_eq!(one(name, bytes).unwrap().1, media_type, "{name}");
        }
    }

    #[test]
    fn everything_else_is_left_out_with_its_reason() {
        for (name, bytes, why) in [
            ("winmail.dat", &b"\x78\x9f\x3e\x22"[..], "Outlook"),
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "programs"),
            ("a.txt", b"hello <script>alert(1)</script>", "programs"),
            ("a.html", b"<!doctype html>", "programs"),
            ("a.exe", b"MZ\x90\0", "programs"),
            ("a.zip", b"PK\x03\x04\0", "archives"),
            ("a.png", b"%PDF-1.7", "name says"),
            ("photo.png.exe", PIXEL, "name says"),
            ("a.csv", b"a,b", "name says"),
            ("a.bin", b"\0\x01\x02", "none of"),
            ("a.png", b"", "empty"),
        ] {
            let found = one(name, bytes).unwrap_err();
            assert!(found.contains(why), "{name}: {found}");
        }
        let large = sifted(vec![file("a.txt", "text/plain", &vec![b'a'; MAX_ATTACHMENT + 1])]);
        assert!(large.1[0].why.contains("10 MiB"));
        let (kept, left_out) = sifted((0..9).map(|_| file("a.png", "image/png", PIXEL)).collect());
        assert_eq!((kept.len(), left_out.len()), (5, 4));
        let mail = sifted(vec![file("mail.eml", "message/rfc822", b"")]);
        assert!(mail.1[0].why.contains("inside"));
    }

    #[test]
    fn logos_of_signatures_are_no_attachments() {
        let inline = |size: usize| File {
            name: Some("image001.png".to_owned()),
            declared: "image/png".to_owned(),
            inline: true,
            bytes: [PIXEL, &vec![0; size]].concat(),
        };
        let (kept, left_out) = sifted(vec![inline(1000), inline(90_000)]);
        assert_eq!((kept.len(), left_out.len()), (1, 0));
    }

    #[test]
    fn names_lead_nowhere() {
        for (name, safe) in [
            ("../../x.png", "x.png"),
            ("..\\..\\x.png", "x.png"),
            ("/etc/passwd.png", "passwd.png"),
            ("C:\\a\\b.png", "b.png"),
            ("\u{202e}gnp.exe\0.png", "gnp.exe.png"),
            ("..png", "png.png"),
            ("a\r\nb.png", "a b.png"),
            ("picture", "picture.png"),
            ("<b>\"x\".png", "_b__x_.png"),
        ] {
            assert_eq!(one(name, PIXEL).unwrap().0, safe, "{name:?}");
        }
        let long = one(&format!("{}.png", "ä".repeat(500)), PIXEL).unwrap().0;
        assert_eq!((long.chars().count(), long.ends_with(".png")), (120, true));
        let nameless =
            sifted(vec![File { name: None, declared: "image/png".to_owned(), inline: false, bytes: PIXEL.to_vec() }]);
        assert_eq!(nameless.0[0].name, "attachment-1.png");
    }
}
