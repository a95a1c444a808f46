//! Subscriptions: what a customer has and when the next delivery comes; skipping, pausing, resuming, moving and cancelling.
//!
//! `request` finds out what is wanted, by the lists of `words`, and `which` for which subscription; `when` reads days.
//! `status` tells how it stands.
//! `change` asks what is still to be asked, says what will happen, calls the tool, which waits for the customer's yes, and
//! tells what came of it. `policy` answers from the shop's articles, `text` holds the words.
//!
//! A shop that prefers links (the setting `answer-with`) has changes made in the portal: then nothing here acts.
//!
//! After the customer's yes the runtime runs the same turn again, and perhaps once more after a crash, when the change is
//! made already. So a call is made of what the customer's message or button says, never of the state that it changes.

mod change;
mod policy;
mod request;
mod status;
mod text;
mod when;
mod which;
mod words;

use request::{Kind, Wish};
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::subscriptions::{self, Subscription};
use which::Which;

usher_sdk::skill!(handle);

/// What the customer was asked: `pause 70011` for a day, `cancel 70011 because` for a reason, `skip` for a subscription.
const WAITING: Slot<String> = Slot::new("waiting");

/// The subscription that was shown last.
const SHOWN: Slot<String> = Slot::new("shown");

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let waiting = WAITING.get();
    let wish = request::wish(&turn, waiting.as_deref(), SHOWN.get().is_some());
    if let Some(certain) = request::asks_rules(&turn, &wish)
        && let Some(outcome) = policy::answer(&turn, certain)?
    {
        return Ok(outcome);
    }
    if wish == Wish::Nothing {
        return Ok(Outcome::Decline);
    }
    if !turn.is_authenticated() {
        return Ok(Outcome::sign_in(text::to_see_subscriptions(language)));
    }
    WAITING.forget();
    let by_portal = settings::get("answer-with").as_deref() != Some("act");
    match wish {
        Wish::Leave => Ok(Reply::text(text::left(language)).answered().into()),
        Wish::Team => Ok(change::to_team(turn.text())),
        Wish::Portal => portal(&turn, text::change_in_portal(language)),
        Wish::Act(..) if by_portal => portal(&turn, text::act_in_portal(language)),
        Wish::Tell => tell(&turn, by_portal),
        Wish::Dispute => dispute(&turn, by_portal),
        Wish::Look(id) => Ok(match find(&turn, None, Some(&id))? {
            Found::One(one) => status::reply(&turn, &[&one], by_portal).into(),
            Found::Answer(outcome) => outcome,
        }),
        Wish::Act(kind, id) => match find(&turn, Some(kind), id.as_deref())? {
            Found::One(one) => change::make(&turn, kind, &one, waiting.as_deref()),
            Found::Answer(outcome) => Ok(outcome),
        },
        Wish::Nothing => Ok(Outcome::Decline),
    }
}

enum Found {
    One(Box<Subscription>),
    /// There is something to say or to ask first.
    Answer(Outcome),
}

/// The subscription that something is wanted of; `kind` where a change is.
fn find(turn: &Turn, kind: Option<Kind>, id: Option<&str>) -> Result<Found, ToolError> {
    let all = subscriptions::list_all()?;
    Ok(match which::pick(&all, kind, id, SHOWN.get().as_deref(), turn.text()) {
        Which::One(one) => {
            remember(one);
            Found::One(Box::new(one.clone()))
        }
        Which::Several(several) => Found::Answer(which::ask(turn, kind, &several).into()),
        Which::Nothing => Found::Answer(nothing(turn).into()),
    })
}

fn tell(turn: &Turn, by_portal: bool) -> Result<Outcome, ToolError> {
    let all = subscriptions::list_all()?;
    let told = which::to_tell(&all, SHOWN.get().as_deref(), turn.text());
    if let [one] = told.as_slice() {
        remember(one);
    }
    Ok(if told.is_empty() { nothing(turn) } else { status::reply(turn, &told, by_portal) }.into())
}

/// How all of them stand, those that ended too: that may explain what came or was charged. A person can do more.
fn dispute(turn: &Turn, by_portal: bool) -> Result<Outcome, ToolError> {
    let all: Vec<Subscription> = subscriptions::list_all()?;
    let reply = if all.is_empty() { nothing(turn) } else { status::disputed(turn, &which::in_order(&all), by_portal) };
    Ok(change::with_team_for(reply, turn.language(), request::DISPUTE).into())
}

/// The portal's page where the provider makes a link to it, else the hub's.
fn portal(turn: &Turn, said: String) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let button = match subscriptions::portal_url() {
        Ok(url) => Button::open(text::open_portal(language), url),
        Err(ToolError::NotFound) => return Ok(nothing(turn).into()),
        Err(ToolError::Invalid(_)) => Button::hub(text::open_portal(language), HubSection::Subscriptions),
        Err(error) => return Err(error),
    };
    Ok(Reply::text(said).tone(language, Tone::Ask).button(button).answered().into())
}

fn nothing(turn: &Turn) -> Reply {
    Reply::text(text::none(turn.language())).tone(turn.language(), Tone::Sorry)
}

fn remember(one: &Subscription) {
    if !SHOWN.set(&one.id) {
        log::warn("the subscription could not be remembered; \"the other one\" will be asked back");
    }
}

#[cfg(test)]
mod tests;
