//! One turn: a waiting message becomes an answer.
//!
//! message → (language) → router → skill → outcome → what the store is given. Nothing is stored and nothing is said
//! before all of it is done, so a turn that is cut off anywhere simply runs again.

mod choice;
mod outcome;
mod record;
mod screen;

use crate::agent::Inner;
use crate::brain::Brain;
use crate::conversation::{Attention, Body, Message};
use crate::ids::TurnId;
use crate::router::{Decision, Outcome as Route, RouteQuery, SmallTalk};
use crate::store::{ClaimedTurn, Ending, FinishedTurn};
use crate::texts::{self, Language, Texts, fill};
use choice::Choice;
use jiff::Timestamp;
use record::TurnRecord;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_host::skill::{
    Action, Assurance, Author, Button, Customer, Expectation, HandoffReason, Input, Outcome, Reply, SignIn, Turn,
};
use usher_host::{Generation, TurnContext, skill};
use usher_manifest::PluginId;

/// Most skills that are asked about one message.
const CANDIDATES: usize = 3;
/// A message that ended the process this often is not tried again.
const ATTEMPTS: u32 = 3;

/// A turn on its way.
struct InHand<'a> {
    inner: &'a Arc<Inner>,
    /// The live one as the turn began; everything of the turn runs on it.
    generation: Arc<Generation>,
    brain: Arc<Brain>,
    claimed: ClaimedTurn,
    now: Timestamp,
    language: Language,
    attention: Attention,
    bodies: Vec<Body>,
    memory: BTreeMap<PluginId, BTreeMap<String, String>>,
    ending: Ending,
    record: TurnRecord,
}

/// What came of asking one skill.
enum Asked {
    /// There is an answer, of whatever kind.
    Answered,
    /// Not its question.
    Declined,
}

/// Runs a turn to its end. Whatever a skill does, this returns an answer.
pub(crate) async fn run(inner: &Arc<Inner>, claimed: ClaimedTurn) -> FinishedTurn {
    let generation = inner.host.generation();
    let brain = inner.brain.load_full();
    let now = Timestamp::now();
    let language = language(inner, &claimed);
    let record = TurnRecord::new(generation.number, language);
    let attention = claimed.conversation.attention.clone();
    let mut turn = InHand {
        inner,
        generation,
        brain,
        now,
        language,
        attention,
        bodies: Vec::new(),
        memory: BTreeMap::new(),
        ending: Ending::Answered,
        record,
        claimed,
    };
    turn.go().await;
    turn.finish()
}

/// Decided once a conversation, then kept.
fn language(inner: &Inner, claimed: &ClaimedTurn) -> Language {
    let decided = claimed.history.iter().any(|message| message.author != Author::Customer);
    let channel = claimed.conversation.locale.as_deref();
    if decided && let Some(language) = channel.and_then(Language::of) {
        return language;
    }
    let shop = &inner.config.shop;
    texts::choose(claimed.message.body.text(), channel, &shop.locale, &shop.languages)
}

