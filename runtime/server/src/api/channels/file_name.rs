//! The name under which a file is saved, as a header says it (RFC 6266, RFC 8187).

use std::fmt::Write as _;

/// Longest name, characters.
const LONGEST: usize = 120;

/// `attachment; filename="…"; filename*=UTF-8''…`: the first for programs that know nothing else, the second with every
/// character. No part of the name can end the header, name a folder, or turn the direction of writing.
pub(super) fn content_disposition(name: &str) -> String {
    let name = harmless(name);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut header = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        header.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            // attr-char of RFC 8187.
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                header.push(char::from(byte));
            } else {
                // Writing to a text doesn't fail.
                let _ = write!(header, "%{byte:02X}");
            }
        }
    }
    header
}

fn is_plain(c: char) -> bool {
    (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%')
}

/// Without folders, control characters and marks that change how the rest is shown; never empty, never a hidden file.
fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !turns(*c)).take(LONGEST).collect();
    let kept = kept.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    if kept.is_empty() { "file".to_owned() } else { kept.to_owned() }
}

/// Marks of direction and other invisible characters, with which `gpj.exe` is shown as `exe.jpg`.
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::content_disposition;

    #[test]
    fn a_name_is_only_a_name() {
        for (name, expected) in [
            ("invoice.pdf", "attachment; filename=\"invoice.pdf\""),
            ("../../etc/passwd", "attachment; filename=\"passwd\""),
            ("C:\\temp\\a.png", "attachment; filename=\"a.png\""),
            (".htaccess", "attachment; filename=\"htaccess\""),
            ("", "attachment; filename=\"file\""),
            ("...", "attachment; filename=\"file\""),
            ("a\r\nSet-Cookie: x=1.png", "attachment; filename=\"aSet-Cookie: x=1.png\""),
            ("a\"; b=\"c.png", "attachment; filename=\"a_; b=_c.png\"; filename*=UTF-8''a%22%3B%20b%3D%22c.png"),
            ("Größe %41.txt", "attachment; filename=\"Gr__e _41.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%2541.txt"),
            ("photo\u{202e}gpj.exe", "attachment; filename=\"photogpj.exe\""),
        ] {
            assert_eq!(content_disposition(name), expected, "{name:?}");
        }
        assert!(content_disposition(&"ü".repeat(5000)).len() < 1200);
    }

    #[test]
    fn whatever_the_name_it_can_stand_in_a_header() {
        for c in (0..0x3000).filter_map(char::from_u32) {
            let header = content_disposition(&format!("a{c}b"));
            assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{c:?}: {header}");
            assert_eq!(header.matches('"').count(), 2, "{c:?}: {header}");
        }
    }
}
