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

mod acting;
mod address;
mod allowance;
mod arguments;
mod ask;
mod breaker;
mod cache;
mod call;
mod compile;
mod confine;
mod connector;
mod connector_call;
mod consent;
mod contract;
mod decisions;
mod difference;
mod egress;
mod engine;
mod error;
mod fair;
mod flags;
mod folder;
mod gate;
mod generation;
mod host;
mod inspect;
mod intake;
mod integration;
mod journal;
pub mod json;
mod ledger;
mod limits;
mod loaded;
mod owner;
mod plugin;
mod private;
mod reach;
mod registry;
mod replay;
mod review;
mod scan;
mod sentences;
mod sheet;
mod shelf;
mod signature;
pub mod skill;
mod skill_call;
mod trial;
mod trust;
pub mod value;
mod vault;
mod visible;
mod web;
mod webhook;

pub use allowance::Allowance;
pub use cache::CompileCache;
pub use compile::{CompileCommand, Compiler, compile_main};
pub use confine::{Confinement, confine};
pub use connector_call::Customer;
pub use consent::{Agreed, ConsentRequest};
pub use decisions::{Approved, DecisionError};
pub use difference::{Asks, Change, Difference, Mark, What};
pub use engine::config as engine_config;
pub use error::{CallFailure, Error, Refusal};
pub use flags::{Flag, FlagName, Severity, flags};
pub use gate::{RuntimeCall, RuntimeTool};
pub use generation::{Connected, Draining, Generation, RefusedFile, Source};
pub use host::{Host, HostConfig, WeakHost};
pub use inspect::{Digest, Inspection, MANIFEST_SECTION, inspect};
pub use integration::{Integration, IntegrationSummary, SecretValue};
pub use journal::{CallResult, Handled, LogLine, RecordedCall, Recording, ToolCall};
pub use ledger::{Action, Earlier, Entry, Intent, Ledger, LedgerError, MemoryLedger, Subject, UNSETTLED_FOR};
pub use limits::{LimitHit, Limits};
pub use loaded::MachineCode;
pub use plugin::{Connector, Plugin, Skill};
pub use reach::Reach;
pub use registry::{Effect, ProvidedBy, ToolRegistry, ToolRule};
pub use replay::Difference as ReplayDifference;
pub use review::{Approval, Release, State};
pub use scan::Scanned;
pub use sentences::{About, Sentence};
pub use sheet::{PermissionSheet, SheetGrant, SheetHost, SheetInterface, SheetSecret, SheetTool, SheetWebhook};
pub use signature::{KeyError, KeyId, PublicKey, SIGNATURE_SUFFIX, SecretKey, Signature, SignatureError, Statement};
pub use skill_call::TurnContext;
pub use trust::{ApprovalRule, Before, Decision, Live, PolicyError, Signed, TrustPolicy, TrustedPublisher, Unsigned};
pub use value::{DenialReason, ToolError, Value};
pub use vault::{Vault, VaultError};
pub use visible::visible;
pub use web::{Web, WebAnswer, WebError, WebPost, WebStandIns};
pub use webhook::WebhookCall;