impl InHand<'_> {
    async fn go(&mut self) {
        if self.claimed.attempts >= ATTEMPTS {
            tracing::error!(message = %self.claimed.message.id, "a message that ended the process is given up");
            self.record.failure = Some("the message was tried too often".into());
            self.say(self.texts().failed.to_owned());
            return;
        }
        match self.claimed.message.body.clone() {
            Body::Choice { skill: Some(skill), value, .. } => {
                if let Asked::Declined = self.ask(&skill, Input::Choice(value)).await {
                    self.hand_off("the skill that offered this choice declined it");
                }
            }
            // The runtime's own question: which of two skills is meant.
            Body::Choice { skill: None, value, .. } => match value.parse::<PluginId>() {
                Ok(skill) => {
                    let text = self.last_text();
                    self.ask_in_order(vec![skill], &text).await;
                }
                Err(_) => self.hand_off("the choice can't be read"),
            },
            body => self.text(body.text()).await,
        }
    }

    async fn text(&mut self, text: &str) {
        // A choice that was typed instead of pressed.
        let offered = self.offered();
        if let Some(Choice { skill, value, .. }) = choice::typed(text, &offered) {
            match (skill, value.parse::<PluginId>()) {
                (Some(skill), _) => {
                    if let Asked::Answered = self.ask(skill, Input::Choice(value.clone())).await {
                        return;
                    }
                }
                (None, Ok(skill)) => {
                    let text = self.last_text();
                    return self.ask_in_order(vec![skill], &text).await;
                }
                (None, Err(_)) => {}
            }
        }
        let labels: Vec<String> = offered.into_iter().map(|choice| choice.label).collect();
        let decision = self.brain.router.route(&RouteQuery {
            text,
            active: self.attention.active_skill.as_ref(),
            expects: self.attention.expects,
            choices: &labels,
            asked_which: self.attention.asked_which,
        });
        self.record.route = serde_json::to_value(&decision).ok();
        self.attention.asked_which = false;
        self.follow(decision, text).await;
    }

    async fn follow(&mut self, decision: Decision, text: &str) {
        match decision.outcome {
            Route::Route { ranked } => {
                // If the first declines, only one that the message resembles more than it resembles nothing is next.
                let order = ranked.into_iter().enumerate();
                let order = order.filter(|(index, candidate)| *index == 0 || candidate.score > 0.0);
                let order = order.map(|(_, candidate)| candidate.skill).collect();
                self.ask_in_order(order, text).await;
                if let (Some(also), Ending::Answered) = (decision.also, self.ending)
                    && let Asked::Declined = self.ask(&also, Input::Text(text.to_owned())).await
                {
                    tracing::debug!(skill = %also, "the second request was declined");
                }
            }
            Route::AskWhich { a, b } => self.ask_which(&a, &b),
            Route::OutOfScope { .. } => self.ask_in_order(Vec::new(), text).await,
            Route::Person => self.hand_off_after(self.texts().person, "the customer asks for a person"),
            Route::SmallTalk { talk } => {
                let texts = self.texts();
                self.say(match talk {
                    SmallTalk::Greeting => fill(texts.greeting, &[&self.inner.config.shop.name]),
                    SmallTalk::Thanks => texts.thanks.to_owned(),
                    SmallTalk::Goodbye => texts.goodbye.to_owned(),
                });
            }
        }
    }

    /// Asks one skill after the other, the fallback last, until one takes the question.
    async fn ask_in_order(&mut self, mut order: Vec<PluginId>, text: &str) {
        order.truncate(CANDIDATES);
        if let Some(fallback) = &self.inner.config.fallback_skill
            && !order.contains(fallback)
        {
            order.push(fallback.clone());
        }
        for skill in order {
            if let Asked::Answered = self.ask(&skill, Input::Text(text.to_owned())).await {
                return;
            }
        }
        self.hand_off("no skill took the question");
    }

    async fn ask(&mut self, skill: &PluginId, input: Input) -> Asked {
        if !self.generation.skills.contains_key(skill) {
            return Asked::Declined;
        }
        let turn = self.turn(input);
        let context = self.context(skill);
        let handled = self.inner.host.handle(&self.generation, skill, turn, context).await;
        self.record.asked(skill, &handled);
        if let Some(memory) = handled.memory {
            self.memory.insert(skill.clone(), memory);
        }
        let authenticated = self.assurance() == Assurance::Authenticated;
        match handled.outcome {
            Ok(Outcome::Decline) => return Asked::Declined,
            Ok(Outcome::Reply(reply)) => {
                let reply = screen::reply(reply, &handled.links, &self.inner.config.shop.link_hosts);
                self.attention.answered_by(skill, &reply);
                self.bodies.push(Body::Reply { skill: Some(skill.clone()), reply });
            }
            Ok(Outcome::SignIn(_)) if authenticated => {
                tracing::warn!(%skill, "the skill asks a customer to sign in who is signed in");
                self.fail(skill, "it asks a signed-in customer to sign in");
            }
            Ok(Outcome::SignIn(SignIn { purpose })) => {
                let texts = self.texts();
                let purpose = screen::text(&purpose, 200);
                let text = match purpose.trim() {
                    "" => texts.sign_in_plain.to_owned(),
                    purpose => fill(texts.sign_in, &[purpose]),
                };
                self.bodies.push(Body::SignIn { text });
                self.attention.take_up(skill);
                self.ending = Ending::AwaitsSignIn;
            }
            Ok(Outcome::Handoff(handoff)) => {
                self.record.handoff = serde_json::to_value(&handoff).ok();
                self.attention.take_up(skill);
                self.attention.expects = Expectation::Nothing;
                let lead = match handoff.reason {
                    HandoffReason::ToolFailure => self.texts().unreachable,
                    HandoffReason::ExplicitRequest => self.texts().person,
                    _ => "",
                };
                self.hand_off_after(lead, "the skill hands over");
            }
            Err(failure) => self.fail(skill, &failure.to_string()),
        }
        Asked::Answered
    }

    fn fail(&mut self, skill: &PluginId, why: &str) {
        tracing::warn!(%skill, why, "a skill failed");
        self.record.failure = Some(why.to_owned());
        self.say(self.texts().failed.to_owned());
    }

    fn ask_which(&mut self, a: &PluginId, b: &PluginId) {
        let name = |id: &PluginId| {
            self.generation.skills.get(id).map_or_else(|| id.to_string(), |skill| skill.manifest.name.clone())
        };
        let button = |id: &PluginId| Button { label: name(id), action: Action::Choose(id.to_string()) };
        let reply = Reply {
            quick_replies: vec![button(a), button(b)],
            expects: Expectation::Choice,
            ..plain(self.texts().which.to_owned())
        };
        self.attention.asked_which = true;
        self.attention.expects = Expectation::Choice;
        self.bodies.push(Body::Reply { skill: None, reply });
    }

    /// Says that the assistant can't answer, and where to turn to.
    fn hand_off(&mut self, why: &str) {
        self.hand_off_after("", why);
    }

    fn hand_off_after(&mut self, lead: &str, why: &str) {
        let message = &self.inner.config.handoff;
        let own = message.text.get(self.language.tag()).map(String::as_str);
        let mut text = match (lead, own) {
            ("", own) => own.unwrap_or(self.texts().handoff).to_owned(),
            (lead, Some(own)) => format!("{lead} {own}"),
            (lead, None) => lead.to_owned(),
        };
        for (label, url) in &message.links {
            text.push_str(&format!("\n- [{label}]({url})"));
        }
        self.record.handed_off = Some(why.to_owned());
        self.bodies.push(Body::Handoff { text });
    }

    fn say(&mut self, text: String) {
        self.bodies.push(Body::Reply { skill: None, reply: plain(text) });
    }

    fn texts(&self) -> &'static Texts {
        self.language.texts()
    }

    fn assurance(&self) -> Assurance {
        self.claimed.session.assurance_at(self.now)
    }

    /// What the last answer offered to choose from.
    fn offered(&self) -> Vec<Choice> {
        let last = self.claimed.history.iter().rev().find(|message| message.author == Author::Assistant);
        match last {
            Some(Message { body: Body::Reply { skill, reply }, .. }) => choice::offered(skill.as_ref(), reply),
            _ => Vec::new(),
        }
    }

    /// What the customer last typed before this message.
    fn last_text(&self) -> String {
        let typed =
            |message: &&Message| message.author == Author::Customer && matches!(message.body, Body::Text { .. });
        self.claimed.history.iter().rev().find(typed).map(|message| message.body.text().to_owned()).unwrap_or_default()
    }

    fn turn(&self, input: Input) -> Turn {
        let conversation = &self.claimed.conversation;
        let history = self.claimed.history.iter().map(|message| skill::Message {
            author: message.author,
            text: message.body.text().to_owned(),
            sent_at: message.sent_at.to_string(),
        });
        let identity = self.claimed.session.identity_at(self.now);
        Turn {
            input,
            history: history.collect(),
            channel: conversation.channel,
            customer: Customer {
                assurance: self.assurance(),
                first_name: identity.and_then(|identity| identity.first_name.clone()),
            },
            focus: self.attention.focus.clone(),
            locale: self.language.tag().to_owned(),
            time_zone: conversation.time_zone.clone().unwrap_or_else(|| self.inner.config.shop.time_zone.clone()),
            now: format!("{:.0}", self.now),
            page_url: self.claimed.page_url.clone(),
        }
    }

    fn context(&self, skill: &PluginId) -> TurnContext {
        let config = &self.inner.config;
        let mut settings = BTreeMap::new();
        if let Some(found) = self.generation.skills.get(skill) {
            for setting in &found.manifest.settings {
                if let Some(value) = &setting.default {
                    settings.insert(setting.name.clone(), value.clone());
                }
            }
        }
        settings.extend(config.skill_settings.get(skill).cloned().unwrap_or_default());
        settings.insert("shop-name".into(), config.shop.name.clone());
        settings.insert("voice".into(), config.shop.voice.clone());
        let customer = self.claimed.session.identity_at(self.now).map(|identity| {
            Arc::new(usher_host::Customer {
                id: identity.customer_id.clone(),
                email: identity.email.clone(),
                phone: identity.phone.clone(),
                first_name: identity.first_name.clone(),
            })
        });
        let remembered = self.memory.get(skill).or_else(|| self.claimed.memory.get(skill));
        TurnContext {
            conversation: self.claimed.conversation.id.to_string(),
            locale: self.language.tag().to_owned(),
            assurance: self.assurance(),
            customer,
            memory: remembered.cloned().unwrap_or_default(),
            settings: Arc::new(settings),
        }
    }

    fn finish(self) -> FinishedTurn {
        FinishedTurn {
            id: TurnId::new(),
            message: self.claimed.message.id,
            conversation: self.claimed.conversation.id,
            ending: self.ending,
            replies: self.bodies,
            attention: self.attention,
            locale: Some(self.language.tag().to_owned()),
            memory: self.memory,
            record: serde_json::to_value(&self.record).unwrap_or_default(),
        }
    }
}

/// A reply of words alone.
fn plain(text: String) -> Reply {
    Reply {
        text,
        cards: Vec::new(),
        quick_replies: Vec::new(),
        sources: Vec::new(),
        expects: Expectation::Nothing,
        answered: false,
    }
}
