//! One turn: a waiting message becomes an answer.
//!
//! message → (language) → router → skill → outcome → what the store is given. Nothing is stored and nothing is said
//! before all of it is done, so a turn that is cut off anywhere simply runs again.
//!
//! Where a skill wants to act, the answer is a question (`consent.rs`); a later message that says yes to it runs the
//! skill again with what it was asked then. Below a complete answer stands another question, whether it helped
//! (`resolved.rs`). `ask.rs` asks one skill, `audit.rs` keeps what came of it, and `handoff.rs` hands over.
//!
//! A skill that isn't live for this channel is never asked. A question that the router takes for such a skill's is handed
//! over, and no other skill is asked instead: an answer from the shop's general articles to "skip my next delivery" would be
//! a wrong one. The general-questions skill answers where that skill may not have been meant at all: where the router
//! prefers it, finds the two too close to call, or recognises neither.

mod ask;
mod audit;
mod choice;
mod consent;
mod handoff;
mod outcome;
mod record;
mod resolved;
mod screen;

use crate::agent::Inner;
use crate::brain::Brain;
use crate::consent::PendingConsent;
use crate::conversation::{Attention, Body, Message};
use crate::ids::TurnId;
use crate::router::{Decision, Outcome as Route, RouteQuery, SmallTalk};
use crate::skills::{Board, Closed, channel_of};
use crate::store::{ClaimedTurn, Ending, FinishedTurn};
use crate::texts::{self, Language, Texts, fill};
use ask::Asked;
use choice::Choice;
pub use handoff::HandedOff;
use jiff::Timestamp;
use record::TurnRecord;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use usher_host::skill::{Action, Assurance, Author, Button, Expectation, Input, Reply};
use usher_host::{Generation, Subject};
use usher_manifest::PluginId;

/// Most skills that are asked about one message.
const CANDIDATES: usize = 3;
/// A provider that failed its last check is waited for so long.
const ONCE_MORE: Duration = Duration::from_secs(3);
/// A message that ended the process this often is not tried again.
const ATTEMPTS: u32 = 3;

/// When a turn runs, and whether it counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion {
    /// The time that it goes by.
    pub(crate) now: Timestamp,
    /// It is only tried: skills run whatever their state, and nothing is changed at a provider.
    pub(crate) preview: bool,
}

