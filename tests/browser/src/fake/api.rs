//! The routes: the widget's files, and the chat API as far as the widget uses it.

use std::{convert::Infallible, path::Path as File, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, Request, State as Shares},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{
        Html, IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::{Stream, StreamExt as _, stream};
use serde_json::{Value, json};
use tokio_stream::wrappers::BroadcastStream;

use super::{Conversation, Fault, Heard, Session, Shared};

type Everything = Shares<Arc<Shared>>;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let api = Router::new()
        .route("/sessions", post(open_session))
        .route("/session", get(session))
        .route("/session/identity", post(identify).delete(sign_out))
        .route("/session/code", post(async || StatusCode::ACCEPTED))
        .route("/session/code/verify", post(verify))
        .route("/welcome", get(welcome))
        .route("/welcome/articles/{id}", get(article))
        .route("/conversations", get(conversations).post(open_conversation))
        .route("/conversations/{id}/messages", get(messages).post(send))
        .route("/conversations/{id}/events", get(events))
        .route("/conversations/{id}/typing", post(async || StatusCode::NO_CONTENT))
        .route("/conversations/{id}/rating", post(rate))
        .layer(from_fn_with_state(shared.clone(), hear));
    Router::new()
        .nest("/api/v1", api)
        .route("/widget.js", get(async || file("widget.js")))
        .route("/widget/frame", get(frame))
        .route("/widget/{name}", get(async |Path(name): Path<String>| file(&name)))
        .route("/violations", post(violation))
        .route("/picture.svg", get(async || ([(header::CONTENT_TYPE, "image/svg+xml")], PICTURE)))
        .with_state(shared)
}

// --- the widget's files ------------------------------------------------------------------------------------------------

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtime/server/assets/widget");

fn file(name: &str) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    match std::fs::read(File::new(FOLDER).join(name)) {
        Ok(bytes) => (headers, bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn frame(Shares(shared): Everything) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: https:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; report-uri /violations; frame-ancestors {}",
        shared.shop
    );
    let name = shared.state().name.clone();
    let filled = format!("<meta name=\"usher-shop\" content=\"{name}\">");
    let page = std::fs::read_to_string(File::new(FOLDER).join("frame.html")).unwrap();
    let page = page.replace("<meta name=\"usher-shop\" content=\"\">", &filled);
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

async fn violation(Shares(shared): Everything, body: Bytes) -> StatusCode {
    shared.state().violations.push(serde_json::from_slice(&body).unwrap_or(Value::Null));
    StatusCode::NO_CONTENT
}

/// A product's picture.
const PICTURE: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 320 200'><rect width='320' height='200' fill='#e9e2d6'/>\
    <path d='M120 20h80v130h-80z' fill='#9c5a4a'/><path d='M120 60h80v14h-80zM120 96h80v14h-80z' fill='#c98b6f'/>\
    <path d='M124 150v26m12-26v26m12-26v26m12-26v26m12-26v26m12-26v26m8-26v26' stroke='#9c5a4a' stroke-width='4'/></svg>";

// --- the API -----------------------------------------------------------------------------------------------------------

/// Notes every request, and gives back what it read of it.
async fn hear(Shares(shared): Everything, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, 1 << 20).await else { return StatusCode::BAD_REQUEST.into_response() };
    let route = format!("{} {}", parts.method, parts.uri.path().trim_start_matches('/'));
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    shared.state().heard.push(Heard { route, body });
    next.run(Request::from_parts(parts, bytes.into())).await
}

fn problem(status: u16, name: &str, detail: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [(header::CONTENT_TYPE, "application/problem+json")];
    let body = json!({ "type": format!("urn:usher:problem:{name}"), "title": name, "status": status.as_u16(), "detail": detail });
    (status, headers, body.to_string()).into_response()
}

fn expired() -> Response {
    problem(401, "unauthorized", "This session isn't known. Open a new one.")
}

fn token(headers: &HeaderMap) -> String {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.trim_start_matches("Bearer ").to_owned()
}

/// The shop's greeting, where the test has given one.
async fn welcome(Shares(shared): Everything) -> Response {
    match shared.state().welcome.clone() {
        Some(welcome) => Json(welcome).into_response(),
        None => problem(404, "not-found", "No greeting."),
    }
}

async fn article(Path(id): Path<String>) -> Response {
    let text = format!("All about {id}.");
    let blocks = json!([{ "kind": "paragraph", "spans": [{ "text": text }] }]);
    Json(json!({ "id": id, "title": "Opening hours", "blocks": blocks })).into_response()
}

async fn open_session(Shares(shared): Everything) -> Response {
    let mut state = shared.state();
    state.made += 1;
    let (id, token) = (format!("session-{}", state.made), format!("secret-{}", state.made));
    let session = Session { id: id.clone(), assurance: "anonymous", first_name: None, email: None };
    state.sessions.insert(token.clone(), session);
    let body = json!({ "session_id": id, "token": token, "expires_at": "2026-12-21T00:00:00Z" });
    (StatusCode::CREATED, Json(body)).into_response()
}

