//! The same conversations on all four channels: each scenario is played as it is written, once in the web chat and once by
//! SMS, in WhatsApp and by e-mail, where the customer has a phone or a mailbox and signs in with a mailed code.

use super::file::{self, Loaded};
use super::stage::Stage;
use super::writer::{Arrived, Writer};
use super::{check, names, play};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinSet;
use usher_agent::scenario::{self, Answer, Came, Step};
use usher_manifest::Channel;

/// The four, the web chat first.
pub const CHANNELS: [Channel; 4] = [Channel::Webchat, Channel::Sms, Channel::Whatsapp, Channel::Email];
/// Conversations that are held on one server at the same time.
const SIDE_BY_SIDE: usize = 4;

/// A scenario that is to be played on all four.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    /// The folder that it lies in.
    pub skill: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// How it goes where there is no page.
    pub elsewhere: Elsewhere,
}

/// How a conversation goes by SMS, in WhatsApp and by e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// Like on web chat.
    Alike,
    /// It ends with its first step: the customer is handed over at once, since they can be answered where they wrote. On
    /// web chat they are first asked whether they want that, and where they can be reached.
    HandedOverAtOnce,
}

/// A step that was played.
#[derive(Debug)]
pub struct Stepped {
    /// What the customer did.
    pub words: String,
    /// What came of it, as the server stored it.
    pub came: Came,
    /// What came to the customer's phone or mailbox; nothing on web chat.
    pub arrived: Vec<Arrived>,
}

/// A scenario that was played on one channel.
#[derive(Debug)]
pub struct OnChannel {
    /// Where.
    pub channel: Channel,
    /// Its steps, or why it didn't go as written.
    pub steps: Result<Vec<Stepped>, String>,
}

/// A scenario that was played on all four.
#[derive(Debug)]
pub struct Played {
    /// Which.
    pub chosen: Chosen,
    /// In the order of [`CHANNELS`].
    pub on: Vec<OnChannel>,
}

/// Scenarios that were played, with the servers, which go on until this is dropped: short links lead there.
pub struct AllPlayed {
    /// Each of them.
    pub played: Vec<Played>,
    _stages: [Arc<Stage>; 2],
}

/// Plays the chosen scenarios on all four channels, and looks at each step as its file says.
///
/// # Errors
/// A file can't be read, or there is no such scenario.
pub async fn play_on_all(folder: &Path, chosen: &[Chosen]) -> Result<AllPlayed, String> {
    let (setting, mut all) = file::load(folder)?;
    let setting = Arc::new(setting);
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for one in chosen {
        let place = all.iter().position(|loaded| loaded.skill == one.skill && loaded.scenario.name == one.name);
        let place = place.ok_or_else(|| format!("there is no scenario «{}» of {}", one.name, one.skill))?;
        let loaded = all.swap_remove(place);
        if loaded.changes_something() { alone.push((*one, loaded)) } else { together.push((*one, loaded)) }
    }
    let ((beside, one), (after, other)) =
        tokio::join!(side_by_side(Arc::clone(&setting), together), in_turn(setting, alone));
    Ok(AllPlayed { played: beside.into_iter().chain(after).collect(), _stages: [one, other] })
}

/// Those that change nothing.
async fn side_by_side(setting: Arc<file::Setting>, scenarios: Vec<(Chosen, Loaded)>) -> (Vec<Played>, Arc<Stage>) {
    let stage = Arc::new(Stage::with_channels(setting).await);
    let mut played = Vec::new();
    let mut running = JoinSet::new();
    for (chosen, loaded) in scenarios {
        if running.len() >= SIDE_BY_SIDE
            && let Some(ended) = running.join_next().await
        {
            played.extend(ended.ok());
        }
        let (stage, loaded) = (Arc::clone(&stage), Arc::new(loaded));
        running.spawn(async move {
            let mut channels = JoinSet::new();
            for channel in CHANNELS {
                let (stage, loaded) = (Arc::clone(&stage), Arc::clone(&loaded));
                channels.spawn(async move { guarded(&stage, &loaded, chosen, channel).await });
            }
            let mut on = channels.join_all().await;
            on.sort_by_key(|one| CHANNELS.iter().position(|channel| *channel == one.channel));
            Played { chosen, on }
        });
    }
    played.extend(running.join_all().await);
    (played, stage)
}

/// Those that change the shop: one channel after the other, and everything set back in between.
async fn in_turn(setting: Arc<file::Setting>, scenarios: Vec<(Chosen, Loaded)>) -> (Vec<Played>, Arc<Stage>) {
    let stage = Arc::new(Stage::with_channels(setting).await);
    let mut played = Vec::new();
    for (chosen, loaded) in scenarios {
        let loaded = Arc::new(loaded);
        let mut on = Vec::new();
        for channel in CHANNELS {
            let mut one = guarded(&stage, &loaded, chosen, channel).await;
            if let Err(why) = stage.restore().await {
                one.steps = one.steps.and(Err(format!("the shop can't be set back afterwards: {why}")));
            }
            on.push(one);
        }
        played.push(Played { chosen, on });
    }
    (played, stage)
}

