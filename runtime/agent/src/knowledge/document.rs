//! From an article's body to plain text under headings.
//!
//! Markdown becomes HTML first, so that HTML inside Markdown is read by the same rules as a page.

use pulldown_cmark::{Options, Parser, html};
use scraper::{Html, Node, Selector, node::Element};
use serde::{Deserialize, Serialize};

use super::article::{Article, Format};
use super::hidden::Hidden;
use super::outline;

/// An article's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Plain text.
    pub title: String,
    /// In the order of the article.
    pub sections: Vec<Section>,
    /// How many elements were left out because readers don't see them.
    pub unseen: usize,
}

/// What stands under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// `None` before the first heading.
    pub heading: Option<String>,
    /// Paragraphs, one a line; list items begin with `- `.
    pub text: String,
}

impl Document {
    /// What is to be said of the parts that were left out, where there are any.
    #[must_use]
    pub fn note_of_unseen(&self) -> Option<String> {
        (self.unseen > 0).then(|| {
            format!("{} hidden parts were left out; if customers can open them, upload their text as well", self.unseen)
        })
    }

    /// Reads an article. Any text is accepted: what can't be read as its format is read as text.
    pub fn of(article: &Article) -> Self {
        let (title, sections, unseen) = match article.format {
            Format::Markdown => {
                let mut page = String::new();
                let options = Options::ENABLE_TABLES
                    | Options::ENABLE_STRIKETHROUGH
                    | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
                    | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
                html::push_html(&mut page, Parser::new_ext(&article.body, options));
                sections_of_html(&page)
            }
            Format::Html => sections_of_html(&article.body),
            Format::Outline => (
                None,
                outline::sections(&article.body)
                    .into_iter()
                    .map(|section| Section {
                        heading: section.heading.as_deref().map(one_line).filter(|heading| !heading.is_empty()),
                        text: lines(&section.text),
                    })
                    .collect(),
                0,
            ),
            Format::Text => (None, vec![Section { heading: None, text: paragraphs(&article.body) }], 0),
        };
        let given = one_line(&article.title);
        let title = if given.is_empty() { title.unwrap_or_default() } else { given };
        let mut document = Self { title, sections, unseen };
        if document.title.is_empty() {
            document.title = document.sections.iter().find_map(|section| section.heading.clone()).unwrap_or_default();
        }
        // The title once more as a heading says nothing.
        for section in &mut document.sections {
            if section.heading.as_ref().is_some_and(|heading| heading.eq_ignore_ascii_case(&document.title)) {
                section.heading = None;
            }
        }
        document.sections.retain(|section| !section.text.is_empty());
        document
    }
}

/// Elements whose content no customer reads as part of the article.
const LEFT_OUT: [&str; 17] = [
    "script", "style", "nav", "noscript", "template", "svg", "iframe", "head", "footer", "form", "button", "select",
    "object", "canvas", "audio", "video", "dialog",
];
const BREAKS_LINE: [&str; 26] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "aside",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tr",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "details",
    "summary",
    "address",
    "br",
    "hr",
];
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

enum Step<N> {
    Open(N),
    Close(N),
}

/// The page's own title, its sections, and how many elements were left out because no reader sees them.
fn sections_of_html(page: &str) -> (Option<String>, Vec<Section>, usize) {
    let tree = Html::parse_document(page);
    let select = |selector: &str| Selector::parse(selector).ok().and_then(|selector| tree.select(&selector).next());
    let title =
        select("title").map(|title| one_line(&title.text().collect::<String>())).filter(|title| !title.is_empty());
    let root =
        ["main", "[role=main]", "article", "body"].into_iter().find_map(select).unwrap_or_else(|| tree.root_element());

    let hidden = Hidden::of(&tree);
    let mut unseen = 0;
    let mut reader = Reader::default();
    // A stack of one's own: pages may nest deeper than the thread's.
    let mut steps = vec![Step::Open(*root)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Open(node) => match node.value() {
                Node::Text(text) => reader.text(text),
                // Hidden text is left out with the rest: what customers can't see must not be said to them.
                Node::Element(element) if LEFT_OUT.contains(&element.name()) => {}
                // Not the root: scripts that show a page at once when all of it is there hide it first.
                Node::Element(element) if node.id() != root.id() && hidden.hides(element) => unseen += 1,
                Node::Element(element) => {
                    reader.open(element);
                    steps.push(Step::Close(node));
                    let mut child = node.last_child();
                    while let Some(node) = child {
                        child = node.prev_sibling();
                        steps.push(Step::Open(node));
                    }
                }
                _ => {}
            },
            Step::Close(node) => {
                if let Node::Element(element) = node.value() {
                    reader.close(element);
                }
            }
        }
    }
    reader.end_section();
    (title, reader.sections, unseen)
}

/// Collects text in document order.
#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    heading: Option<String>,
    /// Text of the open heading.
    open_heading: Option<String>,
    text: String,
    /// Targets of open links, each with where its text begins.
    links: Vec<(Option<String>, usize)>,
}

impl Reader {
    fn text(&mut self, text: &str) {
        self.open_heading.as_mut().unwrap_or(&mut self.text).push_str(&text.replace(['\n', '\t'], " "));
    }

    fn open(&mut self, element: &Element) {
        let name = element.name();
        if HEADINGS.contains(&name) {
            self.end_section();
            self.open_heading = Some(String::new());
        } else if self.open_heading.is_none() {
            if BREAKS_LINE.contains(&name) {
                self.text.push('\n');
            }
            match name {
                "li" => self.text.push_str("- "),
                "td" | "th" if !self.text.ends_with(['\n', ' ']) => self.text.push_str(" | "),
                "a" => {
                    let target = element.attr("href").filter(|target| target.starts_with("https://"));
                    self.links.push((target.map(str::to_owned), self.text.len()));
                }
                _ => {}
            }
        }
    }

    fn close(&mut self, element: &Element) {
        let name = element.name();
        if HEADINGS.contains(&name) {
            let heading = self.open_heading.take().map(|heading| one_line(&heading));
            self.heading = heading.filter(|heading| !heading.is_empty());
        } else if self.open_heading.is_none() {
            if name == "a"
                && let Some((Some(target), start)) = self.links.pop()
                && self.text.get(start..).is_some_and(|label| !label.trim().is_empty() && !label.contains(&target))
            {
                self.text.push_str(" (");
                self.text.push_str(&target);
                self.text.push(')');
            }
            if BREAKS_LINE.contains(&name) {
                self.text.push('\n');
            }
        }
    }

    fn end_section(&mut self) {
        self.links.clear();
        let text = lines(&std::mem::take(&mut self.text));
        let heading = self.heading.take();
        if heading.is_some() || !text.is_empty() {
            self.sections.push(Section { heading, text });
        }
    }
}

/// Without control and zero-width characters, each run of white space one space.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .filter(
            |c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}'),
        )
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Each line tidied, empty ones dropped.
fn lines(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(one_line).filter(|line| !line.is_empty() && line != "-" && line != "|").collect();
    lines.join("\n")
}

/// Lines of one paragraph joined: in plain text a line end is no more than a space, unless a list item follows.
fn paragraphs(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim();
        let item = line.starts_with(['-', '*', '\u{2022}']) || line.starts_with(|c: char| c.is_ascii_digit());
        joined.push(if line.is_empty() || item { '\n' } else { ' ' });
        joined.push_str(line);
        if line.is_empty() {
            joined.push('\n');
        }
    }
    lines(&joined)
}
