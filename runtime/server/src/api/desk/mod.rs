//! The helpdesk over HTTP, for people in support. Each route does one thing at the desk in the name of the operator whose
//! token it is, and answers with what is there now.
//!
//! A request names a ticket; the desk reads, decides and stores; the answer is read from the store (`rows`) and written as
//! people see it (`ticket_view`). What changes for everybody else goes over `events`.

mod context;
mod conversations;
mod drafts;
mod events;
mod messages;
mod notifications;
mod people;
mod person_view;
mod presence;
mod rows;
mod suggestions;
mod ticket_view;
mod tickets;
mod views;
mod work;

use super::Server;
use crate::problem::{Answer, Kind, Problem};
use jiff::Timestamp;
use usher_agent::hygiene::{MAX_MESSAGE_CHARS, clean, clean_line};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The desk's routes.
pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(tickets::list))
        .routes(routes!(tickets::counts))
        .routes(routes!(tickets::read))
        .routes(routes!(messages::of_ticket))
        .routes(routes!(context::of_ticket))
        .routes(routes!(suggestions::of_ticket))
        .routes(routes!(work::claim))
        .routes(routes!(work::assign))
        .routes(routes!(work::reply))
        .routes(routes!(work::note))
        .routes(routes!(work::set_state))
        .routes(routes!(work::snooze))
        .routes(routes!(work::set_priority))
        .routes(routes!(work::set_tags))
        .routes(routes!(work::hand_back))
        .routes(routes!(work::merge))
        .routes(routes!(presence::typing))
        .routes(routes!(presence::looking))
        .routes(routes!(drafts::put, drafts::remove))
        .routes(routes!(drafts::list))
        .routes(routes!(conversations::active))
        .routes(routes!(messages::of_conversation))
        .routes(routes!(conversations::take_over))
        .routes(routes!(people::list))
        .routes(routes!(people::me))
        .routes(routes!(people::put, people::remove))
        .routes(routes!(people::set_availability))
        .routes(routes!(people::end_shift))
        .routes(routes!(notifications::list))
        .routes(routes!(notifications::read))
        .routes(routes!(events::follow))
}

/// A text that a person typed, cleaned.
fn written(field: &str, text: &str) -> Answer<String> {
    let text = clean(text);
    let length = text.chars().count();
    if text.is_empty() {
        return Err(Problem::new(Kind::Invalid).detail(format!("`{field}` is empty")).fix("write something"));
    }
    if length > MAX_MESSAGE_CHARS {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`{field}` has {length} characters, and {MAX_MESSAGE_CHARS} are allowed"))
            .fix("send it in parts"));
    }
    Ok(text)
}

/// A name that a person typed: one line of at most `most` characters.
fn name(field: &str, text: &str, most: usize) -> Answer<String> {
    let name = clean_line(text);
    if name.is_empty() || name.chars().count() > most {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`{field}` must have 1 to {most} characters"))
            .fix("write a shorter one, or leave the field out"));
    }
    Ok(name)
}

/// A moment.
fn instant(field: &str, text: &str) -> Answer<Timestamp> {
    text.parse().map_err(|_| {
        Problem::new(Kind::Invalid).detail(format!("`{field}` is not a time")).fix("write it like 2026-12-24T22:00:00Z")
    })
}

/// A moment that is still to come, within a year.
fn to_come(field: &str, text: &str, now: Timestamp) -> Answer<Timestamp> {
    let at = instant(field, text)?;
    if at <= now || at.duration_since(now) > jiff::SignedDuration::from_hours(366 * 24) {
        return Err(Problem::new(Kind::Invalid)
            .detail(format!("`{field}` must lie ahead, by a year at most"))
            .fix("name a later time"));
    }
    Ok(at)
}
