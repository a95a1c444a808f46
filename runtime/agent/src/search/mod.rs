//! Finding conversations by what was said in them, by how they stand and by whose they are.
//!
//! What is said is taken in by a follower, a second or so later; no turn waits for it.

mod snippet;
mod store;

pub use snippet::{Piece, folded, snippet};
pub use store::{Found, SearchFilter, SearchPage, SearchPlace, SearchStore, TakenIn};
