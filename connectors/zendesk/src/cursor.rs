//! How far a ticket was read: what the runtime keeps for us and gives back.
//!
//! Zendesk's instants are whole seconds, so "unchanged since" can't be told by them alone: a ticket that changed in the very
//! second in which it was read counts as changed until that second is over. And several comments share a second, so what
//! was seen is kept by id for the last minute, and by time before that.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use usher_sdk::connector::Timestamp;

/// Comments older than the newest by more than this were all seen.
const OVERLAP: Duration = Duration::from_secs(60);
/// Zendesk's second, and what a change may take to show.
const SETTLES: Duration = Duration::from_secs(5);

/// Field names are short: it is kept for each ticket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// The ticket's `updated_at` when it was read.
    #[serde(rename = "u")]
    updated_at: Option<String>,
    /// All was read, and nothing more can come with that `updated_at`.
    #[serde(rename = "s")]
    settled: bool,
    /// When the newest comment that was seen was written.
    #[serde(rename = "t")]
    newest: Option<String>,
    /// Those seen within [`OVERLAP`] of it.
    #[serde(rename = "i")]
    seen: Vec<(String, String)>,
    /// Zendesk's cursor for the page that isn't full yet.
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<String>,
    /// The ticket isn't there any more.
    #[serde(rename = "g")]
    pub(crate) gone: bool,
}

impl Cursor {
    /// What can't be read is as if nothing was read.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    pub(crate) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Of a ticket that isn't there any more.
    pub(crate) fn of_gone() -> Self {
        Cursor { gone: true, ..Cursor::default() }
    }

    /// Whether a ticket has to be read.
    pub(crate) fn is_behind(&self, updated_at: Option<&str>) -> bool {
        !self.settled || self.updated_at.as_deref() != updated_at
    }

    /// Whether this comment wasn't seen yet.
    pub(crate) fn is_new(&self, id: &str, at: Option<Timestamp>) -> bool {
        let newest = self.newest.as_deref().and_then(Timestamp::parse);
        let before = matches!((at, newest), (Some(at), Some(newest)) if at < newest.minus(OVERLAP));
        !before && !self.seen.iter().any(|(seen, _)| seen == id)
    }

    /// Notes a comment as seen.
    pub(crate) fn note(&mut self, id: &str, at: Option<Timestamp>) {
        let Some(at) = at else {
            self.seen.push((id.to_owned(), String::new()));
            return;
        };
        let newest = self.newest.as_deref().and_then(Timestamp::parse).map_or(at, |newest| newest.max(at));
        self.newest = Some(newest.to_string());
        self.seen.push((id.to_owned(), at.to_string()));
        self.seen.retain(|(_, at)| Timestamp::parse(at).is_none_or(|at| at >= newest.minus(OVERLAP)));
    }

    /// Notes up to which change of the ticket it was read. `now` is Zendesk's clock at that moment.
    pub(crate) fn read_until(&mut self, updated_at: Option<&str>, now: Timestamp, to_the_end: bool) {
        let at = updated_at.and_then(Timestamp::parse);
        self.settled = to_the_end && at.is_some_and(|at| now >= at.plus(SETTLES));
        self.updated_at = updated_at.map(str::to_owned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u32) -> Option<Timestamp> {
        Timestamp::parse(&format!("2026-09-02T10:{:02}:{:02}Z", second / 60, second % 60))
    }

    #[test]
    fn comments_of_one_second_are_told_apart() {
        let mut cursor = Cursor::default();
        assert!(cursor.is_new("1", at(0)));
        cursor.note("1", at(0));
        assert!(!cursor.is_new("1", at(0)) && cursor.is_new("2", at(0)));
        // What becomes visible late is not lost, within a minute.
        cursor.note("3", at(50));
        assert!(cursor.is_new("2", at(0)));
        cursor.note("4", at(61));
        assert!(!cursor.is_new("2", at(0)) && !cursor.is_new("3", at(50)) && !cursor.is_new("4", at(61)));
        assert_eq!(Cursor::parse(Some(&cursor.write())), cursor);
    }

    #[test]
    fn it_stays_small() {
        let mut cursor = Cursor::default();
        (0..3000).for_each(|second| cursor.note(&second.to_string(), at(second)));
        assert!(cursor.write().len() < 4000, "{}", cursor.write().len());
    }

    #[test]
    fn a_ticket_is_read_again_until_its_second_is_over() {
        let (updated, mut cursor) = (Some("2026-09-02T10:00:00Z"), Cursor::default());
        assert!(cursor.is_behind(updated));
        cursor.read_until(updated, at(1).unwrap(), true);
        assert!(cursor.is_behind(updated));
        cursor.read_until(updated, at(9).unwrap(), false);
        assert!(cursor.is_behind(updated), "there is more to read");
        cursor.read_until(updated, at(9).unwrap(), true);
        assert!(!cursor.is_behind(updated) && cursor.is_behind(Some("2026-09-02T10:00:01Z")));
    }

    #[test]
    fn what_is_no_cursor_reads_from_the_beginning() {
        for text in [None, Some(""), Some("{}"), Some("35436"), Some("{\"u\":7}")] {
            assert_eq!(Cursor::parse(text), Cursor::default(), "{text:?}");
        }
    }
}
