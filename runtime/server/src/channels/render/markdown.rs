//! The little Markdown that answers may have: bold, italic, code, lists and links. It is parsed here into
//! blocks and spans, so that the browser builds nodes of text and never reads markup.

use super::links::LinkPolicy;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde::Serialize;
use utoipa::ToSchema;

/// A part of a message, below the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Block {
    /// Running text.
    Paragraph {
        /// In order, on one line but for `\n`.
        spans: Vec<Span>,
    },
    /// A list; lists in lists are flattened.
    List {
        /// Numbered.
        ordered: bool,
        /// One entry each.
        items: Vec<Vec<Span>>,
    },
}

/// Text of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Span {
    /// Shown as it stands, never read as markup.
    pub(crate) text: String,
    /// Bold.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(crate) bold: bool,
    /// Italic.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(crate) italic: bool,
    /// A code or name, in a fixed-width face.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(crate) code: bool,
    /// Where it leads; checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) href: Option<String>,
}

/// Text without any markup: blank lines part paragraphs.
pub(crate) fn plain(text: &str) -> Vec<Block> {
    text.split("\n\n")
        .map(|part| part.trim_matches('\n'))
        .filter(|part| !part.trim().is_empty())
        .map(|part| Block::Paragraph { spans: vec![Span { text: part.to_owned(), ..Span::default() }] })
        .collect()
}

/// What a person of the team wrote: no markup, but an address (`https://…`) can be followed wherever it leads.
pub(crate) fn linked(text: &str) -> Vec<Block> {
    let mut blocks = plain(text);
    for block in &mut blocks {
        if let Block::Paragraph { spans } = block {
            *spans = spans.drain(..).flat_map(|span| addresses(&span.text)).collect();
        }
    }
    blocks
}

/// Parts text into addresses and what stands between them. Punctuation at an address's end belongs to the sentence.
fn addresses(text: &str) -> Vec<Span> {
    let words = |text: &str| Span { text: text.to_owned(), ..Span::default() };
    let mut spans = Vec::new();
    let (mut between, mut from) = (0, 0);
    while let Some(at) = text[from..].find("https://").map(|found| from + found) {
        let end = text[at..].find(char::is_whitespace).map_or(text.len(), |length| at + length);
        let link = text[at..end].trim_end_matches(|c: char| ".,;:!?)]}>\"'".contains(c));
        from = end;
        let Some(href) = LinkPolicy::anywhere(link) else { continue };
        if between < at {
            spans.push(words(&text[between..at]));
        }
        spans.push(Span { href: Some(href), ..words(link) });
        between = at + link.len();
    }
    if between < text.len() {
        spans.push(words(&text[between..]));
    }
    spans
}

/// Parses an answer. What isn't one of the kinds above is shown as it stands, raw HTML included.
pub(crate) fn parse(text: &str, links: &LinkPolicy<'_>) -> Vec<Block> {
    let mut builder =
        Builder { links, blocks: Vec::new(), spans: Vec::new(), lists: Vec::new(), look: Look::default() };
    for event in Parser::new_ext(text, Options::empty()) {
        builder.event(event);
    }
    builder.end_paragraph();
    builder.blocks
}

#[derive(Default)]
struct Look {
    bold: u32,
    italic: u32,
    code_block: bool,
    href: Option<String>,
}

struct Builder<'a> {
    links: &'a LinkPolicy<'a>,
    blocks: Vec<Block>,
    /// Of the paragraph or list item that is open.
    spans: Vec<Span>,
    /// The open lists, innermost last; items go to the outermost.
    lists: Vec<OpenList>,
    look: Look,
}

