//! A provider on the loopback that records the bytes it is sent and answers with bytes, right or wrong.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// One request as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The request line.
    pub line: String,
    /// Names in lower case and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// All of it.
    pub bytes: String,
}

impl Seen {
    /// The values of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The address's path and query.
    #[must_use]
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }
}

/// What a request is answered with.
#[derive(Clone, Debug)]
pub enum Answer {
    /// These bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes as soon as there is a permit, which is used up.
    Held(Arc<Semaphore>, Vec<u8>),
    /// These bytes, and the connection is closed.
    Last(Vec<u8>),
    /// These bytes, and the connection is reset.
    Reset(Vec<u8>),
    /// The first bytes once, and the second ones again and again with a pause between them.
    Endless(Vec<u8>, Vec<u8>, Duration),
}

impl Answer {
    /// A whole answer with this status, further header lines (each with its line end) and body.
    #[must_use]
    pub fn http(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes())
    }

    /// No answer at all.
    #[must_use]
    pub fn silence() -> Self {
        Self::Endless(Vec::new(), Vec::new(), Duration::from_secs(60))
    }
}

#[derive(Default)]
struct Record {
    connections: usize,
    requests: Vec<Seen>,
}

/// The server. It ends with the test's runtime.
pub struct Capture {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    record: Arc<Mutex<Record>>,
}

impl Capture {
    /// Starts a server that answers each request by `answer`.
    ///
    /// # Panics
    /// Where the loopback has no port left.
    #[allow(clippy::expect_used, reason = "a machine without a loopback can't be tested on")]
    pub async fn start(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let record = Arc::new(Mutex::new(Record::default()));
        let (answer, kept) = (Arc::new(answer), record.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                kept.lock().unwrap_or_else(PoisonError::into_inner).connections += 1;
                tokio::spawn(serve(stream, kept.clone(), answer.clone()));
            }
        });
        Self { url, record }
    }

    /// How often it was connected to.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).connections
    }

    /// What it was asked since the last look.
    #[must_use]
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner).requests)
    }
}

async fn serve(mut stream: TcpStream, record: Arc<Mutex<Record>>, answer: Arc<impl Fn(&Seen) -> Answer>) {
    let mut buffer = Vec::new();
    while let Some(seen) = read(&mut stream, &mut buffer).await {
        let answer = answer(&seen);
        record.lock().unwrap_or_else(PoisonError::into_inner).requests.push(seen);
        match answer {
            Answer::Bytes(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Answer::Held(permits, bytes) => match permits.acquire().await {
                Ok(permit) => {
                    permit.forget();
                    if stream.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                Err(_) => return,
            },
            Answer::Last(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Answer::Reset(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.set_zero_linger();
                return;
            }
            Answer::Endless(first, again, pause) => {
                let mut next = first;
                while stream.write_all(&next).await.is_ok() {
                    next.clone_from(&again);
                    tokio::time::sleep(pause).await;
                }
                return;
            }
        }
    }
}

/// The next request of a connection; none where it ends.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = head.trim_end().split("\r\n").map(str::to_owned);
    let line = lines.next()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let whole = end + length.unwrap_or(0);
    while buffer.len() < whole {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let bytes = String::from_utf8_lossy(&buffer[..whole]).into_owned();
    let body = String::from_utf8_lossy(&buffer[end..whole]).into_owned();
    buffer.drain(..whole);
    Some(Seen { line, headers, body, bytes })
}
