//! A small GraphQL engine: enough of the language for an ordinary client to notice no difference.
//!
//! `schema` reads the type system; `operation` picks the operation of a document and its variables' values;
//! `validate` refuses what the schema doesn't have; `cost` prices it; `execute` walks the selection over
//! whatever implements [`Resolve`], or over plain JSON; `page` cuts connections. Error texts and codes are
//! those of the Ruby implementation, which the provider uses. Left out: subscriptions and introspection.

mod coerce;
mod cost;
mod error;
mod execute;
mod operation;
mod page;
mod schema;
mod validate;

pub(crate) use cost::requested_cost;
pub(crate) use error::{FieldError, GraphqlError};
pub(crate) use execute::{Call, Execution, Node, Resolve, execute, root_calls};
pub(crate) use operation::{Operation, OperationKind, Payload, parse};
pub(crate) use page::{Page, Sorted};
pub(crate) use schema::Schema;
pub(crate) use validate::validate;

/// The JSON object of an argument list, an input or a selection.
pub(crate) type Object = serde_json::Map<String, serde_json::Value>;
