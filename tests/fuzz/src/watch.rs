//! What is watched from outside of the calls: panics and memory.

use std::sync::{Mutex, Once, PoisonError};

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static INSTALL: Once = Once::new();

/// Notes every panic of the process from now on, also those that are caught.
pub(crate) fn panics() {
    INSTALL.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(panic.to_string());
            before(panic);
        }));
    });
}

/// The first panic that was noted.
#[must_use]
pub(crate) fn panicked() -> Option<String> {
    PANICS.lock().unwrap_or_else(PoisonError::into_inner).first().cloned()
}

/// The process's resident memory, bytes; none where the system doesn't say.
#[must_use]
pub(crate) fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib << 10)
}
