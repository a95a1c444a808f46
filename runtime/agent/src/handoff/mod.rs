//! Handing a conversation over to people: how the operator wants it done (`settings`), and how far a customer is on the
//! way there (`pending`).
//!
//! The turn leads the way: a person is offered, an address is asked for (`address`) and the operator's form is gone
//! through (`answer`), and then the ticket is opened with a `summary` of what was said. `words` is what customers read.

pub(crate) mod address;
pub(crate) mod answer;
mod pending;
mod settings;
pub(crate) mod summary;
mod words;

pub use pending::{HandoffStage, PendingHandoff};
pub use settings::{CustomMessage, FieldKind, FormField, HandoffMethod, HandoffSettings, HandoffTexts, OfferMode};
pub use words::HandoffWords;
