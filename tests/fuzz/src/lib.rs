//! Random components and random calls against the real host, in one process: nothing of it may end that process, outlast
//! its limits, keep a place or memory, or harm an honest skill beside it.
//!
//! The way of a component: a number and the seed (`dice`) → a world of the contract (`world`) → a core module that goes
//! far (`forge`, with well-formed values from `image`), one of any code (`smith`), or a damaged plugin (`mutate`) →
//! `subject`. A `campaign` loads such components by the batch on a `stage`, asks each again and again with random
//! `turns`, lets tools answer at random (`tools`, `values`), and asks the `canary` in between.

mod campaign;
mod canary;
mod dice;
mod forge;
mod image;
mod invoke;
mod mutate;
mod report;
mod smith;
mod stage;
mod subject;
mod tools;
mod turns;
mod values;
mod watch;
mod world;

pub use campaign::{Failure, Plan, Progress, run};
pub use dice::Dice;
pub use report::Report;
pub use stage::limits;
pub use values::{Function, interfaces, tools, value};
