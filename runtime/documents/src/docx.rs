//! DOCX: an archive of XML (ECMA-376). Two of its parts are read, and nothing in it is run, fetched or unpacked to disk.
//!
//! What a reader doesn't see stays out: hidden runs, deletions, comments, field codes, and white text on no ground.

use crate::kind::Kind;
use crate::reading::{Limits, Part, Reading};
use crate::refusal::Refusal;
use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::{Cursor, Read as _};
use usher_agent::hygiene::clean_line;
use usher_agent::knowledge::Section;
use zip::ZipArchive;

/// Most files in the archive.
const ENTRIES: usize = 1_000;
/// Most bytes of one of its XML parts.
const XML_BYTES: u64 = 32 << 20;
/// A part that is larger than this may not be more than so many times as large as its compressed form.
const RATIO: u64 = 100;
const RATIO_FROM: u64 = 1 << 20;
/// Deepest nesting of elements.
const DEPTH: usize = 256;
/// Fonts below this size can't be read: half points.
const LEAST_SIZE: u32 = 5;

pub(crate) fn read(content: &[u8], limits: &Limits) -> Result<Reading, Refusal> {
    let damaged = |error: &dyn std::fmt::Display| Refusal::damaged(Kind::Docx, error);
    let mut archive = ZipArchive::new(Cursor::new(content)).map_err(|error| damaged(&error))?;
    if archive.len() > ENTRIES {
        return Err(Refusal::too_large(format!("more than {ENTRIES} files inside")));
    }
    if archive.index_for_name("EncryptedPackage").is_some() {
        return Err(Refusal::Encrypted);
    }
    let styles = match part(&mut archive, "word/styles.xml")? {
        Some(styles) => heading_styles(&styles)?,
        None => HashMap::new(),
    };
    let Some(document) = part(&mut archive, "word/document.xml")? else {
        return Err(damaged(&"it has no word/document.xml"));
    };
    let mut body = Body { styles, ..Body::default() };
    walk(&document, |step| {
        body.take(step);
        if body.bytes > limits.text_bytes {
            return Err(Refusal::too_large(format!("more than {} KiB of text", limits.text_bytes >> 10)));
        }
        Ok(())
    })?;
    body.end_section();
    if body.sections.iter().all(|section| section.text.is_empty()) {
        return Err(Refusal::NoText { what: "the document is empty, or all of it is pictures".to_owned() });
    }
    let notes = (body.unseen > 0).then(|| format!("{} passages of hidden text were left out", body.unseen));
    let part = Part { title: body.title, sections: body.sections, ..Part::default() };
    Ok(Reading { notes: notes.into_iter().collect(), ..Reading::of_one(part) })
}

/// One part's XML. Its size is counted while it is inflated: what the archive says about it isn't believed.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, Refusal> {
    let Some(index) = archive.index_for_name(name) else { return Ok(None) };
    let file = archive.by_index(index).map_err(|error| match error {
        zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => Refusal::Encrypted,
        error => Refusal::damaged(Kind::Docx, error),
    })?;
    if file.encrypted() {
        return Err(Refusal::Encrypted);
    }
    let compressed = file.compressed_size().max(1);
    let most = XML_BYTES.min(RATIO_FROM.max(compressed.saturating_mul(RATIO)));
    let mut xml = Vec::new();
    file.take(most + 1).read_to_end(&mut xml).map_err(|error| Refusal::damaged(Kind::Docx, error))?;
    if xml.len() as u64 > most {
        return Err(Refusal::Unsafe { what: format!("`{name}` unpacks to more than {} times its size", RATIO) });
    }
    String::from_utf8(xml).map(Some).map_err(|_| Refusal::damaged(Kind::Docx, "its XML isn't UTF-8"))
}

