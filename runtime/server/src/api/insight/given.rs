//! Of which days, in which zone and on which channel figures are asked for.

use crate::api::Server;
use crate::api::extract::Operator;
use crate::channels;
use crate::problem::{Answer, Kind, Problem};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_agent::insight::{Asked, Figure, Period, PeriodError, Preset, Unit, definition};
use usher_host::skill::Channel;
use utoipa::{IntoParams, ToSchema};

/// Which days.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Days {
    /// `today`, `yesterday`, `7d`, `14d`, `30d` or `90d`, today included.
    pub(super) range: Option<String>,
    /// Instead of `range`: the first day, `2026-11-01`.
    pub(super) from: Option<String>,
    /// The last day; today where only `from` is given.
    pub(super) to: Option<String>,
    /// The zone whose days they are, an IANA name; where it isn't given the account's, else the shop's.
    pub(super) zone: Option<String>,
    /// Only there: `webchat`, `sms`, `whatsapp` or `email`.
    pub(super) channel: Option<String>,
    /// Whether they are compared with the days before; `true` where it isn't given.
    pub(super) compare: Option<bool>,
}

/// The same, read.
pub(super) struct Given {
    pub(super) period: Period,
    pub(super) before: Option<Period>,
    pub(super) channel: Option<Channel>,
}

fn refused(error: &PeriodError) -> Problem {
    let fix = match error {
        PeriodError::UnknownRange(_) => "choose one of them, or give `from` and `to`",
        PeriodError::UnknownZone(_) => "give an IANA name, like Europe/Berlin",
        PeriodError::Backwards { .. } => "change them round",
        _ => "ask for fewer days",
    };
    Problem::new(Kind::Invalid).detail(error.to_string()).fix(fix)
}

fn day(name: &str, text: &str) -> Answer<Date> {
    text.trim().parse().map_err(|_| {
        Problem::new(Kind::Invalid).detail(format!("`{name}`: `{text}` is no day")).fix("write days like 2026-11-01")
    })
}

/// A parameter that a form left empty isn't given.
pub(in crate::api) fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// All channels, in the order in which they are shown.
pub(super) const CHANNELS: [Channel; 4] = [Channel::Webchat, Channel::Sms, Channel::Whatsapp, Channel::Email];

/// The channel of a parameter.
pub(in crate::api) fn read_channel(text: Option<&str>) -> Answer<Option<Channel>> {
    let Some(text) = text else { return Ok(None) };
    let known = CHANNELS.into_iter().find(|channel| channels::name(*channel) == text);
    known.map(Some).ok_or_else(|| {
        Problem::new(Kind::Invalid)
            .detail(format!("`channel`: `{text}` is no channel"))
            .fix("give webchat, sms, whatsapp or email")
    })
}

impl Days {
    pub(super) fn zone(&self, server: &Server, operator: &Operator) -> String {
        let zone = filled(self.zone.as_ref()).or(operator.time_zone());
        zone.unwrap_or(&server.config().shop.time_zone).to_owned()
    }

    pub(super) fn read(&self, server: &Server, operator: &Operator, usual: Preset) -> Answer<Given> {
        let now = server.now();
        let zone = self.zone(server, operator);
        let channel = read_channel(filled(self.channel.as_ref()))?;
        let range = filled(self.range.as_ref());
        let (from, to) = (filled(self.from.as_ref()), filled(self.to.as_ref()));
        let period = match (range, from, to) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                return Err(Problem::new(Kind::Invalid)
                    .detail("`range` and `from` or `to` are both given")
                    .fix("give the one or the other"));
            }
            (None, None, Some(_)) => {
                return Err(Problem::new(Kind::Invalid).detail("`to` is given without `from`").fix("give both"));
            }
            (None, Some(from), to) => {
                let from = day("from", from)?;
                let today = Period::of_preset(Preset::Today, &zone, now).map_err(|error| refused(&error))?.to;
                let to = to.map(|to| day("to", to)).transpose()?.unwrap_or(today);
                Period::of_days(from, to, &zone)
            }
            (Some(range), None, None) => {
                let preset: Preset = range.parse().map_err(|error| refused(&error))?;
                Period::of_preset(preset, &zone, now)
            }
            (None, None, None) => Period::of_preset(usual, &zone, now),
        };
        let period = period.map_err(|error| refused(&error))?;
        let compared = self.compare.unwrap_or(true).then(|| period.before(now)).transpose();
        let before = compared.map_err(|error| refused(&error))?;
        Ok(Given { period, before, channel })
    }
}

