//! Articles that may answer the customer's last question.

use crate::api::Server;
use crate::api::extract::{Named, Operator};
use crate::problem::{Answer, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use usher_agent::conversation::{Body, Message};
use usher_agent::desk::Ticket;
use usher_agent::ids::TicketId;
use usher_agent::knowledge::Passage;
use usher_host::skill::Author;
use utoipa::ToSchema;

/// Articles that are suggested at most, and passages that are looked at for them.
const ARTICLES: usize = 5;
const PASSAGES: usize = 15;
/// The last messages that a question is looked for in.
const BACK: u64 = 40;
/// A question has so many words at least: "yes please" is none.
const WORDS: usize = 3;
const EXCERPT_CHARS: usize = 400;

/// An article that may answer the customer.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Suggestion {
    /// The article's id.
    article: String,
    /// Its title.
    title: String,
    /// The heading that the passage stands under.
    heading: Option<String>,
    /// The passage, shortened.
    excerpt: String,
    /// Where customers can read it.
    url: Option<String>,
    /// The assistant would have answered from it.
    confident: bool,
}

/// Articles that may answer the customer.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Suggestions {
    /// What they were looked for with: the customer's last question, or the ticket's subject.
    question: String,
    /// The best first.
    articles: Vec<Suggestion>,
}

/// Articles that may answer the customer's last question.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/suggestions", tag = "desk", security(("operator" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ticket")),
    responses(
        (status = 200, description = "At most five", body = Suggestions),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn of_ticket(
    State(server): State<Server>,
    _: Operator,
    Named(id): Named<TicketId>,
) -> Answer<Json<Suggestions>> {
    let ticket = server.desk().ticket(id).await?;
    let question = question_of(&server, &ticket).await?;
    let knowledge = server.agent().knowledge().clone();
    let (query, locale) = (question.clone(), ticket.locale.clone());
    let search = move || knowledge.search(&query, None, PASSAGES, Some(&locale));
    let passages = tokio::task::spawn_blocking(search).await.map_err(|error| Problem::internal(&error))?;
    Ok(Json(Suggestions { question, articles: best(&passages) }))
}

/// What the customer asked last, and else what the ticket is about.
async fn question_of(server: &Server, ticket: &Ticket) -> Answer<String> {
    let Some(conversation) = server.store().conversation(ticket.conversation).await? else {
        return Ok(ticket.subject.clone());
    };
    let after = conversation.last_seq.saturating_sub(BACK);
    let messages =
        server.store().messages_after(ticket.conversation, after, usize::try_from(BACK).unwrap_or(1)).await?;
    Ok(asked(&messages).unwrap_or_else(|| ticket.subject.clone()))
}

fn asked(messages: &[Message]) -> Option<String> {
    messages.iter().rev().find_map(|message| match &message.body {
        Body::Text { text } if message.author == Author::Customer && text.split_whitespace().count() >= WORDS => {
            Some(text.clone())
        }
        _ => None,
    })
}

/// The best passage of each article.
fn best(passages: &[Passage]) -> Vec<Suggestion> {
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for passage in passages {
        if suggestions.len() == ARTICLES {
            break;
        }
        if suggestions.iter().all(|known| known.article != passage.article) {
            suggestions.push(Suggestion {
                article: passage.article.clone(),
                title: passage.title.clone(),
                heading: passage.heading.clone(),
                excerpt: shortened(&passage.text),
                url: passage.url.clone(),
                confident: passage.confident,
            });
        }
    }
    suggestions
}

/// The beginning of a text, up to the last whole word that fits.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(EXCERPT_CHARS) else { return text.to_owned() };
    let begin = &text[..end];
    let whole = begin.rfind(char::is_whitespace).map_or(begin, |space| &begin[..space]);
    format!("{}…", whole.trim_end())
}
