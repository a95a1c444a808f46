//! Fairness between conversations. A plugin that computes for long is interrupted at every tick of the engine, but would
//! be the next to go on again: a few of them would keep all threads from everyone else. So a call that used up a tick
//! without pause goes on in the slow lane: one thread, of low priority, on which all slow calls take turns. The next call
//! of a plugin that was slow begins there, since the first stretch of each would be enough to keep others waiting.

use crate::engine::TICK;
use futures_util::FutureExt as _;
use rustix::time::{ClockId, clock_gettime};
use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Whoever computes for so long at a stretch is slow. Less than a tick, since the first is rarely a whole one.
const LONG: Duration = Duration::from_nanos(TICK.as_nanos() as u64 / 2);

/// How far the slow lane's thread steps back behind all others (0 to 19).
const NICE: i32 = 10;

/// The slow lane. Dropped, its calls end.
#[derive(Debug)]
pub(crate) struct SlowLane {
    lane: Handle,
    /// Where everything else runs.
    usual: Handle,
    _stop: oneshot::Sender<()>,
}

/// Whether a plugin's last call was slow.
#[derive(Debug, Default)]
pub(crate) struct Pace(AtomicBool);

impl Pace {
    /// That of a call which is to run in the slow lane whatever it does.
    pub(crate) fn slow() -> Self {
        Self(AtomicBool::new(true))
    }
}

type Panicked = Box<dyn Any + Send>;

/// A call in the slow lane; dropped, it ends.
struct InLane<T>(JoinHandle<T>);

impl<T> Drop for InLane<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> InLane<T> {
    async fn end(mut self) -> Result<T, Panicked> {
        (&mut self.0).await.map_err(|error| match error.try_into_panic() {
            Ok(panic) => panic,
            Err(ended) => Box::new(ended) as Panicked,
        })
    }
}

impl SlowLane {
    /// Starts the lane's thread. To be called on the runtime where everything else runs.
    pub(crate) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_time().enable_io().build()?;
        let lane = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        std::thread::Builder::new().name("usher-slow".into()).spawn(move || {
            // Where the system doesn't allow it, the lane is only fair, not modest.
            let _ = rustix::process::nice(NICE);
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        })?;
        Ok(Self { lane, usual: Handle::current(), _stop: stop })
    }

    /// Runs a call; the error is what it panicked with.
    pub(crate) async fn run<F>(&self, pace: &Pace, call: F) -> Result<F::Output, Panicked>
    where
        F: Future + Send + 'static,
        F::Output: Send,
    {
        let mut call = Box::pin(call);
        if !pace.0.load(Ordering::Relaxed) {
            // What a panic could leave half done is the call's own and goes with it.
            let ended = AssertUnwindSafe(at_ease(&mut call)).catch_unwind().await?;
            if let Some(output) = ended {
                return Ok(output);
            }
            pace.0.store(true, Ordering::Relaxed);
        }
        let ended = InLane(self.lane.spawn(observed(call))).end().await;
        if let Ok((_, was_slow)) = &ended {
            pace.0.store(*was_slow, Ordering::Relaxed);
        }
        ended.map(|(output, _)| output)
    }

    /// Begins what nobody waits for on the usual threads.
    pub(crate) fn leave_aside(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.usual.spawn(work);
    }

    /// Does what must not depend on the slow lane, wherever it is asked from: connections that calls share are driven
    /// by the runtime that made them.
    pub(crate) async fn aside<F>(&self, work: F) -> Result<F::Output, Panicked>
    where
        F: Future + Send + 'static,
        F::Output: Send,
    {
        if Handle::try_current().is_ok_and(|current| current.id() == self.usual.id()) {
            return Ok(work.await);
        }
        InLane(self.usual.spawn(work)).end().await
    }
}

/// What this thread has computed so far. Not the time that went by: on a busy machine a thread is kept waiting in the
/// middle of a short call, and the call isn't slow for it.
fn computed() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Goes on with a call until it has ended; none where it computed for long before.
async fn at_ease<F: Future>(call: &mut Pin<Box<F>>) -> Option<F::Output> {
    poll_fn(|context| {
        let before = computed();
        match call.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if computed().saturating_sub(before) >= LONG => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Goes on with a call to its end, and tells whether it still computes for long at a stretch.
async fn observed<F: Future>(mut call: Pin<Box<F>>) -> (F::Output, bool) {
    let mut was_slow = false;
    poll_fn(move |context| {
        let before = computed();
        let polled = call.as_mut().poll(context);
        was_slow |= computed().saturating_sub(before) >= LONG;
        polled.map(|output| (output, was_slow))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::Mutex;
    use std::thread;

    /// Computes for so long so often, and notes on which thread.
    async fn computing(rounds: u32, threads: Arc<Mutex<Vec<Option<String>>>>) {
        for _ in 0..rounds {
            let before = computed();
            while computed() - before < LONG * 2 {
                std::hint::spin_loop();
            }
            threads.lock().expect("no panic").push(thread::current().name().map(str::to_owned));
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_computes_for_long_goes_on_in_the_lane_and_begins_there_next_time() {
        let lane = SlowLane::start().expect("a thread");
        let (pace, threads) = (Pace::default(), Arc::new(Mutex::new(Vec::new())));
        let in_lane = |name: &Option<String>| name.as_deref() == Some("usher-slow");
        lane.run(&pace, computing(3, threads.clone())).await.expect("no panic");
        let seen = std::mem::take(&mut *threads.lock().expect("no panic"));
        assert_eq!(seen.iter().map(in_lane).collect::<Vec<_>>(), [false, true, true]);
        lane.run(&pace, computing(1, threads.clone())).await.expect("no panic");
        assert!(in_lane(&threads.lock().expect("no panic")[0]));
        // One that isn't slow any more leaves it.
        lane.run(&pace, async {}).await.expect("no panic");
        let name = lane.run(&pace, async { thread::current().name().map(str::to_owned) }).await.expect("no panic");
        assert!(!in_lane(&name));
        // From the lane, work is done aside on the usual threads.
        let lane = Arc::new(lane);
        pace.0.store(true, Ordering::SeqCst);
        let (here, inner) = (Handle::current().id(), lane.clone());
        let there = lane.run(&pace, async move { inner.aside(async { Handle::current().id() }).await.ok() }).await;
        assert_eq!(there.expect("no panic"), Some(here));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_panic_and_a_drop_end_one_call_only() {
        let lane = SlowLane::start().expect("a thread");
        for slow in [false, true] {
            let pace = Pace(AtomicBool::new(slow));
            let panicked = lane.run(&pace, async { panic!("on purpose") }).await;
            assert!(panicked.is_err());
            assert_eq!(lane.run(&Pace::default(), async { 7 }).await.expect("no panic"), 7);
        }
        let dropped = Arc::new(());
        let held = dropped.clone();
        let pace = Pace::slow();
        let call = lane.run(&pace, async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
        while Arc::strong_count(&dropped) > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
