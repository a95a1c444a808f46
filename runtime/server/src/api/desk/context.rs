//! Who the customer of a ticket is: what is known of them, and what they have at the shop.

use super::ticket_view::{RequesterView, TicketRow, channel};
use crate::api::Server;
use crate::api::extract::{Named, Operator};
use crate::api::session::AssuranceView;
use crate::channels::Block;
use crate::channels::webchat::{ButtonView, CardView};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;
use usher_agent::conversation::{Identity, Session};
use usher_agent::desk::{Ticket, TicketFilter};
use usher_agent::ids::TicketId;
use usher_agent::texts::Language;
use usher_host::skill::{Assurance, Channel, HubSection};
use usher_host::{Action, Entry, ToolError};
use utoipa::ToSchema;

/// Earlier tickets that are shown at most.
const EARLIER: usize = 20;

/// The customer of a ticket.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CustomerContext {
    /// How sure the server is of them now.
    assurance: AssuranceView,
    /// The same in words, with what follows from it.
    assurance_words: String,
    /// As the ticket has it.
    requester: RequesterView,
    /// Until when they are signed in (RFC 3339); none where they aren't.
    #[schema(format = DateTime)]
    signed_in_until: Option<String>,
    /// `webchat`, `sms`, `whatsapp` or `email`.
    channel: &'static str,
    /// The site that they came by.
    site: Option<String>,
    /// The conversation's language (BCP 47).
    locale: String,
    /// IANA name of their zone, where known.
    time_zone: Option<String>,
    /// What their clock shows (RFC 3339 with their offset), where the zone is known.
    local_time: Option<String>,
    /// The shop's page that they looked at last.
    page: Option<String>,
    /// When the conversation began (RFC 3339).
    #[schema(format = DateTime)]
    since: String,
    /// Their orders, read from the provider now.
    orders: CustomerSection,
    /// Their subscriptions, read from the provider now.
    subscriptions: CustomerSection,
    /// Their other tickets, the newest first.
    earlier: Vec<EarlierTicket>,
    /// Why the assistant's answers are what they are: the path of the conversation's turns.
    turns: String,
}

/// What a customer has at the shop.
#[derive(Default, Serialize, ToSchema)]
pub(in crate::api) struct CustomerSection {
    /// Why nothing can be shown.
    unavailable: Option<String>,
    /// What no card is made for.
    blocks: Vec<Block>,
    /// One for each thing.
    cards: Vec<CardView>,
    /// Pages to go on from here.
    links: Vec<ButtonView>,
}

/// Another ticket of the same customer.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct EarlierTicket {
    /// The ticket.
    #[serde(flatten)]
    ticket: TicketRow,
    /// By what it is the same customer's: `conversation`, `profile`, or only the `address` that was given.
    by: &'static str,
}

/// The customer of a ticket. Orders and subscriptions are read only for a customer who proved who they are and is still
/// signed in; that they were read is written into the audit.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/context", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "What is known", body = CustomerContext),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn of_ticket(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<TicketId>,
) -> Answer<Json<CustomerContext>> {
    let ticket = server.desk().ticket(id).await?;
    let none = || Problem::new(Kind::NotFound);
    let conversation = server.store().conversation(ticket.conversation).await?.ok_or_else(none)?;
    let session = server.store().session_by_id(conversation.session).await?;
    let now = server.now();
    let assurance = session.as_ref().map_or(Assurance::Anonymous, |session| session.assurance_at(now));
    let identity = session.as_ref().and_then(|session| session.identity_at(now));
    let (orders, subscriptions) = match (&session, identity) {
        (Some(session), Some(identity)) => {
            let mut entry = Entry::new(
                &operator.actor(),
                Action::CustomerRead,
                ticket.id,
                json!({ "conversation": ticket.conversation, "sections": ["orders", "subscriptions"] }),
            );
            entry.subject = Some(session.subject_at(now));
            server.store().append_audit(entry).await?;
            tokio::join!(
                section(&server, session, identity, HubSection::Orders),
                section(&server, session, identity, HubSection::Subscriptions)
            )
        }
        (session, _) => {
            let why = why_not(session.as_ref(), ticket.channel);
            let closed = || CustomerSection { unavailable: Some(why.to_owned()), ..CustomerSection::default() };
            (closed(), closed())
        }
    };
    let time_zone = ticket.time_zone.clone().or_else(|| conversation.time_zone.clone());
    let zone = time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
    Ok(Json(CustomerContext {
        assurance: assurance.into(),
        assurance_words: in_words(assurance).to_owned(),
        requester: RequesterView::of(&ticket.requester),
        signed_in_until: identity.map(|identity| identity.valid_until.to_string()),
        channel: channel(ticket.channel),
        site: session.as_ref().map(|session| session.site.clone()),
        locale: ticket.locale.clone(),
        local_time: zone.map(|zone| now.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
        time_zone,
        page: server.store().page_of(ticket.conversation).await?,
        since: conversation.created_at.to_string(),
        orders,
        subscriptions,
        earlier: earlier(&server, &ticket).await?,
        turns: format!("/api/v1/conversations/{}/turns", ticket.conversation),
    }))
}

fn in_words(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::Authenticated => "Proved who they are. You can speak about their orders.",
        Assurance::Identified => {
            "Known by an address or number that nobody proved. Answer there, and tell nothing about a customer of the shop."
        }
        Assurance::Anonymous => {
            "Nobody proved who this is; the sender of a mail may be forged. Tell nothing about a customer of the shop."
        }
    }
}

