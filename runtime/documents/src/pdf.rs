//! PDF: the text that its pages show, in the order in which they show it. What stands out by its size is a heading.

use crate::kind::Kind;
use crate::pdf_font::{Font, number, resolved};
use crate::pdf_page::{Line, Page};
use crate::reading::{Limits, Part, Reading};
use crate::refusal::Refusal;
use lopdf::content::Content;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};
use std::collections::HashMap;
use usher_agent::hygiene::clean_line;
use usher_agent::knowledge::Section;

/// Most bytes that one stream unpacks to.
const STREAM_BYTES: usize = 32 << 20;
/// Most objects of a file.
const OBJECTS: usize = 200_000;
/// Most operators of one page, forms included.
const OPERATORS: usize = 500_000;
/// Forms inside forms.
const FORMS: usize = 8;
/// A heading is this much larger than most text.
const HEADING: f32 = 1.15;
/// The longest heading, characters.
const HEADING_CHARS: usize = 120;
/// A4, where a page doesn't say.
const PAGE: [f32; 4] = [0.0, 0.0, 595.0, 842.0];

pub(crate) fn read(content: &[u8], limits: &Limits) -> Result<Reading, Refusal> {
    let damaged = |error: lopdf::Error| match error {
        lopdf::Error::Decryption(_) | lopdf::Error::UnsupportedSecurityHandler(_) | lopdf::Error::InvalidPassword => {
            Refusal::Encrypted
        }
        error => Refusal::damaged(Kind::Pdf, error),
    };
    let options = LoadOptions::with_max_decompressed_size(STREAM_BYTES);
    let document = Document::load_mem_with_options(content, options).map_err(damaged)?;
    // Those that open without a password as well: its owner asked that their text be left alone.
    if document.is_encrypted() || document.was_encrypted() {
        return Err(Refusal::Encrypted);
    }
    if document.objects.len() > OBJECTS {
        return Err(Refusal::too_large(format!("more than {OBJECTS} objects")));
    }
    let pages: Vec<ObjectId> = document.page_iter().take(limits.pages + 1).collect();
    if pages.len() > limits.pages {
        return Err(Refusal::too_large(format!("more than {} pages", limits.pages)));
    }
    if pages.is_empty() {
        return Err(Refusal::damaged(Kind::Pdf, "it has no pages"));
    }
    let (mut lines, mut unseen, mut bytes) = (Vec::new(), 0, 0);
    for page in pages {
        let (of_page, unseen_here) = page_lines(&document, page)?;
        bytes += of_page.iter().map(|line| line.text.len()).sum::<usize>();
        if bytes > limits.text_bytes {
            return Err(Refusal::too_large(format!("more than {} KiB of text", limits.text_bytes >> 10)));
        }
        unseen += unseen_here;
        lines.push(of_page);
    }
    if lines.iter().flatten().all(|line| line.text.trim().is_empty()) {
        let what = if unseen > 0 {
            "all of it is invisible, as in scans with recognised text: nobody can compare it with what readers see; \
             upload the text itself"
        } else {
            "its pages are pictures; upload the text itself"
        };
        return Err(Refusal::NoText { what: what.to_owned() });
    }
    let mut reading = Reading::of_one(Part { title: title(&document), sections: sections(lines), ..Part::default() });
    if unseen > 0 {
        reading.notes.push(format!("{unseen} pieces of invisible text were left out"));
    }
    Ok(reading)
}

fn title(document: &Document) -> String {
    let info = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
    let title = info.and_then(|info| info.get_deref(b"Title", document)).and_then(lopdf::decode_text_string);
    let title = clean_line(&title.unwrap_or_default());
    // What word processors write there by themselves is a file's name.
    let a_file =
        title.rsplit_once('.').is_some_and(|(_, ending)| (2..=4).contains(&ending.len()) && !ending.contains(' '));
    if a_file || title.chars().count() > 200 || title.starts_with("Microsoft Word") { String::new() } else { title }
}

