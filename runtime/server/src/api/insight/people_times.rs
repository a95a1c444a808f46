//! How long customers wait for people, within business hours and outside.

use super::figure::{Times, spread};
use super::given::Given;
use crate::api::Server;
use crate::problem::Answer;
use jiff::Timestamp;
use serde::Serialize;
use usher_agent::insight::{Asked, Figure, Period, QUARTER, Spread, Sums};
use utoipa::ToSchema;

/// First answers of people.
#[derive(Serialize, ToSchema)]
pub(super) struct FirstResponses {
    /// All of them.
    all: Times,
    /// Of tickets that were opened within business hours.
    in_hours: Times,
    /// Of the others.
    out_of_hours: Times,
    /// Tickets that wait for one.
    waiting: u64,
}

/// Waits for people.
#[derive(Serialize, ToSchema)]
pub(super) struct Waits {
    /// All of them.
    all: Times,
    /// Those that began within business hours.
    in_hours: Times,
    /// The others.
    out_of_hours: Times,
}

/// Times of people: by when each began, so that business hours tell them apart.
struct ByQuarter {
    sums: Sums,
    /// Of each stretch: it began within business hours.
    open: Vec<bool>,
    /// Stretches before this one are of the days before.
    first: usize,
}

impl ByQuarter {
    fn times(&self, figures: [Figure; 2], compared: bool, counts: impl Fn(bool) -> bool) -> Times {
        let is = |stretch: usize| self.open.get(stretch).is_some_and(|open| counts(*open));
        let now = spread(&self.sums, figures, |stretch| stretch >= self.first && is(stretch));
        let before: Option<Spread> =
            compared.then(|| spread(&self.sums, figures, |stretch| stretch < self.first && is(stretch)));
        Times::of(&now, before.as_ref())
    }
}

pub(super) async fn people_times(server: &Server, given: &Given, waiting: u64) -> Answer<(FirstResponses, Waits)> {
    let before = given.before.as_ref();
    let mut cuts = before.map(|before| hours_of(server, before)).unwrap_or_default();
    let first = cuts.len();
    // Where the days before end earlier, the time between is nobody's.
    let gap = before.is_some_and(|before| before.ends_at() < given.period.starts_at());
    if let Some(before) = before.filter(|_| gap) {
        cuts.push((before.ends_at(), false));
    }
    cuts.extend(hours_of(server, &given.period));
    let open: Vec<bool> = cuts.iter().map(|(_, open)| *open).collect();
    let mut cuts: Vec<Timestamp> = cuts.into_iter().map(|(at, _)| at).collect();
    cuts.push(given.period.ends_at());
    let asked = Asked {
        figures: vec![Figure::FirstResponse, Figure::FirstResponseSum, Figure::Wait, Figure::WaitSum],
        cuts,
        channel: given.channel,
    };
    let mut cells = server.store().insight().sums(asked).await?;
    if gap {
        cells.retain(|cell| cell.stretch != first);
    }
    let by_quarter = ByQuarter { sums: Sums::new(cells), open, first: first + usize::from(gap) };
    let compared = before.is_some();
    let of = |figures: [Figure; 2]| {
        let all = by_quarter.times(figures, compared, |_| true);
        let (within, outside) = (by_quarter.times(figures, compared, |open| open), |open: bool| !open);
        (all, within, by_quarter.times(figures, compared, outside))
    };
    let (all, in_hours, out_of_hours) = of([Figure::FirstResponse, Figure::FirstResponseSum]);
    let responses = FirstResponses { all, in_hours, out_of_hours, waiting };
    let (all, in_hours, out_of_hours) = of([Figure::Wait, Figure::WaitSum]);
    Ok((responses, Waits { all, in_hours, out_of_hours }))
}

/// Where business hours begin and end within a period, each with whether people are there from then on; the period's begin
/// comes first. To the quarter of an hour.
fn hours_of(server: &Server, period: &Period) -> Vec<(Timestamp, bool)> {
    let hours = server.agent().settings().hours();
    let zone = &server.config().shop.time_zone;
    let mut at = period.starts_at();
    let mut cuts: Vec<(Timestamp, bool)> = Vec::new();
    while at < period.ends_at() {
        let opening = hours.at(at, zone);
        let cut = Timestamp::from_second(at.as_second().div_euclid(QUARTER) * QUARTER).unwrap_or(at);
        match cuts.last_mut() {
            Some((last, open)) if *last >= cut => *open = opening.open,
            _ => cuts.push((cut, opening.open)),
        }
        match opening.changes_at.filter(|next| *next > at) {
            Some(next) => at = next,
            None => break,
        }
    }
    cuts
}
