//! `/api/v1/webhook-endpoints` and `/api/v1/webhook-deliveries`: the operator's own systems that are told what happens.

mod check;
pub(super) mod deliveries;
pub(super) mod endpoints;
mod view;
