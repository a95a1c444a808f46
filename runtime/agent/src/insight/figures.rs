//! What is counted, and sums of it.

use jiff::Timestamp;
use std::collections::BTreeMap;
use usher_host::skill::Channel;

/// Seconds of the shortest time that sums are kept by. The offsets of all zones are multiples of it, so that a day of any
/// zone is made of whole ones.
pub const QUARTER: i64 = 900;

/// The number of the quarter of an hour, since 1970, that a moment belongs to.
#[must_use]
pub fn quarter(at: Timestamp) -> i64 {
    at.as_second().div_euclid(QUARTER)
}

/// What is counted. The subject of each stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Figure {
    /// Conversations by their first question: the status.
    Status,
    /// Conversations without a question.
    SmallTalk,
    /// Conversations that people got, by their first question.
    Routed,
    /// How often a settled question was opened again, by the conversation's first question.
    Reopened,
    /// Conversations whose latest ticket people solved, by their first question.
    SolvedByTeam,
    /// Conversations by the first use of a skill: the skill, `/`, what came of it.
    SkillOutcome,
    /// Turns: the skill.
    SkillTurns,
    /// Handoffs: the skill that had the word or `-`, `/`, the reason.
    Handoff,
    /// Questions for a skill that couldn't be asked: the skill.
    Demand,
    /// The assistant's answers: the bucket of the time that each took.
    AnswerTime,
    /// Milliseconds of these together.
    AnswerTimeSum,
    /// Tickets that a person answered, by their opening: the bucket of the time until then.
    FirstResponse,
    /// Milliseconds of these together.
    FirstResponseSum,
    /// Tickets without a person's answer that wait for one.
    Waiting,
    /// Answers of people, by what they answer: the bucket of the time that the customer had waited.
    Wait,
    /// Milliseconds of these together.
    WaitSum,
    /// Ratings of people's help that were asked for.
    RatingAsked,
    /// Ratings of people's help, by when they were given: the score.
    Rating,
    /// Answers below which the customer was asked whether they helped.
    HelpedAsked,
    /// What customers said to that: `yes` or `no`.
    Helped,
    /// Questions that weren't answered: the group of alike ones.
    Gap,
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Status,
        Self::SmallTalk,
        Self::Routed,
        Self::Reopened,
        Self::SolvedByTeam,
        Self::SkillOutcome,
        Self::SkillTurns,
        Self::Handoff,
        Self::Demand,
        Self::AnswerTime,
        Self::AnswerTimeSum,
        Self::FirstResponse,
        Self::FirstResponseSum,
        Self::Waiting,
        Self::Wait,
        Self::WaitSum,
        Self::RatingAsked,
        Self::Rating,
        Self::HelpedAsked,
        Self::Helped,
        Self::Gap,
    ];

    /// As engines keep it; never given to another figure.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64 + 1
    }

    /// The figure of a number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.number() == number)
    }
}

/// What a conversation adds to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What is counted.
    pub figure: Figure,
    /// The quarter that it belongs to.
    pub quarter: i64,
    /// See [`Figure`]; empty where a figure has none.
    pub subject: String,
}

/// A sum over one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Of what.
    pub figure: Figure,
    /// Which of the stretches that were asked for, from 0.
    pub stretch: usize,
    /// Where.
    pub channel: Channel,
    /// See [`Figure`].
    pub subject: String,
    /// How many, or how much.
    pub sum: i64,
}

/// Sums, to be looked into.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    cells: Vec<Cell>,
}

impl Sums {
    /// Of these cells.
    #[must_use]
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { cells }
    }

    fn of(&self, figure: Figure, stretch: usize) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(move |cell| cell.figure == figure && cell.stretch == stretch)
    }

    /// All of a figure in a stretch.
    #[must_use]
    pub fn total(&self, figure: Figure, stretch: usize) -> u64 {
        whole(self.of(figure, stretch).map(|cell| cell.sum).sum())
    }

    /// Those of one subject.
    #[must_use]
    pub fn subject(&self, figure: Figure, stretch: usize, subject: &str) -> u64 {
        whole(self.of(figure, stretch).filter(|cell| cell.subject == subject).map(|cell| cell.sum).sum())
    }

    /// Those of one channel.
    #[must_use]
    pub fn channel(&self, figure: Figure, stretch: usize, channel: Channel) -> u64 {
        whole(self.of(figure, stretch).filter(|cell| cell.channel == channel).map(|cell| cell.sum).sum())
    }

    /// By subject; those with nothing are left out.
    #[must_use]
    pub fn by_subject(&self, figure: Figure, stretch: usize) -> BTreeMap<&str, u64> {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for cell in self.of(figure, stretch) {
            *sums.entry(&cell.subject).or_default() += cell.sum;
        }
        sums.into_iter().map(|(subject, sum)| (subject, whole(sum))).filter(|(_, sum)| *sum > 0).collect()
    }

    /// Each cell of a figure: subject, stretch, sum.
    pub fn cells(&self, figure: Figure) -> impl Iterator<Item = (&str, usize, u64)> {
        let cells = self.cells.iter().filter(move |cell| cell.figure == figure);
        cells.map(|cell| (cell.subject.as_str(), cell.stretch, whole(cell.sum)))
    }
}

/// No sum is below nothing.
fn whole(sum: i64) -> u64 {
    u64::try_from(sum).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_number_of_its_own() {
        for figure in Figure::ALL {
            assert_eq!(Figure::of_number(figure.number()), Some(figure));
        }
    }

    #[test]
    fn a_moment_before_1970_has_a_quarter_too() {
        let at = |second| quarter(Timestamp::from_second(second).unwrap());
        assert_eq!([at(0), at(899), at(900), at(-1)], [0, 0, 1, -1]);
    }
}
