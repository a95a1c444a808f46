//! One turn: a waiting message becomes an answer.
//!
//! message → (language) → router → skill → outcome → what the store is given. Nothing is stored and nothing is said
//! before all of it is done, so a turn that is cut off anywhere simply runs again.
//!
//! Where a skill wants to act, the answer is a question (`consent.rs`); a later message that says yes to it runs the
//! skill again with what it was asked then. Below a complete answer stands another question, whether it helped
//! (`resolved.rs`). `follow.rs` does what the router decided, `ask.rs` asks one skill, and `audit.rs` keeps what came of it.
//!
//! Where there are only words, on SMS, WhatsApp and e-mail, a number chooses what was shown with it (`choice.rs`), the
//! customer signs in by writing (`sign_in.rs`), a mail's greeting and closing count for nothing (`letter.rs`), and what a
//! machine seems to write is people's (`repeats.rs`). A message that has no words at all goes no further than
//! `wordless.rs`.
//!
//! Where the assistant has no answer, `handoff.rs` says why. When all skills were asked, `handing.rs` leads the handoff on:
//! a person is offered, or what one will need is asked for, and a later message goes on from there (`heard.rs`); or
//! `ticket.rs` opens the ticket.
//!
//! A skill that isn't live for this channel is never asked. A question that the router takes for such a skill's is handed
//! over, and no other skill is asked instead: an answer from the shop's general articles to "skip my next delivery" would be
//! a wrong one. The general-questions skill answers where that skill may not have been meant at all: where the router
//! prefers it, finds the two too close to call, or recognises neither.

mod ask;
mod audit;
mod choice;
mod consent;
mod follow;
mod handing;
mod handoff;
mod heard;
mod letter;
mod outcome;
mod record;
mod repeats;
mod resolved;
mod screen;
mod sign_in;
mod ticket;
mod wordless;

use crate::agent::Inner;
use crate::brain::Brain;
use crate::consent::PendingConsent;
use crate::conversation::{Attention, Body, Contact, Message};
use crate::desk::DeskChange;
use crate::handoff::PendingHandoff;
use crate::ids::TurnId;
use crate::router::RouteQuery;
use crate::skills::Board;
use crate::store::{ClaimedTurn, Ending, FinishedTurn};
use crate::texts::{self, Language, Texts};
use ask::Asked;
use choice::Choice;
pub(crate) use choice::by_number;
pub use handoff::HandedOff;
use jiff::Timestamp;
use record::TurnRecord;
pub use repeats::Repeats;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use usher_host::skill::{Assurance, Author, Channel, Expectation, Input, Reply};
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

/// What a turn runs on.
pub(crate) struct Ground {
    pub(crate) generation: Arc<Generation>,
    pub(crate) board: Arc<Board>,
    pub(crate) brain: Arc<Brain>,
}

impl Ground {
    /// What serves now.
    pub(crate) async fn live(inner: &Inner) -> Self {
        let brain = inner.known_brain().await;
        Self { generation: inner.host.generation(), board: inner.skills.board(), brain }
    }
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
    /// The handoff that this turn has come to.
    handing: Option<handoff::Handing>,
    /// The handoff whose question this message doesn't answer: it is asked again below what is said to the message.
    unanswered: Option<Box<PendingHandoff>>,
    /// Where the visitor says that they can be answered.
    contact: Option<Contact>,
    /// The ticket that this turn opens.
    desk: Option<Box<DeskChange>>,
}

/// Runs a turn to its end. Whatever a skill does, this returns an answer.
pub(crate) async fn run(inner: &Arc<Inner>, claimed: ClaimedTurn, occasion: Occasion) -> FinishedTurn {
    let ground = Ground::live(inner).await;
    run_on(inner, ground, claimed, occasion).await
}

/// The same on this ground.
pub(crate) async fn run_on(
    inner: &Arc<Inner>,
    ground: Ground,
    mut claimed: ClaimedTurn,
    occasion: Occasion,
) -> FinishedTurn {
    // What wants no answer is no part of what is talked about.
    claimed.history.retain(|message| !message.unanswerable);
    let Ground { generation, board, brain } = ground;
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
        handing: None,
        unanswered: None,
        contact: None,
        desk: None,
        claimed,
    };
    turn.go().await;
    turn.hand_over().await;
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
        if let Some((answers, told)) =
            repeats::too_many(self.claimed.conversation.channel, &self.claimed.history, self.now)
        {
            self.record.answers = Some(answers);
            return self.stop_answering(&format!("{answers} answers went out by e-mail within an hour"), told).await;
        }
        if self.has_no_words() {
            return;
        }
        self.open_letter();
        self.take_number();
        // First of all: an address or a code answers nothing else, and leaves what else is open as it was.
        if self.answer_to_sign_in().await {
            return;
        }
        if self.answer_to_question().await || self.answer_to_handoff().await || self.said_whether_resolved().await {
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
        let (times, kept) = repeats::again(self.attention.repeats.take(), text, self.claimed.message.seq, self.now);
        self.attention.repeats = kept;
        if let Some(most) = repeats::most(self.claimed.conversation.channel)
            && times >= most
        {
            self.record.repeated = Some(times);
            return self
                .stop_answering(&format!("the same words came {times} times within an hour"), times > most)
                .await;
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

    /// Of a mail counts what stands between greeting and closing.
    fn open_letter(&mut self) {
        let contact = self.claimed.session.contact.as_ref();
        let name = contact.and_then(|contact| contact.name.as_deref());
        if self.claimed.conversation.channel == Channel::Email
            && let Body::Text { text } = &self.claimed.message.body
        {
            let text = letter::content(text, name).to_owned();
            self.claimed.message.body = Body::Text { text };
        }
    }

    /// A number that stands for a choice which was shown with it becomes that choice.
    fn take_number(&mut self) {
        let channel = self.claimed.conversation.channel;
        if let Body::Text { text } = &self.claimed.message.body
            && let Some(chosen) = choice::by_number(text, channel, &self.claimed.history)
        {
            self.claimed.message.body = chosen;
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
            contact: self.contact,
            desk: self.desk,
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
