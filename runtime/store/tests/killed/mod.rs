//! A server that is killed: the same test program, started again with one test that writes until its end.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use usher_store::{AuditKeys, OpenError, SqliteOptions, SqliteStore};

/// Names the database for the server that is started.
const DATABASE: &str = "USHER_STORE_TEST_DATABASE";

/// The database that this process is to work on, where it was started as a server.
pub(crate) fn database() -> Option<PathBuf> {
    env::var_os(DATABASE).map(PathBuf::from)
}

pub(crate) fn open(path: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(path, SqliteOptions::default(), &AuditKeys::new([1; 32], [2; 32]))
}

/// Starts the ignored test of this name on a database; what it prints comes line by line.
pub(crate) fn start(test: &str, database: &Path) -> (Child, Receiver<String>) {
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(DATABASE, database)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("a server");
    let output = child.stdout.take().expect("its output");
    let (lines, received) = channel();
    // Read all the time, so that the server never waits for a full pipe.
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    (child, received)
}