async fn session(Shares(shared): Everything, headers: HeaderMap) -> Response {
    let state = shared.state();
    let Some(session) = state.sessions.get(&token(&headers)) else { return expired() };
    let mut body = json!({ "assurance": session.assurance });
    if let Some(name) = &session.first_name {
        body["first_name"] = json!(name);
    }
    if let Some(email) = &session.email {
        body["email"] = json!(email);
    }
    Json(body).into_response()
}

/// A token `token-of-NAME` is good; anything else isn't.
async fn identify(Shares(shared): Everything, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let given = body["token"].as_str().unwrap_or_default();
    let Some(name) = given.strip_prefix("token-of-") else {
        return problem(401, "token-refused", "The token's signature is wrong.");
    };
    sign_in(&shared, &headers, name)
}

/// The code `246810` is good.
async fn verify(Shares(shared): Everything, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if body["code"] != "246810" {
        return problem(401, "wrong-code", "The code is wrong or too old.");
    }
    sign_in(&shared, &headers, "ana")
}

fn sign_in(shared: &Shared, headers: &HeaderMap, name: &str) -> Response {
    let mut state = shared.state();
    let token = token(headers);
    let Some(session) = state.sessions.get_mut(&token) else { return expired() };
    let before = session.assurance;
    let email = format!("{name}@example.com");
    if session.email.as_ref().is_some_and(|known| *known != email) {
        state.sessions.remove(&token);
        return problem(401, "unauthorized", "This session was another customer's and has ended.");
    }
    session.assurance = "authenticated";
    session.first_name = Some(name[..1].to_uppercase() + &name[1..]);
    session.email = Some(email);
    let id = session.id.clone();
    if before == "anonymous" {
        let waiting = state.conversations.iter().find(|(_, one)| one.session == id).map(|(id, _)| id.clone());
        if let Some(conversation) = waiting {
            for message in std::mem::take(&mut state.after_sign_in) {
                shared.store(&mut state, &conversation, "assistant", message);
            }
        }
    }
    Json(json!({})).into_response()
}

async fn sign_out(Shares(shared): Everything, headers: HeaderMap) -> Response {
    let mut state = shared.state();
    // Signing out ends the session.
    if state.sessions.remove(&token(&headers)).is_none() {
        return expired();
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn open_conversation(Shares(shared): Everything, headers: HeaderMap) -> Response {
    let mut state = shared.state();
    let Some(session) = state.sessions.get(&token(&headers)).cloned() else { return expired() };
    state.made += 1;
    let id = format!("conversation-{}", state.made);
    let opened = Conversation { session: session.id, human: false, messages: Vec::new() };
    state.conversations.insert(id.clone(), opened);
    state.latest = Some(id.clone());
    (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
}

async fn conversations(Shares(shared): Everything, headers: HeaderMap) -> Response {
    let (all, late) = {
        let state = shared.state();
        let Some(session) = state.sessions.get(&token(&headers)) else { return expired() };
        let own = state.conversations.iter().filter(|(_, one)| one.session == session.id);
        let view = |(id, one): (&String, &super::Conversation)| json!({ "id": id, "owner": if one.human { "human" } else { "assistant" } });
        (own.map(view).collect::<Vec<_>>(), state.lists_late)
    };
    tokio::time::sleep(late).await;
    Json(json!({ "conversations": all })).into_response()
}

/// The conversation, if the session of the token has it.
fn conversation<'a>(state: &'a super::State, headers: &HeaderMap, id: &str) -> Result<&'a Conversation, Box<Response>> {
    let session = state.sessions.get(&token(headers)).ok_or_else(|| Box::new(expired()))?;
    let found = state.conversations.get(id).filter(|one| one.session == session.id);
    found.ok_or_else(|| Box::new(problem(404, "not-found", "The session has no such conversation.")))
}

#[derive(serde::Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
    #[serde(default = "no_limit")]
    limit: usize,
}

fn no_limit() -> usize {
    usize::MAX
}

fn seq(message: &Value) -> u64 {
    message["seq"].as_u64().unwrap_or_default()
}

async fn messages(
    Shares(shared): Everything,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<After>,
) -> Response {
    let state = shared.state();
    let conversation = match conversation(&state, &headers, &id) {
        Ok(conversation) => conversation,
        Err(refused) => return *refused,
    };
    let page: Vec<_> = conversation.messages.iter().filter(|one| seq(one) > query.after).take(query.limit).collect();
    Json(json!({ "messages": page, "last_seq": conversation.messages.len() })).into_response()
}

