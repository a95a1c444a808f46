//! What happens at the desk, as server-sent events.
//!
//! A follower hears of changes before `ready` goes out; whoever gets `ready` reads the lists, and then hears of everything
//! that changes after them. The broadcast says only *what* changed; how it is now comes from the store. Changes that come
//! close together are told once. A follower that was too slow for the broadcast is told to read the lists anew.

use super::conversations::ActiveConversation;
use super::person_view::TeamMember;
use super::ticket_view::TicketRow;
use super::tickets::{MANY, TicketCounts};
use crate::api::Server;
use crate::api::extract::Operator;
use crate::api::sse::{HEARTBEAT, Out, Over, stream};
use crate::api::state::{Follows, StreamPlace};
use crate::listen;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;
use usher_agent::conversation::Owner;
use usher_agent::desk::DeskEvent;
use usher_agent::ids::{ConversationId, TicketId};
use utoipa::ToSchema;

/// Changes that come within this time are told at once.
const GATHER: Duration = Duration::from_millis(150);
/// How often the desk is told that the person is there.
const SEEN: Duration = Duration::from_secs(30);
/// Of the assistant's conversations that changed, so many are told at a time; lists are read anew where there are more.
const CONVERSATIONS: usize = 20;

/// Payload of `ready`: everything that changes from now on is told. Read the lists now.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeskReady {
    /// The operator whose stream it is.
    me: String,
}

/// Payload of `reload`: more changed than can be told. Read the lists anew.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeskReload {}

/// Payload of `ticket`: a ticket is new or has changed, its conversation or its history. Where `last.seq` is higher than
/// what was read, its conversation has new messages.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeskTicket {
    /// As it stands in lists now.
    ticket: TicketRow,
}

/// Payload of `conversation`: something was said in a conversation of the assistant's.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeskConversation {
    /// As it stands now.
    conversation: ActiveConversation,
}

/// Payload of `delivery`: a message in a conversation that people have came further on its way to the customer, or was
/// given up. `GET /api/v1/dispatches?conversation=…` says how they stand.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeskDelivery {
    /// Which conversation.
    conversation: uuid::Uuid,
}

/// Payload of `typing`: somebody types; to be shown for five seconds.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeskTyping {
    /// Where.
    conversation: uuid::Uuid,
    /// The operator's name; none: the customer.
    person: Option<String>,
}

/// Payload of `presence`: who is there, and looks at what.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeskPresence {
    /// The whole team.
    people: Vec<TeamMember>,
}

/// Payload of `notifications`: the person was told something.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeskNotifications {
    /// How many weren't read; 100 stands for 100 or more.
    unread: usize,
}

