//! What follows from a conversation's history: the rules by which everything is counted.

mod of_skills;
mod words;

pub use words::{HandoffMode, QuestionOutcome, SkillOutcome, Status};

use super::figures::{Figure, Key, quarter};
use super::gap::GapReason;
use super::history::{Answered, History};
use super::spread::bucket;
use crate::ids::{MessageId, TicketId, TurnId};
use crate::resolution::{ResolutionState, ResolvedQuestion};
use crate::turn::HandedOff;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use usher_host::skill::Author;
use uuid::Uuid;

/// A question that a skill took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedBy {
    /// The skill.
    pub skill: String,
    /// The turn.
    pub turn: TurnId,
    /// The customer's message.
    pub message: MessageId,
    /// When it was asked.
    pub at: Timestamp,
    /// BCP 47.
    pub language: Option<String>,
    /// What was asked, shortened.
    pub text: String,
    /// What came of it.
    pub outcome: QuestionOutcome,
    /// How long the answer took, milliseconds; none where the message had been answered before.
    pub answer_ms: Option<u64>,
}

/// People came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// The turn that handed over, or the line of the ticket's history by which a person took over.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: HandedOff,
    /// The same in more words.
    pub detail: String,
    /// How.
    pub mode: HandoffMode,
    /// The skill that had the word.
    pub skill: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// The customer's latest question, shortened.
    pub question: Option<String>,
    /// The ticket.
    pub ticket: Option<TicketId>,
}

/// A question that wasn't answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// The turn that shows it.
    pub turn: TurnId,
    /// When it was asked.
    pub at: Timestamp,
    /// Why.
    pub reason: GapReason,
    /// BCP 47.
    pub language: Option<String>,
    /// The question, shortened.
    pub text: String,
}

/// Everything that follows from a conversation.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// None where nothing was asked in it.
    pub status: Option<Status>,
    /// Open questions that aren't answered: since when. At some time they count as unresolved.
    pub open_since: Option<Timestamp>,
    /// When the first question was asked; of small talk: its begin.
    pub began_at: Option<Timestamp>,
    /// People had it at some time.
    pub routed: bool,
    /// What it adds to each figure.
    pub adds: BTreeMap<Key, i64>,
    /// The questions that skills took.
    pub questions: Vec<UsedBy>,
    /// The times that people came.
    pub handoffs: Vec<HandedOver>,
    /// The questions that weren't answered.
    pub unanswered: Vec<Unanswered>,
}

/// Longest question that is kept, in characters.
const QUESTION_CHARS: usize = 200;

impl Facts {
    /// Of a conversation. Questions that have been open since `abandoned` or longer count as unresolved.
    #[must_use]
    pub fn of(history: &History, abandoned: Timestamp) -> Self {
        let mut facts = Self::default();
        let questions: Vec<&Answered> = history.turns.iter().filter(|turn| turn.record.resolution.is_some()).collect();
        let first = questions.first().map(|turn| turn.asked_at);
        let Some(began_at) = first.or_else(|| history.taken_over.first().map(|taken| taken.at)) else {
            facts.began_at = history.turns.first().map(|turn| turn.asked_at);
            if let Some(began_at) = facts.began_at {
                facts.add(Figure::SmallTalk, began_at, "");
            }
            facts.answer_times(history);
            return facts;
        };
        facts.began_at = Some(began_at);
        let with_team = with_team(history, questions.last().copied());
        let state = history.settled.as_ref().map(|settled| settled.state);
        let state = state.or_else(|| questions.last().and_then(|turn| turn.record.resolution));
        let since = history.settled.as_ref().map(|settled| settled.since);
        if !with_team && state == Some(ResolutionState::Open) {
            facts.open_since = since.or_else(|| questions.last().map(|turn| turn.answered_at));
        }
        let left = facts.open_since.is_some_and(|since| since <= abandoned);
        let status = match state {
            _ if with_team => Status::RoutedToTeam,
            Some(ResolutionState::HandedOff) | None => Status::RoutedToTeam,
            Some(ResolutionState::Open) if left => Status::Unresolved,
            Some(ResolutionState::Open | ResolutionState::Answered) => Status::Open,
            Some(ResolutionState::Confirmed) => Status::ResolvedConfirmed,
            Some(ResolutionState::Assumed) => Status::ResolvedAssumed,
        };
        facts.status = Some(status);
        facts.add(Figure::Status, began_at, status.name());
        let handed = history.turns.iter().any(|turn| turn.record.handed_off.is_some());
        facts.routed = handed || !history.taken_over.is_empty();
        if facts.routed {
            facts.add(Figure::Routed, began_at, "");
        }
        let reopened = history.settled.as_ref().map_or(0, |settled| settled.reopened);
        facts.add_many(Figure::Reopened, began_at, "", i64::from(reopened));
        if with_team && history.tickets.last().is_some_and(|ticket| ticket.solved.is_some()) {
            facts.add(Figure::SolvedByTeam, began_at, "");
        }
        facts.answer_times(history);
        facts.of_skills(history, status);
        facts.of_turns(history);
        facts.come_by_people(history);
        facts.of_tickets(history);
        facts
    }

