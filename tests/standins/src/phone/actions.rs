//! What is done on the phone.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::App;

/// Longer messages are none that a phone sends, characters.
const MAX_TEXT: usize = 4096;

#[derive(Deserialize)]
pub(super) struct Written {
    phone: String,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
pub(super) struct Pressed {
    message: String,
    choice: String,
}

/// `POST /texts`: a text message.
pub(super) async fn text(State(app): State<Arc<App>>, Json(written): Json<Written>) -> Response {
    let Some(number) = app.phone(&written.phone).and_then(|phone| phone.number().map(str::to_owned)) else {
        return no_phone();
    };
    if let Err(refusal) = words(&written.text) {
        return *refusal;
    }
    // A phone doesn't wait for the shop's server.
    tokio::spawn(async move { app.texts.write(&number, &written.text).await });
    StatusCode::NO_CONTENT.into_response()
}

/// `POST /whatsapp`: a text.
pub(super) async fn write(State(app): State<Arc<App>>, Json(written): Json<Written>) -> Response {
    let Some(phone) = app.phone(&written.phone) else { return no_phone() };
    if let Err(refusal) = words(&written.text) {
        return *refusal;
    }
    app.chats.write(&phone.user(), &written.text);
    StatusCode::NO_CONTENT.into_response()
}

/// `POST /whatsapp/picture`: a picture, with words below it where there are some.
pub(super) async fn picture(State(app): State<Arc<App>>, Json(written): Json<Written>) -> Response {
    let Some(phone) = app.phone(&written.phone) else { return no_phone() };
    let caption = words(&written.text).is_ok().then_some(written.text.as_str());
    app.chats.send_image(&phone.user(), caption);
    StatusCode::NO_CONTENT.into_response()
}

/// `POST /whatsapp/press`: a button, or a row of a list.
pub(super) async fn press(State(app): State<Arc<App>>, Json(pressed): Json<Pressed>) -> Response {
    match app.chats.press(&pressed.message, &pressed.choice) {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refused(StatusCode::NOT_FOUND, &error.to_string()),
    }
}

/// `POST /whatsapp/open`: the chat is looked at, so that what arrived is read.
pub(super) async fn open(State(app): State<Arc<App>>, Json(written): Json<Written>) -> Response {
    let Some(phone) = app.phone(&written.phone) else { return no_phone() };
    app.chats.open(&phone.user());
    StatusCode::NO_CONTENT.into_response()
}

pub(super) fn no_phone() -> Response {
    refused(StatusCode::NOT_FOUND, "That is no phone number. Write it with + and the country's code: +12025550100.")
}

fn words(text: &str) -> Result<(), Box<Response>> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > MAX_TEXT {
        let why = format!("A message has 1 to {MAX_TEXT} characters, and this one {length}.");
        return Err(Box::new(refused(StatusCode::BAD_REQUEST, &why)));
    }
    Ok(())
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}
