//! Plays a scenario: the customer's steps one after the other, each looked at when its turn is over.

use super::channels::Stepped;
use super::file::Loaded;
use super::stage::Stage;
use super::{check, names};
use crate::Shopper;
use reqwest::Method;
use serde_json::{Value, json};
use usher_agent::scenario::{self, Answer, Came, Scenario, Step};
use usher_agent::skills::channel_name;
use usher_manifest::Channel;
use uuid::Uuid;

/// The way to the server.
enum Line {
    /// A chat on the shop's page.
    Chat(Shopper),
    /// Another channel has no front door yet: the operator's preview answers as it would there. Nothing is acted on.
    Preview { channel: &'static str, state: Value },
}

pub(super) async fn play(stage: &Stage, loaded: &Loaded) -> Result<(), String> {
    stepped(stage, loaded).await.map(drop)
}

/// Plays it and gives what came of each step.
pub(super) async fn stepped(stage: &Stage, loaded: &Loaded) -> Result<Vec<Stepped>, String> {
    let scenario = &loaded.scenario;
    let customer = scenario.customer.as_deref();
    stage.bring_about(customer, &loaded.given).await.map_err(|why| format!("  given: {why}"))?;
    // A chat has the time of the clock and the language of its page.
    let as_it_is = scenario.at.is_none() && scenario.locale.is_none();
    let mut line = match scenario.channel.unwrap_or(Channel::Webchat) {
        Channel::Webchat if as_it_is => Line::Chat(stage.world.shopper().await),
        channel => Line::Preview { channel: channel_name(channel), state: Value::Null },
    };
    if let (Some(customer), Line::Chat(shopper)) = (customer, &line) {
        sign_in(stage, shopper, customer).await.map_err(|why| format!("  as: {why}"))?;
    }
    let mut stepped: Vec<Stepped> = Vec::new();
    let mut who = customer;
    for ((number, step), around) in (1..).zip(&scenario.steps).zip(&loaded.around) {
        let place = |why: String| format!("  step {number} ({}):\n{why}", step.words());
        stage.bring_about(who, &around.meanwhile).await.map_err(|why| place(format!("    meanwhile: {why}")))?;
        who = step.sign_in.as_deref().or(who);
        let last = stepped.last().map(|step| step.came.messages.as_slice()).unwrap_or_default();
        let came = act(stage, &mut line, scenario, who, step, last).await.map_err(|why| place(format!("    {why}")))?;
        let wrong = check::check(stage, who, &step.expect, &around.after, &came).await;
        if !wrong.is_empty() {
            return Err(place(format!("{}\n{}", wrong.join("\n"), scenario::shown(&came))));
        }
        stepped.push(Stepped { words: step.words(), came, arrived: Vec::new() });
    }
    Ok(stepped)
}

async fn act(
    stage: &Stage,
    line: &mut Line,
    played: &Scenario,
    who: Option<&str>,
    step: &Step,
    last: &[Value],
) -> Result<Came, String> {
    let mut body = if let Some(text) = &step.say {
        json!({ "text": names::fill(stage, played.customer.as_deref(), text)? })
    } else if let Some(label) = &step.press {
        let label = names::fill(stage, played.customer.as_deref(), label)?;
        let button = scenario::button(last, &label).ok_or_else(|| format!("there is no button «{label}» to press"))?;
        if button["kind"] != "choose" {
            return Err(format!("the button «{label}» opens a page: {button}"));
        }
        json!({ "choose": button["ref"] })
    } else if let Some(answer) = step.answer {
        let question = last.iter().find(|message| message["consent"].is_object());
        let question = question.ok_or("the customer wasn't asked whether anything shall be changed")?;
        let name = if answer == Answer::Yes { "yes" } else { "no" };
        json!({ "choose": question["consent"][name]["ref"] })
    } else {
        let Line::Chat(shopper) = line else { return Err("only a visitor of the web chat can sign in".to_owned()) };
        let seq = last.iter().filter_map(|message| message["seq"].as_u64()).max().unwrap_or_default();
        sign_in(stage, shopper, step.sign_in.as_deref().unwrap_or_default()).await?;
        return came(stage, shopper, seq).await;
    };
    if let Some(page) = &played.page {
        body["page_url"] = json!(names::fill(stage, played.customer.as_deref(), &address(page))?);
    }
    match line {
        Line::Chat(shopper) => {
            let seq = shopper.send(&Uuid::new_v4().to_string(), body).await;
            came(stage, shopper, seq).await
        }
        Line::Preview { channel, state } => {
            body["channel"] = json!(channel);
            body["at"] = json!(played.at);
            body["locale"] = json!(played.locale);
            if let Some(who) = who {
                body["customer"] = json!(stage.customer(who)?.email);
            }
            if !state.is_null() {
                body["state"] = state.take();
            }
            let mut previewed = stage.world.operator(Method::POST, "preview", Some(body)).await;
            *state = previewed["state"].take();
            let answers = previewed["answers"].as_array().ok_or("the preview has no answers")?;
            let text = |answer: &Value| answer[*channel]["text"].as_str().unwrap_or_default().to_owned();
            Ok(Came {
                messages: answers.iter().map(|answer| answer["webchat"].clone()).collect(),
                texts: answers.iter().map(text).collect(),
                segments: answers.iter().map(|answer| answer[*channel]["segments"].as_u64()).sum(),
                record: previewed["record"].take(),
                ticket: None,
            })
        }
    }
}

/// A path leads to the shop.
fn address(page: &str) -> String {
    if page.starts_with('/') { format!("{{shop}}{page}") } else { page.to_owned() }
}

async fn came(stage: &Stage, shopper: &Shopper, seq: u64) -> Result<Came, String> {
    shopper.answer_after(seq).await;
    let messages = shopper.messages(seq).await;
    let messages: Vec<Value> = messages.into_iter().filter(|message| message["author"] != "customer").collect();
    let record = stage.world.turns(shopper).await.pop().map(|turn| turn["record"].clone());
    let texts = messages.iter().map(scenario::text_of).collect();
    let record = record.ok_or("the turn left no record")?;
    let ticket = match record["handing_over"]["ticket"].as_str() {
        Some(id) => Some(stage.world.operator(Method::GET, &format!("tickets/{id}"), None).await),
        None => None,
    };
    Ok(Came { messages, texts, segments: None, record, ticket })
}

async fn sign_in(stage: &Stage, shopper: &Shopper, situation: &str) -> Result<(), String> {
    let customer = stage.customer(situation)?;
    let token = stage.world.identity_token(&customer).await;
    shopper.identify(&token).await;
    Ok(())
}
