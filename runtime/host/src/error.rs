//! What can go wrong with a plugin, in words for the person who can mend it.

use crate::limits::LimitHit;
use crate::visible::visible;
use std::path::PathBuf;
use usher_manifest::{FunctionName, InterfaceName, PluginId};

/// Why a file is not taken as a plugin. Nothing of it has run. What the file says of itself is shown with hidden
/// characters spelled out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is something else.
    #[error("this is not a WebAssembly component: {0}")]
    NotAComponent(&'static str),
    /// It can't be read to its end.
    #[error("the component is damaged: {}; build or copy it again", visible(.0))]
    Damaged(String),
    /// The file is larger than the operator allows.
    #[error("the file has {found} bytes, and {most} are allowed; make it smaller, or raise `limits.component-bytes`")]
    TooLarge {
        /// Its size, bytes.
        found: u64,
        /// The limit, bytes.
        most: u64,
    },
    /// It is out of proportion: compiling or instantiating it would cost too much.
    #[error("the component has {found} {what}, and {most} are allowed")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How much.
        found: u64,
        /// The limit.
        most: u64,
    },
    /// It imports a component or a module instead of functions.
    #[error("the component imports code (`{}`); a plugin may import functions only", visible(.0))]
    ImportsCode(String),
    /// It carries no manifest, or several.
    #[error("the component has {0} `usher:manifest` sections, and exactly one is needed; build it with `usher build`")]
    Manifests(usize),
    /// Its manifest can't be read.
    #[error("the manifest in the component is not valid: {}", visible(.0))]
    Manifest(String),
    /// It imports tools that its manifest doesn't declare.
    #[error(
        "{id} imports {} without declaring it; add to its manifest: {}",
        list(.functions),
        .functions.iter().map(|f| format!("[[tools]] function = \"{f}\" reason = \"…\"")).collect::<Vec<_>>().join(", ")
    )]
    Undeclared {
        /// The plugin.
        id: PluginId,
        /// What it imports.
        functions: Vec<FunctionName>,
    },
    /// It imports something that no plugin of its kind may have.
    #[error("{id} imports `{}`, which {why}", visible(.import))]
    Forbidden {
        /// The plugin.
        id: PluginId,
        /// The name of the import.
        import: String,
        /// Why not.
        why: &'static str,
    },
    /// It lacks an export, or its declaration and its exports differ.
    #[error("{id} {}", visible(.problem))]
    Exports {
        /// The plugin.
        id: PluginId,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// It was built against another contract.
    #[error(
        "{id} was built against another version of `{}`: its `{}` is {}, and the runtime's is {wanted}; build it again \
         with this version's SDK",
        visible(.interface), visible(.function), visible(.found)
    )]
    Contract {
        /// The plugin.
        id: PluginId,
        /// The interface.
        interface: String,
        /// The function.
        function: String,
        /// Its type in the plugin.
        found: String,
        /// Its type in the contract.
        wanted: String,
    },
    /// Another plugin has that id, or one that is easily taken for it.
    #[error(
        "{id} can't be loaded from {}: {other} is loaded from {}",
        visible(&.file.to_string_lossy()), visible(&.other_file.to_string_lossy())
    )]
    SameId {
        /// The plugin.
        id: PluginId,
        /// Its file.
        file: PathBuf,
        /// The other one.
        other: PluginId,
        /// Its file.
        other_file: PathBuf,
    },
    /// Compiling it took too long, needed too much memory, or failed.
    #[error("the component could not be compiled: {}", visible(.0))]
    Compile(String),
    /// Others were there before it.
    #[error("too many plugins wait to be compiled ({waiting}); try again in a minute")]
    CompileQueue {
        /// How many may wait.
        waiting: usize,
    },
    /// It failed when it was started for a try.
    #[error("the component was started for a try, and {0}; it can't serve")]
    Probe(String),
    /// Its signature, or what it was signed as, doesn't hold.
    #[error("{id}: {problem}")]
    Signature {
        /// The plugin.
        id: PluginId,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// What was decided about it keeps it from being taken.
    #[error("{id}: {problem}")]
    Decided {
        /// The plugin.
        id: PluginId,
        /// What was decided, and what to do.
        problem: String,
    },
    /// It can't be linked although its imports are declared.
    #[error("the component could not be linked: {}", visible(.0))]
    Link(String),
}

fn list(functions: &[FunctionName]) -> String {
    functions.iter().map(|function| format!("`{function}`")).collect::<Vec<_>>().join(", ")
}

/// Why a call of a component brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallFailure {
    /// It ran into a limit.
    #[error("the call ran into its limit of {0:?}")]
    Limit(LimitHit),
    /// It trapped: a bug in the plugin.
    #[error("the plugin failed: {0}")]
    Trap(String),
    /// The runtime itself failed.
    #[error("the runtime failed: {0}")]
    Runtime(String),
    /// There is no such plugin in this generation.
    #[error("there is no plugin {0}")]
    NoSuchPlugin(PluginId),
    /// Nobody provides this interface.
    #[error("no connected integration provides {0}")]
    NoProvider(InterfaceName),
    /// The server has too much to do.
    #[error("too many calls are running")]
    Busy,
    /// An acting call needs the customer's yes.
    #[error("the customer must agree first")]
    AwaitsConsent,
    /// A person revoked the plugin while it ran.
    #[error("the plugin was revoked while it ran")]
    Revoked,
    /// It failed too often and isn't asked for a while.
    #[error("{0} failed too often; it is asked again in {1} s")]
    Quarantined(PluginId, u64),
}

/// Why the host itself can't do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The engine can't be made.
    #[error("the WebAssembly engine can't be started: {0}")]
    Engine(String),
    /// A file can't be read.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder or file that only the runtime may change isn't safe from others.
    #[error("{} {problem}", .path.display())]
    Unsafe {
        /// Which.
        path: PathBuf,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// The ledger can't be read or written.
    #[error(transparent)]
    Ledger(#[from] crate::ledger::LedgerError),
    /// The trust policy in force before had a higher number.
    #[error(
        "the trust policy has sequence {found}, and {before} was in force before; if this policy is meant, raise its \
         `sequence` above {before}, and if there is none any more, put the last one back: it may revoke something"
    )]
    OldPolicy {
        /// The policy's number.
        found: u64,
        /// The highest that was in force.
        before: u64,
    },
    /// The registry of tools can't be read.
    #[error("the registry of tools is not valid: {0}")]
    Registry(String),
    /// The contract can't be read.
    #[error("the contract (WIT) is not valid: {0}")]
    Contract(String),
    /// An integration's settings don't fit the connector.
    #[error("{connector}: {problem}")]
    Integration {
        /// The connector.
        connector: PluginId,
        /// What is wrong and how to mend it.
        problem: String,
    },
}
