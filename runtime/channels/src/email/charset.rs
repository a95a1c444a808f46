//! Bytes of a mail as text, whatever they claim to be.

use encoding_rs::{Encoding, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

/// The first `most` bytes by the charset that the part declares; where that is none, unknown or untrue, as UTF-8, and at
/// last as Windows-1252, in which every byte is something.
pub(super) fn decoded(bytes: &[u8], declared: Option<&str>, most: usize) -> String {
    let cut = bytes.len() > most;
    let bytes = first(bytes, most);
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
        return by(encoding, bytes, !cut).unwrap_or_else(|| unlabelled(bytes));
    }
    charset_decoder(label.as_bytes()).map_or_else(|| unlabelled(bytes), |decode| decode(bytes))
}

/// None where the bytes aren't in this encoding. What ends within a character is, unless they are the `last` ones.
fn by(encoding: &'static Encoding, bytes: &[u8], last: bool) -> Option<String> {
    let mut decoder = encoding.new_decoder();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len())?);
    let (_, _, broken) = decoder.decode_to_string(bytes, &mut text, last);
    (!broken).then_some(text)
}

/// The first `most` bytes, and none of a character of UTF-8 that this would cut: by its half the whole text would be taken
/// for another charset.
pub(super) fn first(bytes: &[u8], most: usize) -> &[u8] {
    if bytes.len() <= most {
        return bytes;
    }
    let first = &bytes[..most];
    match str::from_utf8(first) {
        Err(error) if error.error_len().is_none() => &first[..error.valid_up_to()],
        _ => first,
    }
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
        assert_eq!(decoded(b"\xe9t\xe9", Some("iso-8859-1"), 100), "été");
        assert_eq!(decoded("été".as_bytes(), Some("us-ascii"), 100), "été");
        assert_eq!(decoded(b"\xe9t\xe9", Some("utf-8"), 100), "été");
        assert_eq!(decoded(b"\xe9t\xe9", Some("x-martian"), 100), "été");
        assert_eq!(decoded(b"\xe9t\xe9", None, 100), "été");
        assert_eq!(decoded(b"\x1b$B$3\x1b(B", Some("iso-2022-jp"), 100), "こ");
        assert_eq!(decoded(b"\xff\xfeh\0i\0", Some("utf-16"), 100), "hi");
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
            decoded(&all, Some(label), 300);
        }
    }

    #[test]
    fn what_is_cut_within_a_character_stays_in_its_charset() {
        for label in [Some("utf-8"), Some("us-ascii"), Some("iso-8859-1"), None] {
            assert_eq!(decoded("aöö".as_bytes(), label, 4), "aö", "{label:?}");
            assert_eq!(decoded("aöö".as_bytes(), label, 5), "aöö", "{label:?}");
        }
        let kana = b"\x82\xb1\x82\xb1";
        assert_eq!(decoded(kana, Some("shift_jis"), 3), "こ");
        assert_eq!(decoded(b"\x1b$B$3$3\x1b(B", Some("iso-2022-jp"), 6), "こ");
        assert_eq!(decoded(b"\xe9t\xe9t", Some("iso-8859-1"), 3), "été");
        assert_eq!(decoded(&kana[..3], Some("shift_jis"), 3), "‚±‚", "broken, not cut");
    }
}
