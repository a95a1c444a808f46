//! What each skill is fit for just now, and what it lacks.
//!
//! [`missing`] and [`state`] are pure functions of a manifest and the [`Circumstances`]. [`Skills`] gathers these: the
//! host's live generation, the health of integrations (`health`), the topics that there are articles on, the catalogue,
//! and what operators decided ([`SkillSetup`], [`Hub`], [`SkillRequest`]). Whenever one of them changes it makes a new
//! [`Board`], which turns and the API read.

mod board;
mod health;
mod keep;
mod missing;
mod request;
mod setup;
mod state;

pub use board::{Board, Closed, channel_name, channel_of};
pub use health::Health;
pub use keep::{Defaults, Skills, Surroundings};
pub use missing::{Fix, Missing};
pub use request::SkillRequest;
pub use setup::{Hub, SkillSetup};
pub use state::{Circumstances, Connection, ConnectorNow, Failing, Standing, State, Switch, missing, state};
