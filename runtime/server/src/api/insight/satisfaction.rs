//! What customers think of people's help, and of the assistant's answers.

use super::both::Both;
use super::figure::{Rate, round};
use serde::Serialize;
use usher_agent::insight::{Figure, Sums};
use utoipa::ToSchema;

/// How often a score was given.
#[derive(Serialize, ToSchema)]
struct Score {
    score: u8,
    count: u64,
}

/// How customers rate people.
#[derive(Serialize, ToSchema)]
struct PeopleRated {
    /// How many were asked.
    asked: u64,
    /// How many answered.
    count: u64,
    /// The mean score, 1 to 5.
    mean: Option<f64>,
    /// The same of the days before.
    before_mean: Option<f64>,
    /// By score, the worst first.
    distribution: Vec<Score>,
}

/// Whether the assistant's answers helped.
#[derive(Serialize, ToSchema)]
struct AssistantRated {
    /// Answers below which it was asked.
    asked: u64,
    /// How often somebody answered.
    count: u64,
    yes: u64,
    no: u64,
    /// Yes, of both.
    rate: Rate,
}

/// What customers think.
#[derive(Serialize, ToSchema)]
pub(super) struct Satisfaction {
    people: PeopleRated,
    assistant: AssistantRated,
}

pub(super) fn satisfaction(both: &Both) -> Satisfaction {
    let scored = |sums: &Sums| {
        let scores = sums.by_subject(Figure::Rating, 0);
        let count: u64 = scores.values().sum();
        let sum: u64 = scores.iter().map(|(score, count)| score.parse::<u64>().unwrap_or(0) * count).sum();
        (count, (count > 0).then(|| round(sum as f64 / count as f64)))
    };
    let (count, mean) = scored(&both.now);
    let said = |sums: &Sums, word: &str| sums.subject(Figure::Helped, 0, word);
    let (yes, no) = (said(&both.now, "yes"), said(&both.now, "no"));
    Satisfaction {
        people: PeopleRated {
            asked: both.now.total(Figure::RatingAsked, 0),
            count,
            mean,
            before_mean: both.before.as_ref().and_then(|before| scored(before).1),
            distribution: (1..=5)
                .map(|score: u8| Score { score, count: both.now.subject(Figure::Rating, 0, &score.to_string()) })
                .collect(),
        },
        assistant: AssistantRated {
            asked: both.now.total(Figure::HelpedAsked, 0),
            count: yes + no,
            yes,
            no,
            rate: both.rate(|sums| (said(sums, "yes"), said(sums, "yes") + said(sums, "no"))),
        },
    }
}
