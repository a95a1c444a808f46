//! Handing out all that is kept of a customer: one JSON document, written conversation by conversation as it is read.

use super::{CustomerId, CustomerView, found};
use crate::api::Server;
use crate::api::extract::{Named, Operator};
use crate::problem::{Answer, Problem, ProblemBody};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use std::io;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use usher_agent::conversation::Session;
use usher_agent::ids::{ConversationId, SessionId};
use usher_agent::privacy::Customer;
use usher_agent::store::{AuditFilter, Result, StoreError};
use usher_host::{Action, Entry};

/// Messages and lines that are read at once.
const PAGE: usize = 500;
/// Pieces that wait for whoever reads.
const AHEAD: usize = 2;

/// All that is kept of a customer, as one JSON document: `customer`, `sessions` (each with who was signed in, and its
/// `conversations` with the number or address they are held with, messages and the names of their files, turns, recordings,
/// what skills remember, tickets with their history, notes and drafts),
/// `deliveries` (mails that wait or were given up) and `audit` (the lines about them). The audit notes who had it.
#[utoipa::path(get, path = "/api/v1/customers/{id}/export", tag = "operator", security(("operator" = [])),
    params(("id" = String, Path, description = "The pseudonym: `c_…` or `s_…`")),
    responses(
        (status = 200, description = "The document, to be kept as a file", content_type = "application/json"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nothing is kept of such a customer", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn export(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<CustomerId>,
) -> Answer<Response> {
    let customer = found(&server, &id).await?;
    let detail = json!({
        "conversations": customer.conversations.len(), "messages": customer.messages, "tickets": customer.tickets.len(),
    });
    server.store().append_audit(Entry::new(&operator.actor(), Action::CustomerExported, &customer.id, detail)).await?;
    tracing::info!(operator = operator.name, customer = customer.id, "all that is kept of a customer is handed out");
    let name = format!("attachment; filename=\"{}.json\"", customer.id);
    let name = HeaderValue::try_from(name).map_err(|error| Problem::internal(&error))?;
    let (pieces, body) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let document = Document { server, pieces };
        if let Err(Ended::Store(error)) = document.write(customer).await {
            tracing::error!(%error, "a customer's export broke off");
            let _ = document.pieces.send(Err(io::Error::other("the store failed"))).await;
        }
    });
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json")), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(ReceiverStream::new(body))).into_response())
}

/// Why a document has no end.
enum Ended {
    Store(StoreError),
    /// Whoever read it went away.
    Reader,
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

struct Document {
    server: Server,
    pieces: mpsc::Sender<io::Result<Bytes>>,
}

impl Document {
    async fn write(&self, customer: Customer) -> std::result::Result<(), Ended> {
        let store = self.server.store();
        let (id, sessions) = (customer.id.clone(), customer.sessions.clone());
        let (emails, tickets) = (Vec::from_iter(customer.emails.clone()), customer.tickets.clone());
        self.text("{\"exported_at\":").await?;
        self.value(&self.server.now().to_string()).await?;
        self.text(",\"customer\":").await?;
        self.value(&CustomerView::from(customer)).await?;
        self.text(",\"sessions\":[").await?;
        for (place, session) in sessions.into_iter().enumerate() {
            self.text(if place == 0 { "" } else { "," }).await?;
            self.session(session).await?;
        }
        self.text("],\"deliveries\":").await?;
        self.value(&store.privacy().kept_deliveries(emails, tickets).await?).await?;
        self.text(",\"audit\":[").await?;
        self.audit(&id).await?;
        self.text("]}\n").await
    }

