//! What a process that reads strangers' bytes gives up before it reads the first of them.

use rustix::process::{Resource, Rlimit, setrlimit};

/// What is left to such a process.
#[derive(Clone, Copy, Debug)]
pub struct Confinement {
    /// Seconds of processor time.
    pub seconds: u64,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Files and sockets with a number below this may be opened. With 0 none can, whatever is closed: those that are
    /// open stay usable, and there is no network.
    pub descriptors: u64,
}

/// Confines this process for good: what [`Confinement`] says, no file is written, no process started (but by root,
/// whom the system exempts from that limit), no right gained, no core dumped, and everything that serves goes first.
///
/// # Errors
/// Which limit couldn't be set; nothing may be read then.
pub fn confine(confinement: Confinement) -> Result<(), String> {
    let limit = |resource, most: u64| {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(|error| format!("the limits can't be set: {error}"))
    };
    limit(Resource::Cpu, confinement.seconds)?;
    limit(Resource::As, confinement.memory_bytes)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, confinement.descriptors)?;
    limit(Resource::Nproc, 0)?;
    rustix::thread::set_no_new_privs(true).map_err(|error| format!("the limits can't be set: {error}"))?;
    let _ = rustix::process::nice(10);
    Ok(())
}
