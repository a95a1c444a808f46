//! An article of the shop's as blocks, for those who read it in the chat.

use super::markdown::{Block, Span, linked};
use usher_agent::knowledge::Document;

/// Headings become paragraphs in bold, lines that begin with `- ` lists; addresses can be followed.
pub(crate) fn article(document: &Document) -> Vec<Block> {
    let mut blocks = Vec::new();
    for section in &document.sections {
        if let Some(heading) = &section.heading {
            let heading = Span { text: heading.clone(), bold: true, ..Span::default() };
            blocks.push(Block::Paragraph { spans: vec![heading] });
        }
        let mut in_list = false;
        for line in section.text.lines() {
            match (line.strip_prefix("- "), blocks.last_mut()) {
                (Some(item), Some(Block::List { items, .. })) if in_list => items.push(spans(item)),
                (Some(item), _) => blocks.push(Block::List { ordered: false, items: vec![spans(item)] }),
                (None, _) => blocks.extend(linked(line)),
            }
            in_list = line.starts_with("- ");
        }
    }
    blocks
}

fn spans(line: &str) -> Vec<Span> {
    let paragraphs = linked(line).into_iter().filter_map(|block| match block {
        Block::Paragraph { spans } => Some(spans),
        Block::List { .. } => None,
    });
    paragraphs.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_agent::knowledge::Section;

    #[test]
    fn headings_lists_and_addresses() {
        let section =
            |heading: Option<&str>, text: &str| Section { heading: heading.map(str::to_owned), text: text.to_owned() };
        let sections = vec![
            section(None, "First <b>line</b>.\n- one\n- two https://shop.example\nAfter."),
            section(Some("Head"), "- three"),
        ];
        let document = Document { title: "T".to_owned(), sections, unseen: 0 };
        let blocks = article(&document);
        let texts: Vec<String> = blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph { spans } => spans.iter().map(|span| span.text.as_str()).collect(),
                Block::List { items, .. } => format!("{} items", items.len()),
            })
            .collect();
        assert_eq!(texts, ["First <b>line</b>.", "2 items", "After.", "Head", "1 items"]);
        let Block::List { items, .. } = &blocks[1] else { panic!("a list") };
        assert_eq!(items[1][1].href.as_deref(), Some("https://shop.example/"));
    }
}