async fn send(
    Shares(shared): Everything,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let mut state = shared.state();
    if let Err(refused) = conversation(&state, &headers, &id) {
        return *refused;
    }
    let fault = if state.faults.is_empty() { None } else { Some(state.faults.remove(0)) };
    match fault {
        Some(Fault::Status(status)) => {
            return problem(
                status,
                if status == 401 { "unauthorized" } else { "trouble" },
                "The message holds something that can't be taken.",
            );
        }
        Some(Fault::Busy(seconds)) => {
            let mut refused = problem(429, "too-many-requests", "Too many messages.");
            refused.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return refused;
        }
        Some(Fault::StoredButLost) | None => {}
    }
    let known = state.conversations[&id].messages.iter().find(|one| one["client_id"] == body["client_id"]).cloned();
    let duplicate = known.is_some();
    let message = known.unwrap_or_else(|| take(&shared, &mut state, &id, &body));
    if fault == Some(Fault::StoredButLost) {
        return problem(502, "unavailable", "The answer was lost.");
    }
    (StatusCode::ACCEPTED, Json(json!({ "message": message, "duplicate": duplicate }))).into_response()
}

/// Stores the customer's message and what the script answers.
fn take(shared: &Shared, state: &mut super::State, id: &str, body: &Value) -> Value {
    let label = body["choose"].as_str().and_then(|chosen| label_of(&state.conversations[id], chosen));
    let text = label.clone().or_else(|| body["text"].as_str().map(str::to_owned)).unwrap_or_default();
    let paragraphs: Vec<_> =
        text.split("\n\n").map(|line| json!({ "kind": "paragraph", "spans": [{ "text": line }] })).collect();
    let message = json!({ "blocks": paragraphs, "client_id": body["client_id"] });
    let stored = shared.store(state, id, "customer", message);
    let said = if label.is_some() { format!("choose:{text}") } else { text };
    let answers: Vec<Value> = state
        .answers
        .iter()
        .filter(|(needle, _)| said.contains(needle.as_str()))
        .flat_map(|(_, all)| all.clone())
        .collect();
    for answer in answers {
        shared.store(state, id, "assistant", answer);
    }
    stored
}

/// The rating is thanked for, as the desk does.
async fn rate(
    Shares(shared): Everything,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let mut state = shared.state();
    if let Err(refused) = conversation(&state, &headers, &id) {
        return *refused;
    }
    if !state.faults.is_empty() {
        state.faults.remove(0);
        return problem(503, "unavailable", "Not now.");
    }
    let thanks = json!({ "notice": "rated", "blocks": [{ "kind": "paragraph", "spans": [{ "text": "Thank you!" }] }] });
    shared.store(&mut state, &id, "assistant", thanks);
    Json(json!({ "score": body["score"] })).into_response()
}

fn label_of(conversation: &Conversation, chosen: &str) -> Option<String> {
    let buttons = conversation.messages.iter().flat_map(|message| {
        let replies = message["quick_replies"].as_array().into_iter().flatten();
        let cards = message["cards"].as_array().into_iter().flatten();
        let on_cards = cards.flat_map(|card| card["buttons"].as_array().into_iter().flatten());
        let asked = ["consent", "resolved", "offer"].into_iter().filter_map(|name| message[name].as_object());
        let asked = asked.flat_map(|asked| [&asked["yes"], &asked["no"]]);
        let question = &message["question"];
        let answers = question["choices"].as_array().into_iter().flatten().chain([&question["skip"]]);
        replies.chain(on_cards).chain(asked).chain(answers).chain([&message["tell_me"]])
    });
    buttons
        .into_iter()
        .find(|button| button["ref"] == chosen)
        .and_then(|button| button["label"].as_str().map(str::to_owned))
}

async fn events(
    Shares(shared): Everything,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<After>,
) -> Response {
    let state = shared.state();
    let conversation = match conversation(&state, &headers, &id) {
        Ok(conversation) => conversation,
        Err(refused) => return *refused,
    };
    let mut streaming = shared.streaming.subscribe();
    if !*streaming.borrow_and_update() {
        return problem(503, "unavailable", "No streams for now.");
    }
    // Both under one lock: nothing falls between what was stored and what comes.
    let live = shared.events.subscribe();
    let stored: Vec<_> = conversation.messages.iter().filter(|one| seq(one) > query.after).cloned().collect();
    let human = conversation.human;
    drop(state);
    let cut = async move {
        let _ = streaming.wait_for(|on| !on).await;
    };
    Sse::new(follow(id, human, stored, live).take_until(Box::pin(cut))).keep_alive(KeepAlive::default()).into_response()
}

fn follow(
    id: String,
    human: bool,
    stored: Vec<Value>,
    live: tokio::sync::broadcast::Receiver<super::Event>,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    // Like the server's: whose the conversation is comes first, for those who weren't listening when a person took it.
    let owner = stream::iter(human.then(|| event("owner", &json!({ "owner": "human" }))));
    let ready = stream::iter([sse::Event::default().event("ready").data("{}")]);
    let stored = stream::iter(stored).map(|message| event("message", &message));
    let live = BroadcastStream::new(live).filter_map(move |next| {
        let ours = next.ok().filter(|event| event.conversation == id);
        async move { ours.map(|one| event(one.name, &one.data)) }
    });
    owner.chain(stored).chain(ready).chain(live).map(Ok)
}

fn event(name: &str, data: &Value) -> sse::Event {
    let event = sse::Event::default().event(name).data(data.to_string());
    if name == "message" { event.id(seq(data).to_string()) } else { event }
}
