//! Names that answers carried, to be asked for again: so that requests reach things that exist.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;
use std::collections::BTreeSet;

/// So many are kept.
const MOST: usize = 600;

/// What was learnt.
#[derive(Default)]
pub(crate) struct Pool(BTreeSet<String>);

impl Pool {
    /// Takes what looks like a name out of an answer.
    pub(crate) fn learn(&mut self, answer: &Value) {
        match answer {
            Value::String(text)
                if self.0.len() < MOST && !text.is_empty() && text.len() <= 80 && !text.contains(' ') =>
            {
                self.0.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(members) => members.values().for_each(|member| self.learn(member)),
            _ => {}
        }
    }

    /// One of them.
    pub(crate) fn any(&self, random: &mut StdRng) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        self.0.iter().nth(random.random_range(0..self.0.len())).map(String::as_str)
    }
}
