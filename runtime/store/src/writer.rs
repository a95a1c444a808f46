//! The one thread that writes. It takes all that is queued into one transaction, commits once, and answers then:
//! so many small writes share one flush to the disk.

use crate::failure::{Failure, Outcome};
use rusqlite::Connection;
use std::slice;
use std::thread;
use tokio::sync::{mpsc, oneshot};

/// So many writes wait at most; whoever brings another one waits for a place.
const QUEUE: usize = 1024;

/// So many writes share one commit at most, so that the first of them doesn't wait long for the last.
const BATCH: usize = 128;

/// What is counted while changes are made, and written once for all that share a commit.
pub(crate) trait Tally: Send + 'static {
    /// Writes what was counted since, in the transaction that is open.
    fn write(&mut self, connection: &Connection) -> Outcome<()>;
    /// Forgets it: the transaction came to nothing.
    fn forget(&mut self);
}

/// The way to the writing thread. Dropped, it waits until all that is queued is stored.
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on its connection. `held` is dropped after the connection is closed.
    pub(crate) fn start(
        connection: Connection,
        mut tally: impl Tally,
        held: impl Send + 'static,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
            run(&connection, jobs, &mut tally);
            if let Err((_, error)) = connection.close() {
                tracing::warn!(%error, "the database wasn't closed in order; it is recovered when it is opened again");
            }
            drop(held);
        })?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Applies a change; it is on the disk when this returns `Ok`, and has left no trace otherwise.
    ///
    /// `apply` may be called again, on a state as if it had not been called before: when a transaction fails as a
    /// whole, its changes are tried one by one. It is applied even where the caller goes away meanwhile.
    pub(crate) async fn write<T, F>(&self, apply: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Outcome<T> + Send + 'static,
    {
        self.write_then(apply, |_, _| ()).await
    }

    /// The same; `settled` sees what became of it, once that is certain, even where the caller went away. No
    /// transaction is open then.
    pub(crate) async fn write_then<T, F, S>(&self, apply: F, settled: S) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Outcome<T> + Send + 'static,
        S: FnOnce(&Connection, &Outcome<T>) + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Change { apply, settled, outcome: Err(Failure::Ended), reply };
        let queue = self.queue.as_ref().ok_or(Failure::Ended)?;
        queue.send(Box::new(job)).await.map_err(|_| Failure::Ended)?;
        answer.await.map_err(|_| Failure::Ended)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened.
            let _ = thread.join();
        }
    }
}

/// A change on its way.
trait Job: Send {
    /// Makes the change; false where it came to nothing.
    fn apply(&mut self, connection: &Connection) -> bool;
    /// Notes that the transaction around the change failed, unless the change itself is known to have.
    fn undone(&mut self, failure: Failure);
    /// Tells the caller.
    fn answer(self: Box<Self>, connection: &Connection);
}

struct Change<T, F, S> {
    apply: F,
    settled: S,
    outcome: Outcome<T>,
    reply: oneshot::Sender<Outcome<T>>,
}

impl<T, F, S> Job for Change<T, F, S>
where
    T: Send,
    F: FnMut(&Connection) -> Outcome<T> + Send,
    S: FnOnce(&Connection, &Outcome<T>) + Send,
{
    fn apply(&mut self, connection: &Connection) -> bool {
        self.outcome = (self.apply)(connection);
        self.outcome.is_ok()
    }

    fn undone(&mut self, failure: Failure) {
        if self.outcome.is_ok() {
            self.outcome = Err(failure);
        }
    }

    fn answer(self: Box<Self>, connection: &Connection) {
        (self.settled)(connection, &self.outcome);
        // Whoever asked may be gone.
        let _ = self.reply.send(self.outcome);
    }
}

fn run(connection: &Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>, tally: &mut impl Tally) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.blocking_recv_many(&mut batch, BATCH) > 0 {
        if let Err(failure) = commit(connection, &mut batch, tally) {
            if let [job] = &mut batch[..] {
                job.undone(failure);
            } else {
                for job in &mut batch {
                    if let Err(failure) = commit(connection, slice::from_mut(job), tally) {
                        job.undone(failure);
                    }
                }
            }
        }
        for job in batch.drain(..) {
            job.answer(connection);
        }
    }
}

/// Applies the jobs in one transaction. Afterwards all that say `Ok` are on the disk, or, on `Err`, nothing is.
fn commit(connection: &Connection, batch: &mut [Box<dyn Job>], tally: &mut impl Tally) -> Outcome<()> {
    let done = apply_all(connection, batch, tally);
    // Written where all went well.
    tally.forget();
    if done.is_err() && !connection.is_autocommit() {
        sql(connection, "ROLLBACK")?;
    }
    done
}

fn apply_all(connection: &Connection, batch: &mut [Box<dyn Job>], tally: &mut impl Tally) -> Outcome<()> {
    sql(connection, "BEGIN IMMEDIATE")?;
    for job in batch {
        sql(connection, "SAVEPOINT change")?;
        if !job.apply(connection) {
            // The engine answers some errors (a full disk) by rolling the whole transaction back by itself.
            if connection.is_autocommit() {
                return Err(Failure::Engine(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT_ROLLBACK),
                    Some("the transaction was rolled back".to_owned()),
                )));
            }
            sql(connection, "ROLLBACK TO change")?;
        }
        sql(connection, "RELEASE change")?;
    }
    tally.write(connection)?;
    sql(connection, "COMMIT")
}

fn sql(connection: &Connection, statement: &str) -> Outcome<()> {
    connection.prepare_cached(statement)?.execute([])?;
    Ok(())
}