fn page_lines(document: &Document, id: ObjectId) -> Result<(Vec<Line>, usize), Refusal> {
    let content = document.get_page_content_with_limit(id, STREAM_BYTES).map_err(|error| match error {
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            Refusal::Unsafe { what: format!("a page unpacks to more than {} MiB", STREAM_BYTES >> 20) }
        }
        error => Refusal::damaged(Kind::Pdf, error),
    })?;
    let (own, inherited) = document.get_page_resources(id).map_err(|error| Refusal::damaged(Kind::Pdf, error))?;
    let inherited = inherited.into_iter().filter_map(|id| document.get_dictionary(id).ok());
    let resources: Vec<&Dictionary> = own.into_iter().chain(inherited).collect();
    let fonts = fonts(document, &resources);
    let mut page = Page::new(&fonts, edges(document, id));
    let mut left = OPERATORS;
    draw(document, &content, &resources, &mut page, FORMS, &mut left)?;
    let (lines, unseen, _) = page.end();
    Ok((lines, unseen))
}

/// The page's crop box, or its media box; both may be its parents'.
fn edges(document: &Document, page: ObjectId) -> [f32; 4] {
    let mut at = document.get_dictionary(page).ok();
    for _ in 0..32 {
        let Some(dictionary) = at else { return PAGE };
        for name in [b"CropBox".as_slice(), b"MediaBox"] {
            let Ok(values) = dictionary.get_deref(name, document).and_then(Object::as_array) else { continue };
            let values: Vec<f32> =
                values.iter().filter_map(|value| resolved(document, value)).filter_map(number).collect();
            if let [a, b, c, d] = values[..] {
                return [a.min(c), b.min(d), a.max(c), b.max(d)];
            }
        }
        at = dictionary.get_deref(b"Parent", document).and_then(Object::as_dict).ok();
    }
    PAGE
}

fn fonts<'a>(document: &'a Document, resources: &[&'a Dictionary]) -> HashMap<Vec<u8>, Font<'a>> {
    let mut fonts = HashMap::new();
    for dictionary in resources {
        let Ok(named) = dictionary.get_deref(b"Font", document).and_then(Object::as_dict) else { continue };
        for (name, font) in named.iter() {
            if fonts.contains_key(name) {
                continue;
            }
            if let Some(font) = resolved(document, font).and_then(|font| font.as_dict().ok()) {
                fonts.insert(name.clone(), Font::of(document, font, STREAM_BYTES));
            }
        }
    }
    fonts
}

/// Follows what is drawn; forms are pages within the page.
fn draw(
    document: &Document,
    content: &[u8],
    resources: &[&Dictionary],
    page: &mut Page<'_>,
    forms: usize,
    left: &mut usize,
) -> Result<(), Refusal> {
    let operations = Content::decode(content).map_err(|error| Refusal::damaged(Kind::Pdf, error))?.operations;
    *left = left
        .checked_sub(operations.len())
        .ok_or_else(|| Refusal::too_large(format!("more than {OPERATORS} drawing steps on one page")))?;
    for operation in &operations {
        if operation.operator != "Do" {
            page.follow(operation);
            continue;
        }
        let name = operation.operands.first().and_then(|name| name.as_name().ok());
        let form = name.and_then(|name| {
            resources.iter().find_map(|resources| {
                let named = resources.get_deref(b"XObject", document).and_then(Object::as_dict).ok()?;
                named.get_deref(name, document).and_then(Object::as_stream).ok()
            })
        });
        let Some(form) = form else { continue };
        if form.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image") {
            page.drew_picture();
            continue;
        }
        if forms == 0 {
            return Err(Refusal::Unsafe { what: format!("forms inside forms, more than {FORMS} deep") });
        }
        let Ok(inner) = form.get_plain_content_with_limit(STREAM_BYTES) else { continue };
        let matrix: Vec<f32> = form
            .dict
            .get_deref(b"Matrix", document)
            .and_then(Object::as_array)
            .map(|values| values.iter().filter_map(|value| resolved(document, value)).filter_map(number).collect())
            .unwrap_or_default();
        let own = form.dict.get_deref(b"Resources", document).and_then(Object::as_dict).ok();
        let resources: Vec<&Dictionary> = own.into_iter().chain(resources.iter().copied()).collect();
        let fonts = fonts(document, &resources);
        let matrix = matrix.try_into().unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let mut inside = page.inside(&fonts, matrix);
        draw(document, &inner, &resources, &mut inside, forms - 1, left)?;
        page.take_in(inside.end());
    }
    Ok(())
}

