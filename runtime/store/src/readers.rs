//! The threads that read. Each has a connection, and sees in one call one state of the database: the latest that is
//! committed, and so on the disk.

use crate::failure::{Failure, Outcome};
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The way to the reading threads. Dropped, it waits for their end.
pub(crate) struct Readers {
    queue: Option<Sender<Job>>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Readers {
    /// Starts a thread for each connection.
    pub(crate) fn start(connections: Vec<Connection>) -> std::io::Result<Self> {
        let (queue, jobs) = channel();
        let jobs = Arc::new(Mutex::new(jobs));
        let mut readers = Self { queue: Some(queue), threads: Vec::new() };
        for (number, connection) in connections.into_iter().enumerate() {
            let jobs = Arc::clone(&jobs);
            let thread = thread::Builder::new().name(format!("store-reader-{number}"));
            readers.threads.push(thread.spawn(move || run(&connection, &jobs))?);
        }
        Ok(readers)
    }

    /// Reads from one state of the database.
    pub(crate) async fn read<T, F>(&self, look: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Whoever asked may be gone.
            if reply.is_closed() {
                return;
            }
            let _ = reply.send(in_one_state(connection, look));
        });
        self.queue.as_ref().ok_or(Failure::Ended)?.send(job).map_err(|_| Failure::Ended)?;
        answer.await.map_err(|_| Failure::Ended)?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // A panic of the thread was reported when it happened.
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(connection),
            Err(_) => return,
        }
    }
}

fn in_one_state<T>(connection: &Connection, look: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
    connection.prepare_cached("BEGIN DEFERRED")?.execute([])?;
    let seen = look(connection);
    if !connection.is_autocommit() {
        connection.prepare_cached("ROLLBACK")?.execute([])?;
    }
    seen
}
