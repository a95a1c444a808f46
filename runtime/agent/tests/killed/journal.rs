//! What the outside world was told to be done, on the disk beside the database: a line a step, written after it was done.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Mutex;
use usher_agent::ids::{ConversationId, SessionId};

/// What was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum What {
    /// A customer came.
    Opened { session: SessionId, conversation: ConversationId },
    /// A message was taken.
    Took { conversation: ConversationId, client_id: String, text: String, seq: u64, by: Writer },
    /// The clock went on.
    Passed { minutes: i64 },
    /// Something else.
    Done,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Writer {
    Customer,
    People,
}

/// A step that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// Its name.
    pub(crate) step: String,
    pub(crate) what: What,
}

/// The file, and what it says.
pub(crate) struct Journal {
    written: Mutex<(File, BTreeMap<String, What>)>,
}

impl Journal {
    /// Opens it; a line that was cut off is no line.
    pub(crate) fn open(path: &Path) -> Self {
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(u64::try_from(whole).unwrap()).unwrap();
        let lines = text[..whole].lines().map(|line| serde_json::from_str::<Line>(line).unwrap());
        let done = lines.map(|line| (line.step, line.what)).collect();
        Self { written: Mutex::new((file, done)) }
    }

    /// All lines, in their order.
    pub(crate) fn read(path: &Path) -> Vec<Line> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What was done in a step; none where it wasn't done.
    pub(crate) fn get(&self, step: &str) -> Option<What> {
        self.written.lock().unwrap().1.get(step).cloned()
    }

    /// Notes that a step is done. When this returns, it lasts.
    pub(crate) fn note(&self, step: &str, what: What) {
        let mut written = self.written.lock().unwrap();
        let line = Line { step: step.to_owned(), what: what.clone() };
        let line = format!("{}\n", serde_json::to_string(&line).unwrap());
        written.0.write_all(line.as_bytes()).unwrap();
        written.0.sync_data().unwrap();
        written.1.insert(step.to_owned(), what);
    }

    /// How far the clock has gone on, in minutes.
    pub(crate) fn minutes(&self) -> i64 {
        let passed = |what: &What| if let What::Passed { minutes } = what { *minutes } else { 0 };
        self.written.lock().unwrap().1.values().map(passed).sum()
    }

    /// The conversations that were opened on a day or later.
    pub(crate) fn opened(&self, day: u64) -> Vec<ConversationId> {
        let written = self.written.lock().unwrap();
        let since = written.1.iter().filter(|(step, _)| crate::script::day_of(step) >= day);
        let opened = since.filter_map(|(_, what)| match what {
            What::Opened { conversation, .. } => Some(*conversation),
            _ => None,
        });
        opened.collect()
    }
}