/// What an XML part holds, step by step, by local names.
enum Step<'a> {
    Open(&'a str, &'a BytesStart<'a>),
    Close(&'a str),
    Text(&'a str),
}

fn walk(xml: &str, mut take: impl FnMut(Step<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let mut reader = XmlReader::from_str(xml);
    let mut depth = 0_usize;
    let damaged = |error: &dyn std::fmt::Display| Refusal::damaged(Kind::Docx, error);
    loop {
        match reader.read_event().map_err(|error| damaged(&error))? {
            Event::Start(start) => {
                depth += 1;
                if depth > DEPTH {
                    return Err(Refusal::Unsafe { what: format!("elements inside elements, more than {DEPTH} deep") });
                }
                let name = start.local_name();
                take(Step::Open(name.as_ref(), &start))?;
            }
            Event::Empty(start) => {
                let name = start.local_name();
                take(Step::Open(name.as_ref(), &start))?;
                take(Step::Close(name.as_ref()))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                take(Step::Close(end.local_name().as_ref()))?;
            }
            Event::Text(text) => take(Step::Text(&text))?,
            Event::CData(text) => take(Step::Text(&text))?,
            // The five of XML and numbers: nothing else is defined, for there is no document type.
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                let character = match name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "apos" => Some('\''),
                    "quot" => Some('"'),
                    _ => reference.resolve_char_ref().map_err(|error| damaged(&error))?,
                };
                let character =
                    character.ok_or_else(|| damaged(&format!("it refers to `{name}`, which isn't defined")))?;
                take(Step::Text(character.encode_utf8(&mut [0; 4])))?;
            }
            Event::DocType(_) => {
                return Err(Refusal::Unsafe { what: "it declares XML entities".to_owned() });
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if depth > 0 => return Err(damaged(&"its XML breaks off")),
            Event::Eof => return Ok(()),
        }
    }
}

/// The attribute with this local name.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    start
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .map(|attribute| attribute.value.to_string())
}

/// By style: its level as a heading.
fn heading_styles(xml: &str) -> Result<HashMap<String, u32>, Refusal> {
    let mut styles = HashMap::new();
    let mut id = None;
    walk(xml, |step| {
        match step {
            Step::Open("style", start) => id = attribute(start, "styleId"),
            Step::Open("name", start) => {
                let name = attribute(start, "val").unwrap_or_default().to_ascii_lowercase();
                let level = match name.as_str() {
                    "title" => Some(0),
                    name => name.strip_prefix("heading ").and_then(|level| level.parse().ok()),
                };
                if let (Some(id), Some(level)) = (&id, level) {
                    styles.insert(id.clone(), level);
                }
            }
            Step::Open("outlineLvl", start) => {
                let level = attribute(start, "val").and_then(|level| level.parse::<u32>().ok());
                if let (Some(id), Some(level)) = (&id, level.filter(|level| *level < 9)) {
                    styles.entry(id.clone()).or_insert(level + 1);
                }
            }
            Step::Close("style") => id = None,
            _ => {}
        }
        Ok(())
    })?;
    Ok(styles)
}

#[derive(Default)]
struct Body {
    styles: HashMap<String, u32>,
    title: String,
    sections: Vec<Section>,
    heading: Option<String>,
    text: String,
    bytes: usize,
    /// Of the open paragraph.
    paragraph: String,
    level: Option<u32>,
    item: bool,
    /// Of the open run.
    hidden: bool,
    white: bool,
    shaded_run: bool,
    /// Some ground was laid under the paragraph or the cell.
    shaded: bool,
    shaded_cell: bool,
    in_run_properties: bool,
    in_text: bool,
    /// Open elements whose text isn't the document's: deletions, alternatives of drawings.
    left_out: usize,
    unseen: usize,
    unseen_here: bool,
    cells: usize,
}

impl Body {
    fn take(&mut self, step: Step<'_>) {
        match step {
            Step::Open("del" | "moveFrom" | "Fallback", _) => self.left_out += 1,
            Step::Close("del" | "moveFrom" | "Fallback") => self.left_out = self.left_out.saturating_sub(1),
            Step::Open("p", _) => {
                (self.level, self.item, self.shaded) = (None, false, false);
            }
            Step::Open("pStyle", start) => {
                self.level = attribute(start, "val").and_then(|style| self.styles.get(&style).copied());
            }
            Step::Open("outlineLvl", start) => {
                let level = attribute(start, "val").and_then(|level| level.parse::<u32>().ok());
                self.level = self.level.or(level.filter(|level| *level < 9).map(|level| level + 1));
            }
            Step::Open("numPr", _) => self.item = true,
            Step::Open("rPr", _) => self.in_run_properties = true,
            Step::Close("rPr") => self.in_run_properties = false,
            Step::Open("r", _) => (self.hidden, self.white, self.shaded_run) = (false, false, false),
            Step::Open("vanish" | "webHidden", start) if self.in_run_properties => {
                self.hidden |= !matches!(attribute(start, "val").as_deref(), Some("0" | "false" | "off"));
            }
            Step::Open("color", start) if self.in_run_properties => {
                self.white = attribute(start, "val").is_some_and(|color| color.eq_ignore_ascii_case("ffffff"));
            }
            Step::Open("sz", start) if self.in_run_properties => {
                let size = attribute(start, "val").and_then(|size| size.parse::<u32>().ok());
                self.hidden |= size.is_some_and(|size| size < LEAST_SIZE);
            }
            Step::Open("highlight", _) => self.shaded_run = true,
            Step::Open("shd", start) => {
                let fill = attribute(start, "fill").unwrap_or_default().to_ascii_lowercase();
                let shaded = !matches!(fill.as_str(), "" | "auto" | "ffffff");
                if self.in_run_properties {
                    self.shaded_run |= shaded;
                } else if self.cells > 0 && self.paragraph.is_empty() {
                    self.shaded_cell |= shaded;
                } else {
                    self.shaded |= shaded;
                }
            }
            Step::Open("tc", _) => {
                self.cells += 1;
                self.shaded_cell = false;
            }
            Step::Close("tc") => self.cells = self.cells.saturating_sub(1),
            Step::Close("tr") => self.text.push('\n'),
            Step::Open("t", _) => self.in_text = true,
            Step::Close("t") => self.in_text = false,
            Step::Open("tab" | "br" | "cr", _) if self.left_out == 0 && !self.in_run_properties => {
                self.paragraph.push(' ');
            }
            Step::Open("noBreakHyphen", _) => self.paragraph.push('-'),
            Step::Text(text) if self.in_text && self.left_out == 0 => self.text(text),
            Step::Close("p") => self.end_paragraph(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let ground = self.shaded || self.shaded_run || self.shaded_cell;
        if self.hidden || (self.white && !ground) {
            self.unseen += usize::from(!self.unseen_here);
            self.unseen_here = true;
            return;
        }
        self.unseen_here = false;
        self.bytes += text.len();
        self.paragraph.push_str(text);
    }

    fn end_paragraph(&mut self) {
        self.unseen_here = false;
        let line = clean_line(&std::mem::take(&mut self.paragraph));
        if line.is_empty() {
            return;
        }
        if self.cells > 0 {
            if !self.text.is_empty() && !self.text.ends_with('\n') {
                self.text.push_str(" | ");
            }
            self.text.push_str(&line);
            return;
        }
        match self.level {
            Some(0 | 1) if self.title.is_empty() && self.sections.is_empty() && self.text.is_empty() => {
                self.title = line;
            }
            Some(_) => {
                self.end_section();
                self.heading = Some(line);
            }
            None => {
                if !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push('\n');
                }
                if self.item {
                    self.text.push_str("- ");
                }
                self.text.push_str(&line);
                self.text.push('\n');
            }
        }
    }

    fn end_section(&mut self) {
        let text = std::mem::take(&mut self.text);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let heading = self.heading.take();
        if heading.is_some() || !lines.is_empty() {
            self.sections.push(Section { heading, text: lines.join("\n") });
        }
    }
}
