//! Takes typed values out of a tree. Every refusal says where, what and how to mend it.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::error::{Complaint, Error, Place};
use crate::name::quoted;
use crate::text::{self, Shape};
use crate::tree::{Node, Value};

/// One value with its place.
pub(crate) struct Item {
    place: Place,
    value: Value,
}

/// A table whose keys were checked.
pub(crate) struct Fields {
    place: Place,
    /// What was not taken yet.
    entries: BTreeMap<String, Node>,
    /// Where each key stands, taken or not.
    lines: BTreeMap<String, u32>,
}

impl Item {
    pub(crate) fn root(source: &'static str, node: Node) -> Self {
        Self { place: Place { source, line: None, key: String::new() }, value: node.value }
    }

    pub(crate) fn refuse(&self, complaint: Complaint) -> Error {
        Error::Invalid { place: self.place.clone(), complaint }
    }

    fn mismatch(&self, wanted: &str) -> Error {
        self.refuse(Complaint::new(format!("this is {}", self.value.type_name()), format!("write {wanted}")))
    }

    fn str(&self) -> Result<&str, Error> {
        match &self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.mismatch("text in quotes")),
        }
    }

    /// Text for people, at most `max` characters.
    pub(crate) fn text(self, max: usize, shape: Shape) -> Result<String, Error> {
        let text = self.str()?;
        text::check(text, max, shape).map_err(|complaint| self.refuse(complaint))?;
        Ok(text.to_owned())
    }

    /// Text with a form of its own.
    pub(crate) fn parse<T: FromStr<Err = Complaint>>(self) -> Result<T, Error> {
        self.str()?.parse().map_err(|complaint| self.refuse(complaint))
    }

    pub(crate) fn parse_with<T>(self, parse: impl FnOnce(&str) -> Result<T, Complaint>) -> Result<T, Error> {
        parse(self.str()?).map_err(|complaint| self.refuse(complaint))
    }

    /// One of a few words.
    pub(crate) fn one_of<T: Copy>(self, words: &[(&'static str, T)]) -> Result<T, Error> {
        let text = self.str()?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(*value);
        }
        let fix = match text::nearest(text, words.iter().map(|(word, _)| *word)) {
            Some(word) => format!("did you mean {word:?}?"),
            None => format!("write one of {}", listed(words.iter().map(|(word, _)| *word))),
        };
        Err(self.refuse(Complaint::new(format!("{} is not known here", quoted(text)), fix)))
    }

    pub(crate) fn bool(self) -> Result<bool, Error> {
        match self.value {
            Value::Bool(value) => Ok(value),
            _ => Err(self.mismatch("true or false, without quotes")),
        }
    }

    /// Text, a number, or true or false: as text.
    pub(crate) fn scalar(&self) -> Result<String, Error> {
        match &self.value {
            Value::Text(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.clone()),
            Value::Bool(value) => Ok(value.to_string()),
            _ => Err(self.mismatch("text in quotes, a number, or true or false")),
        }
    }

    /// A list of at most `max` values.
    pub(crate) fn list(self, max: usize) -> Result<Vec<Item>, Error> {
        let items = match self.value {
            Value::List(items) => items,
            _ => return Err(self.mismatch("a list in square brackets")),
        };
        if items.len() > max {
            let complaint = Complaint::new(format!("{} values", items.len()), format!("keep at most {max}"));
            return Err(Error::Invalid { place: self.place, complaint });
        }
        let Place { source, line, key } = self.place;
        let place =
            |index: usize, own: Option<u32>| Place { source, line: own.or(line), key: format!("{key}[{index}]") };
        let item = |(index, node): (usize, Node)| Item { place: place(index, node.line), value: node.value };
        Ok(items.into_iter().enumerate().map(item).collect())
    }

    /// A list in which no value stands twice.
    pub(crate) fn distinct<T: PartialEq>(
        self,
        max: usize,
        mut read: impl FnMut(Item) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut values = Vec::new();
        for item in self.list(max)? {
            let place = item.place.clone();
            let value = read(item)?;
            if values.contains(&value) {
                let complaint = Complaint::new("the same stands there already", "remove one of the two");
                return Err(Error::Invalid { place, complaint });
            }
            values.push(value);
        }
        Ok(values)
    }

    /// A table with no keys but these.
    pub(crate) fn fields(self, known: &[&'static str]) -> Result<Fields, Error> {
        let entries = match self.value {
            Value::Table(entries) => entries,
            _ => return Err(self.mismatch("a table")),
        };
        let lines = entries.iter().filter_map(|(key, node)| Some((key.clone(), node.line?))).collect();
        let fields = Fields { place: self.place, entries, lines };
        for key in fields.entries.keys() {
            if !known.contains(&key.as_str()) {
                let nearest = text::nearest(key, known.iter().copied()).map(str::to_owned);
                let place = fields.place_of(key);
                return Err(Error::UnknownKey { place, nearest, known: known.to_vec() });
            }
        }
        Ok(fields)
    }

    /// A table whose keys the author chooses, each with its place.
    pub(crate) fn entries(self) -> Result<Vec<(String, Item)>, Error> {
        let entries = match self.value {
            Value::Table(entries) => entries,
            _ => return Err(self.mismatch("a table")),
        };
        let table = self.place;
        let item = |(key, node): (String, Node)| {
            let place = table.under(&key, node.line);
            (key, Item { place, value: node.value })
        };
        Ok(entries.into_iter().map(item).collect())
    }

    /// What a table says that it is: the word under `key`, which stays there.
    pub(crate) fn tag<T: Copy>(&self, key: &str, words: &[(&'static str, T)]) -> Result<T, Error> {
        let Value::Table(entries) = &self.value else { return Err(self.mismatch("a table")) };
        match entries.get(key) {
            Some(Node { value: Value::Text(text), line }) => {
                let place = Place { key: key.to_owned(), line: *line, ..self.place.clone() };
                Item { place, value: Value::Text(text.clone()) }.one_of(words)
            }
            _ => Err(self.refuse(Complaint::new(
                format!("it doesn't say its {key}"),
                format!("write one of {}", listed(words.iter().map(|(word, _)| *word))),
            ))),
        }
    }
}

impl Place {
    /// The place of a key in the table that stands here.
    fn under(&self, key: &str, line: Option<u32>) -> Place {
        let plain = key.len() <= 64 && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let key = if plain { key.to_owned() } else { quoted(key) };
        let path = if self.key.is_empty() { key } else { format!("{}.{key}", self.key) };
        Place { source: self.source, line: line.or(self.line), key: path }
    }
}

impl Fields {
    fn place_of(&self, key: &str) -> Place {
        self.place.under(key, self.lines.get(key).copied())
    }

    pub(crate) fn optional(&mut self, key: &str) -> Option<Item> {
        let node = self.entries.remove(key)?;
        Some(Item { place: self.place_of(key), value: node.value })
    }

    /// `example` is a line that would do.
    pub(crate) fn required(&mut self, key: &str, example: &str) -> Result<Item, Error> {
        self.optional(key).ok_or_else(|| Error::Missing { place: self.place_of(key), example: format!("`{example}`") })
    }

    pub(crate) fn bool(&mut self, key: &str) -> Result<bool, Error> {
        self.optional(key).map_or(Ok(false), Item::bool)
    }

    /// An empty list where the key is missing.
    pub(crate) fn list(&mut self, key: &str, max: usize) -> Result<Vec<Item>, Error> {
        self.optional(key).map_or(Ok(Vec::new()), |item| item.list(max))
    }

    /// Refuses the table, or one key of it.
    pub(crate) fn refuse(&self, key: &str, complaint: Complaint) -> Error {
        let place = if key.is_empty() { self.place.clone() } else { self.place_of(key) };
        Error::Invalid { place, complaint }
    }
}

fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}