/// A turn on its way.
struct InHand<'a> {
    inner: &'a Arc<Inner>,
    /// The live one as the turn began; everything of the turn runs on it.
    generation: Arc<Generation>,
    /// What each skill is fit for: never older than the generation.
    board: Arc<Board>,
    brain: Arc<Brain>,
    claimed: ClaimedTurn,
    now: Timestamp,
    preview: bool,
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
pub(crate) async fn run(inner: &Arc<Inner>, claimed: ClaimedTurn, occasion: Occasion) -> FinishedTurn {
    let brain = inner.known_brain().await;
    let generation = inner.host.generation();
    let board = inner.skills.board();
    let Occasion { now, preview } = occasion;
    let language = language(inner, &claimed);
    let record = TurnRecord::new(generation.number, language);
    let attention = claimed.conversation.attention.clone();
    let mut turn = InHand {
        inner,
        generation,
        board,
        brain,
        now,
        preview,
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
        if self.answer_to_question().await || self.said_whether_resolved().await {
            return;
        }
        match self.claimed.message.body.clone() {
            Body::Choice { skill: Some(skill), value, .. } => match self.ask(&skill, Input::Choice(value)).await {
                Asked::Answered => {}
                Asked::Declined => {
                    self.hand_off(HandedOff::UnsupportedRequest, "the skill that offered this choice declined it");
                }
                Asked::Unavailable => self.hand_off_after(
                    self.texts().unreachable,
                    HandedOff::SkillUnavailable,
                    "the skill that offered this choice can't be asked now",
                ),
                Asked::Closed(closed) => self.hand_over_closed(*closed),
            },
            // The runtime's own question: which of two skills is meant.
            Body::Choice { skill: None, value, .. } => match value.parse::<PluginId>() {
                Ok(skill) => {
                    let text = self.last_text();
                    self.ask_in_order(vec![skill], &text).await;
                }
                Err(_) => self.hand_off(HandedOff::UnintelligibleInput, "the choice can't be read"),
            },
            body => self.text(body.text()).await,
        }
    }

    async fn text(&mut self, text: &str) {
        // A choice that was typed instead of pressed.
        let offered = self.offered();
        if let Some(Choice { skill, value, .. }) = choice::typed(text, &offered) {
            match (skill, value.parse::<PluginId>()) {
                (Some(skill), _) => match self.ask(skill, Input::Choice(value.clone())).await {
                    Asked::Answered => return,
                    Asked::Closed(closed) => return self.hand_over_closed(*closed),
                    Asked::Declined | Asked::Unavailable => {}
                },
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
                // The first skill may have declined, and this one answered for it already.
                let also = decision.also.filter(|also| self.attention.active_skill.as_ref() != Some(also));
                if let (Some(also), Ending::Answered) = (also, self.ending) {
                    match self.ask(&also, Input::Text(text.to_owned())).await {
                        Asked::Answered => {}
                        Asked::Closed(closed) => self.hand_over_closed(*closed),
                        Asked::Declined | Asked::Unavailable => {
                            tracing::debug!(skill = %also, "the second request was not taken");
                        }
                    }
                }
            }
            Route::AskWhich { a, b } => self.one_of(a, b, text).await,
            Route::OutOfScope { .. } => self.ask_in_order(Vec::new(), text).await,
            Route::Person => {
                self.hand_off_after(self.texts().person, HandedOff::ExplicitRequest, "the customer asks for a person")
            }
            Route::SmallTalk { talk } => {
                if talk == SmallTalk::Thanks && self.asked_whether_resolved() {
                    self.confirm();
                }
                let texts = self.texts();
                self.say(match talk {
                    SmallTalk::Greeting => {
                        let shop = &self.inner.config.shop;
                        let own = shop.greeting.get(self.language.tag()).cloned();
                        own.unwrap_or_else(|| fill(texts.greeting, &[&shop.name]))
                    }
                    SmallTalk::Thanks => texts.thanks.to_owned(),
                    SmallTalk::Goodbye => texts.goodbye.to_owned(),
                });
            }
        }
    }

    /// Asks one skill after the other, the fallback last, until one takes the question, or one is reached that can't be
    /// asked.
    async fn ask_in_order(&mut self, mut order: Vec<PluginId>, text: &str) {
        order.truncate(CANDIDATES);
        let meant = order.len();
        if let Some(fallback) = &self.inner.config.fallback_skill
            && !order.contains(fallback)
        {
            order.push(fallback.clone());
        }
        let mut unavailable = false;
        let order = order.into_iter().enumerate();
        for (place, skill) in order {
            match self.ask(&skill, Input::Text(text.to_owned())).await {
                Asked::Answered => return,
                Asked::Declined => {}
                Asked::Unavailable => unavailable = true,
                Asked::Closed(closed) if place < meant => return self.hand_over_closed(*closed),
                // Nobody meant the fallback: that it can't be asked changes nothing.
                Asked::Closed(_) => {}
            }
        }
        if unavailable {
            return self.hand_off_after(
                self.texts().unreachable,
                HandedOff::SkillUnavailable,
                "a skill that was meant can't be asked now",
            );
        }
        self.hand_off(HandedOff::MissingKnowledge, "no skill took the question");
    }

    /// The router finds these two too close to call.
    async fn one_of(&mut self, a: PluginId, b: PluginId, text: &str) {
        let (closed, open) = match (self.closed(&a).await, self.closed(&b).await) {
            (None, None) => return self.ask_which(&a, &b, self.texts().which),
            (Some(closed), Some(_)) => return self.hand_over_closed(closed),
            (Some(closed), None) => (closed, b.clone()),
            (None, Some(closed)) => (closed, a.clone()),
        };
        // "I can help with both" would be a lie.
        if self.inner.config.fallback_skill.as_ref() != Some(&open) {
            return self.ask_which(&a, &b, self.texts().which_of);
        }
        match self.ask(&open, Input::Text(text.to_owned())).await {
            Asked::Answered => {}
            Asked::Declined | Asked::Unavailable | Asked::Closed(_) => self.hand_over_closed(closed),
        }
    }

    /// Why a skill isn't asked in this conversation; none where it is, or where there is no such skill. Where all that it
    /// lacks is that a provider failed its last check, the provider is asked once more: it may be well again.
    async fn closed(&mut self, skill: &PluginId) -> Option<Closed> {
        let channel = channel_of(self.claimed.conversation.channel);
        if self.preview && self.generation.skills.contains_key(skill) {
            return None;
        }
        let closed = self.board.closed(skill, channel)?;
        let failing = closed.only_failing();
        if failing.is_empty() {
            return Some(closed);
        }
        let skills = &self.inner.skills;
        let asked = futures_util::future::join_all(failing.iter().map(|connector| skills.check(connector)));
        if tokio::time::timeout(ONCE_MORE, asked).await.is_err() {
            return Some(closed);
        }
        self.board = self.inner.skills.board();
        self.board.closed(skill, channel)
    }

    fn ask_which(&mut self, a: &PluginId, b: &PluginId, question: &str) {
        let name = |id: &PluginId| {
            let there = self.generation.skills.get(id).map(|skill| skill.manifest.name.clone());
            let coming = || self.board.coming.get(id).map(|request| request.name.clone());
            there.or_else(coming).unwrap_or_else(|| id.to_string())
        };
        let button = |id: &PluginId| Button { label: name(id), action: Action::Choose(id.to_string()) };
        let reply = Reply {
            quick_replies: vec![button(a), button(b)],
            expects: Expectation::Choice,
            ..plain(question.to_owned())
        };
        self.attention.asked_which = true;
        self.attention.expects = Expectation::Choice;
        self.bodies.push(Body::answer(None, reply));
    }

    fn say(&mut self, text: String) {
        self.bodies.push(Body::answer(None, plain(text)));
    }

    fn texts(&self) -> &'static Texts {
        self.language.texts()
    }

    fn assurance(&self) -> Assurance {
        self.claimed.session.assurance_at(self.now)
    }

    /// A preview uses up no customer's budget.
    fn subject(&self) -> Subject {
        if self.preview {
            return Subject::Session("preview".into());
        }
        self.claimed.session.subject_at(self.now)
    }

    /// What the last answer offered to choose from.
    fn offered(&self) -> Vec<Choice> {
        let last = self.claimed.history.iter().rev().find(|message| message.author == Author::Assistant);
        match last {
            Some(Message { body: Body::Reply { skill, reply, .. }, .. }) => choice::offered(skill.as_ref(), reply),
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
        let resolution = self.settle();
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
            resolution,
            contact: None,
            desk: None,
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
