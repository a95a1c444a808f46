//! Fonts of a PDF, as far as reading needs them: which characters the codes are, and how wide.

use lopdf::{Dictionary, Document, Encoding, Object};
use std::collections::HashMap;

/// Width of a glyph that the font doesn't tell, thousandths of the size.
const USUAL: f32 = 500.0;
/// Most widths of a font that are read.
const WIDTHS: usize = 70_000;

pub(crate) struct Font<'a> {
    /// None: its codes can't be told.
    encoding: Option<Encoding<'a>>,
    /// Codes are two bytes.
    wide: bool,
    widths: HashMap<u32, f32>,
    default: f32,
}

impl<'a> Font<'a> {
    pub(crate) fn of(document: &'a Document, dictionary: &'a Dictionary, most_bytes: usize) -> Self {
        let wide = dictionary.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Type0");
        let encoding = dictionary.get_font_encoding_with_limit(document, most_bytes).ok();
        // Codes of a composite font are glyph numbers: without a map to characters they mean nothing.
        let unmapped = wide && matches!(encoding, Some(Encoding::OneByteEncoding(_)));
        let mut font = Self {
            encoding: encoding.filter(|_| !unmapped),
            wide,
            widths: HashMap::new(),
            default: if wide { 1000.0 } else { USUAL },
        };
        if wide {
            font.wide_widths(document, dictionary);
        } else {
            font.narrow_widths(document, dictionary);
        }
        font
    }

    fn narrow_widths(&mut self, document: &Document, dictionary: &Dictionary) {
        let first = dictionary.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
        let widths = dictionary.get_deref(b"Widths", document).and_then(Object::as_array);
        for (code, width) in (first.clamp(0, 255)..=255).zip(widths.into_iter().flatten()) {
            let width = resolved(document, width).and_then(number).filter(|width| *width > 0.0);
            if let (Ok(code), Some(width)) = (u32::try_from(code), width) {
                self.widths.insert(code, width);
            }
        }
    }

    /// `/W`: `first [w w w]` or `first last w` (ISO 32000-1, 9.7.4.3).
    fn wide_widths(&mut self, document: &Document, dictionary: &Dictionary) {
        let Ok(below) = dictionary.get_deref(b"DescendantFonts", document).and_then(Object::as_array) else { return };
        let below = below.first().and_then(|font| resolved(document, font)).and_then(|font| font.as_dict().ok());
        let Some(below) = below else { return };
        if let Ok(width) = below.get_deref(b"DW", document) {
            self.default = number(width).unwrap_or(self.default);
        }
        let Ok(list) = below.get_deref(b"W", document).and_then(Object::as_array) else { return };
        let mut list = list.iter().filter_map(|entry| resolved(document, entry));
        while let (Some(first), Some(next)) = (list.next(), list.next()) {
            let Ok(first) = first.as_i64() else { return };
            let first = u32::try_from(first.clamp(0, 65_535)).unwrap_or_default();
            if self.widths.len() > WIDTHS {
                return;
            }
            match next {
                Object::Array(widths) => {
                    let widths = widths.iter().filter_map(|width| resolved(document, width)).filter_map(number);
                    self.widths.extend((first..=65_535).zip(widths));
                }
                last => {
                    let (Ok(last), Some(width)) = (last.as_i64(), list.next().and_then(number)) else { return };
                    let last = u32::try_from(last.clamp(0, 65_535)).unwrap_or_default();
                    self.widths.extend((first..=last).map(|code| (code, width)));
                }
            }
        }
    }

    /// What these codes say. Codes that mean nothing become U+FFFD.
    pub(crate) fn text(&self, codes: &[u8]) -> String {
        let text = self.encoding.as_ref().and_then(|encoding| encoding.bytes_to_string(codes).ok());
        text.unwrap_or_else(|| "\u{fffd}".repeat(codes.len() / if self.wide { 2 } else { 1 }))
    }

    /// How many codes there are, how many are blanks of one byte, and how wide all are, in sizes of the font.
    pub(crate) fn extent(&self, codes: &[u8]) -> (usize, usize, f32) {
        let width = |code: u32| self.widths.get(&code).copied().unwrap_or(self.default) / 1000.0;
        if self.wide {
            let codes: Vec<u32> =
                codes.chunks(2).map(|code| code.iter().fold(0, |sum, byte| sum * 256 + u32::from(*byte))).collect();
            (codes.len(), 0, codes.iter().map(|code| width(*code)).sum())
        } else {
            let blanks = codes.iter().filter(|code| **code == b' ').count();
            (codes.len(), blanks, codes.iter().map(|code| width(u32::from(*code))).sum())
        }
    }
}

pub(crate) fn resolved<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

pub(crate) fn number(object: &Object) -> Option<f32> {
    object.as_float().ok().filter(|number| number.is_finite())
}
