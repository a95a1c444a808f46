//! What happened to tickets since they were last read.
//!
//! One request shows how far all of them are; comments are read of those that changed, the one that waits longest first, as
//! far as the call's requests reach. What is left over is as new at the next call.

use std::collections::HashMap;

use usher_sdk::connector::{Error, Response, Timestamp, log};

use crate::api::{self, Api, Record, User};
use crate::bindings::exports::usher::tools::helpdesk::{Followed, TicketNews, TicketState};
use crate::create::no_account;
use crate::cursor::Cursor;
use crate::reply::{Authors, Written};

/// What Zendesk shows at once.
const AT_ONCE: usize = 100;
/// Comments of a page; fewer where the answer would be larger than the runtime takes.
const PAGE: &str = "50";
const SMALL_PAGE: &str = "5";

/// # Errors
/// Where nothing could be found out about any of them.
pub(crate) fn news(followed: &[Followed]) -> Result<Vec<TicketNews>, Error> {
    let known: HashMap<&str, Cursor> = followed
        .iter()
        .filter_map(|one| Some((api::ticket_number(&one.id).ok()?, Cursor::parse(one.cursor.as_deref()))))
        .filter(|(_, cursor)| !cursor.gone)
        .take(AT_ONCE)
        .collect();
    if known.is_empty() {
        return Ok(vec![]);
    }
    let api = Api::open()?;
    let mut ids: Vec<&str> = known.keys().copied().collect();
    ids.sort_unstable();
    let response =
        api.get("/tickets/show_many", &[("ids", &ids.join(","))]).map_err(|error| no_account(&api, error))?;
    let mut tickets: Vec<Record> = api::under(&response, "tickets")?;
    let now = clock(&response);
    tickets.sort_by(|one, other| one.updated_at.cmp(&other.updated_at));

    let mut news = Vec::new();
    let mut failed = None;
    for ticket in &tickets {
        let Some(cursor) = known.get(ticket.id.as_str()) else { continue };
        // One request for the comments, one to find out who wrote them.
        if !cursor.is_behind(ticket.updated_at.as_deref()) || api.left() < 2 {
            continue;
        }
        match read(&api, ticket, cursor, now) {
            Ok(one) => news.push(one),
            Err(error) => {
                log::warn(&format!("the comments of a ticket can't be read: {error}"));
                failed = Some(error);
            }
        }
    }
    for id in ids.into_iter().filter(|id| !tickets.iter().any(|ticket| ticket.id == *id)) {
        if api.left() == 0 {
            break;
        }
        // Left out of the list may mean that it was deleted; only this says so.
        if api.read::<Record>(&format!("/tickets/{id}"), "ticket", &[]) == Err(Error::NotFound) {
            let (state, cursor) = (TicketState::Closed, Cursor::of_gone().write());
            news.push(TicketNews { id: id.to_owned(), state, replies: vec![], cursor });
        }
    }
    match failed {
        Some(error) if news.is_empty() => Err(error),
        _ => Ok(news),
    }
}

/// Zendesk's clock, which its instants are by.
fn clock(response: &Response) -> Timestamp {
    response.header("Date").and_then(Timestamp::parse_http_date).unwrap_or_else(Timestamp::now)
}

fn read(api: &Api, ticket: &Record, cursor: &Cursor, now: Timestamp) -> Result<TicketNews, Error> {
    let mut next = cursor.clone();
    let mut replies = Vec::new();
    let mut to_the_end = false;
    while !to_the_end && api.left() > 1 {
        let page = match page(api, ticket, next.page.as_deref()) {
            // A cursor that Zendesk doesn't take any more: from the beginning; what was seen is known.
            Err(Error::Invalid(_)) if next.page.is_some() => {
                next.page = None;
                continue;
            }
            page => page?,
        };
        for comment in &page.comments {
            if next.is_new(&comment.id, comment.at()) {
                replies.extend(comment.reply(ticket, &page.authors, api)?);
                next.note(&comment.id, comment.at());
            }
        }
        match page.after {
            Some(after) if next.page.as_deref() != Some(&after) => next.page = Some(after),
            _ => to_the_end = true,
        }
    }
    next.read_until(ticket.updated_at.as_deref(), now, to_the_end);
    Ok(TicketNews { id: ticket.id.clone(), state: state(ticket), replies, cursor: next.write() })
}

struct Page {
    comments: Vec<Written>,
    authors: Authors,
    /// None on the last page.
    after: Option<String>,
}

/// A page of comments, oldest first, with who wrote them.
fn page(api: &Api, ticket: &Record, after: Option<&str>) -> Result<Page, Error> {
    let path = format!("/tickets/{}/comments", ticket.id);
    let ask = |size: &str| {
        let mut query = vec![("include", "users"), ("sort", "created_at"), ("page[size]", size)];
        query.extend(after.map(|after| ("page[after]", after)));
        api.get(&path, &query)
    };
    let response = match ask(PAGE) {
        Err(Error::TooLarge) if api.left() > 0 => ask(SMALL_PAGE)?,
        other => other?,
    };
    let comments: Vec<Written> = api::under(&response, "comments")?;
    let mut authors: Authors = by_id(api::under(&response, "users").unwrap_or_default());
    let mut unknown: Vec<&str> = comments
        .iter()
        .filter(|one| one.may_be_reply(ticket) && !authors.contains_key(&one.author_id))
        .map(|one| one.author_id.as_str())
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    if !unknown.is_empty() && api.left() > 0 {
        let ids = unknown.join(",");
        authors.extend(by_id(api.read("/users/show_many", "users", &[("ids", &ids)])?));
    }
    let more: api::Meta = api::under(&response, "meta").unwrap_or_default();
    Ok(Page { comments, authors, after: more.after() })
}

fn by_id(users: Vec<User>) -> Authors {
    users.into_iter().map(|user| (user.id.clone(), user)).collect()
}

/// On hold means that people wait for somebody else than the customer.
fn state(ticket: &Record) -> TicketState {
    let is = |status| ticket.is(status);
    match () {
        () if is("pending") => TicketState::Pending,
        () if is("solved") => TicketState::Solved,
        () if is("closed") || is("deleted") => TicketState::Closed,
        () => TicketState::Open,
    }
}