fn why_not(session: Option<&Session>, channel: Channel) -> &'static str {
    let Some(session) = session else { return "The customer's session is gone." };
    match (session.identity.is_some(), channel) {
        (true, Channel::Webchat) => "The customer's sign-in has run out. Ask them to sign in again in the chat.",
        (false, Channel::Webchat) => "The customer hasn't signed in. Ask them to sign in in the chat.",
        // Codes are asked for and read by the assistant.
        (true, _) => {
            "The customer's sign-in has run out. Here the assistant asks for a new code: hand the conversation back for that."
        }
        (false, _) => {
            "The customer hasn't signed in. Here the assistant asks for a code that it mails: hand the conversation back \
             for that."
        }
    }
}

/// One section, read as for the customer's own page.
async fn section(server: &Server, session: &Session, identity: &Identity, section: HubSection) -> CustomerSection {
    // People of the team read it in the shop's language.
    let locale = &server.config().shop.locale;
    let language = Language::of(locale).unwrap_or(Language::English);
    let page = match server.agent().hub_section(section, identity, language).await {
        Ok(page) => page,
        // A shop's customer who was never one at this provider.
        Err(ToolError::NotFound) => usher_agent::hub::nothing(),
        Err(error) => {
            tracing::warn!(?section, ?error, "a customer's section can't be shown at the desk");
            let why = "The provider that knows this doesn't answer, or none is connected.".to_owned();
            return CustomerSection { unavailable: Some(why), ..CustomerSection::default() };
        }
    };
    let looking = server.looking(&session.site, Some(locale.clone()));
    let view = looking.look().page(&page);
    CustomerSection { unavailable: None, blocks: view.blocks, cards: view.cards, links: view.quick_replies }
}

/// The customer's other tickets.
async fn earlier(server: &Server, ticket: &Ticket) -> Answer<Vec<EarlierTicket>> {
    let store = server.store();
    let mut found: Vec<(Ticket, &'static str)> =
        store.tickets_of(ticket.conversation).await?.into_iter().map(|other| (other, "conversation")).collect();
    let (profile, email) = (&ticket.requester.profile_id, &ticket.requester.email);
    if let Some(email) = email {
        let filter = TicketFilter { words: Some(email.clone()), ..TicketFilter::default() };
        let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => false,
        };
        // The search looks into messages too: only an address that is the requester's own counts.
        for other in store.tickets(filter, server.now(), 0, EARLIER * 2).await? {
            if same(profile, &other.requester.profile_id) {
                found.push((other, "profile"));
            } else if same(&Some(email.clone()), &other.requester.email) {
                found.push((other, "address"));
            }
        }
    }
    let mut known = vec![ticket.id];
    found.retain(|(other, _)| {
        let new = !known.contains(&other.id);
        known.push(other.id);
        new
    });
    found.sort_by_key(|(other, _)| std::cmp::Reverse(other.opened_at));
    found.truncate(EARLIER);
    let skills = server.skill_names();
    let mut earlier = Vec::with_capacity(found.len());
    for (other, by) in found {
        earlier.push(EarlierTicket { ticket: server.ticket_row(&other, &skills).await?, by });
    }
    Ok(earlier)
}
