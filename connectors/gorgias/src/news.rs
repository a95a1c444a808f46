//! What happened to tickets since they were last read.
//!
//! One request lists the account's tickets that changed last: it shows which of ours are among them, and proves of those that
//! aren't that they didn't change, as far back as the list reaches. What it leaves open is asked for ticket by ticket; then
//! the messages of changed ones are read, as far as the call's requests reach. What is left over is as new at the next call.

use std::collections::HashMap;
use std::time::Duration;

use usher_sdk::connector::{Error, Timestamp, log};

use crate::api::{self, Api, Page, Record};
use crate::bindings::exports::usher::tools::helpdesk::{Followed, TicketNews, TicketState};
use crate::cursor::Cursor;
use crate::reply::Written;

/// What the contract asks about at once.
const AT_ONCE: usize = 100;
/// Messages of a page; fewer where the answer would be larger than the runtime takes.
const PAGE: &str = "50";
const SMALL_PAGE: &str = "5";
/// For so long a ticket isn't asked for again that has to be asked for by itself.
const ALONE: Duration = Duration::from_secs(25);

/// The tickets of the account that changed last.
struct Lately {
    tickets: HashMap<String, Record>,
    /// Every ticket that changed after this is among them; none where that can't be said.
    complete_since: Option<Timestamp>,
    /// The newest change that it shows.
    newest: Option<Timestamp>,
    /// Gorgias' clock.
    at: Timestamp,
}

/// # Errors
/// Where nothing could be found out about any of them.
pub(crate) fn news(followed: &[Followed]) -> Result<Vec<TicketNews>, Error> {
    let mut known: Vec<(&str, Cursor)> = followed
        .iter()
        .filter_map(|one| Some((api::ticket_number(&one.id).ok()?, Cursor::parse(one.cursor.as_deref()))))
        .filter(|(_, cursor)| !cursor.gone)
        .take(AT_ONCE)
        .collect();
    if known.is_empty() {
        return Ok(vec![]);
    }
    // Whoever is known the least about comes first, so that nobody waits for ever.
    known.sort_by_key(|(_, cursor)| cursor.known_until());
    let api = Api::open()?;
    let lately = lately(&api)?;
    let mut news = Vec::new();
    let mut failed = None;
    for (id, cursor) in &known {
        if api.left() == 0 {
            break;
        }
        let found = match lately.tickets.get(*id) {
            Some(record) if !cursor.is_behind(&record.mark()) => continue,
            Some(record) => Ok(Some(record.clone())),
            None if lately.leaves_alone(cursor) => continue,
            None => ticket(&api, id),
        };
        match found.and_then(|record| told(&api, id, record, cursor, &lately)) {
            Ok(one) => news.extend(one),
            Err(error) => {
                log::warn(&format!("a ticket can't be read: {error}"));
                failed = Some(error);
            }
        }
    }
    match failed {
        Some(error) if news.is_empty() => Err(error),
        _ => Ok(news),
    }
}

fn lately(api: &Api) -> Result<Lately, Error> {
    let page: Page<Record> = match api.list("/tickets", &[("order_by", "updated_datetime:desc"), ("limit", "100")]) {
        // Where Gorgias doesn't sort so, each ticket is asked for.
        Err(Error::Invalid(_) | Error::TooLarge) => {
            let at = Timestamp::now();
            return Ok(Lately { tickets: HashMap::new(), complete_since: None, newest: None, at });
        }
        page => page.map_err(|error| api.no_account(error))?,
    };
    let updates: Vec<Option<Timestamp>> = page.entries.iter().map(Record::updated).collect();
    // It is believed only where it really is sorted.
    let sorted = updates.iter().all(Option::is_some) && updates.is_sorted_by(|one, next| one >= next);
    let complete_since = updates.last().copied().flatten().filter(|_| sorted);
    let newest = updates.first().copied().flatten().filter(|_| sorted);
    let tickets = page.entries.into_iter().map(|record| (record.id.clone(), record)).collect();
    Ok(Lately { tickets, complete_since, newest, at: page.at })
}

impl Lately {
    /// Of a ticket that isn't among them. Where there is no list to go by, one that was asked for lately is left alone.
    fn leaves_alone(&self, cursor: &Cursor) -> bool {
        let known = cursor.known_until();
        known.is_some_and(|known| known > self.complete_since.unwrap_or_else(|| self.at.minus(ALONE)))
    }
}

/// None where it isn't there any more.
fn ticket(api: &Api, id: &str) -> Result<Option<Record>, Error> {
    match api.read::<Record>(&format!("/tickets/{id}")) {
        Ok(record) if record.id == id => Ok(Some(record)),
        Ok(_) => Err(Error::Unexpected("Gorgias shows another ticket than was asked for".to_owned())),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// None where its messages don't fit into this call any more.
fn told(
    api: &Api,
    id: &str,
    record: Option<Record>,
    cursor: &Cursor,
    lately: &Lately,
) -> Result<Option<TicketNews>, Error> {
    let Some(record) = record else {
        let (state, cursor) = (TicketState::Closed, Cursor::of_gone().write());
        return Ok(Some(TicketNews { id: id.to_owned(), state, replies: vec![], cursor }));
    };
    let mut next = cursor.clone();
    let mut replies = Vec::new();
    // One that was asked for because the list didn't reach back to it, and is as it was.
    let mut to_the_end = !cursor.is_behind(&record.mark());
    if !to_the_end && api.left() == 0 {
        return Ok(None);
    }
    while !to_the_end && api.left() > 0 {
        let page = match messages(api, id, next.page.as_deref()) {
            // A cursor that Gorgias doesn't take any more: from the beginning; what was seen is known.
            Err(Error::Invalid(_)) if next.page.is_some() => {
                next.page = None;
                continue;
            }
            page => page?,
        };
        for message in &page.entries {
            if next.is_new(&message.id, message.made()) {
                replies.extend(message.reply());
                next.note(&message.id, message.made());
            }
        }
        match page.next {
            Some(after) if next.page.as_deref() != Some(&after) => next.page = Some(after),
            _ => to_the_end = true,
        }
    }
    next.read_until(record.mark(), record.updated(), lately.at, lately.newest.unwrap_or(lately.at), to_the_end);
    Ok(Some(TicketNews { id: id.to_owned(), state: state(&record, lately.at), replies, cursor: next.write() }))
}

/// A page of messages, oldest first.
fn messages(api: &Api, id: &str, cursor: Option<&str>) -> Result<Page<Written>, Error> {
    let ask = |limit: &str| {
        let mut query = vec![("ticket_id", id), ("order_by", "created_datetime:asc"), ("limit", limit)];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        api.list("/messages", &query)
    };
    match ask(PAGE) {
        Err(Error::TooLarge) if api.left() > 0 => ask(SMALL_PAGE),
        other => other,
    }
}

fn state(record: &Record, now: Timestamp) -> TicketState {
    let snoozed = api::instant(record.snooze_datetime.as_deref()).is_some_and(|until| until > now);
    match () {
        () if record.trashed_datetime.is_some() => TicketState::Closed,
        () if snoozed => TicketState::Pending,
        () if record.is_closed() => TicketState::Solved,
        () => TicketState::Open,
    }
}
