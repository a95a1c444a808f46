//! What can go wrong with a plugin, in words for the person who can mend it.

use crate::limits::LimitHit;
use std::path::PathBuf;
use usher_manifest::{FunctionName, InterfaceName, PluginId};

/// Why a file is not taken as a plugin. Nothing of it has run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is something else.
    #[error("this is not a WebAssembly component: {0}")]
    NotAComponent(&'static str),
    /// It can't be read to its end.
    #[error("the component is damaged: {0}; build or copy it again")]
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
    #[error("the component imports code (`{0}`); a plugin may import functions only")]
    ImportsCode(String),
    /// It carries no manifest, or several.
    #[error("the component has {0} `usher:manifest` sections, and exactly one is needed; build it with `usher build`")]
    Manifests(usize),
    /// Its manifest can't be read.
    #[error("the manifest in the component is not valid: {0}")]
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
    #[error("{id} imports `{import}`, which {why}")]
    Forbidden {
        /// The plugin.
        id: PluginId,
        /// The name of the import.
        import: String,
        /// Why not.
        why: &'static str,
    },
    /// It lacks an export, or its declaration and its exports differ.
    #[error("{id} {problem}")]
    Exports {
        /// The plugin.
        id: PluginId,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// It was built against another contract.
    #[error(
        "{id} was built against another version of `{interface}`: its `{function}` is {found}, and the runtime's is \
         {wanted}; build it again with this version's SDK"
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
    #[error("{id} can't be loaded from {}: {other} is loaded from {}", .file.display(), .other_file.display())]
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
    #[error("the component could not be compiled: {0}")]
    Compile(String),
    /// It can't be linked although its imports are declared.
    #[error("the component could not be linked: {0}")]
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
