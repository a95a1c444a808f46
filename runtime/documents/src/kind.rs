//! What a file is: by its name, its declared type and its first bytes.

use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A kind of file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// CommonMark.
    Markdown,
    /// A web page.
    Html,
    /// Plain text.
    Text,
    /// PDF.
    Pdf,
    /// A word processor's document (Office Open XML).
    Docx,
    /// Questions and answers, a pair a line.
    Csv,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Text => "plain text",
            Self::Pdf => "PDF",
            Self::Docx => "DOCX",
            Self::Csv => "CSV",
        })
    }
}

impl Kind {
    const ALL: [(Self, &str); 6] = [
        (Self::Markdown, "markdown"),
        (Self::Html, "html"),
        (Self::Text, "text"),
        (Self::Pdf, "pdf"),
        (Self::Docx, "docx"),
        (Self::Csv, "csv"),
    ];

    /// As arguments and the API spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("text", |(_, name)| name)
    }

    /// The kind of a file by its name's ending, its declared type (a MIME type; `application/octet-stream` says nothing)
    /// and its first bytes. What is said must agree with what the bytes show.
    ///
    /// # Errors
    /// [`Refusal::Unsupported`] and [`Refusal::Mislabelled`].
    pub fn of(name: &str, media_type: Option<&str>, content: &[u8]) -> Result<Self, Refusal> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let by_ending = ending.as_deref().and_then(Self::by_ending);
        let media_type = media_type.and_then(|media_type| media_type.split(';').next()).map(str::trim);
        let by_type = media_type.and_then(Self::by_media_type);
        let said = match (by_ending, by_type) {
            // Servers and browsers call every kind of text `text/plain`.
            (Some(ending), Some(Self::Text)) if ending.is_text() => ending,
            (Some(ending), Some(by_type)) if ending != by_type => {
                return Err(Refusal::Mislabelled { called: ending, found: format!("declared as {by_type}") });
            }
            (Some(said), _) | (None, Some(said)) => said,
            (None, None) => {
                let what = match (&ending, media_type) {
                    (Some(ending), _) if ending.len() <= 12 => format!(".{ending}"),
                    (_, Some(media_type)) => media_type.chars().take(80).collect(),
                    _ => "without an ending in its name".to_owned(),
                };
                return Err(Refusal::Unsupported { what });
            }
        };
        match (said, Shown::of(content)) {
            (Self::Pdf, Shown::Pdf) | (Self::Docx, Shown::Zip) => Ok(said),
            (Self::Docx, Shown::Office97) => Err(Refusal::Encrypted),
            (said, Shown::Text) if said.is_text() => Ok(said),
            (called, shown) => Err(Refusal::Mislabelled { called, found: shown.to_string() }),
        }
    }

    fn by_ending(ending: &str) -> Option<Self> {
        Some(match ending {
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            "txt" | "text" => Self::Text,
            "pdf" => Self::Pdf,
            "docx" => Self::Docx,
            "csv" | "tsv" => Self::Csv,
            _ => return None,
        })
    }

    /// The kind that a MIME type names.
    #[must_use]
    pub fn by_media_type(media_type: &str) -> Option<Self> {
        Some(match media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "text/markdown" | "text/x-markdown" => Self::Markdown,
            "text/html" | "application/xhtml+xml" => Self::Html,
            "text/plain" => Self::Text,
            "application/pdf" => Self::Pdf,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Self::Docx,
            "text/csv" | "text/tab-separated-values" => Self::Csv,
            _ => return None,
        })
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Markdown | Self::Html | Self::Text | Self::Csv)
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(kind, _)| *kind).ok_or(())
    }
}

/// What the first bytes show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Pdf,
    Zip,
    /// Compound files: old word processors, and newer documents with a password.
    Office97,
    Binary(&'static str),
    Text,
}

impl Shown {
    fn of(content: &[u8]) -> Self {
        const KNOWN: [(&[u8], Shown); 9] = [
            (b"%PDF-", Shown::Pdf),
            (b"PK\x03\x04", Shown::Zip),
            (b"PK\x05\x06", Shown::Zip),
            (b"\xd0\xcf\x11\xe0", Shown::Office97),
            (b"{\\rtf", Shown::Binary("RTF")),
            (b"\x89PNG", Shown::Binary("a picture")),
            (b"\xff\xd8\xff", Shown::Binary("a picture")),
            (b"\x7fELF", Shown::Binary("a program")),
            (b"\0asm", Shown::Binary("a WebAssembly component")),
        ];
        // Readers of PDF look for the mark within the first kilobyte.
        let pdf = content.iter().take(1024).position(|byte| *byte == b'%').filter(|start| {
            content[..*start].iter().all(u8::is_ascii_whitespace) || content.starts_with(b"\xef\xbb\xbf%PDF-")
        });
        if pdf.is_some_and(|start| content[start..].starts_with(b"%PDF-")) {
            return Self::Pdf;
        }
        if let Some((_, shown)) = KNOWN.iter().find(|(mark, _)| content.starts_with(mark)) {
            return *shown;
        }
        let wide = content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff");
        if !wide && content.iter().take(4096).any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)) {
            return Self::Binary("no text");
        }
        Self::Text
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pdf => "a PDF",
            Self::Zip => "an archive (or a DOCX)",
            Self::Office97 => "an old Office file",
            Self::Binary(what) => what,
            Self::Text => "text",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_type_and_content_must_agree() {
        let pdf = b"%PDF-1.7\n".as_slice();
        let of = Kind::of;
        assert_eq!(of("Returns.MD", Some("text/plain; charset=utf-8"), b"# Returns"), Ok(Kind::Markdown));
        assert_eq!(of("a.pdf", Some("application/octet-stream"), pdf), Ok(Kind::Pdf));
        assert_eq!(of("page", Some("text/html; charset=utf-8"), b"<p>"), Ok(Kind::Html));
        assert_eq!(of("faq.csv", Some("text/csv"), b"q,a"), Ok(Kind::Csv));
        assert_eq!(of("a.docx", None, b"PK\x03\x04"), Ok(Kind::Docx));
        for (name, media_type, content) in [
            ("a.txt", None, pdf),
            ("a.pdf", None, b"<html>".as_slice()),
            ("a.pdf", Some("text/html"), pdf),
            ("a.md", None, b"PK\x03\x04"),
            ("a.docx", None, b"%PDF-1.4"),
            ("a.txt", None, b"\x7fELF\x02"),
            ("a.csv", None, b"a\0b"),
        ] {
            let refused = of(name, media_type, content);
            assert!(matches!(refused, Err(Refusal::Mislabelled { .. })), "{name}: {refused:?}");
        }
        assert_eq!(of("a.docx", None, b"\xd0\xcf\x11\xe0\xa1"), Err(Refusal::Encrypted));
        for name in ["a.exe", "archive.zip", "noending"] {
            assert!(matches!(of(name, None, b"x"), Err(Refusal::Unsupported { .. })), "{name}");
        }
    }

    #[test]
    fn a_kind_is_read_back() {
        for (kind, name) in Kind::ALL {
            assert_eq!((name.parse(), kind.as_str()), (Ok(kind), name));
        }
    }
}
