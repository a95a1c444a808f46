//! What stands above the text of a Markdown file: `+++` around TOML, `---` around lines of `name: value`. The text itself
//! is read without it.

/// What a file says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Front {
    pub(crate) title: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) questions: Vec<String>,
}

/// Most questions, and the longest, bytes: as everywhere.
const QUESTIONS: usize = 50;
const QUESTION_BYTES: usize = 500;

impl Front {
    /// Reads it; what can't be understood is left out.
    pub(crate) fn of(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let block = |fence: &str| {
            let rest = text.strip_prefix(fence)?.strip_prefix('\n')?;
            rest.split_once(&format!("\n{fence}")).map(|(block, _)| block.to_owned())
        };
        let mut front = Self::default();
        if let Some(block) = block("+++") {
            let Ok(table) = block.parse::<toml::Table>() else { return front };
            for (name, value) in &table {
                match value {
                    toml::Value::String(value) => front.set(name, value),
                    toml::Value::Array(values) if name == "questions" => {
                        let texts = values.iter().filter_map(toml::Value::as_str);
                        front.questions = texts
                            .filter(|text| text.len() <= QUESTION_BYTES)
                            .map(str::to_owned)
                            .take(QUESTIONS)
                            .collect();
                    }
                    _ => {}
                }
            }
        } else if let Some(block) = block("---") {
            for line in block.lines().filter(|line| !line.starts_with([' ', '-', '#'])) {
                if let Some((name, value)) = line.split_once(':') {
                    front.set(name.trim(), value.trim().trim_matches(['"', '\'']));
                }
            }
        }
        front
    }

    fn set(&mut self, name: &str, value: &str) {
        let slot = match name.to_ascii_lowercase().as_str() {
            "title" => &mut self.title,
            "topic" => &mut self.topic,
            "url" => &mut self.url,
            "language" | "lang" => &mut self.language,
            _ => return,
        };
        let value = usher_agent::hygiene::clean_line(value);
        *slot = (!value.is_empty() && value.chars().count() <= 200).then_some(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_the_text_is_read() {
        let toml = Front::of(
            "+++\ntitle = \"Shipping\"\ntopic = \"shipping\"\nquestions = [\"How much?\", \"How long?\"]\n+++\nText",
        );
        assert_eq!((toml.title.as_deref(), toml.topic.as_deref()), (Some("Shipping"), Some("shipping")));
        assert_eq!(toml.questions, ["How much?", "How long?"]);
        let yaml = Front::of("---\r\ntitle: \"Retours\"\r\nlang: fr\r\ntags:\r\n  - x\r\n---\r\nText");
        assert_eq!((yaml.title.as_deref(), yaml.language.as_deref()), (Some("Retours"), Some("fr")));
        for text in ["Text", "---\nno end", "+++\nnot toml\n+++\n", "----\n"] {
            assert_eq!(Front::of(text), Front::default(), "{text}");
        }
    }
}
