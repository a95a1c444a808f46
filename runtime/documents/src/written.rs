//! Markdown, HTML and plain text: read by the agent's own rules.

use crate::encoding::{charset_of_page, text_of};
use crate::front::Front;
use crate::kind::Kind;
use crate::links::PageFacts;
use crate::reading::{Limits, Part, Reading};
use crate::refusal::Refusal;
use jiff::Timestamp;
use usher_agent::knowledge::{Article, Document, Format};

pub(crate) fn read(kind: Kind, content: &[u8], limits: &Limits) -> Result<Reading, Refusal> {
    let charset = (kind == Kind::Html).then(|| charset_of_page(content)).flatten();
    let (text, note) = text_of(content, charset.as_deref());
    let format = match kind {
        Kind::Markdown => Format::Markdown,
        Kind::Html => Format::Html,
        _ => Format::Text,
    };
    let page = (kind == Kind::Html).then(|| PageFacts::of(&text));
    let front = if kind == Kind::Markdown { Front::of(&text) } else { Front::default() };
    let document = Document::of(&Article {
        id: String::new(),
        title: String::new(),
        body: text,
        format,
        topic: None,
        url: None,
        language: None,
        questions: Vec::new(),
        updated_at: Timestamp::UNIX_EPOCH,
        valid_until: None,
    });
    let unseen = document.note_of_unseen();
    let part = Part {
        title: front.title.unwrap_or(document.title),
        sections: document.sections,
        questions: front.questions,
        topic: front.topic,
        url: front.url,
        language: front.language.or_else(|| page.as_ref()?.language.clone()),
    };
    let reading = Reading { page, notes: note.into_iter().chain(unseen).collect(), ..Reading::of_one(part) };
    if reading.text_bytes() > limits.text_bytes {
        return Err(Refusal::too_large(format!("more than {} KiB of text", limits.text_bytes >> 10)));
    }
    Ok(reading)
}
