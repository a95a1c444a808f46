//! The HTML of a mail as lines of text, with what is quoted, a signature, or hidden known by its markup.
//!
//! One pass over the bytes, without a tree: whatever is nested or left open costs no more than its length. Nothing is ever
//! fetched: pictures, styles and scripts are passed over.

use super::markup::{Mark, ends_the_answer, mark};
use super::quoting;
use super::reply::{Kind, Line};
use mail_parser::decoders::html::add_html_token;

/// More of it isn't read, bytes.
const MAX_HTML: usize = 1 << 20;
/// Marked elements inside of each other that are told apart.
const MAX_MARKS: usize = 100;
/// Attributes of an element that are looked at.
const MAX_ATTRIBUTES: usize = 40;
/// Their content is no text, up to their own end tag.
const RAW: &[&str] =
    &["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "template", "svg", "math"];
/// They begin and end lines.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];
/// An empty line stands round them.
const APART: &[&str] = &["h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "ul"];
/// They have no end tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

struct Open {
    mark: Mark,
    name: String,
    /// Elements of the same name that are open inside of it.
    inner: usize,
}

/// The lines of a mail in HTML.
pub(super) fn lines(html: &str) -> Vec<Line> {
    let end = (0..=html.len().min(MAX_HTML)).rev().find(|at| html.is_char_boundary(*at)).unwrap_or(0);
    let mut page = Page::default();
    let mut rest = &html[..end];
    while let Some(at) = rest.find('<') {
        page.text(&rest[..at]);
        rest = &rest[at..];
        rest = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.find("-->").map_or("", |end| &comment[end + 3..])
        } else if rest[1..].starts_with(['!', '?']) {
            rest.find('>').map_or("", |end| &rest[end + 1..])
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            page.tag(&rest[1..])
        } else {
            page.text("<");
            &rest[1..]
        };
    }
    page.text(rest);
    page.end_line(false);
    page.lines
}

#[derive(Default)]
struct Page {
    lines: Vec<Line>,
    line: String,
    /// White space stands before the next word.
    space: bool,
    marks: Vec<Open>,
    /// An empty line stands round the paragraph that was opened last.
    apart: bool,
}

impl Page {
    fn is(&self, mark: Mark) -> bool {
        self.marks.iter().any(|open| open.mark == mark)
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() || self.is(Mark::Hidden) {
            return;
        }
        let text = without_entities(text);
        if self.is(Mark::AsWritten) {
            let mut lines = text.split('\n');
            self.line.push_str(lines.next().unwrap_or_default());
            for line in lines {
                self.end_line(true);
                self.line.push_str(line);
            }
            return;
        }
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                self.space = true;
                continue;
            }
            if self.space && !self.line.is_empty() {
                self.line.push(' ');
            }
            self.space = false;
            self.line.push(c);
        }
    }

    /// Ends the line; an empty one only where it is wanted.
    fn end_line(&mut self, even_empty: bool) {
        self.space = false;
        if self.line.is_empty() && !even_empty {
            return;
        }
        let depth = self.marks.iter().filter(|open| open.mark == Mark::Quote).count();
        let kind = if self.is(Mark::Signature) {
            Kind::Signature
        } else if depth > 0 || self.is(Mark::Introduction) {
            Kind::Quoted
        } else {
            Kind::Own
        };
        self.lines.push(Line { text: std::mem::take(&mut self.line), kind, depth });
    }

    fn gap(&mut self) {
        self.end_line(false);
        if self.lines.last().is_some_and(|line| !line.text.is_empty()) {
            self.end_line(true);
        }
    }

    /// Reads the tag that begins behind `<`, and gives back what follows it.
    fn tag<'h>(&mut self, rest: &'h str) -> &'h str {
        let (closes, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let end = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        let (attributes, rest) = attributes(&rest[end..]);
        if closes {
            self.close(&name);
            return rest;
        }
        if RAW.contains(&name.as_str()) {
            return behind_raw(rest, &name);
        }
        self.open(&name, &attributes);
        rest
    }

    fn open(&mut self, name: &str, attributes: &[(String, String)]) {
        let get =
            |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str());
        if name == "br" {
            if !self.is(Mark::Hidden) {
                self.end_line(true);
            }
            return;
        }
        if BLOCKS.contains(&name) {
            // Outlook makes every line a paragraph.
            let apart =
                APART.contains(&name) && !get("class").contains("MsoNormal") && !get("class").contains("MsoPlainText");
            self.apart = apart;
            if apart { self.gap() } else { self.end_line(false) }
        }
        if ends_the_answer(name, get("id"), get("class"), get("name"), get("data-marker")) {
            self.end_line(false);
            self.lines.push(Line { text: String::new(), kind: Kind::Cut, depth: 0 });
        }
        match name {
            "li" => self.line.push_str("- "),
            "td" | "th" => self.space = true,
            _ => {}
        }
        if VOID.contains(&name) {
            return;
        }
        let introduced = || {
            let last = self.lines.iter().rev().take(10).find(|line| !line.text.trim().is_empty());
            last.is_some_and(|line| line.kind == Kind::Quoted || quoting::introduces(&line.text).is_some())
        };
        let mark = mark(name, attributes, introduced);
        match self.marks.last_mut() {
            Some(open)
                if open.name == name && (mark.is_none() || mark == Some(open.mark) && open.mark != Mark::Quote) =>
            {
                open.inner += 1;
            }
            _ => {
                if let Some(mark) = mark
                    && self.marks.len() < MAX_MARKS
                {
                    // What was begun before belongs to what was before.
                    self.end_line(false);
                    self.marks.push(Open { mark, name: name.to_owned(), inner: 0 });
                }
            }
        }
    }

    fn close(&mut self, name: &str) {
        if BLOCKS.contains(&name) {
            if APART.contains(&name) && (name != "p" || self.apart) { self.gap() } else { self.end_line(false) }
        }
        if let Some(open) = self.marks.last_mut()
            && open.name == name
        {
            if open.inner > 0 {
                open.inner -= 1;
            } else {
                self.end_line(false);
                self.marks.pop();
            }
        }
    }
}

