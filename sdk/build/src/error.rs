//! Why a plugin was not built, said so that its author can mend it.

use std::path::{Path, PathBuf};

use usher_manifest::Kind;

/// Why a plugin was not built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither `skill.toml` nor `connector.toml`.
    #[error("{dir} has no manifest; write a skill.toml there for a skill, or a connector.toml for a connector")]
    NoManifest {
        /// Where it should be.
        dir: PathBuf,
    },
    /// Both of them.
    #[error("{dir} has a skill.toml and a connector.toml; a plugin is one or the other, so remove one of the two")]
    TwoManifests {
        /// Where they are.
        dir: PathBuf,
    },
    /// The manifest is wrong.
    #[error("{dir}: {source}")]
    Manifest {
        /// Where it is.
        dir: PathBuf,
        /// What is wrong with it.
        source: Box<usher_manifest::Error>,
    },
    /// Not a crate.
    #[error("{dir} has no Cargo.toml; a plugin in Rust is a crate, and `cargo init --lib` makes one")]
    NoCrate {
        /// Where it should be.
        dir: PathBuf,
    },
    /// The crate makes no dynamic library.
    #[error("the crate {name} makes no WebAssembly module; add to {manifest}:\n\n[lib]\ncrate-type = [\"cdylib\"]\n")]
    NotCdylib {
        /// The crate.
        name: String,
        /// Its `Cargo.toml`.
        manifest: PathBuf,
    },
    /// Two plugins would write the same file, or have the same id.
    #[error("{first} and {second} both have the id {id}; give one of them another")]
    SameId {
        /// The id.
        id: String,
        /// One.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A program that is needed isn't there.
    #[error("can't start `{program}` ({source}); {fix}")]
    Program {
        /// Its name.
        program: String,
        /// What to do about it.
        fix: &'static str,
        /// Why it can't be started.
        source: std::io::Error,
    },
    /// Cargo could not even say what the crate is.
    #[error("cargo can't read the crate in {dir}:\n{output}")]
    Metadata {
        /// The crate.
        dir: PathBuf,
        /// Cargo's own words.
        output: String,
    },
    /// No compiler for WebAssembly, and leave to fetch one wasn't given.
    #[error(
        "no Rust compiler for WebAssembly is here. Either run `rustup target add wasm32-unknown-unknown` where the \
         network allows it (tried here: {rustup}), or let the build fetch Debian's compiler into {folder} ({size}, nothing is installed \
         into the system): `usher build --fetch-toolchain`"
    )]
    NoToolchain {
        /// What rustup said when the build tried it.
        rustup: String,
        /// Where the compiler would go.
        folder: PathBuf,
        /// About how much there is to download and to store.
        size: &'static str,
    },
    /// No compiler for WebAssembly, and no way to fetch one.
    #[error(
        "no Rust compiler for WebAssembly is here, and this machine offers none to fetch ({reason}). Run `rustup target \
         add wasm32-unknown-unknown` where the network allows it (tried here: {rustup}), or copy the folder of such a \
         compiler from a Debian machine and name it in USHER_GUEST_TOOLCHAIN"
    )]
    NoWayToFetch {
        /// Why nothing can be fetched.
        reason: String,
        /// What rustup said when the build tried it.
        rustup: String,
    },
    /// There is nowhere to keep a compiler.
    #[error("there is no home folder to keep a compiler for WebAssembly in; name a folder in USHER_GUEST_TOOLCHAIN")]
    NoFolder,
    /// Fetching the compiler failed; nothing of it is left behind.
    #[error("fetching the compiler for WebAssembly failed while {doing}: {output}")]
    Fetch {
        /// At what.
        doing: String,
        /// What the program said.
        output: String,
    },
    /// The private compiler needs a linker for WebAssembly.
    #[error(
        "no linker for WebAssembly is here: neither {beside} nor `rust-lld` or `wasm-ld` on the PATH; install Rust by \
         rustup, which brings rust-lld, or LLVM's lld"
    )]
    NoLinker {
        /// Where rustup would have put it.
        beside: PathBuf,
    },
    /// The crate doesn't compile.
    #[error("the crate doesn't compile:\n{diagnostics}")]
    Compile {
        /// As the compiler wrote them.
        diagnostics: String,
    },
    /// Cargo ended well and named no module.
    #[error("cargo made no WebAssembly module for {name}; check that its library has the crate type cdylib")]
    NoModule {
        /// The crate.
        name: String,
    },
    /// The module takes a function from a world that plugins don't have.
    #[error("the module imports `{module}`.`{name}`, which no runtime of plugins provides. {cause}")]
    ForeignImport {
        /// The module that it asks.
        module: String,
        /// The function.
        name: String,
        /// What usually brings this in, and how to be rid of it.
        cause: &'static str,
    },
    /// The module says nothing of the world that it was written for.
    #[error("the module has no WIT world; {}", entry(*.kind))]
    NoWorld {
        /// Skill or connector.
        kind: Kind,
    },
    /// The module doesn't export what makes it a skill or a connector.
    #[error("the module doesn't export `{interface}`, as every {kind} must; {}", entry(*.kind))]
    NoEntry {
        /// Skill or connector.
        kind: Kind,
        /// What is missing.
        interface: &'static str,
    },
    /// The module doesn't become a component.
    #[error("the module doesn't become a component: {message}")]
    Componentize {
        /// All that the encoder said.
        message: String,
    },
    /// There is a manifest in it already.
    #[error(
        "the component already has a section `usher:manifest`; only `usher build` writes it, so remove it from the crate"
    )]
    SecondManifest,
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    /// For `map_err` at a file.
    pub(crate) fn file(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.as_ref().to_owned();
        move |source| Error::File { path, source }
    }
}

fn entry(kind: Kind) -> &'static str {
    match kind {
        Kind::Skill => "write `usher_sdk::skill!(handle)` once in lib.rs, with the function that answers a turn",
        Kind::Connector => {
            "implement `health::Guest` and write `export!(YOURTYPE)` once in lib.rs, as `usher_sdk::connector` shows"
        }
    }
}
