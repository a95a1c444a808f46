//! Why a probe can't be made or run: never the probe's own doing, which is what the runner reports.

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The contract that comes with the program can't be read.
    #[error("the contract (WIT) is not valid: {0}")]
    Contract(String),
    /// A fixture's own text is wrong.
    #[error("a fixture is not valid: {0}")]
    Fixture(String),
    /// The host can't be started.
    #[error("the host can't be started: {0}")]
    Host(#[from] usher_host::Error),
    /// The temporary folder or the provider's stand-in can't be had.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A probe can't be signed.
    #[error("a probe can't be signed: {0}")]
    Signing(String),
    /// The host didn't look at a file.
    #[error("the host didn't take notice of a file within {0} seconds; is the machine overloaded?")]
    Unnoticed(u64),
}
