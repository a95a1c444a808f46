//! Runs plugins: inspect → permission sheet → compile → link → call → journal.
//!
//! A component's bytes are read once. [`inspect`] reads from them what the component imports and exports, without
//! running it; [`PermissionSheet`] says what that allows; a child process compiles it; linking gives it the functions
//! of its sheet and nothing else. A [`Generation`] is the set of all plugins that are live, and every call runs in a
//! fresh instance on the generation that its turn began with. Tool calls pass the gate (`gate.rs`), which alone knows
//! who the customer is, and leave a [`ToolCall`] each.
//!
//! This crate knows WIT and wasmtime. It knows nothing of conversations, channels or shops, and no provider's or
//! tool's name stands in its code: those are in `wit/`.

mod address;
mod call;
mod compile;
mod connector;
mod connector_call;
mod contract;
mod egress;
mod engine;
mod error;
mod folder;
mod gate;
mod generation;
mod host;
mod inspect;
mod integration;
mod journal;
mod limits;
mod loaded;
mod plugin;
mod registry;
mod scan;
mod sheet;
pub mod skill;
mod skill_call;
pub mod value;

pub use compile::{CompileCommand, compile_main};
pub use connector_call::Customer;
pub use engine::config as engine_config;
pub use error::{CallFailure, Error, Refusal};
pub use gate::{RuntimeCall, RuntimeTool};
pub use generation::{Connected, Generation, RefusedFile, Source};
pub use host::{Host, HostConfig};
pub use inspect::{Digest, Inspection, MANIFEST_SECTION, inspect};
pub use integration::{Integration, IntegrationSummary, SecretValue};
pub use journal::{CallResult, Handled, LogLine, ToolCall};
pub use limits::{LimitHit, Limits};
pub use plugin::{Connector, Plugin, Skill};
pub use registry::{Effect, ProvidedBy, ToolRegistry, ToolRule};
pub use sheet::{PermissionSheet, SheetHost, SheetSecret, SheetTool};
pub use skill_call::TurnContext;
pub use value::{DenialReason, ToolError, Value};
