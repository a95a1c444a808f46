//! When a request may be sent again, and for how long.

use std::cell::Cell;
use std::time::Duration;

use super::http::HttpError;
use super::request::Response;
use super::{Timestamp, host};

/// The time and the repeats that one tool call has for all its requests together.
///
/// The runtime ends a tool call after some seconds and counts its requests. A connector that makes several requests
/// for one answer therefore shares one `Retry` among them with [`Request::within`](super::Request::within), so that
/// the whole call, and not each request, stays inside.
///
/// A *reading* request is repeated after 429 and 503, waiting as `Retry-After` asks; after 500, 502 and 504, and
/// after connection trouble, with a wait that doubles. An *acting* request is repeated after 429 only: there the
/// provider says that it ran nothing. After a time-out or a broken connection nobody knows, so what was done must
/// be read back first. Where the wait would outlast the call there is no repeat, and the failure is the answer.
#[derive(Debug)]
pub struct Retry {
    until: Timestamp,
    repeats_left: Cell<u32>,
    next_wait: Cell<Duration>,
}

impl Retry {
    /// What one call may take by default: a second less than the eight after which the runtime ends it.
    pub const TIME: Duration = Duration::from_secs(7);
    /// How often requests are repeated by default, of the eight that the runtime allows a call.
    pub const REPEATS: u32 = 3;
    /// The first wait where the provider names none.
    pub const FIRST_WAIT: Duration = Duration::from_millis(250);
    /// What a repeated request must have left to be worth sending.
    const LEAST_TIME: Duration = Duration::from_millis(500);

    /// [`Retry::TIME`] from now on, and [`Retry::REPEATS`].
    pub fn new() -> Self {
        Self::with(Self::TIME, Self::REPEATS, Self::FIRST_WAIT)
    }

    /// Other figures, counted from now on. `first_wait` is doubled at each repeat.
    pub fn with(time: Duration, repeats: u32, first_wait: Duration) -> Self {
        Retry { until: Timestamp::now().plus(time), repeats_left: Cell::new(repeats), next_wait: Cell::new(first_wait) }
    }

    /// Waits before a repeat, as long as the provider asks, else by doubling. False, at once, where no repeat is
    /// left or the wait would outlast the call.
    pub fn wait(&self, asked: Option<Duration>) -> bool {
        let now = Timestamp::now();
        // Callers that were refused together shouldn't come back together. The clock is the only chance there is.
        let jitter = Duration::from_millis(now.unix_milliseconds().rem_euclid(97).unsigned_abs());
        let wait = asked.unwrap_or(self.next_wait.get()).saturating_add(jitter);
        let left = self.until.since(now);
        if self.repeats_left.get() == 0 || wait.saturating_add(Self::LEAST_TIME) > left {
            return false;
        }
        self.repeats_left.set(self.repeats_left.get() - 1);
        self.next_wait.set(self.next_wait.get().saturating_mul(2));
        host::sleep(u32::try_from(wait.as_millis()).unwrap_or(u32::MAX));
        true
    }

    /// How many repeats are left: what was repeated counts among the requests that the runtime allows a call.
    pub fn repeats_left(&self) -> u32 {
        self.repeats_left.get()
    }

    /// Whether to send a request again after this; has waited where it says true.
    pub(super) fn again(&self, outcome: &Result<Response, HttpError>, acting: bool) -> bool {
        match outcome {
            Ok(response) => match response.status() {
                429 => self.wait(response.retry_after()),
                503 if !acting => self.wait(response.retry_after()),
                500 | 502 | 504 if !acting => self.wait(None),
                _ => false,
            },
            Err(HttpError::TimedOut | HttpError::Unreachable(_)) if !acting => self.wait(None),
            Err(_) => false,
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::new()
    }
}
