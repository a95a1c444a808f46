//! How far a ticket was read: what the runtime keeps for us and gives back.
//!
//! Whether a ticket changed is told by its mark (when it was updated, its last message, how many there are). A ticket that
//! changed in the last seconds before it was read counts as changed until they are over, for the list of messages may lag
//! behind it. What was seen is kept by id for the last minute, and by time before that.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use usher_sdk::connector::Timestamp;

/// Messages older than the newest by more than this were all seen.
const OVERLAP: Duration = Duration::from_secs(60);
/// What a change may take to show.
const SETTLES: Duration = Duration::from_secs(5);

/// Field names are short: it is kept for each ticket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// The ticket's mark when it was read.
    #[serde(rename = "m")]
    mark: Option<String>,
    /// All was read, and nothing more can come with that mark.
    #[serde(rename = "s")]
    settled: bool,
    /// No update before this instant of Gorgias' is unknown.
    #[serde(rename = "a")]
    known_until: Option<String>,
    /// When the newest message that was seen was made.
    #[serde(rename = "t")]
    newest: Option<String>,
    /// Those seen within [`OVERLAP`] of it.
    #[serde(rename = "i")]
    seen: Vec<(String, String)>,
    /// Gorgias' cursor for the page that isn't full yet.
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

    /// Whether a ticket with this mark has to be read.
    pub(crate) fn is_behind(&self, mark: &str) -> bool {
        !self.settled || self.mark.as_deref() != Some(mark)
    }

    /// No update before this instant is unknown; none where anything may be.
    pub(crate) fn known_until(&self) -> Option<Timestamp> {
        self.known_until.as_deref().and_then(Timestamp::parse)
    }

    /// Whether this message wasn't seen yet.
    pub(crate) fn is_new(&self, id: &str, at: Option<Timestamp>) -> bool {
        let newest = self.newest.as_deref().and_then(Timestamp::parse);
        let before = matches!((at, newest), (Some(at), Some(newest)) if at < newest.minus(OVERLAP));
        !before && !self.seen.iter().any(|(seen, _)| seen == id)
    }

    /// Notes a message as seen.
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

    /// Notes up to which change of the ticket it was read. `now` is Gorgias' clock at that moment, `known_until` the newest
    /// update that it showed of any ticket, or that moment again.
    pub(crate) fn read_until(
        &mut self,
        mark: String,
        updated: Option<Timestamp>,
        now: Timestamp,
        known_until: Timestamp,
        to_the_end: bool,
    ) {
        self.settled = to_the_end && updated.is_some_and(|at| now >= at.plus(SETTLES));
        self.mark = Some(mark);
        // While it isn't settled the cursor stays as it is, which tells whoever asks to come again later.
        self.known_until = self.settled.then(|| known_until.minus(SETTLES).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u32) -> Option<Timestamp> {
        Timestamp::parse(&format!("2026-09-02T10:{:02}:{:02}Z", second / 60, second % 60))
    }

    #[test]
    fn messages_of_one_instant_are_told_apart() {
        let mut cursor = Cursor::default();
        assert!(cursor.is_new("1", at(0)));
        cursor.note("1", at(0));
        assert!(!cursor.is_new("1", at(0)) && cursor.is_new("2", at(0)));
        cursor.note("3", at(50));
        assert!(cursor.is_new("2", at(0)));
        cursor.note("4", at(61));
        assert!(!cursor.is_new("2", at(0)) && !cursor.is_new("3", at(50)) && !cursor.is_new("4", at(61)));
        assert_eq!(Cursor::parse(Some(&cursor.write())), cursor);
    }

    #[test]
    fn a_ticket_is_read_again_until_its_change_has_settled() {
        let mut cursor = Cursor::default();
        assert!(cursor.is_behind("1"));
        cursor.read_until("1".to_owned(), at(0), at(1).unwrap(), at(0).unwrap(), true);
        assert!(cursor.is_behind("1") && cursor.known_until().is_none());
        cursor.read_until("1".to_owned(), at(0), at(9).unwrap(), at(8).unwrap(), true);
        assert!(!cursor.is_behind("1") && cursor.is_behind("2"));
        assert_eq!(cursor.known_until(), at(3));
    }

    #[test]
    fn what_is_no_cursor_reads_from_the_beginning() {
        for text in [None, Some(""), Some("{}"), Some("20700013"), Some("{\"m\":7}")] {
            assert_eq!(Cursor::parse(text), Cursor::default(), "{text:?}");
        }
    }
}