/// A request that the server refuses ends the conversation, not the run.
async fn guarded(stage: &Arc<Stage>, loaded: &Arc<Loaded>, chosen: Chosen, channel: Channel) -> OnChannel {
    let (stage, loaded) = (Arc::clone(stage), Arc::clone(loaded));
    let playing = tokio::spawn(async move {
        match channel {
            Channel::Webchat => play::stepped(&stage, &loaded).await,
            _ => written(&stage, &loaded, chosen, channel).await,
        }
    });
    let steps = playing.await.unwrap_or_else(|error| Err(format!("  it couldn't be played: {error}")));
    OnChannel { channel, steps }
}

async fn written(stage: &Stage, loaded: &Loaded, chosen: Chosen, channel: Channel) -> Result<Vec<Stepped>, String> {
    let scenario = &loaded.scenario;
    let customer = scenario.customer.as_deref();
    stage.bring_about(customer, &loaded.given).await.map_err(|why| format!("  given: {why}"))?;
    let signs_in = scenario.steps.iter().find_map(|step| step.sign_in.as_deref());
    let address = customer.or(signs_in).map(|who| stage.customer(who)).transpose()?.map(|customer| customer.email);
    // A mail from a known address brings a code there at once.
    let mailbox = match &address {
        Some(address) if channel == Channel::Email => Some(stage.mailbox(address).await),
        _ => None,
    };
    let mut line = Line { stage, writer: Writer::new(stage, channel, address.as_deref()), channel, mailbox };
    let mut stepped: Vec<Stepped> = Vec::new();
    let mut who = customer;
    for ((number, step), around) in (1..).zip(&scenario.steps).zip(&loaded.around) {
        let place = |why: String| format!("  step {number} ({}):\n{why}", step.words());
        stage.bring_about(who, &around.meanwhile).await.map_err(|why| place(format!("    meanwhile: {why}")))?;
        who = step.sign_in.as_deref().or(who);
        let last = stepped.last().map(|step| step.came.messages.as_slice()).unwrap_or_default();
        let wanted = customer.filter(|_| !step.expect.sign_in);
        let (came, arrived) = line.act(wanted, who, step, last).await.map_err(|why| place(format!("    {why}")))?;
        let at_once = chosen.elsewhere == Elsewhere::HandedOverAtOnce;
        let handed = came.ticket.is_some() && came.messages.iter().any(|message| message["handoff"] == true);
        let wrong = match at_once {
            true if handed => Vec::new(),
            true => vec!["    the customer isn't handed over at once".to_owned()],
            false => check::check(stage, who, &step.expect, &around.after, &came).await,
        };
        if !wrong.is_empty() {
            return Err(place(format!("{}\n{}", wrong.join("\n"), scenario::shown(&came))));
        }
        stepped.push(Stepped { words: step.words(), came, arrived });
        if at_once {
            break;
        }
    }
    Ok(stepped)
}

struct Line<'a> {
    stage: &'a Stage,
    writer: Writer<'a>,
    channel: Channel,
    /// Nobody else gets a code there meanwhile.
    mailbox: Option<OwnedMutexGuard<()>>,
}

impl Line<'_> {
    /// Does what a step says. Where that asks `wanted`, who is signed in on web chat, to sign in, they do.
    async fn act(
        &mut self,
        wanted: Option<&str>,
        who: Option<&str>,
        step: &Step,
        last: &[serde_json::Value],
    ) -> Result<(Came, Vec<Arrived>), String> {
        let filled = |text: &str| names::fill(self.stage, who, text);
        let (came, arrived) = if let Some(text) = &step.say {
            let text = filled(text)?;
            self.writer.say(&text).await?
        } else if let Some(label) = &step.press {
            let label = filled(label)?;
            self.writer.press(last, &label).await?
        } else if let Some(answer) = step.answer {
            let question = last.iter().find(|message| message["consent"].is_object());
            let question = question.ok_or("the customer wasn't asked whether anything shall be changed")?;
            let name = if answer == Answer::Yes { "yes" } else { "no" };
            if self.channel == Channel::Whatsapp {
                let label = question["consent"][name]["label"].as_str().unwrap_or_default().to_owned();
                self.writer.press_exactly(&label).await?
            } else {
                self.writer.say(name).await?
            }
        } else {
            return self.sign_in(step.sign_in.as_deref().unwrap_or_default()).await;
        };
        match wanted {
            Some(wanted) if came.messages.iter().any(|message| message["sign_in"].is_object()) => {
                self.sign_in(wanted).await
            }
            _ => Ok((came, arrived)),
        }
    }

    async fn sign_in(&mut self, who: &str) -> Result<(Came, Vec<Arrived>), String> {
        let email = self.stage.customer(who)?.email;
        let _mailbox = match self.mailbox.take() {
            Some(mailbox) => mailbox,
            None => self.stage.mailbox(&email).await,
        };
        self.writer.sign_in(&email).await
    }
}
