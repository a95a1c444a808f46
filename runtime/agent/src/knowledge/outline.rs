//! Plain text under headings, written down: what was read from a file or a page is kept like that.
//!
//! A line that begins with `# ` is a heading; a line of text that begins with `#` or a backslash gets a backslash before
//! it. Nothing else has a meaning, so that nothing in the text can become anything but text.

use super::document::Section;

/// Writes sections down.
#[must_use]
pub fn outline(sections: &[Section]) -> String {
    let mut out = String::new();
    for section in sections {
        if !out.is_empty() {
            out.push('\n');
        }
        if let Some(heading) = &section.heading {
            out.push_str("# ");
            out.push_str(&heading.replace(['\n', '\r'], " "));
            out.push('\n');
        }
        for line in section.text.lines() {
            if line.starts_with(['#', '\\']) {
                out.push('\\');
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Reads what [`outline`] wrote; any text can be read.
pub(super) fn sections(outline: &str) -> Vec<Section> {
    let mut sections = vec![Section { heading: None, text: String::new() }];
    for line in outline.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            sections.push(Section { heading: Some(heading.to_owned()), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            if !section.text.is_empty() {
                section.text.push('\n');
            }
            section.text.push_str(line.strip_prefix('\\').unwrap_or(line));
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_written_is_read_back(texts in prop::collection::vec(("[a-z#\\\\ ]{1,12}", "([a-z#\\\\ ]{1,9}\n?){0,5}"), 0..6)) {
            let sections_in: Vec<Section> = texts
                .into_iter()
                .map(|(heading, text)| Section {
                    heading: Some(heading),
                    text: text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"),
                })
                .collect();
            let read: Vec<Section> = sections(&outline(&sections_in))
                .into_iter()
                .map(|section| Section { text: section.text.trim_end_matches('\n').to_owned(), ..section })
                .filter(|section| section.heading.is_some() || !section.text.is_empty())
                .collect();
            prop_assert_eq!(read, sections_in);
        }
    }
}