    async fn session(&self, id: SessionId) -> std::result::Result<(), Ended> {
        let store = self.server.store();
        let Some(session) = store.session_by_id(id).await? else { return self.text("null").await };
        let Session { site, created_at, expires_at, identity, contact, .. } = session;
        let about = json!({
            "id": id, "site": site, "created_at": created_at, "expires_at": expires_at, "identity": identity,
            "contact": contact,
        });
        let about = about.to_string();
        self.text(about.strip_suffix('}').unwrap_or(&about)).await?;
        self.text(",\"conversations\":[").await?;
        let mut conversations = store.conversations_of(id).await?;
        conversations.reverse();
        for (place, conversation) in conversations.into_iter().enumerate() {
            self.text(if place == 0 { "" } else { "," }).await?;
            let whole = self.conversation(conversation.id).await?;
            let mut about = json!({
                "id": conversation.id, "channel": conversation.channel, "owner": conversation.owner,
                "locale": conversation.locale, "time_zone": conversation.time_zone,
                "created_at": conversation.created_at, "page_url": store.page_of(conversation.id).await?,
                "attention": conversation.attention, "thread": self.thread(conversation.id).await?,
            });
            if let (Value::Object(about), Value::Object(whole)) = (&mut about, whole) {
                about.extend(whole);
            }
            self.value(&about).await?;
        }
        self.text("]}").await
    }

    /// With whom a conversation is held on a channel, and since when they want no messages; null on web chat.
    async fn thread(&self, id: ConversationId) -> Result<Value> {
        let thread = self.server.store().channels().thread_of(id).await?;
        Ok(thread.map_or(Value::Null, |thread| {
            json!({
                "channel": thread.channel, "ours": thread.ours, "theirs": thread.theirs, "phone": thread.phone,
                "subject": thread.subject, "opted_out_at": thread.opted_out_at, "references": thread.references,
            })
        }))
    }

    async fn conversation(&self, id: ConversationId) -> Result<Value> {
        let store = self.server.store();
        let mut messages = Vec::new();
        loop {
            let after = messages.last().map_or(0, |message: &usher_agent::conversation::Message| message.seq);
            let page = store.messages_after(id, after, PAGE).await?;
            let last = page.len() < PAGE;
            messages.extend(page);
            if last {
                break;
            }
        }
        let turns = store.turns_of(id).await?.into_iter().map(|turn| {
            json!({
                "id": turn.id, "message": turn.message, "finished_at": turn.finished_at, "record": turn.record,
            })
        });
        let turns: Vec<Value> = turns.collect();
        let recordings = store.recordings_of(id).await?.into_iter().filter_map(|recorded| {
            let recording: Value = serde_json::from_slice(&recorded.recording?).ok()?;
            Some(json!({ "turn": recorded.turn, "line": recorded.seq, "recording": recording }))
        });
        let recordings: Vec<Value> = recordings.collect();
        let beside = store.privacy().kept_beside(id).await?;
        let mut tickets = Vec::new();
        for ticket in store.tickets_of(id).await? {
            let events = store.ticket_events(ticket.id).await?;
            let drafts: Vec<_> = beside.drafts.iter().filter(|draft| draft.ticket == ticket.id).collect();
            tickets.push(json!({ "ticket": ticket, "history": events, "drafts": drafts }));
        }
        Ok(json!({
            "messages": messages, "turns": turns, "recordings": recordings, "remembered": beside.memory,
            "resolution": store.resolution(id).await?, "tickets": tickets,
        }))
    }

    async fn audit(&self, id: &str) -> std::result::Result<(), Ended> {
        let filter = AuditFilter { subject: Some(id.to_owned()), ..AuditFilter::default() };
        let mut after = 0;
        loop {
            let lines = self.server.store().audit(filter.clone(), after, PAGE).await?;
            for line in &lines {
                self.text(if after == 0 { "" } else { "," }).await?;
                after = line.seq;
                self.value(&json!({
                    "seq": line.seq, "at": line.at, "actor": line.actor, "action": line.action, "object": line.object,
                    "detail": line.detail,
                }))
                .await?;
            }
            if lines.len() < PAGE {
                return Ok(());
            }
        }
    }

    async fn value(&self, value: &impl Serialize) -> std::result::Result<(), Ended> {
        let text = serde_json::to_string(value).map_err(|error| StoreError::Engine(error.to_string()))?;
        self.text(&text).await
    }

    async fn text(&self, text: &str) -> std::result::Result<(), Ended> {
        if text.is_empty() {
            return Ok(());
        }
        self.pieces.send(Ok(Bytes::copy_from_slice(text.as_bytes()))).await.map_err(|_| Ended::Reader)
    }
}