/// Follows the desk. Events: `ready`, `ticket`, `conversation`, `delivery`, `typing`, `presence`, `notifications`, `counts`
/// and `reload`.
/// As long as the stream is open, the person counts as being at the workspace.
#[utoipa::path(get, path = "/api/v1/desk/events", tag = "desk", security(("operator" = [])),
    responses(
        (status = 200, description = "Server-sent events with `DeskReady`, `DeskTicket`, `DeskConversation`, `DeskDelivery`, `DeskTyping`, `DeskPresence`, `DeskNotifications`, `TicketCounts` and `DeskReload` as data", content(
            (DeskReady = "text/event-stream"), (DeskTicket = "text/event-stream"), (DeskConversation = "text/event-stream"),
            (DeskDelivery = "text/event-stream"), (DeskTyping = "text/event-stream"), (DeskPresence = "text/event-stream"), (DeskNotifications = "text/event-stream"),
            (TicketCounts = "text/event-stream"), (DeskReload = "text/event-stream"))),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "The operator has as many streams as they may", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn follow(State(server): State<Server>, operator: Operator) -> Answer<Response> {
    let place = server.stream_place(Follows::Operator(operator.name.clone())).ok_or_else(|| {
        Problem::new(Kind::TooManyRequests)
            .detail("you follow the desk in as many places as you may")
            .fix("close another window")
            .retry_after(HEARTBEAT)
    })?;
    let heard = server.desk().events();
    server.desk().seen(&operator.name).await?;
    let (out, response) = stream();
    let follower = Follower {
        heard,
        closing: server.closing(),
        server,
        me: operator.name.clone(),
        out,
        changed: Changed::default(),
        tell_at: None,
        counts: None,
        place,
    };
    let lost = operator.lost(&follower.server);
    tokio::spawn(async move {
        tokio::select! {
            // Whoever may not follow any more hears nothing more.
            biased;
            () = lost => {}
            () = follower.run() => {}
        }
    });
    Ok(response)
}

/// What changed and wasn't told yet.
#[derive(Default)]
struct Changed {
    tickets: BTreeSet<TicketId>,
    conversations: BTreeSet<ConversationId>,
    presence: bool,
    told: bool,
    all: bool,
}

impl Changed {
    fn is_empty(&self) -> bool {
        self.tickets.is_empty() && self.conversations.is_empty() && !self.presence && !self.told && !self.all
    }
}

struct Follower {
    server: Server,
    me: String,
    heard: broadcast::Receiver<DeskEvent>,
    closing: watch::Receiver<bool>,
    out: Out,
    changed: Changed,
    /// When it is to be told.
    tell_at: Option<Instant>,
    /// As they were told last.
    counts: Option<TicketCounts>,
    place: StreamPlace,
}

impl Follower {
    async fn run(mut self) {
        // The end is an end whatever its reason: the reader comes back and reads anew.
        let _over = self.follow().await;
        if self.place.is_last()
            && let Err(error) = self.server.desk().looking(&self.me, None).await
        {
            tracing::debug!(%error, "that a person left could not be noted");
        }
    }

    async fn follow(&mut self) -> Result<(), Over> {
        self.out.send("ready", &DeskReady { me: self.me.clone() }).await?;
        let mut seen = tokio::time::interval(SEEN);
        seen.reset();
        loop {
            let gathered = async {
                match self.tell_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // In this order, so that a desk where much happens doesn't put off what is to be told for ever.
                biased;
                () = listen::closed(&mut self.closing) => return Err(Over),
                () = self.out.closed() => return Err(Over),
                () = gathered => self.tell().await?,
                heard = self.heard.recv() => self.hear(heard).await?,
                _ = seen.tick() => self.am_there().await,
            }
        }
    }

    async fn am_there(&self) {
        if let Err(error) = self.server.desk().seen(&self.me).await {
            tracing::warn!(%error, "that a person is there could not be noted");
        }
    }

    async fn hear(&mut self, heard: Result<DeskEvent, RecvError>) -> Result<(), Over> {
        match heard {
            Ok(DeskEvent::Ticket(id)) => {
                self.changed.tickets.insert(id);
            }
            Ok(DeskEvent::Conversation(id)) => {
                self.changed.conversations.insert(id);
            }
            Ok(DeskEvent::Presence) => self.changed.presence = true,
            Ok(DeskEvent::Told { person }) if person == self.me => self.changed.told = true,
            Ok(DeskEvent::Told { .. }) => {}
            // Who types is told at once; they know it themselves.
            Ok(DeskEvent::Typing { person, .. }) if person.as_ref() == Some(&self.me) => {}
            Ok(DeskEvent::Typing { conversation, person }) => {
                self.out.send("typing", &DeskTyping { conversation: conversation.0, person }).await?;
            }
            Err(RecvError::Lagged(_)) => self.changed.all = true,
            Err(RecvError::Closed) => return Err(Over),
        }
        if self.tell_at.is_none() && !self.changed.is_empty() {
            self.tell_at = Some(Instant::now() + GATHER);
        }
        Ok(())
    }

    /// Tells what changed, as it is now.
    async fn tell(&mut self) -> Result<(), Over> {
        self.tell_at = None;
        let changed = std::mem::take(&mut self.changed);
        if changed.all || changed.conversations.len() > CONVERSATIONS {
            self.out.send("reload", &DeskReload {}).await?;
        }
        if changed.all {
            return Ok(());
        }
        let told = self.tell_each(&changed).await;
        match told {
            Err(Failed::Read(problem)) => {
                tracing::warn!(?problem, "what changed at the desk can't be read; a stream ends");
                Err(Over)
            }
            Err(Failed::Over) => Err(Over),
            Ok(()) => Ok(()),
        }
    }

    async fn tell_each(&mut self, changed: &Changed) -> Result<(), Failed> {
        let skills = self.server.skill_names();
        let store = self.server.store().clone();
        for id in &changed.tickets {
            if let Some(ticket) = store.ticket(*id).await.map_err(Problem::from)? {
                let ticket = self.server.ticket_row(&ticket, &skills).await?;
                self.out.send("ticket", &DeskTicket { ticket }).await?;
            }
        }
        if changed.conversations.len() <= CONVERSATIONS {
            for id in &changed.conversations {
                let Some(conversation) = store.conversation(*id).await.map_err(Problem::from)? else { continue };
                match conversation.owner {
                    Owner::Assistant => {
                        let conversation = self.server.active_conversation(&conversation, &skills).await?;
                        self.out.send("conversation", &DeskConversation { conversation }).await?;
                    }
                    Owner::Human => self.out.send("delivery", &DeskDelivery { conversation: id.0 }).await?,
                }
            }
        }
        if changed.presence {
            let people = store.people().await.map_err(Problem::from)?;
            let people = self.server.team(&people).await?;
            self.out.send("presence", &DeskPresence { people }).await?;
        }
        if changed.told {
            let unread = store.notifications(&self.me, true, MANY).await.map_err(Problem::from)?.len();
            self.out.send("notifications", &DeskNotifications { unread }).await?;
        }
        if changed.told || !changed.tickets.is_empty() {
            let counts = self.server.ticket_counts(&self.me).await?;
            if self.counts.as_ref() != Some(&counts) {
                self.out.send("counts", &counts).await?;
                self.counts = Some(counts);
            }
        }
        Ok(())
    }
}

/// Why something could not be told.
enum Failed {
    Read(Problem),
    Over,
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Read(problem)
    }
}

impl From<Over> for Failed {
    fn from(_: Over) -> Self {
        Self::Over
    }
}