/// Lines of all pages under their headings. What repeats on most pages at its edge (a letterhead, a page number) is left
/// out.
fn sections(pages: Vec<Vec<Line>>) -> Vec<Section> {
    let repeated = edges_that_repeat(&pages);
    let lines: Vec<(String, Line)> = pages
        .into_iter()
        .flatten()
        .map(|line| (clean_line(&unbound(&line.text)), line))
        .filter(|(text, _)| !text.is_empty() && !repeated.contains(&shape(text)))
        .collect();
    let mut sizes: HashMap<i32, usize> = HashMap::new();
    for (_, line) in &lines {
        *sizes.entry((line.size * 2.0).round() as i32).or_default() += line.text.len();
    }
    let usual =
        sizes.into_iter().max_by_key(|&(size, bytes)| (bytes, size)).map_or(10.0, |(size, _)| size as f32 / 2.0);
    let mut sections = vec![Section { heading: None, text: String::new() }];
    let mut before: Option<(f32, f32)> = None;
    for (text, line) in lines {
        let heading = line.size >= HEADING * usual
            && text.chars().count() <= HEADING_CHARS
            && text.chars().any(char::is_alphabetic);
        let near = before.is_some_and(|(y, size)| y > line.y && y - line.y <= 1.7 * size.max(line.size));
        let same_size = before.is_some_and(|(_, size)| (size - line.size).abs() < 0.1);
        match sections.last_mut() {
            // A heading over two lines.
            Some(Section { heading: Some(above), text: below }) if heading && below.is_empty() && near && same_size => {
                above.push(' ');
                above.push_str(&text);
            }
            Some(section) if !heading => {
                // Further down, or up again: in another column or on another page, where a sentence may go on.
                let far = before.is_none_or(|(y, size)| (y - line.y) > 1.7 * size.max(line.size))
                    || (before.is_some_and(|(y, _)| y <= line.y) && !goes_on(&section.text, &text));
                join(&mut section.text, &text, far);
            }
            _ => sections.push(Section { heading: Some(text), text: String::new() }),
        }
        before = Some((line.y, line.size));
    }
    sections.retain(|section| section.heading.is_some() || !section.text.is_empty());
    sections
}

/// Whether a line goes on with the sentence before it.
fn goes_on(text: &str, line: &str) -> bool {
    !text.ends_with(['.', '!', '?', ':']) && line.starts_with(char::is_lowercase)
}

/// Puts a line behind the text: a word that was cut at the line's end is made whole, a paragraph begins a line.
fn join(text: &mut String, line: &str, paragraph: bool) {
    let item = line.starts_with(['•', '–', '▪', '·']) || line.starts_with("- ");
    let line = line.trim_start_matches(['•', '▪', '·']).trim_start();
    let cut = text.ends_with('-')
        && text.chars().rev().nth(1).is_some_and(char::is_lowercase)
        && line.starts_with(char::is_lowercase);
    if text.is_empty() || paragraph || item {
        if !text.is_empty() {
            text.push('\n');
        }
        if item && !line.starts_with('-') {
            text.push_str("- ");
        }
    } else if cut {
        text.pop();
    } else {
        text.push(' ');
    }
    text.push_str(line);
}

/// Letters that fonts bind together, apart again.
fn unbound(text: &str) -> String {
    const BOUND: [(char, &str); 7] = [
        ('\u{fb00}', "ff"),
        ('\u{fb01}', "fi"),
        ('\u{fb02}', "fl"),
        ('\u{fb03}', "ffi"),
        ('\u{fb04}', "ffl"),
        ('\u{fb05}', "st"),
        ('\u{fb06}', "st"),
    ];
    BOUND.iter().fold(text.to_owned(), |text, (bound, apart)| text.replace(*bound, apart))
}

/// A line without its numbers: "Page 3 of 9" and "Page 4 of 9" are the same.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_numeric() { '#' } else { c }).collect::<String>().replace("##", "#")
}

fn edges_that_repeat(pages: &[Vec<Line>]) -> std::collections::HashSet<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for page in pages {
        let ends = [page.first(), page.get(1), page.last()];
        let shapes: std::collections::HashSet<String> =
            ends.into_iter().flatten().map(|line| shape(&clean_line(&line.text))).collect();
        for shape in shapes {
            *counts.entry(shape).or_default() += 1;
        }
    }
    counts.into_iter().filter(|&(_, count)| count >= 3 && count * 2 > pages.len()).map(|(shape, _)| shape).collect()
}
