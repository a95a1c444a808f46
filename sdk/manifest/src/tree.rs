//! One neutral tree for both forms of a manifest: the author's TOML, which has lines, and the JSON in a
//! component, which is a stranger's and is bounded in depth while it is read.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Place};
use crate::name::quoted;

/// No manifest is nested deeper than this; JSON that is gets refused before it is understood.
const MAX_DEPTH: usize = 32;

pub(crate) struct Node {
    /// From 1; none in JSON.
    pub(crate) line: Option<u32>,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    Text(String),
    /// As it was written, a finite decimal number.
    Number(String),
    Bool(bool),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
    /// What TOML has and a manifest hasn't, by its name.
    Other(&'static str),
}

impl Value {
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Value::Text(_) => "text",
            Value::Number(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(name) => name,
        }
    }
}

pub(crate) fn from_toml(source: &'static str, text: &str) -> Result<Node, Error> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|e| Error::Toml {
        place: Place { source, line: e.span().map(|span| lines.at(span.start)), key: String::new() },
        message: e.message().trim_end().replace('\n', ", "),
    })?;
    Ok(Node { line: None, value: from_table(table.get_ref(), &lines) })
}

fn from_table(table: &DeTable<'_>, lines: &Lines) -> Value {
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let key: &toml::de::DeString<'_> = key.get_ref();
        (key.clone().into_owned(), from_value(value, lines))
    };
    Value::Table(table.iter().map(entry).collect())
}

fn from_value(value: &toml::Spanned<DeValue<'_>>, lines: &Lines) -> Node {
    let line = Some(lines.at(value.span().start));
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Value::Number(number.as_str().to_owned()),
        DeValue::Integer(_) => Value::Other("a number that isn't decimal"),
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(finite) if finite.is_finite() => Value::Number(number.as_str().to_owned()),
            _ => Value::Other("a number that isn't finite"),
        },
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => Value::List(items.iter().map(|item| from_value(item, lines)).collect()),
        DeValue::Table(table) => from_table(table, lines),
    };
    Node { line, value }
}

/// Where each line of a text begins.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    fn at(&self, offset: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }
}

pub(crate) fn from_json(bytes: &[u8]) -> Result<Node, Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = Nested(0).deserialize(&mut deserializer).and_then(|node| deserializer.end().map(|()| node));
    read.map_err(|e| Error::Json { message: e.to_string() })
}

/// Reads a value that stands this deep.
#[derive(Clone, Copy)]
struct Nested(usize);

impl Nested {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.0 >= MAX_DEPTH {
            return Err(E::custom(format_args!("nested more than {MAX_DEPTH} deep")));
        }
        Ok(Self(self.0 + 1))
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Node;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, true or false, a list or an object")
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node { line: None, value: Value::Text(text.to_owned()) })
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node { line: None, value: Value::Bool(value) })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node { line: None, value: Value::Number(number.to_string()) })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node { line: None, value: Value::Number(number.to_string()) })
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node { line: None, value: Value::Number(number.to_string()) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(node) = items.next_element_seed(inner)? {
            list.push(node);
        }
        Ok(Node { line: None, value: Value::List(list) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let inner = self.deeper()?;
        let mut table = BTreeMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(inner)?;
            // Two readers may take two different ones, and only one of them may have been reviewed.
            if table.contains_key(&key) {
                return Err(serde::de::Error::custom(format_args!("the key {} stands there twice", quoted(&key))));
            }
            table.insert(key, value);
        }
        Ok(Node { line: None, value: Value::Table(table) })
    }
}