struct OpenList {
    ordered: bool,
    items: Vec<Vec<Span>>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text, self.look.code_block),
            Event::Code(text) => self.text(&text, true),
            Event::SoftBreak | Event::HardBreak => self.text("\n", false),
            Event::Rule => {
                self.end_paragraph();
                self.text("---", false);
                self.end_paragraph();
            }
            Event::FootnoteReference(_) | Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_paragraph();
                self.text(marks(level), false);
            }
            Tag::List(first) => {
                self.end_paragraph();
                self.lists.push(OpenList { ordered: first.is_some(), items: Vec::new() });
            }
            Tag::Strong => self.look.bold += 1,
            Tag::Emphasis => self.look.italic += 1,
            Tag::Link { dest_url, .. } => self.look.href = self.links.admit(&dest_url),
            Tag::CodeBlock(_) => {
                self.end_paragraph();
                self.look.code_block = true;
            }
            Tag::Paragraph | Tag::Item | Tag::HtmlBlock | Tag::BlockQuote(_) => self.end_paragraph(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.look.bold = self.look.bold.saturating_sub(1),
            TagEnd::Emphasis => self.look.italic = self.look.italic.saturating_sub(1),
            TagEnd::Link => self.look.href = None,
            TagEnd::CodeBlock => {
                self.look.code_block = false;
                self.end_paragraph();
            }
            TagEnd::List(_) => {
                self.end_paragraph();
                if let Some(list) = self.lists.pop() {
                    match self.lists.last_mut() {
                        Some(outer) => outer.items.extend(list.items),
                        None if list.items.is_empty() => {}
                        None => self.blocks.push(Block::List { ordered: list.ordered, items: list.items }),
                    }
                }
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_) | TagEnd::HtmlBlock | TagEnd::BlockQuote(_) => {
                self.end_paragraph();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, code: bool) {
        let span = Span {
            text: text.to_owned(),
            bold: self.look.bold > 0,
            italic: self.look.italic > 0,
            code,
            href: self.look.href.clone(),
        };
        match self.spans.last_mut() {
            Some(last) if last.alike(&span) => last.text.push_str(&span.text),
            _ => self.spans.push(span),
        }
    }

    /// Closes what is open: a list's entry inside a list, a paragraph elsewhere.
    fn end_paragraph(&mut self) {
        let mut spans = std::mem::take(&mut self.spans);
        if let Some(last) = spans.last_mut() {
            last.text.truncate(last.text.trim_end_matches('\n').len());
        }
        spans.retain(|span| !span.text.is_empty());
        if spans.iter().all(|span| span.text.trim().is_empty()) {
            return;
        }
        match self.lists.last_mut() {
            Some(list) => list.items.push(spans),
            None => self.blocks.push(Block::Paragraph { spans }),
        }
    }
}

impl Span {
    fn alike(&self, other: &Self) -> bool {
        (self.bold, self.italic, self.code, &self.href) == (other.bold, other.italic, other.code, &other.href)
    }
}

