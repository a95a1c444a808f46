//! The provider of the connectors' probes: a server on the loopback whose answers are out of proportion.

use crate::error::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use usher_host::Limits;

/// A request's head is read up to so many bytes.
const HEAD_BYTES: usize = 1 << 20;

/// The server, for as long as it isn't dropped.
pub(crate) struct Provider {
    /// Its address, for an integration's stand-in.
    pub(crate) url: String,
    serving: JoinHandle<()>,
}

impl Provider {
    /// Starts it. What is too large an answer follows from the limits.
    pub(crate) async fn start(limits: &Limits) -> Result<Self, Error> {
        let io = |source| Error::Io { what: "a port on the loopback", source };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(io)?;
        let url = format!("http://{}", listener.local_addr().map_err(io)?);
        let limits = *limits;
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // An answer that nobody reads to its end is no failure here.
                tokio::spawn(async move { serve(stream, &limits).await.ok() });
            }
        });
        Ok(Self { url, serving })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers one request by its path, and closes the connection.
async fn serve(mut stream: TcpStream, limits: &Limits) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if head.len() > HEAD_BYTES || stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or_default();
    let (headers, body) = match path {
        "/large" => (String::new(), limits.http_body_in_bytes + 1),
        "/headers" => ("x-many: 1\r\n".repeat(limits.http_headers + 1), 0),
        "/header" => (format!("x-long: {}\r\n", "a".repeat(limits.http_header_bytes)), 0),
        "/silent" => return std::future::pending().await,
        _ => (String::new(), 0),
    };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {body}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&vec![b'a'; body]).await?;
    stream.shutdown().await
}
