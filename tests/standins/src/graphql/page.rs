//! Cutting a sorted list by `first`, `after`, `last` and `before`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{FieldError, Node, Object};

const MOST: u64 = 250;

/// What a list is sorted by, and the id that decides between equals.
type Key = (String, u64);

/// A list in its final order.
pub(crate) struct Sorted<T> {
    items: Vec<(Key, T)>,
    reverse: bool,
}

impl<T> Sorted<T> {
    /// Sorts by text, so that numbers must be padded.
    pub(crate) fn by(items: impl IntoIterator<Item = T>, reverse: bool, key: impl Fn(&T) -> Key) -> Self {
        let mut items: Vec<(Key, T)> = items.into_iter().map(|item| (key(&item), item)).collect();
        items.sort_by(|a, b| if reverse { b.0.cmp(&a.0) } else { a.0.cmp(&b.0) });
        Self { items, reverse }
    }

    /// In the order given.
    pub(crate) fn as_given(items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter().zip(0_u64..).map(|(item, i)| ((String::new(), i), item)).collect();
        Self { items, reverse: false }
    }

    pub(crate) fn page<'a>(self, args: &Object, node: impl Fn(T) -> Node<'a>) -> Result<Page<'a>, FieldError> {
        let (first, last) = (count(args, "first")?, count(args, "last")?);
        let (after, before) = (cursor(args, "after")?, cursor(args, "before")?);
        let reverse = self.reverse;
        let past = |key: &Key, mark: &Key| if reverse { key < mark } else { key > mark };
        let all = self.items.len();
        let mut items: Vec<_> =
            self.items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|mark| past(key, mark))).collect();
        let mut previous = after.is_some() && items.len() < all;
        let from_here = items.len();
        if let Some(mark) = &before {
            items.retain(|(key, _)| key != mark && !past(key, mark));
        }
        let mut next = before.is_some() && items.len() < from_here;
        match (first, last) {
            (Some(_), Some(_)) => return Err(FieldError::new("providing both first and last is not supported")),
            (None, None) => return Err(FieldError::new("you must provide one of first or last")),
            (Some(first), None) => {
                next |= items.len() > first;
                items.truncate(first);
            }
            (None, Some(last)) => {
                previous |= items.len() > last;
                items.drain(..items.len().saturating_sub(last));
            }
        }
        let edges = items.into_iter().map(|(key, item)| (encode(&key), node(item))).collect();
        Ok(Page { edges, next, previous })
    }
}

/// One page of a connection.
pub(crate) struct Page<'a> {
    /// Cursor and node.
    pub(super) edges: Vec<(String, Node<'a>)>,
    next: bool,
    previous: bool,
}

impl Page<'_> {
    pub(super) fn info(&self) -> Value {
        json!({
            "hasNextPage": self.next,
            "hasPreviousPage": self.previous,
            "startCursor": self.edges.first().map(|e| &e.0),
            "endCursor": self.edges.last().map(|e| &e.0),
        })
    }
}

fn count(args: &Object, name: &str) -> Result<Option<usize>, FieldError> {
    match args.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(n) => match n.as_u64() {
            None => Err(FieldError::new(format!("{name} cannot be negative"))),
            Some(n) if n > MOST => Err(FieldError::new(format!("{name} cannot exceed {MOST}"))),
            Some(n) => Ok(usize::try_from(n).ok()),
        },
    }
}

fn encode((value, id): &Key) -> String {
    URL_SAFE_NO_PAD.encode(json!({ "last_id": id, "last_value": value }).to_string())
}

fn cursor(args: &Object, name: &str) -> Result<Option<Key>, FieldError> {
    let Some(text) = args.get(name).and_then(Value::as_str) else { return Ok(None) };
    let decoded = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let key = decoded.and_then(|v| Some((v["last_value"].as_str()?.to_owned(), v["last_id"].as_u64()?)));
    key.map(Some).ok_or_else(|| FieldError::new(format!("`{text}` is not a valid cursor for argument '{name}'")))
}