/// A heading is no kind of ours: it is shown as it was written.
fn marks(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "# ",
        HeadingLevel::H2 => "## ",
        HeadingLevel::H3 => "### ",
        HeadingLevel::H4 => "#### ",
        HeadingLevel::H5 => "##### ",
        HeadingLevel::H6 => "###### ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(text: &str) -> String {
        let hosts = ["shop.example.com".parse().expect("a host")];
        let spans = |spans: &[Span]| {
            let mut out = String::new();
            for span in spans {
                let mut text = span.text.replace('\n', "⏎");
                for (on, mark) in [(span.bold, '*'), (span.italic, '_'), (span.code, '`')] {
                    if on {
                        text = format!("{mark}{text}{mark}");
                    }
                }
                match &span.href {
                    Some(href) => out.push_str(&format!("[{text}]({href})")),
                    None => out.push_str(&text),
                }
            }
            out
        };
        let blocks = parse(text, &LinkPolicy { hosts: &hosts, from_tools: &[] });
        let shown: Vec<String> = blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph { spans: text } => format!("¶{}", spans(text)),
                Block::List { ordered, items } => {
                    let items: Vec<String> = items.iter().map(|item| spans(item)).collect();
                    format!("{}{}", if *ordered { '#' } else { '•' }, items.join("|"))
                }
            })
            .collect();
        shown.join(" ")
    }

    #[test]
    fn keeps_what_answers_may_have_and_shows_the_rest_as_it_stands() {
        let cases = [
            ("Hello **you**, *there* `x`", "¶Hello *you*, _there_ `x`"),
            ("one\ntwo\n\nthree", "¶one⏎two ¶three"),
            ("- a\n- **b**\n\nend", "•a|*b* ¶end"),
            ("1. a\n2. b", "#a|b"),
            ("- a\n  - b\n  - c\n- d", "•a|b|c|d"),
            ("[portal](https://shop.example.com/r)", "¶[portal](https://shop.example.com/r)"),
            ("[portal](https://evil.example/r)", "¶portal"),
            ("[x](javascript:alert(1))", "¶x"),
            ("<https://shop.example.com/a>", "¶[https://shop.example.com/a](https://shop.example.com/a)"),
            ("![alt](https://evil.example/pixel.gif)", "¶alt"),
            ("a <b onclick=x>b</b> <script>c</script>", "¶a <b onclick=x>b</b> <script>c</script>"),
            ("<script>alert(1)</script>", "¶<script>alert(1)</script>"),
            ("# Title\ntext", "¶# Title ¶text"),
            ("```\ncode\n```", "¶`code`"),
            ("a\n\n---\n\nb", "¶a ¶--- ¶b"),
            ("> quoted", "¶quoted"),
            ("3 * 4 = 12, snake_case_name", "¶3 * 4 = 12, snake_case_name"),
            ("", ""),
            ("**[bold link](mailto:a@b.example)**", "¶[*bold link*](mailto:a@b.example)"),
        ];
        for (text, expected) in cases {
            assert_eq!(show(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_customers_text_is_never_markup() {
        let blocks = plain("**no** [x](https://shop.example.com)\n\nsecond");
        assert_eq!(blocks.len(), 2);
        let Block::Paragraph { spans } = &blocks[0] else { panic!("a paragraph") };
        assert_eq!(spans, &[Span { text: "**no** [x](https://shop.example.com)".into(), ..Span::default() }]);
    }

    #[test]
    fn what_a_person_writes_is_no_markup_but_for_addresses() {
        let show = |text: &str| {
            let Some(Block::Paragraph { spans }) = linked(text).pop() else { return Vec::new() };
            spans.into_iter().map(|span| (span.text, span.href)).collect::<Vec<_>>()
        };
        let link = |text: &str| (text.to_owned(), Some(text.to_owned()));
        let words = |text: &str| (text.to_owned(), None);
        let cases = [
            ("**bold** and a < b", vec![words("**bold** and a < b")]),
            ("see https://a.example/x.", vec![words("see "), link("https://a.example/x"), words(".")]),
            (
                "https://a.example/1 https://b.example/2",
                vec![link("https://a.example/1"), words(" "), link("https://b.example/2")],
            ),
            (
                "(https://a.example/ü)",
                vec![
                    words("("),
                    ("https://a.example/ü".to_owned(), Some("https://a.example/%C3%BC".to_owned())),
                    words(")"),
                ],
            ),
            ("http://a.example/ javascript:x https://", vec![words("http://a.example/ javascript:x https://")]),
            ("https://shop.example.com@evil.example/", vec![words("https://shop.example.com@evil.example/")]),
        ];
        for (text, expected) in cases {
            assert_eq!(show(text), expected, "{text:?}");
        }
    }

    proptest! {
        /// An address never leads elsewhere than it says, and no letter is lost.
        #[test]
        fn addresses_keep_the_text(text in "[a-z:/.@ é\\n]{0,20}(https://[a-zü.@:/?]{0,12})?[ a-z.]{0,9}(https://)?") {
            let spans = addresses(&text);
            prop_assert_eq!(spans.iter().map(|span| span.text.as_str()).collect::<String>(), text);
            for span in spans {
                if let Some(href) = span.href {
                    let url = url::Url::parse(&span.text).expect("an address");
                    prop_assert_eq!(url.as_str(), href);
                }
            }
        }

        /// Whatever a skill writes, a link leads to the shop or to a mail program, and everything else is text.
        #[test]
        fn any_text_becomes_allowed_nodes_only(
            parts in prop::collection::vec(
                prop_oneof![
                    any::<String>(),
                    "[a-z*_`<>#!\\[\\]()\n -]{0,12}",
                    Just("[a](https://shop.example.com/x)".to_owned()),
                    Just("[a](https://shop.example.com@evil.example/)".to_owned()),
                    Just("[a](javascript:alert(1))".to_owned()),
                    Just("[a](JaVa\tscript:alert(1))".to_owned()),
                    Just("[a](data:text/html,x)".to_owned()),
                    Just("<img src=x onerror=alert(1)>".to_owned()),
                    Just("![a](https://shop.example.com/pixel.gif)".to_owned()),
                ],
                0..8,
            ),
        ) {
            let hosts = ["shop.example.com".parse().expect("a host")];
            for block in parse(&parts.concat(), &LinkPolicy { hosts: &hosts, from_tools: &[] }) {
                let items = match block {
                    Block::Paragraph { spans } => vec![spans],
                    Block::List { items, .. } => items,
                };
                for href in items.into_iter().flatten().filter_map(|span| span.href) {
                    let url = url::Url::parse(&href).expect("an address");
                    let to_shop = url.scheme() == "https" && url.host_str() == Some("shop.example.com");
                    let plain = url.username().is_empty() && url.password().is_none();
                    prop_assert!((to_shop && plain) || ["mailto", "tel"].contains(&url.scheme()), "{}", href);
                }
            }
        }
    }
}
