//! A line to a mail server: bounded reading, and TLS from the first byte or by STARTTLS.

use super::server::{Encryption, MailServer};
use rustls::pki_types::ServerName;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A server's name is looked up and the line stands within this time.
const CONNECTING: Duration = Duration::from_secs(10);
/// Read from the line at once.
const CHUNK: usize = 16 << 10;

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A line to a mail server.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    /// What came and is not yet read, from `at`.
    buffer: Vec<u8>,
    at: usize,
    /// What is being read goes on within this time, or the line is given up; however long all of it takes.
    patience: Option<Duration>,
}

impl Wire {
    /// A line to `server`; encrypted where it is [`Encryption::Tls`].
    pub(super) async fn connect(server: &MailServer) -> io::Result<Self> {
        server.check().map_err(|wrong| io::Error::new(io::ErrorKind::InvalidInput, wrong))?;
        let stream = within(CONNECTING, TcpStream::connect((server.host.as_str(), server.port))).await?;
        stream.set_nodelay(true)?;
        let wire = Self::over(Box::new(stream));
        if server.encryption == Encryption::Tls { wire.encrypted(server).await } else { Ok(wire) }
    }

    pub(super) fn over(stream: Box<dyn Stream>) -> Self {
        Self { stream, buffer: Vec::new(), at: 0, patience: None }
    }

    /// The same line, given up where the server says nothing for so long while something is read.
    pub(super) fn patient(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// The same line, encrypted. What came before that is an error: somebody on the way may have put it there, to be
    /// taken for the server's word (CVE-2011-0411 and its kin).
    pub(super) async fn encrypted(self, server: &MailServer) -> io::Result<Self> {
        if self.at < self.buffer.len() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the server spoke out of turn before TLS began"));
        }
        let name = ServerName::try_from(server.host.clone())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "its name can't be in a certificate"))?;
        let config = server.tls().map_err(io::Error::other)?;
        let stream = within(CONNECTING, TlsConnector::from(config).connect(name, self.stream)).await?;
        Ok(Self { patience: self.patience, ..Self::over(Box::new(stream)) })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// The next line without its end; longer than `most` bytes is an error.
    pub(super) async fn line(&mut self, most: usize) -> io::Result<Vec<u8>> {
        let mut looked = 0;
        loop {
            let waiting = &self.buffer[self.at..];
            if let Some(end) = waiting[looked..].iter().position(|&b| b == b'\n').map(|found| looked + found) {
                if end > most {
                    return Err(too_long());
                }
                let line = waiting[..end].strip_suffix(b"\r").unwrap_or(&waiting[..end]).to_vec();
                self.at += end + 1;
                return Ok(line);
            }
            looked = waiting.len();
            if looked > most {
                return Err(too_long());
            }
            self.fill_in_time().await?;
        }
    }

    /// Exactly so many bytes.
    pub(super) async fn bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let ready = (count - bytes.len()).min(self.buffer.len() - self.at);
            bytes.extend_from_slice(&self.buffer[self.at..self.at + ready]);
            self.at += ready;
            if bytes.len() == count {
                return Ok(bytes);
            }
            self.fill_in_time().await?;
        }
    }

    /// Waits until there is something to read, with all patience; nothing is lost where the waiting is given up.
    pub(super) async fn readable(&mut self) -> io::Result<()> {
        if self.at < self.buffer.len() { Ok(()) } else { self.fill().await }
    }

    async fn fill_in_time(&mut self) -> io::Result<()> {
        match self.patience {
            Some(patience) => within(patience, self.fill()).await,
            None => self.fill().await,
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        self.buffer.reserve(CHUNK);
        // `read_buf` puts what came into the buffer or nothing at all, so that it may be given up at any time.
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// What `doing` gives, or that it took longer than `patience`.
pub(super) async fn within<T>(patience: Duration, doing: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    match tokio::time::timeout(patience, doing).await {
        Ok(done) => done,
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {} s", patience.as_secs()))),
    }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the server sent a line that is too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_and_bytes_come_in_pieces_and_bounded() {
        let (ours, mut theirs) = tokio::io::duplex(8);
        let mut wire = Wire::over(Box::new(ours));
        let writing = tokio::spawn(async move {
            theirs.write_all(b"one\r\ntwo\nabcdefghijkl\r\nmore than ten bytes\r\n").await.expect("writes");
        });
        assert_eq!(wire.line(10).await.expect("a line"), b"one");
        assert_eq!(wire.line(10).await.expect("a line"), b"two");
        assert_eq!(wire.bytes(12).await.expect("bytes"), b"abcdefghijkl");
        assert_eq!(wire.line(10).await.expect("a line"), b"");
        assert_eq!(wire.line(10).await.expect_err("too long").kind(), io::ErrorKind::InvalidData);
        drop(wire);
        let _ = writing.await;
    }

    #[tokio::test]
    async fn what_comes_slowly_is_waited_for_and_silence_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(8);
        let patience = Duration::from_secs(1);
        let mut wire = Wire::over(Box::new(ours)).patient(patience);
        let writing = tokio::spawn(async move {
            for piece in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "\r\n"] {
                tokio::time::sleep(patience / 4).await;
                theirs.write_all(piece.as_bytes()).await.expect("writes");
            }
            theirs.write_all(b"and no more").await.expect("writes");
            theirs
        });
        assert_eq!(wire.bytes(6).await.expect("bytes"), b"abcdef");
        assert_eq!(wire.line(10).await.expect("a line"), b"ghijk");
        for silent in [wire.bytes(100).await, wire.line(100).await] {
            assert_eq!(silent.expect_err("nothing comes").kind(), io::ErrorKind::TimedOut);
        }
        drop(writing);
    }

    #[tokio::test]
    async fn what_came_before_tls_is_not_believed() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut wire = Wire::over(Box::new(ours));
        theirs.write_all(b"220 go ahead\r\n250 injected\r\n").await.expect("writes");
        wire.line(100).await.expect("a line");
        let server = MailServer {
            host: "localhost".into(),
            port: 1,
            encryption: Encryption::StartTls,
            authority: None,
            credentials: None,
        };
        assert!(wire.encrypted(&server).await.is_err_and(|error| error.to_string().contains("out of turn")));
    }
}
