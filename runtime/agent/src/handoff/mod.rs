//! Handing a conversation over to people: how the operator wants it done, and how far a customer is on the way there.

mod pending;
mod settings;

pub use pending::{HandoffStage, PendingHandoff};
pub use settings::{CustomMessage, FieldKind, FormField, HandoffMethod, HandoffSettings, HandoffTexts, OfferMode};
