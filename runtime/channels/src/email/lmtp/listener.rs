//! Listens, and takes so many lines at once.

use super::session::Session;
use super::{Limits, Listen, Taker};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// A line that can't be taken now is told so within this time.
const TELLING: Duration = Duration::from_secs(2);
/// Messages that are on their way when we close may take so long.
const ENDING: Duration = Duration::from_secs(10);
/// After an error the listener rests: it may be short of file descriptors.
const RESTING: Duration = Duration::from_millis(200);

/// An LMTP server that listens.
pub struct Lmtp {
    door: Door,
    limits: Limits,
    taker: Arc<dyn Taker>,
}

enum Door {
    Tcp(TcpListener),
    /// The socket is removed when the door is closed.
    Unix(UnixListener, PathBuf),
}

/// Why it doesn't listen.
#[derive(Debug, thiserror::Error)]
pub enum NotListening {
    /// Anybody on the network could bring mail.
    #[error(
        "LMTP knows no login, so it listens on this machine only: {0} is not a loopback address; use 127.0.0.1, [::1] or a path"
    )]
    NotLoopback(SocketAddr),
    /// Something else is at the path.
    #[error("{} is there already and is no socket; give LMTP a path of its own", .0.display())]
    NotASocket(PathBuf),
    /// Another one listens there.
    #[error("another program listens at {}; stop it or give LMTP a path of its own", .0.display())]
    InUse(PathBuf),
    /// What the system says.
    #[error("LMTP can't listen at {place}: {error}")]
    System {
        /// Where.
        place: String,
        /// Why.
        error: io::Error,
    },
}

impl Lmtp {
    /// Listens; mail is taken once it [runs](Self::run).
    ///
    /// # Errors
    /// Where it can't, or shouldn't, listen there.
    pub async fn bind(listen: Listen, limits: Limits, taker: Arc<dyn Taker>) -> Result<Self, NotListening> {
        let door = match listen {
            Listen::Tcp(address) if !address.ip().is_loopback() => return Err(NotListening::NotLoopback(address)),
            Listen::Tcp(address) => Door::Tcp(
                TcpListener::bind(address)
                    .await
                    .map_err(|error| NotListening::System { place: address.to_string(), error })?,
            ),
            Listen::Unix(path) => Door::Unix(socket(&path).await?, path),
        };
        Ok(Self { door, limits, taker })
    }

    /// The address it listens at; none at a path.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.door {
            Door::Tcp(listener) => listener.local_addr().ok(),
            Door::Unix(..) => None,
        }
    }

    /// Takes mail until `closing` turns true; messages that are on their way have ten seconds to be stored and answered.
    pub async fn run(self, mut closing: watch::Receiver<bool>) {
        let room = Arc::new(Semaphore::new(self.limits.connections));
        let mut lines = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.door.accept() => accepted,
                Ok(_) = closing.wait_for(|closing| *closing) => break,
                Some(_) = lines.join_next() => continue,
            };
            let mut stream = match accepted {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(%error, "LMTP could not take a connection");
                    tokio::time::sleep(RESTING).await;
                    continue;
                }
            };
            let Ok(place) = room.clone().try_acquire_owned() else {
                let full = b"421 4.3.2 Too many connections at once; try again later\r\n";
                let _ = tokio::time::timeout(TELLING, stream.write_all(full)).await;
                continue;
            };
            let session = Session::new(stream, self.limits, self.taker.clone(), closing.clone());
            lines.spawn(async move {
                session.run().await;
                drop(place);
            });
        }
        let ending = async { while lines.join_next().await.is_some() {} };
        if tokio::time::timeout(ENDING, ending).await.is_err() {
            tracing::warn!("LMTP connections that did not end are closed; the mail server brings their mail again");
        }
    }
}

impl Door {
    async fn accept(&self) -> io::Result<Box<dyn super::session::Stream>> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            Self::Unix(listener, _) => Ok(Box::new(listener.accept().await?.0)),
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Self::Unix(_, path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A socket at `path`; one that nobody listens at any more, as after a crash, is replaced.
async fn socket(path: &Path) -> Result<UnixListener, NotListening> {
    let system = |error| NotListening::System { place: path.display().to_string(), error };
    match std::fs::symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => return Err(NotListening::NotASocket(path.to_owned())),
        Ok(_) if tokio::net::UnixStream::connect(path).await.is_ok() => {
            return Err(NotListening::InUse(path.to_owned()));
        }
        Ok(_) => std::fs::remove_file(path).map_err(system)?,
        Err(_) => {}
    }
    let listener = UnixListener::bind(path).map_err(system)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).map_err(system)?;
    Ok(listener)
}
