//! What came of skills' work, and of each question that they took.

use super::{Facts, QuestionOutcome, SkillOutcome, Status, UsedBy, answer_times, shortened};
use crate::insight::figures::Figure;
use crate::insight::history::{Answered, History};
use crate::resolution::ResolutionState;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How far a skill came with its latest question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Incomplete,
    Answered,
    Confirmed,
    HandedOff,
    NotHelped,
    /// Answered, and the customer went on to another question.
    Left,
}

impl Reached {
    fn of(state: ResolutionState) -> Self {
        match state {
            ResolutionState::Open => Self::Incomplete,
            ResolutionState::Answered => Self::Answered,
            ResolutionState::Confirmed => Self::Confirmed,
            ResolutionState::Assumed => Self::Left,
            ResolutionState::HandedOff => Self::HandedOff,
        }
    }

    /// What that comes to; `status` is the conversation's, where its latest question is this one.
    fn outcome(self, status: Option<Status>) -> SkillOutcome {
        match (self, status) {
            (Self::Confirmed, _) | (Self::Answered, Some(Status::ResolvedConfirmed)) => SkillOutcome::Confirmed,
            (Self::Left, _) | (Self::Answered, None | Some(Status::ResolvedAssumed)) => SkillOutcome::Assumed,
            (Self::HandedOff, _) | (Self::Incomplete | Self::Answered, Some(Status::RoutedToTeam)) => {
                SkillOutcome::HandedOff
            }
            (Self::NotHelped, _) | (Self::Incomplete, None | Some(Status::Unresolved)) => SkillOutcome::Unresolved,
            (Self::Incomplete | Self::Answered, Some(_)) => SkillOutcome::Open,
        }
    }
}

/// The work of the skills of a conversation.
#[derive(Default)]
struct Work<'a> {
    began: BTreeMap<&'a str, Timestamp>,
    reached: BTreeMap<&'a str, Reached>,
    /// The skills of the latest question.
    latest: Vec<&'a str>,
}

impl<'a> Work<'a> {
    fn of(turns: &'a [Answered]) -> Self {
        let mut work = Self::default();
        turns.iter().for_each(|turn| work.go_on(turn));
        work
    }

    fn go_on(&mut self, turn: &'a Answered) {
        let record = &turn.record;
        let used = record.used();
        for skill in &used {
            self.began.entry(skill).or_insert(turn.asked_at);
        }
        // Small talk changes nothing.
        let Some(state) = record.resolution else { return };
        if record.helped == Some(false) {
            self.put_latest(Reached::NotHelped);
        }
        let handing = record.handing_over.as_ref();
        if !used.is_empty() || (state == ResolutionState::Open && handing.is_none()) {
            for skill in self.latest.iter().filter(|skill| !used.contains(skill)) {
                if let Some(reached @ Reached::Answered) = self.reached.get_mut(skill) {
                    *reached = Reached::Left;
                }
            }
            self.reached.extend(used.iter().map(|skill| (*skill, Reached::of(state))));
            self.latest = used;
        } else if state == ResolutionState::Confirmed {
            self.put_latest(Reached::Confirmed);
        }
        if record.handed_off.is_some() {
            match handing.and_then(|handing| handing.skill.as_deref()) {
                // One that only was meant did no work.
                Some(had_the_word) => {
                    if let Some(reached) = self.reached.get_mut(had_the_word) {
                        *reached = Reached::HandedOff;
                    }
                }
                None => self.put_latest(Reached::HandedOff),
            }
        }
    }

    fn put_latest(&mut self, now: Reached) {
        for skill in &self.latest {
            if let Some(reached) = self.reached.get_mut(skill) {
                *reached = now;
            }
        }
    }
}

impl Facts {
    /// What came of each skill's work, and of each of its questions.
    pub(super) fn of_skills(&mut self, history: &History, status: Status) {
        for turn in &history.turns {
            for skill in turn.record.used() {
                self.add(Figure::SkillTurns, turn.asked_at, skill);
            }
        }
        let work = Work::of(&history.turns);
        for (skill, at) in &work.began {
            let reached = work.reached.get(skill).copied().unwrap_or(Reached::Incomplete);
            let outcome = reached.outcome(work.latest.contains(skill).then_some(status));
            self.add(Figure::SkillOutcome, *at, &format!("{skill}/{}", outcome.name()));
        }
        for (place, (turn, answer_ms)) in history.turns.iter().zip(answer_times(history)).enumerate() {
            let outcome = question_outcome(history, place, status);
            for skill in turn.record.used() {
                self.questions.push(UsedBy {
                    skill: skill.to_owned(),
                    turn: turn.turn,
                    message: turn.message,
                    at: turn.asked_at,
                    language: turn.record.language.clone(),
                    text: shortened(turn.text().unwrap_or_default()),
                    outcome,
                    answer_ms,
                });
            }
        }
    }
}

/// What came of the question of one turn.
fn question_outcome(history: &History, place: usize, status: Status) -> QuestionOutcome {
    let record = &history.turns[place].record;
    if record.failed() {
        return QuestionOutcome::Failed;
    }
    if record.handed_off.is_some() {
        return QuestionOutcome::HandedOff;
    }
    if record.skills.iter().any(|asked| asked.outcome == "sign-in") {
        return QuestionOutcome::SignIn;
    }
    let mut latest = true;
    for later in &history.turns[place + 1..] {
        match (later.record.helped, later.record.resolution) {
            (Some(false), _) => return QuestionOutcome::NotHelped,
            _ if !later.record.used().is_empty() => {
                latest = false;
                break;
            }
            (_, Some(ResolutionState::Confirmed)) => return QuestionOutcome::Confirmed,
            // A person was offered below the answer, and is wanted.
            (_, Some(ResolutionState::HandedOff)) if !later.record.routed() => return QuestionOutcome::HandedOff,
            (_, Some(_)) => latest = false,
            (_, None) => {}
        }
    }
    match record.resolution {
        Some(ResolutionState::Answered) if latest && status == Status::ResolvedAssumed => QuestionOutcome::Assumed,
        Some(ResolutionState::Answered | ResolutionState::Assumed) => QuestionOutcome::Answered,
        Some(ResolutionState::Confirmed) => QuestionOutcome::Confirmed,
        Some(ResolutionState::HandedOff) => QuestionOutcome::HandedOff,
        Some(ResolutionState::Open) | None => QuestionOutcome::Open,
    }
}
