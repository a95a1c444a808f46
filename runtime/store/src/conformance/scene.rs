//! What the tests begin with.

use crate::conformance::Outcome;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use usher_agent::HandedOff;
use usher_agent::conversation::{Attention, Body, Conversation, Identity, Message, Owner, Proof, Session};
use usher_agent::desk::{
    DeskChange, DeskMessage, Place, Priority, Requester, Silence, Ticket, TicketChange, TicketEvent, TicketState,
};
use usher_agent::ids::{ConversationId, DeliveryId, MessageId, SessionId, TicketEventId, TicketId, TurnId};
use usher_agent::store::{
    Accepted, AuditCheck, AuditFilter, AuditLine, ClaimedTurn, Delivery, DeliveryContent, Ending, FinishedTurn,
    Incoming, NewConversation, NewSession, Store, TurnAudit,
};
use usher_host::skill::{Assurance, Author, Channel, Expectation, Reply};
use usher_host::{Action, Entry, Subject};
use usher_manifest::PluginId;

/// The clock, to the microsecond that a store keeps.
pub(super) fn now() -> Timestamp {
    Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// So many minutes from now; before now for negative ones.
pub(super) fn minutes(count: i64) -> Timestamp {
    now().saturating_add(SignedDuration::from_mins(count)).unwrap_or(Timestamp::MAX)
}

/// What must be there.
pub(super) fn there<T>(value: Option<T>, what: &str) -> Outcome<T> {
    value.ok_or_else(|| format!("{what} is missing").into())
}

/// A hash that no other call returns in this process.
pub(super) fn hash() -> [u8; 32] {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    hash
}

pub(super) async fn session(store: &dyn Store) -> Outcome<Session> {
    let new = NewSession { token_hash: hash(), site: "shop".to_owned(), expires_at: minutes(60) };
    Ok(store.open_session(new).await?)
}

pub(super) async fn conversation_of(store: &dyn Store, session: SessionId) -> Outcome<Conversation> {
    let new = NewConversation { session, channel: Channel::Webchat, locale: None, time_zone: None };
    Ok(store.open_conversation(new).await?)
}

pub(super) async fn conversation(store: &dyn Store) -> Outcome<ConversationId> {
    let session = session(store).await?;
    Ok(conversation_of(store, session.id).await?.id)
}

pub(super) fn text(text: &str) -> Body {
    Body::Text { text: text.to_owned() }
}

pub(super) async fn say(store: &dyn Store, conversation: ConversationId, client_id: &str) -> Outcome<Accepted> {
    let incoming = Incoming { conversation, client_id: client_id.to_owned(), body: text(client_id), page_url: None };
    Ok(store.accept(incoming).await?)
}

/// Claims what is known to wait.
pub(super) async fn begin(store: &dyn Store, conversation: ConversationId) -> Outcome<ClaimedTurn> {
    there(store.begin_turn(conversation).await?, "a message that waits")
}

pub(super) fn skill(id: &str) -> Outcome<PluginId> {
    Ok(id.parse()?)
}

pub(super) fn reply(skill: Option<PluginId>, text: &str) -> Body {
    let reply = Reply {
        text: text.to_owned(),
        cards: Vec::new(),
        quick_replies: Vec::new(),
        sources: vec!["returns#1".to_owned()],
        expects: Expectation::Nothing,
        answered: true,
    };
    Body::answer(skill, reply)
}

/// A turn that answers a message with one reply.
pub(super) fn answer(message: &Message) -> FinishedTurn {
    ending(message.conversation, message.id, Ending::Answered)
}

/// A turn that asks the customer to sign in first.
pub(super) fn ask_to_sign_in(message: &Message) -> FinishedTurn {
    ending(message.conversation, message.id, Ending::AwaitsSignIn)
}

fn ending(conversation: ConversationId, message: MessageId, ending: Ending) -> FinishedTurn {
    FinishedTurn {
        id: TurnId::new(),
        message,
        conversation,
        ending,
        replies: vec![reply(None, "here you are")],
        attention: Attention::default(),
        locale: None,
        memory: BTreeMap::new(),
        record: serde_json::json!({ "outcome": "reply" }),
        resolution: None,
        contact: None,
        desk: None,
        audit: TurnAudit {
            subject: visitor("nobody"),
            detail: serde_json::json!({ "generation": 1 }),
            recording: None,
            uses: Vec::new(),
        },
    }
}

pub(super) fn visitor(session: &str) -> Subject {
    Subject::Session(session.to_owned())
}

pub(super) fn customer(id: &str) -> Subject {
    Subject::Customer(id.to_owned())
}

/// What an operator did to a plugin.
pub(super) fn entry(actor: &str, action: Action, plugin: &str) -> Entry {
    Entry::new(actor, action, plugin, serde_json::json!({ "reason": "\u{1F9E6} \"new\"", "count": 2.5 }))
}

/// Something that was recorded of somebody.
pub(super) fn recorded(subject: Subject, recording: &[u8]) -> Entry {
    Entry {
        subject: Some(subject),
        recording: Some(recording.to_vec()),
        ..entry("skill:returns", Action::ActingIntended, "conversation")
    }
}

/// All lines, in order.
pub(super) async fn lines(store: &dyn Store) -> Outcome<Vec<AuditLine>> {
    Ok(store.audit(AuditFilter::default(), 0, usize::MAX).await?)
}

/// The whole audit, which holds.
pub(super) async fn holds(store: &dyn Store) -> Outcome<AuditCheck> {
    let check = store.verify_audit(Vec::new()).await?;
    assert_eq!(check.problems, Vec::<String>::new());
    Ok(check)
}

/// Every message of a conversation.
pub(super) async fn messages(store: &dyn Store, conversation: ConversationId) -> Outcome<Vec<Message>> {
    Ok(store.messages_after(conversation, 0, usize::MAX).await?)
}

/// Fails unless the messages are numbered 1, 2, 3 ….
pub(super) fn assert_no_gap(messages: &[Message]) {
    let numbers: Vec<u64> = messages.iter().map(|message| message.seq).collect();
    let expected: Vec<u64> = (1..).take(messages.len()).collect();
    assert_eq!(numbers, expected, "the numbers of a conversation's messages have a gap or come twice");
}

pub(super) fn identity() -> Identity {
    Identity {
        customer_id: Some("7001".to_owned()),
        email: Some("ada@shop.example".to_owned()),
        phone: None,
        first_name: Some("Ada".to_owned()),
        proof: Proof::SignedToken,
        valid_until: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 100),
    }
}

