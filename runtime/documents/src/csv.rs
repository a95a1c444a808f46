//! A CSV of questions and answers: each pair becomes an article of its own.
//!
//! The first line may name the columns, in English, French, Dutch or Swedish; without names the first column is the
//! question and the second the answer. Further columns that are known: topic, address, language. Several questions in
//! one cell stand on lines of their own. The delimiter is whichever of comma, semicolon and tabulator the first line
//! has most of.

use crate::encoding::text_of;
use crate::kind::Kind;
use crate::reading::{Limits, Part, Reading};
use crate::refusal::Refusal;
use csv::{ReaderBuilder, StringRecord};
use usher_agent::knowledge::Section;

/// Most questions of one pair.
const QUESTIONS: usize = 50;
/// The longest question, bytes.
const QUESTION_BYTES: usize = 500;
/// Most columns of a line.
const COLUMNS: usize = 50;

/// Names of columns in lower case.
const QUESTION: &[&str] = &["question", "questions", "q", "vraag", "vragen", "fråga", "frågor", "title", "titre"];
const ANSWER: &[&str] = &["answer", "answers", "a", "réponse", "reponse", "antwoord", "svar", "text", "body"];
const TOPIC: &[&str] = &["topic", "category", "thème", "theme", "sujet", "onderwerp", "categorie", "ämne", "kategori"];
const URL: &[&str] = &["url", "link", "lien", "source", "adresse", "länk"];
const LANGUAGE: &[&str] = &["language", "lang", "locale", "langue", "taal", "språk"];

struct Columns {
    question: usize,
    answer: usize,
    topic: Option<usize>,
    url: Option<usize>,
    language: Option<usize>,
}

impl Columns {
    /// As the first line names them.
    fn named(line: &StringRecord) -> Option<Self> {
        let at = |names: &[&str]| line.iter().position(|cell| names.contains(&cell.trim().to_lowercase().as_str()));
        let (question, answer) = (at(QUESTION)?, at(ANSWER)?);
        Some(Self { question, answer, topic: at(TOPIC), url: at(URL), language: at(LANGUAGE) })
    }

    const UNNAMED: Self = Self { question: 0, answer: 1, topic: None, url: None, language: None };
}

pub(crate) fn read(content: &[u8], limits: &Limits) -> Result<Reading, Refusal> {
    let (text, note) = text_of(content, None);
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    // Of equally frequent ones the later: commas stand in sentences as well.
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|&delimiter| count(delimiter));
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(text.as_bytes());

    let mut reading = Reading { notes: note.into_iter().collect(), ..Reading::default() };
    let mut columns = None;
    let (mut bytes, mut incomplete) = (0, 0_usize);
    for (number, line) in reader.records().enumerate() {
        let line = line.map_err(|error| Refusal::damaged(Kind::Csv, error))?;
        if line.len() > COLUMNS {
            return Err(Refusal::too_large(format!("more than {COLUMNS} columns in line {}", number + 1)));
        }
        if number == 0 {
            columns = Columns::named(&line);
            if columns.is_some() {
                continue;
            }
            if line.len() < 2 {
                let what = "its first line has no two columns for question and answer";
                return Err(Refusal::damaged(Kind::Csv, what));
            }
        }
        let columns = columns.as_ref().unwrap_or(&Columns::UNNAMED);
        let cell = |column: usize| line.get(column).map(str::trim).filter(|cell| !cell.is_empty());
        let (Some(question), Some(answer)) = (cell(columns.question), cell(columns.answer)) else {
            incomplete += usize::from(line.iter().any(|cell| !cell.trim().is_empty()));
            continue;
        };
        if reading.parts.len() == limits.rows {
            return Err(Refusal::too_large(format!("more than {} questions", limits.rows)));
        }
        bytes += question.len() + answer.len();
        if bytes > limits.text_bytes {
            return Err(Refusal::too_large(format!("more than {} KiB of text", limits.text_bytes >> 10)));
        }
        let mut questions: Vec<String> =
            question.lines().map(one_line).filter(|question| !question.is_empty()).collect();
        if questions.len() > QUESTIONS || questions.iter().any(|question| question.len() > QUESTION_BYTES) {
            let what = format!("a question of line {}: at most {QUESTIONS} of {QUESTION_BYTES} bytes", number + 1);
            return Err(Refusal::too_large(what));
        }
        let title = questions.remove(0);
        let lines: Vec<String> = answer.lines().map(one_line).filter(|line| !line.is_empty()).collect();
        let given = |column: Option<usize>| column.and_then(cell).map(str::to_owned);
        reading.parts.push(Part {
            title,
            sections: vec![Section { heading: None, text: lines.join("\n") }],
            questions,
            topic: given(columns.topic),
            url: given(columns.url),
            language: given(columns.language),
        });
    }
    if reading.parts.is_empty() {
        return Err(Refusal::NoText { what: "no line has both a question and an answer".to_owned() });
    }
    if incomplete > 0 {
        reading.notes.push(format!("{incomplete} lines lack a question or an answer and were left out"));
    }
    Ok(reading)
}

fn one_line(text: &str) -> String {
    usher_agent::hygiene::clean_line(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Part> {
        read(text.as_bytes(), &Limits::default()).unwrap().parts
    }

    #[test]
    fn each_pair_is_an_article() {
        let parts = parts(
            "Topic,Question,Answer\nshipping,\"How much is shipping?\nshipping cost\",\"€4.95\nfree above €50\"\n,\"Do you ship \"\"abroad\"\"?\",Yes\n",
        );
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].title.as_str(), parts[0].topic.as_deref()), ("How much is shipping?", Some("shipping")));
        assert_eq!(parts[0].questions, ["shipping cost"]);
        assert_eq!(parts[0].sections[0].text, "€4.95\nfree above €50");
        assert_eq!((parts[1].title.as_str(), parts[1].topic.as_deref()), ("Do you ship \"abroad\"?", None));
    }

    #[test]
    fn delimiters_and_names_of_other_lands_are_understood() {
        assert_eq!(parts("Vraag;Antwoord\nRetour?;30 dagen, gratis")[0].sections[0].text, "30 dagen, gratis");
        assert_eq!(parts("Where?\tIn Ghent, on the square")[0].title, "Where?");
    }

    #[test]
    fn what_is_no_pair_is_told() {
        let read = |text: &str| read(text.as_bytes(), &Limits { rows: 2, ..Limits::default() });
        assert!(matches!(read("one column\nonly"), Err(Refusal::Damaged { .. })));
        assert!(matches!(read("question,answer\n,\n"), Err(Refusal::NoText { .. })));
        assert!(matches!(read("a?,1\nb?,2\nc?,3\n"), Err(Refusal::TooLarge { .. })));
        assert!(matches!(read(&",".repeat(100)), Err(Refusal::TooLarge { .. })));
        assert!(read("q,a\nx?,1\ny?,\n").unwrap().notes[0].contains("1 lines"));
    }
}