impl Given {
    /// Sums of the whole period (stretch 0), and of the one before (stretch 1).
    pub(super) fn totals(&self, figures: &[Figure]) -> [Option<Asked>; 2] {
        let of = |period: &Period| Asked {
            figures: figures.to_vec(),
            cuts: vec![period.starts_at(), period.ends_at()],
            channel: self.channel,
        };
        [Some(of(&self.period)), self.before.as_ref().map(of)]
    }

    /// Sums of each stretch of a period.
    pub(super) fn series(&self, period: &Period, figures: &[Figure]) -> Asked {
        Asked { figures: figures.to_vec(), cuts: period.cuts.clone(), channel: self.channel }
    }

    pub(super) fn frame(&self, figures: &[&'static str], counted: Counted) -> Frame {
        let mut definitions: BTreeMap<&'static str, &'static str> =
            figures.iter().filter_map(|figure| Some((*figure, definition(figure)?))).collect();
        definitions.extend(["range", "before"].map(|figure| (figure, definition(figure).unwrap_or_default())));
        Frame {
            range: RangeView::of(&self.period),
            compared_to: self.before.as_ref().map(RangeView::of),
            channel: self.channel.map(channels::name),
            counted,
            definitions,
        }
    }
}

/// Days, as they were understood.
#[derive(Serialize, ToSchema)]
#[schema(as = FigureRange)]
pub(super) struct RangeView {
    /// As it was asked for; none where `from` and `to` were.
    preset: Option<String>,
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// Whose days they are.
    zone: String,
    /// The first moment (RFC 3339).
    #[schema(format = DateTime)]
    starts_at: String,
    /// The moment after the last.
    #[schema(format = DateTime)]
    ends_at: String,
    /// What stretches are: `hour` where it is one day, else `day`.
    unit: &'static str,
}

impl RangeView {
    pub(super) fn of(period: &Period) -> Self {
        Self {
            preset: period.preset.map(|preset| preset.to_string()),
            from: period.from.to_string(),
            to: period.to.to_string(),
            zone: period.zone_name.clone(),
            starts_at: period.starts_at().to_string(),
            ends_at: period.ends_at().to_string(),
            unit: match period.unit {
                Unit::Hour => "hour",
                Unit::Day => "day",
            },
        }
    }
}

/// How far figures are.
#[derive(Serialize, ToSchema)]
#[schema(as = FiguresCounted)]
pub(super) struct Counted {
    /// Every conversation is in them; false while they are counted anew.
    complete: bool,
    /// What happened up to then is in them (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
}

impl Counted {
    pub(super) async fn now(server: &Server) -> Answer<Self> {
        let progress = server.store().insight().progress().await?;
        let at = progress.until.unwrap_or_else(|| server.now());
        Ok(Self { complete: progress.complete, at: at.to_string() })
    }
}

/// What stands around all figures.
#[derive(Serialize, ToSchema)]
#[schema(as = FigureFrame)]
pub(super) struct Frame {
    /// The days.
    pub(super) range: RangeView,
    /// The days that they are compared with.
    pub(super) compared_to: Option<RangeView>,
    /// Only there.
    channel: Option<&'static str>,
    /// How far the figures are.
    pub(super) counted: Counted,
    /// What each figure means, by its name.
    pub(super) definitions: BTreeMap<&'static str, &'static str>,
}
