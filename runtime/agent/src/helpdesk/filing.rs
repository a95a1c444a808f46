//! Makes the jobs that are due: each is asked of its ticket's connector, and what came of it is stored.

use super::helpdesks::{MANY, Work};
use super::values::{self, Filed};
use super::{HelpdeskJob, HelpdeskRequest, alarm, pause};
use crate::conversation::Message;
use crate::desk::{DeskChange, Place, Ticket, TicketChange, TicketEvent, TicketState};
use crate::hygiene;
use crate::ids::{ConversationId, HelpdeskJobId, TicketEventId, TicketId};
use crate::store::{self, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use usher_host::{ToolError, Value};
use usher_manifest::{FunctionName, PluginId};

/// How often it is looked which jobs are due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Jobs of one helpdesk that are made at the same time, and of all helpdesks together.
const AT_ONCE: usize = 4;
const AT_ONCE_IN_ALL: usize = 16;
/// How often a change is decided anew that was refused since something else changed.
const TRIES: usize = 10;
/// A comment that a helpdesk refuses is offered so often before it is given up: the ticket may have been closed there, and
/// then the news of it settle the matter.
const COMMENT_TRIES: u32 = 4;
/// Messages that are read at once.
const PAGE: usize = 500;
/// The longest reason that is kept, in characters.
const ERROR_CHARS: usize = 300;

/// How a helpdesk answered.
enum Answer {
    /// The ticket is there.
    Filed(Filed),
    /// The comment is there.
    Added,
    /// There was nothing to do.
    Needless,
    /// The helpdesk can't be asked, or not just now.
    Unavailable(String),
    /// It doesn't take this.
    Refused(String),
}

/// Makes jobs for as long as the helpdesks live.
pub(super) async fn keep_filing(work: Arc<Work>) {
    let mut at_work: JoinSet<(TicketId, PluginId)> = JoinSet::new();
    let mut busy: BTreeMap<PluginId, usize> = BTreeMap::new();
    let mut in_hand: BTreeSet<TicketId> = BTreeSet::new();
    loop {
        if let Err(error) = begin(&work, &mut at_work, &mut busy, &mut in_hand).await {
            tracing::error!(%error, "the helpdesks' jobs can't be read");
        }
        tokio::select! {
            () = work.due.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            Some(ended) = at_work.join_next() => match ended {
                Ok((ticket, connector)) => {
                    in_hand.remove(&ticket);
                    if let Some(count) = busy.get_mut(&connector) {
                        *count = count.saturating_sub(1);
                    }
                }
                Err(error) => {
                    // Whose it was isn't known: all are let go of, and what is made twice counts once.
                    tracing::error!(%error, "a helpdesk's job ended the runtime's own code");
                    at_work.shutdown().await;
                    busy.clear();
                    in_hand.clear();
                }
            },
        }
    }
}

/// Begins what is due, as far as there is room.
async fn begin(
    work: &Arc<Work>,
    at_work: &mut JoinSet<(TicketId, PluginId)>,
    busy: &mut BTreeMap<PluginId, usize>,
    in_hand: &mut BTreeSet<TicketId>,
) -> store::Result<()> {
    let store = &work.around.store;
    for job in store.due_jobs(work.now(), MANY).await? {
        if at_work.len() >= AT_ONCE_IN_ALL {
            return Ok(());
        }
        if in_hand.contains(&job.ticket) {
            continue;
        }
        let ticket = store.ticket(job.ticket).await?;
        let Some((ticket, connector)) = ticket.and_then(|ticket| {
            let Place::Connector { connector, .. } = &ticket.place else { return None };
            let connector = connector.clone();
            Some((ticket, connector))
        }) else {
            done(work, job.id, DeskChange::default()).await?;
            continue;
        };
        let count = busy.entry(connector.clone()).or_default();
        if *count >= AT_ONCE {
            continue;
        }
        *count += 1;
        in_hand.insert(ticket.id);
        let work = work.clone();
        at_work.spawn(async move {
            let id = ticket.id;
            if let Err(error) = make(&work, job, ticket, &connector).await {
                tracing::error!(%connector, ticket = %id, %error, "what came of a helpdesk's job could not be stored");
                tokio::time::sleep(LOOK_EVERY).await;
            }
            (id, connector)
        });
    }
    Ok(())
}

/// Makes one job, and stores what came of it.
async fn make(work: &Work, job: HelpdeskJob, ticket: Ticket, connector: &PluginId) -> store::Result<()> {
    let answer = ask(work, &job, &ticket, connector).await?;
    let back = matches!(answer, Answer::Filed(_) | Answer::Added) && work.note_well(connector);
    match answer {
        Answer::Filed(filed) => file(work, &job, filed, connector).await?,
        Answer::Added | Answer::Needless => done(work, job.id, DeskChange::default()).await?,
        Answer::Unavailable(why) => {
            work.note_failing(connector, &why);
            failed(work, job, &ticket, connector, &why, true).await?;
        }
        Answer::Refused(why) => {
            // A comment on a ticket that was closed there is settled by the news of it.
            let comment = matches!(job.request, HelpdeskRequest::Comment { .. });
            let again = comment && job.attempts + 1 < COMMENT_TRIES;
            failed(work, job, &ticket, connector, &why, again).await?;
            if comment {
                work.sync(Some(connector));
            }
        }
    }
    if back {
        hurry(work, connector, false).await?;
    }
    Ok(())
}

async fn ask(work: &Work, job: &HelpdeskJob, ticket: &Ticket, connector: &PluginId) -> store::Result<Answer> {
    let Place::Connector { remote, .. } = &ticket.place else { return Ok(Answer::Needless) };
    let closed = ticket.state == TicketState::Closed;
    let (function, arguments) = match (job.request, remote) {
        (HelpdeskRequest::Create { .. }, Some(_)) => return Ok(Answer::Needless),
        (HelpdeskRequest::Create { through_seq }, None) => {
            let mut messages = read(work, ticket.conversation, 0, through_seq).await?;
            messages.extend(answers(work, ticket.conversation, through_seq).await?);
            (values::CREATE, vec![values::ticket(ticket, &messages)])
        }
        // What was written after the end is the assistant's to answer.
        (HelpdeskRequest::Comment { .. }, Some(_)) if closed => return Ok(Answer::Needless),
        (HelpdeskRequest::Comment { .. }, None) => {
            return Ok(Answer::Refused("the ticket itself isn't in the helpdesk".into()));
        }
        (HelpdeskRequest::Comment { seq }, Some(remote)) => {
            let messages = read(work, ticket.conversation, seq.saturating_sub(1), seq).await?;
            let Some(message) = messages.first() else { return Ok(Answer::Needless) };
            (values::COMMENT, vec![Value::String(remote.clone()), values::comment(ticket, message)])
        }
    };
    let answer = match name(function) {
        Ok(function) => work.around.host.ask_of(connector, &function, &arguments).await,
        Err(error) => Err(error),
    };
    Ok(match (answer, job.request) {
        (Ok(answer), HelpdeskRequest::Create { .. }) => match values::filed(&answer) {
            Ok(filed) => Answer::Filed(filed),
            Err(why) => Answer::Unavailable(why),
        },
        (Ok(_), HelpdeskRequest::Comment { .. }) => Answer::Added,
        (Err(error), _) => refused(error),
    })
}

/// Whether it may work later. A helpdesk that doesn't know us any more is one that an operator connects again.
fn refused(error: ToolError) -> Answer {
    let (why, later) = match error {
        ToolError::Unavailable(why) | ToolError::Denied(_, why) => (why, true),
        ToolError::Invalid(why) => (why, false),
        ToolError::NotFound => ("the helpdesk has no such ticket".to_owned(), false),
        ToolError::TooLarge => ("it is too large for the helpdesk".to_owned(), false),
    };
    let why = hygiene::clean_line(&why).chars().take(ERROR_CHARS).collect();
    if later { Answer::Unavailable(why) } else { Answer::Refused(why) }
}

pub(super) fn name(function: &str) -> Result<FunctionName, ToolError> {
    function.parse().map_err(|_| ToolError::Unavailable("the runtime's own name for this is wrong".into()))
}

/// The messages with a number above `after` and no higher than `through`.
async fn read(work: &Work, conversation: ConversationId, after: u64, through: u64) -> store::Result<Vec<Message>> {
    let mut all: Vec<Message> = Vec::new();
    let mut last = after;
    while last < through {
        let page = work.around.store.messages_after(conversation, last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last = end.seq;
        all.extend(page.into_iter().filter(|message| message.seq <= through));
    }
    Ok(all)
}

/// What the assistant answered to a message in the turn that handed over. What the runtime adds later isn't among it, so
/// that a ticket says the same however often it is tried.
async fn answers(work: &Work, conversation: ConversationId, to: u64) -> store::Result<Vec<Message>> {
    let behind = work.around.store.messages_after(conversation, to, PAGE).await?;
    let turn = behind.first().and_then(|message| message.turn);
    Ok(behind.into_iter().take_while(|message| turn.is_some() && message.turn == turn).collect())
}

/// The helpdesk has the ticket: its name there is kept, and the job is done.
async fn file(work: &Work, job: &HelpdeskJob, filed: Filed, connector: &PluginId) -> store::Result<()> {
    for _ in 0..TRIES {
        let Some(mut ticket) = work.around.store.ticket(job.ticket).await? else { break };
        let now = work.now();
        if let Place::Connector { remote, url, .. } = &mut ticket.place {
            *remote = Some(filed.id.clone());
            url.clone_from(&filed.url);
        }
        ticket.updated_at = now;
        let event = TicketEvent {
            id: TicketEventId::new(),
            ticket: ticket.id,
            at: now,
            actor: format!("helpdesk:{connector}"),
            what: TicketChange::Filed { remote: filed.id.clone() },
        };
        let change = DeskChange { tickets: vec![ticket], events: vec![event], ..DeskChange::default() };
        match done(work, job.id, change).await {
            Err(StoreError::Changed) => {}
            stored => {
                tracing::info!(%connector, ticket = %job.ticket, remote = filed.id, "a ticket is in the helpdesk");
                return stored;
            }
        }
    }
    Err(StoreError::Changed)
}

/// It isn't done: it is tried again later or given up, and after a while people are told.
async fn failed(
    work: &Work,
    mut job: HelpdeskJob,
    ticket: &Ticket,
    connector: &PluginId,
    why: &str,
    again: bool,
) -> store::Result<()> {
    let now = work.now();
    job.attempts = job.attempts.saturating_add(1);
    job.error = Some(why.to_owned());
    // An integration that isn't connected is waited for as long as it takes.
    let over = !again || (pause::is_over(job.attempts) && work.is_connected(connector));
    if over || pause::is_long(job.attempts) {
        alarm::raise(work, ticket, connector, why).await?;
    }
    if over {
        tracing::error!(%connector, job = %job.id, ticket = %ticket.id, why, "a helpdesk's job is given up");
        job.given_up_at = Some(now);
    } else {
        tracing::warn!(%connector, job = %job.id, attempts = job.attempts, why, "a helpdesk's job is tried again later");
        job.due_at = now.saturating_add(pause::after(job.attempts)).unwrap_or(now);
    }
    keep(work, job).await.map(drop)
}

/// Keeps a job as it is now; false where it is done meanwhile.
pub(super) async fn keep(work: &Work, job: HelpdeskJob) -> store::Result<bool> {
    match work.around.store.put_job(job).await {
        Ok(()) => Ok(true),
        Err(StoreError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn done(work: &Work, job: HelpdeskJobId, change: DeskChange) -> store::Result<()> {
    match work.around.desk.job_done(job, change).await {
        Ok(_) => Ok(()),
        // Done by an attempt of before.
        Err(StoreError::NotFound(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A helpdesk is back, or (`anew`) another than before: what waits for it is made now, and not only when its pause is over.
async fn hurry(work: &Work, connector: &PluginId, anew: bool) -> store::Result<()> {
    let now = work.now();
    for job in work.jobs().await? {
        if job.given_up_at.is_some() || (job.due_at <= now && !anew) {
            continue;
        }
        let ticket = work.around.store.ticket(job.ticket).await?;
        let its = |ticket: Ticket| matches!(ticket.place, Place::Connector { connector: its, .. } if its == *connector);
        if ticket.is_some_and(its) {
            let attempts = if anew { 0 } else { job.attempts };
            keep(work, HelpdeskJob { due_at: now, attempts, ..job }).await?;
        }
    }
    work.due.notify_one();
    Ok(())
}

/// At the start, and whenever an integration is connected or changed, what waits for it is tried at once.
pub(super) async fn keep_trying(work: Arc<Work>) {
    let mut changes = work.around.host.changes();
    let mut known: Option<BTreeMap<PluginId, u64>> = None;
    loop {
        let generation = work.around.host.generation();
        let connected = generation.integrations.iter();
        let now: BTreeMap<PluginId, u64> =
            connected.map(|(id, connected)| (id.clone(), connected.revision())).collect();
        drop(generation);
        for (connector, revision) in &now {
            let before = known.as_ref().map(|known| known.get(connector));
            if before.flatten() == Some(revision) {
                continue;
            }
            if let Err(error) = hurry(&work, connector, before.is_some()).await {
                tracing::warn!(%connector, %error, "what waits for a helpdesk could not be brought forward");
            }
            work.sync(Some(connector));
        }
        known = Some(now);
        if changes.changed().await.is_err() {
            return;
        }
    }
}
