//! From bytes to characters.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into a page its `<meta charset>` may stand (HTML, "prescan a byte stream").
const PRESCAN: usize = 1024;

/// The text of these bytes, and what was guessed about them.
pub(crate) fn text_of(content: &[u8], declared: Option<&str>) -> (String, Option<String>) {
    if let Some((encoding, mark)) = Encoding::for_bom(content) {
        return (encoding.decode_without_bom_handling(&content[mark..]).0.into_owned(), None);
    }
    if let Ok(text) = std::str::from_utf8(content) {
        return (text.to_owned(), None);
    }
    let named = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = match named {
        // It isn't UTF-8: that was tried. Nor UTF-16, which has a mark or is full of zero bytes.
        Some(encoding) if encoding != UTF_8 && encoding != UTF_16LE && encoding != UTF_16BE => encoding,
        _ => WINDOWS_1252,
    };
    let text = encoding.decode_without_bom_handling(content).0.into_owned();
    (text, Some(format!("its characters were taken for {}; look whether accents are right", encoding.name())))
}

/// What a page says about its characters.
pub(crate) fn charset_of_page(content: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&content[..content.len().min(PRESCAN)]).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    (!label.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_read_as_they_were_written() {
        assert_eq!(text_of("é".as_bytes(), None), ("é".to_owned(), None));
        assert_eq!(text_of(b"\xef\xbb\xbfabc", None).0, "abc");
        assert_eq!(text_of(b"\xff\xfeh\0\xe9\0", None).0, "hé");
        let (text, note) = text_of(b"caf\xe9 \x80", Some("utf-8"));
        assert_eq!(text, "café €");
        assert!(note.is_some_and(|note| note.contains("windows-1252")));
        assert_eq!(text_of(b"\xb1", Some("iso-8859-2")).0, "ą");
        assert_eq!(charset_of_page(b"<META charset='ISO-8859-2'>").as_deref(), Some("iso-8859-2"));
        assert_eq!(charset_of_page(b"<p>"), None);
    }
}
