//! Starts chromedriver on a free port and ends it by its own process id.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// A running chromedriver; ended when the last holder lets go.
pub struct Driver {
    process: Child,
    /// Where it listens.
    pub url: String,
}

/// So often it is started before that is a failure.
const STARTS: usize = 5;

static RUNNING: Mutex<Weak<Driver>> = Mutex::new(Weak::new());

impl Driver {
    /// The one that runs, or a new one.
    ///
    /// # Panics
    /// If chromedriver isn't installed or doesn't say where it listens.
    pub fn get() -> Arc<Self> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = running.upgrade() {
            return driver;
        }
        let driver = Arc::new(Self::start());
        *running = Arc::downgrade(&driver);
        driver
    }

    /// It takes a port that is free with IPv4, and gives up where it isn't with IPv6: then another one is tried.
    fn start() -> Self {
        let started = (0..STARTS).find_map(|_| Self::start_once());
        started.unwrap_or_else(|| panic!("chromedriver ended {STARTS} times without saying its port"))
    }

    fn start_once() -> Option<Self> {
        // The browser inherits the zone: times on screen are the same on every machine.
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .env("TZ", "Europe/Amsterdam")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("chromedriver doesn't start ({error}): install Debian's packages chromium and chromium-driver")
            });
        let Some(stdout) = process.stdout.take() else { unreachable!("stdout is piped") };
        let mut said = BufReader::new(stdout);
        let mut line = String::new();
        let port = loop {
            line.clear();
            if said.read_line(&mut line).unwrap_or(0) == 0 {
                let _ = process.kill();
                let _ = process.wait();
                return None;
            }
            if let Some((_, port)) = line.trim_end().trim_end_matches('.').rsplit_once("successfully on port ") {
                break port.to_owned();
            }
        };
        // Read on, or it would stop at a full pipe.
        std::thread::spawn(move || std::io::copy(&mut said.by_ref(), &mut std::io::sink()));
        Some(Self { process, url: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
