//! Why a transaction came to nothing, and what the agent is told.

use rusqlite::ErrorCode;
use usher_agent::store::StoreError;

/// What ends a transaction inside this crate.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The agent asked for something that can't be.
    Refused(StoreError),
    /// The engine said no.
    Engine(rusqlite::Error),
    /// A value can't be written as JSON, or what is stored isn't the JSON that it should be.
    Json(serde_json::Error),
    /// What was sealed (named here) doesn't open.
    Sealed(String),
    /// The system gave no random numbers.
    Random,
    /// The thread that would do it is gone.
    Ended,
}

/// Shorthand.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => error,
            Failure::Engine(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => {
                    Self::Full(format!("{error}; free disk space, or raise the limit of the database's size"))
                }
                Some(ErrorCode::TooBig) => Self::Full(format!("{error}; one value is beyond the engine's limit")),
                _ => Self::Engine(error.to_string()),
            },
            Failure::Json(error) => Self::Engine(format!("a stored value is not what it should be: {error}")),
            Failure::Sealed(what) => Self::Engine(format!(
                "{what} doesn't open: it was sealed with another key, or is damaged; put back the keys that this \
                 database was written with"
            )),
            Failure::Random => Self::Engine("the system gave no random numbers".to_owned()),
            Failure::Ended => Self::Engine("its thread has ended; restart the server".to_owned()),
        }
    }
}
