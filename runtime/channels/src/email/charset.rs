//! Bytes of a mail as text, whatever they claim to be.

use encoding_rs::{Encoding, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

/// By the charset that the part declares; where that is none, unknown or untrue, as UTF-8, and at last as Windows-1252, in
/// which every byte is something.
pub(super) fn decoded(bytes: &[u8], declared: Option<&str>) -> String {
    let declared = declared.map(|label| label.trim().trim_matches(['"', '\''])).filter(|label| !label.is_empty());
    // Mail in UTF-8 is often labelled as ASCII, and no other charset makes valid UTF-8 by accident.
    if let Ok(text) = str::from_utf8(bytes)
        && !bytes.contains(&0x1b)
        && !declared.is_some_and(|label| label.to_ascii_lowercase().starts_with("utf-7"))
    {
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    let Some(label) = declared else { return unlabelled(bytes) };
    if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
        let (text, _, broken) = encoding.decode(bytes);
        return if broken { unlabelled(bytes) } else { text.into_owned() };
    }
    charset_decoder(label.as_bytes()).map_or_else(|| unlabelled(bytes), |decode| decode(bytes))
}

/// Without a charset.
pub(super) fn unlabelled(bytes: &[u8]) -> String {
    str::from_utf8(bytes).map_or_else(|_| WINDOWS_1252.decode(bytes).0.into_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_tried_first_and_garbage_never_fails() {
        assert_eq!(decoded(b"\xe9t\xe9", Some("iso-8859-1")), "été");
        assert_eq!(decoded("été".as_bytes(), Some("us-ascii")), "été");
        assert_eq!(decoded(b"\xe9t\xe9", Some("utf-8")), "été");
        assert_eq!(decoded(b"\xe9t\xe9", Some("x-martian")), "été");
        assert_eq!(decoded(b"\xe9t\xe9", None), "été");
        assert_eq!(decoded(b"\x1b$B$3\x1b(B", Some("iso-2022-jp")), "こ");
        assert_eq!(decoded(b"\xff\xfeh\0i\0", Some("utf-16")), "hi");
        let all: Vec<u8> = (0..=255).collect();
        for label in [
            "utf-8",
            "utf-7",
            "utf-16",
            "gb18030",
            "shift_jis",
            "iso-2022-kr",
            "hz-gb-2312",
            "",
            "\u{0}",
            "replacement",
        ] {
            decoded(&all, Some(label));
        }
    }
}
