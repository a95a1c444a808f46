//! One turn: a waiting message becomes an answer.
//!
//! message → (language) → router → skill → outcome → what the store is given. Nothing is stored and nothing is said
//! before all of it is done, so a turn that is cut off anywhere simply runs again.
//!
//! Where a skill wants to act, the answer is a question (`consent.rs`); a later message that says yes to it runs the
//! skill again with what it was asked then. `ask.rs` asks one skill, and `audit.rs` keeps what came of it.

mod ask;
mod audit;
mod choice;
mod consent;
mod outcome;
mod record;
mod screen;

use crate::agent::Inner;
use crate::brain::Brain;
use crate::consent::PendingConsent;
use crate::conversation::{Attention, Body, Message};
use crate::ids::TurnId;
use crate::router::{Decision, Outcome as Route, RouteQuery, SmallTalk};
use crate::store::{ClaimedTurn, Ending, FinishedTurn};
use crate::texts::{self, Language, Texts, fill};
use ask::Asked;
use choice::Choice;
use jiff::Timestamp;
use record::TurnRecord;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_host::skill::{Action, Assurance, Author, Button, Expectation, Input, Reply};
use usher_host::{Generation, Subject};
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
    trail: audit::Trail,
    /// What the customer is asked to agree to.
    card: Option<Body>,
    /// The question that this message says yes to.
    answering: Option<Box<PendingConsent>>,
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
        trail: audit::Trail::default(),
        card: None,
        answering: None,
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
            return self.give_up();
        }
        if self.answer_to_question().await {
            return;
        }
        match self.claimed.message.body.clone() {
            Body::Choice { skill: Some(skill), value, .. } => match self.ask(&skill, Input::Choice(value)).await {
                Asked::Answered => {}
                Asked::Declined => self.hand_off("the skill that offered this choice declined it"),
                Asked::Unavailable => self
                    .hand_off_after(self.texts().unreachable, "the skill that offered this choice can't be asked now"),
            },
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
                if let (Some(also), Ending::Answered) = (decision.also, self.ending) {
                    match self.ask(&also, Input::Text(text.to_owned())).await {
                        Asked::Answered => {}
                        Asked::Declined | Asked::Unavailable => {
                            tracing::debug!(skill = %also, "the second request was not taken");
                        }
                    }
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
        let mut unavailable = false;
        for skill in order {
            match self.ask(&skill, Input::Text(text.to_owned())).await {
                Asked::Answered => return,
                Asked::Declined => {}
                Asked::Unavailable => unavailable = true,
            }
        }
        if unavailable {
            return self.hand_off_after(self.texts().unreachable, "a skill that was meant can't be asked now");
        }
        self.hand_off("no skill took the question");
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

    fn subject(&self) -> Subject {
        self.claimed.session.subject_at(self.now)
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

    fn finish(mut self) -> FinishedTurn {
        self.keep_question_for_sign_in();
        // Last, so that it stands right above where the customer answers.
        self.bodies.extend(self.card.take());
        let subject = self.subject();
        let frame = audit::Frame {
            generation: self.generation.number,
            conversation: self.claimed.conversation.id,
            ending: self.ending,
            consent: &self.record.consent,
        };
        let audit = self.trail.finish(subject, &frame);
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
            audit,
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
