//! One round: a helpdesk is asked about its tickets, and what happened to them is stored.

use super::HelpdeskRequest;
use super::filing::name;
use super::helpdesks::{MANY, Work};
use super::news::{self, Occasion};
use super::values::{self, News};
use crate::desk::{Place, Ticket, TicketFilter, TicketState};
use crate::ids::{MessageId, TicketId};
use crate::store::{self, StoreError};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use usher_host::skill::Author;
use usher_host::{ToolError, Value};
use usher_manifest::PluginId;

/// A ticket that was solved longer ago is quiet.
const QUIET: SignedDuration = SignedDuration::from_hours(24);
/// Tickets that one call asks about at most.
const BATCH: usize = 100;
/// How often a round asks about the same tickets while there are more news of them: a connector reads as many as one call
/// may.
const CALLS: usize = 100;
/// How often a change is decided anew that was refused since something else changed.
const TRIES: usize = 10;
/// Messages that are read at once.
const PAGE: usize = 500;

/// Which tickets are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Which {
    /// Those in which something may happen at any moment.
    Lively,
    /// All that aren't closed.
    All,
}

/// How far one helpdesk is followed.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// Tickets that one call asks about: fewer where more are too many for the connector.
    batch: usize,
    /// The last ticket that was asked about where a round was cut off: the next one begins behind it.
    after: Option<TicketId>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { batch: BATCH, after: None }
    }
}

/// A ticket that is out.
struct Out {
    id: TicketId,
    /// The helpdesk's own id.
    remote: String,
    cursor: Option<String>,
}

/// Asks one helpdesk about its tickets that aren't closed. True where it isn't through with some of them: the news that
/// it tells don't move on.
///
/// # Errors
/// Where the tickets can't be read.
pub(super) async fn make(work: &Work, connector: &PluginId, pace: &mut Pace, which: Which) -> store::Result<bool> {
    if !work.is_connected(connector) {
        return Ok(false);
    }
    let mut tickets = out(work, connector, which).await?;
    if let Some(after) = pace.after.take() {
        let begin = tickets.partition_point(|out| out.id <= after);
        tickets.rotate_left(begin);
    }
    let (mut rest, mut unsettled) = (&mut tickets[..], false);
    while !rest.is_empty() {
        let many = pace.batch.min(rest.len());
        match ask_all(work, connector, &mut rest[..many]).await {
            Ok(told) => {
                unsettled |= told;
                pace.batch = (pace.batch * 2).min(BATCH);
                rest = &mut rest[many..];
            }
            // Fewer at a time may do.
            Err(ToolError::TooLarge) if many > 1 => pace.batch = many / 2,
            Err(error) => {
                let why = match error {
                    ToolError::Unavailable(why) | ToolError::Invalid(why) | ToolError::Denied(_, why) => why,
                    ToolError::NotFound => "it knows none of the tickets".into(),
                    ToolError::TooLarge => "the news of one ticket are too large".into(),
                };
                work.note_failing(connector, &why);
                pace.batch = (pace.batch / 2).max(1);
                pace.after = rest.get(many - 1).map(|out| out.id).filter(|_| pace.batch == 1);
                return Ok(unsettled);
            }
        }
    }
    Ok(unsettled)
}

/// Asks about some tickets until nothing new comes; whether it isn't through with some of them.
async fn ask_all(work: &Work, connector: &PluginId, batch: &mut [Out]) -> Result<bool, ToolError> {
    let mut unsettled = false;
    for _ in 0..CALLS {
        let (mut moved, mut stays) = (false, false);
        for news in ask(work, connector, batch).await? {
            let Some(out) = batch.iter_mut().find(|out| out.remote == news.id) else {
                tracing::warn!(%connector, "the helpdesk has news of a ticket that it wasn't asked about");
                continue;
            };
            match take_in(work, connector, out.id, &news).await {
                Ok(()) if out.cursor.as_ref() == Some(&news.cursor) => stays = true,
                Ok(()) => {
                    out.cursor = Some(news.cursor);
                    moved = true;
                }
                Err(error) => {
                    tracing::error!(%connector, ticket = %out.id, %error, "the news of a ticket could not be stored");
                }
            }
        }
        unsettled = stays;
        if !moved {
            break;
        }
    }
    Ok(unsettled)
}