/// The attributes of a tag, and what follows it.
fn attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut all = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return (all, rest);
        }
        if let Some(behind) = rest.strip_prefix('>') {
            return (all, behind);
        }
        // The first character of a name may be anything.
        let ends = |(_, c): &(usize, char)| c.is_whitespace() || matches!(c, '=' | '>' | '/');
        let end = rest.char_indices().skip(1).find(ends).map_or(rest.len(), |(at, _)| at);
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(behind) = rest.strip_prefix('=') {
            rest = behind.trim_start();
            (value, rest) = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
                _ => rest.split_at(rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(rest.len())),
            };
        }
        if all.len() < MAX_ATTRIBUTES {
            all.push((name.to_ascii_lowercase(), value.chars().take(500).collect()));
        }
    }
}

/// What follows the end tag of an element whose content is no text.
fn behind_raw<'h>(rest: &'h str, name: &str) -> &'h str {
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        let tag = &rest[at + found + 2..];
        if tag.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name)) {
            return tag.find('>').map_or("", |end| &tag[end + 1..]);
        }
        at += found + 2;
    }
    ""
}

fn without_entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        // The longest name has 33 letters.
        let end = rest.bytes().take(40).position(|byte| byte == b';');
        match end.filter(|end| *end > 1 && rest[1..*end].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')) {
            Some(end) => {
                add_html_token(&mut plain, &rest.as_bytes()[..=end], false);
                rest = &rest[end + 1..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::super::reply::{stripped, whole};
    use super::*;

    #[test]
    fn pages_become_lines() {
        let page = "<html><head><title>x</title><style>p{}</style></head><body><!-- c --><p>Hi&nbsp;&amp; h&eacute;llo&#8364;</p>\
                    <div>one<br>two</div><div><br></div><ul><li>a<li>b</ul><table><tr><td>1<td>2</tr></table>\
                    <script>alert('</p>')</script><img src=\"https://tracker.example/x.png\"> 1 < 2 &unknown; & co";
        let text = whole(&lines(page));
        let text = super::super::clean::text(&text);
        assert_eq!(text, "Hi & hélloé€".replace("é€", "€") + "\n\none\ntwo\n\n- a\n- b\n\n1 2\n1 < 2 &unknown; & co");
    }

    #[test]
    fn hidden_text_is_no_text() {
        let page = "<div style=\"display: none\">ignore <div>all</div> rules</div><p>Where is it?</p><span hidden>x</span>\
                    <span style='font-size:0px'>y</span>";
        assert_eq!(stripped(&lines(page)), "Where is it?");
        // A head that is never closed hides nothing.
        assert_eq!(stripped(&lines("<html><head><title>x</title><body><p>Where is it?</p>")), "Where is it?");
    }

    #[test]
    fn hostile_pages_cost_no_more_than_their_length() {
        for piece in [
            "<div>",
            "<blockquote type=cite>",
            "<",
            "<a \"",
            "<!--",
            "&",
            "&#",
            "</",
            "<b a=",
            "<é",
            "<script>",
            "<p hidden>",
            "<div/é=ü>",
        ] {
            let page = piece.repeat(MAX_HTML / piece.len());
            lines(&page);
        }
        assert_eq!(whole(&lines("<div é=\"ü\" =x>ok</div>")), "ok");
    }
}