    fn add(&mut self, figure: Figure, at: Timestamp, subject: &str) {
        self.add_many(figure, at, subject, 1);
    }

    fn add_many(&mut self, figure: Figure, at: Timestamp, subject: &str, many: i64) {
        if many != 0 {
            *self.adds.entry(Key { figure, quarter: quarter(at), subject: subject.to_owned() }).or_default() += many;
        }
    }

    fn add_time(&mut self, [figure, sum]: [Figure; 2], at: Timestamp, milliseconds: u64) {
        self.add(figure, at, &bucket(milliseconds));
        self.add_many(sum, at, "", i64::try_from(milliseconds).unwrap_or(i64::MAX));
    }

    /// A message is answered once: what comes after a sign-in isn't counted, nor what waited for a person.
    fn answer_times(&mut self, history: &History) {
        for (turn, took) in history.turns.iter().zip(answer_times(history)) {
            if let Some(took) = took {
                self.add_time([Figure::AnswerTime, Figure::AnswerTimeSum], turn.asked_at, took);
            }
        }
    }

    /// What turns show by themselves: demand, handoffs, what customers said to the answer, and what wasn't answered.
    fn of_turns(&mut self, history: &History) {
        let mut question: Option<String> = None;
        for turn in &history.turns {
            let record = &turn.record;
            let before = question.clone();
            if let Some(text) = turn.typed().filter(|_| record.routed() && record.helped.is_none()) {
                question = Some(shortened(text));
            }
            if let Some(wanted) = record.wanted.as_ref().filter(|wanted| !wanted.skill.is_empty()) {
                self.add(Figure::Demand, turn.asked_at, &wanted.skill);
            }
            if record.resolution == Some(ResolutionState::Answered) && ResolvedQuestion::fits(history.channel) {
                self.add(Figure::HelpedAsked, turn.asked_at, "");
            }
            if let Some(helped) = record.helped {
                self.add(Figure::Helped, turn.asked_at, if helped { "yes" } else { "no" });
            }
            self.unanswered.extend(unanswered(turn, before.as_deref()));
            let Some(reason) = record.handed_off else { continue };
            let handing = record.handing_over.as_ref();
            let skill = handing.and_then(|handing| handing.skill.clone());
            self.add(Figure::Handoff, turn.asked_at, &handoff_subject(skill.as_deref(), reason));
            let told = handing.is_some_and(|handing| handing.mode == "told");
            self.handoffs.push(HandedOver {
                id: turn.turn.0,
                at: turn.asked_at,
                reason,
                detail: record.handed_off_detail.clone().unwrap_or_default(),
                mode: if told { HandoffMode::Message } else { HandoffMode::Ticket },
                skill,
                language: record.language.clone(),
                question: question.clone(),
                ticket: handing.and_then(|handing| handing.ticket),
            });
        }
    }

    /// Handoffs that no turn made.
    fn come_by_people(&mut self, history: &History) {
        for taken in &history.taken_over {
            let reason = HandedOff::OtherParticipant;
            let before = history.turns.iter().take_while(|turn| turn.answered_at <= taken.at);
            let before: Vec<&Answered> = before.collect();
            let skill = before.iter().rev().find_map(|turn| turn.record.used().last().map(|skill| (*skill).to_owned()));
            let question = before.iter().rev().filter(|turn| turn.record.routed()).find_map(|turn| turn.typed());
            self.add(Figure::Handoff, taken.at, &handoff_subject(skill.as_deref(), reason));
            self.handoffs.push(HandedOver {
                id: taken.event.0,
                at: taken.at,
                reason,
                detail: "a person took the conversation over".to_owned(),
                mode: HandoffMode::TakenOver,
                skill,
                language: before.last().and_then(|turn| turn.record.language.clone()),
                question: question.map(shortened),
                ticket: Some(taken.ticket),
            });
        }
    }

