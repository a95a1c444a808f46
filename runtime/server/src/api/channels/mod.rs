//! Channels for those who run them and for people in support: how each does (`list`, `view`, `setup`), what is on its way
//! to customers and has it sent again (`dispatches`, `again`), with whom a conversation is held and how far each message
//! came (`thread`), and files that came with messages (`attachments`, `file_name`).

mod again;
mod attachments;
mod dispatches;
mod file_name;
mod list;
mod setup;
mod thread;
mod view;

pub(super) use thread::{AttachmentView, MessageDelivery, ThreadView};

use super::Server;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of channels.
pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(dispatches::list))
        .routes(routes!(again::one))
        .routes(routes!(again::all))
        .routes(routes!(attachments::read))
}