/// The tickets of a helpdesk that are filed and not closed, oldest first.
async fn out(work: &Work, connector: &PluginId, which: Which) -> store::Result<Vec<Out>> {
    let filter = TicketFilter {
        states: vec![TicketState::Open, TicketState::Pending, TicketState::Solved],
        built_in: Some(false),
        ..TicketFilter::default()
    };
    let (mut found, mut read) = (BTreeMap::new(), 0);
    loop {
        let page = work.around.store.tickets(filter.clone(), work.now(), read, MANY).await?;
        read += page.len();
        let full = page.len() == MANY;
        for Ticket { id, place, solved, .. } in page {
            let quiet = solved.is_some_and(|solved| work.now().duration_since(solved.at) > QUIET);
            if quiet && which == Which::Lively {
                continue;
            }
            if let Place::Connector { connector: its, remote: Some(remote), cursor, .. } = place
                && its == *connector
            {
                found.insert(id, Out { id, remote, cursor });
            }
        }
        if !full {
            return Ok(found.into_values().collect());
        }
    }
}

async fn ask(work: &Work, connector: &PluginId, batch: &[Out]) -> Result<Vec<News>, ToolError> {
    let followed = batch.iter().map(|out| values::followed(&out.remote, out.cursor.as_deref()));
    let arguments = [Value::List(followed.collect())];
    let answer = work.around.host.ask_of(connector, &name(values::NEWS)?, &arguments).await?;
    let news = values::news(&answer).map_err(ToolError::Unavailable)?;
    work.note_well(connector);
    Ok(news)
}

/// Stores what happened to one ticket.
async fn take_in(work: &Work, connector: &PluginId, id: TicketId, news: &News) -> store::Result<()> {
    let store = &work.around.store;
    for _ in 0..TRIES {
        let Some(ticket) = store.ticket(id).await? else { return Ok(()) };
        let Some(conversation) = store.conversation(ticket.conversation).await? else { return Ok(()) };
        let (mut known, mut unfiled, mut last) = (BTreeSet::new(), None::<MessageId>, 0);
        let waiting = waiting_comments(work, id).await?;
        while last < conversation.last_seq {
            let page = store.messages_after(conversation.id, last, PAGE).await?;
            let Some(end) = page.last() else { break };
            last = end.seq;
            known.extend(news::names(&page));
            let its =
                page.iter().filter(|message| waiting.contains(&message.seq) && message.author == Author::Customer);
            unfiled = its.map(|message| message.id).next_back().or(unfiled);
        }
        let occasion = Occasion {
            connector,
            ticket: &ticket,
            conversation: &conversation,
            known: &known,
            unfiled,
            handoff: &work.around.settings.handoff(),
            desk: &work.around.settings.desk(),
            shop: &work.around.shop,
            now: work.now(),
        };
        let Some(change) = news::taken_in(&occasion, news) else { return Ok(()) };
        // What is decided in two steps is looked at again; the second time there is less to do.
        match work.around.desk.store(change).await {
            Ok(_) | Err(StoreError::Changed) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Changed)
}

/// The numbers of the messages that a ticket's helpdesk hasn't got yet.
async fn waiting_comments(work: &Work, ticket: TicketId) -> store::Result<BTreeSet<u64>> {
    let jobs = work.jobs().await?.into_iter().filter(|job| job.ticket == ticket);
    let comments = jobs.filter_map(|job| match job.request {
        HelpdeskRequest::Comment { seq } => Some(seq),
        HelpdeskRequest::Create { .. } => None,
    });
    Ok(comments.collect())
}