    /// First answers of people, ratings, and every wait for a person.
    fn of_tickets(&mut self, history: &History) {
        for ticket in &history.tickets {
            // Nobody waited for a person who came by themselves.
            if ticket.reason != HandedOff::OtherParticipant {
                match ticket.first_reply_at {
                    Some(reply) => {
                        let took = milliseconds(ticket.opened_at, reply);
                        self.add_time([Figure::FirstResponse, Figure::FirstResponseSum], ticket.opened_at, took);
                    }
                    None if ticket.solved.is_none() && ticket.merged_into.is_none() => {
                        self.add(Figure::Waiting, ticket.opened_at, "");
                    }
                    None => {}
                }
            }
            if let Some(rating) = &ticket.rating {
                self.add(Figure::RatingAsked, rating.asked_at, "");
                if let (Some(score), Some(given_at)) = (rating.score, rating.given_at) {
                    self.add(Figure::Rating, given_at, &score.to_string());
                }
            }
        }
        for (asked, took) in waits(history) {
            self.add_time([Figure::Wait, Figure::WaitSum], asked, took);
        }
    }
}

/// The subject of a handoff's figure.
fn handoff_subject(skill: Option<&str>, reason: HandedOff) -> String {
    format!("{}/{}", skill.unwrap_or("-"), reason.name())
}

/// Whether people have the latest question.
fn with_team(history: &History, latest: Option<&Answered>) -> bool {
    let taken = history.taken_over.last();
    history.with_people
        || match latest {
            Some(latest) => taken.is_some_and(|taken| taken.at >= latest.answered_at),
            None => taken.is_some(),
        }
}

/// How long the answer of each turn took, where it is the assistant's first to its message.
fn answer_times(history: &History) -> Vec<Option<u64>> {
    let mut answered: BTreeSet<MessageId> = BTreeSet::new();
    let times = history.turns.iter().map(|turn| {
        let waited = history.handed_back.iter().any(|back| (turn.asked_at..=turn.answered_at).contains(back));
        let first = answered.insert(turn.message);
        (first && !waited).then(|| milliseconds(turn.asked_at, turn.answered_at))
    });
    times.collect()
}

/// The waits for a person: when each began, and how long it was. One begins with a customer's message that the assistant
/// doesn't answer, or hands over, and ends with the next message of a person.
fn waits(history: &History) -> Vec<(Timestamp, u64)> {
    let handing: BTreeSet<TurnId> =
        history.turns.iter().filter(|turn| turn.record.handed_off.is_some()).map(|turn| turn.turn).collect();
    let mut waits = Vec::new();
    let mut since: Option<Timestamp> = None;
    for said in &history.said {
        match (said.author, said.turn) {
            (Author::Customer, _) if !said.button => drop(since.get_or_insert(said.at)),
            (Author::Customer, _) | (Author::Assistant, None) => {}
            (Author::Assistant, Some(turn)) if handing.contains(&turn) => {}
            (Author::Assistant, Some(_)) => since = None,
            (Author::Human, _) => waits.extend(since.take().map(|since| (since, milliseconds(since, said.at)))),
        }
    }
    waits
}

/// The question that a turn shows to be unanswered; `before` is the one before this message.
fn unanswered(turn: &Answered, before: Option<&str>) -> Option<Unanswered> {
    let record = &turn.record;
    let (reason, text) = if record.helped == Some(false) {
        (GapReason::NotHelped, before?.to_owned())
    } else {
        let reason = GapReason::of(record.handing_over.as_ref()?.reason)?;
        // What follows a question (an address, a yes) isn't one.
        (reason, shortened(turn.typed().filter(|_| record.routed())?))
    };
    Some(Unanswered { turn: turn.turn, at: turn.asked_at, reason, language: record.language.clone(), text })
}

fn milliseconds(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.duration_since(from).as_millis()).unwrap_or(0)
}

/// A question on one line, as long as lists show it.
pub(crate) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUESTION_CHARS {
        return line;
    }
    let cut: String = line.chars().take(QUESTION_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}