pub(super) fn delivery(due_at: Timestamp) -> Delivery {
    Delivery {
        id: DeliveryId::new(),
        to: "ada@shop.example".to_owned(),
        content: DeliveryContent::Email {
            subject: "Your code".to_owned(),
            text: "It is 123456.".to_owned(),
            ticket: None,
        },
        attempts: 0,
        due_at,
    }
}

/// A ticket that is new to the store.
pub(super) fn ticket(conversation: ConversationId) -> Ticket {
    Ticket {
        id: TicketId::new(),
        number: 0,
        version: 0,
        conversation,
        place: Place::BuiltIn,
        state: TicketState::Open,
        assignee: None,
        last_assignee: None,
        group: None,
        priority: Priority::Normal,
        tags: BTreeSet::new(),
        subject: "A parcel that is late".to_owned(),
        reason: HandedOff::ExplicitRequest,
        detail: "The customer asks for a person.".to_owned(),
        skill: None,
        summary: String::new(),
        facts: Vec::new(),
        requester: Requester {
            assurance: Assurance::Anonymous,
            email: None,
            phone: None,
            name: None,
            profile_id: None,
        },
        channel: Channel::Webchat,
        locale: "en".to_owned(),
        time_zone: None,
        opened_at: now(),
        first_reply_at: None,
        updated_at: now(),
        customer_at: now(),
        person_at: None,
        known_seq: 0,
        solved: None,
        reopened: 0,
        silence: Silence::None,
        silence_at: None,
        snoozed_until: None,
        active_again: false,
        tell_when_there: false,
        rating: None,
        follows: None,
        merged_into: None,
        joined: None,
        due_at: None,
        mail_at: None,
        mailed_seq: 0,
    }
}

/// Keeps tickets as they are to be.
pub(super) fn keep(tickets: impl IntoIterator<Item = Ticket>) -> DeskChange {
    DeskChange { tickets: tickets.into_iter().collect(), ..DeskChange::default() }
}

/// Stores one ticket; returns it as it is then.
pub(super) async fn kept(store: &dyn Store, ticket: Ticket) -> Outcome<Ticket> {
    there(store.change_desk(keep([ticket])).await?.tickets.pop(), "the ticket")
}

/// A conversation with a ticket.
pub(super) async fn ticketed(store: &dyn Store) -> Outcome<Ticket> {
    let id = conversation(store).await?;
    kept(store, ticket(id)).await
}

/// What a person writes.
pub(super) fn support(conversation: ConversationId, client_id: Option<&str>, text: &str) -> DeskMessage {
    DeskMessage {
        conversation,
        author: Author::Human,
        body: Body::Support { text: text.to_owned(), name: Some("Ada".to_owned()) },
        client_id: client_id.map(str::to_owned),
    }
}

/// A person has the conversation from then on.
pub(super) fn taken(conversation: ConversationId) -> Vec<(ConversationId, Owner)> {
    vec![(conversation, Owner::Human)]
}

pub(super) fn event(ticket: TicketId, what: TicketChange) -> TicketEvent {
    TicketEvent { id: TicketEventId::new(), ticket, at: now(), actor: "operator:ada".to_owned(), what }
}
