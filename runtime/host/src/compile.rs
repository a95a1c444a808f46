//! Compiling, in a process of its own that can be killed. Wasmtime doesn't bound the time or memory of
//! compiling, and holds that against no one: a small file may take minutes and gigabytes.
//!
//! So one component is compiled at a time, a bounded number waits, and what was compiled before comes from the cache
//! without waiting for anything.

use crate::cache::CompileCache;
use crate::confine::{Confinement, confine};
use crate::engine;
use crate::error::{Error, Refusal};
use crate::inspect::Digest;
use crate::limits::Limits;
use crate::loaded::{MOST_CODE_BYTES, MachineCode};
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{OnceCell, Semaphore};

/// How many components may wait to be compiled. One more is refused, so that whoever brings many can't make others'
/// plugins wait for hours.
const WAITING: usize = 64;

/// How to start the compiling process: a program whose `main` calls [`compile_main`] for these arguments.
#[derive(Clone, Debug)]
pub struct CompileCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

type Outcome = Result<Arc<MachineCode>, Refusal>;

/// Compiles components: from the cache if it can, else in a process, one at a time.
#[derive(Debug)]
pub struct Compiler {
    command: CompileCommand,
    cache: Option<Arc<CompileCache>>,
    /// Held while a process runs.
    turn: Semaphore,
    /// One for each that runs or waits.
    places: Semaphore,
    /// What is asked for at the moment, so that the same work isn't done twice.
    running: Mutex<HashMap<Digest, Weak<OnceCell<Outcome>>>>,
}

impl Compiler {
    /// A compiler that keeps nothing.
    #[must_use]
    pub fn new(command: CompileCommand) -> Self {
        Self {
            command,
            cache: None,
            turn: Semaphore::new(1),
            places: Semaphore::new(1 + WAITING),
            running: Mutex::default(),
        }
    }

    /// A compiler that keeps what it made.
    #[must_use]
    pub fn cached(self, cache: CompileCache) -> Self {
        Self { cache: Some(Arc::new(cache)), ..self }
    }

    /// Compiles a component that was inspected to machine code of this engine. Who asks for the same one meanwhile gets
    /// the same answer, and when the one who began goes away another goes on.
    ///
    /// Whoever loads many at once asks for a few at a time: no more than 64 may wait.
    ///
    /// # Errors
    /// A [`Refusal`]: too many wait, it took too long or too much memory, or it can't be compiled.
    pub async fn compile(&self, component: &[u8], limits: &Limits) -> Result<Arc<MachineCode>, Refusal> {
        // Not the caller's word: code is kept under the name of the very bytes that it was made of.
        let digest = Digest::of(component);
        self.cell(digest).get_or_init(|| self.found_or_made(digest, component, limits)).await.clone()
    }

    /// Forgets in the cache what isn't in this set.
    ///
    /// # Errors
    /// Where the cache's folder can't be read.
    pub async fn retain(&self, wanted: BTreeSet<Digest>) -> Result<(), Error> {
        let Some(cache) = self.cache.clone() else { return Ok(()) };
        blocking(move || cache.retain(&wanted)).await.unwrap_or(Ok(()))
    }

    fn cell(&self, digest: Digest) -> Arc<OnceCell<Outcome>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = running.get(&digest).and_then(Weak::upgrade) {
            return cell;
        }
        running.retain(|_, cell| cell.strong_count() > 0);
        let cell = Arc::default();
        running.insert(digest, Arc::downgrade(&cell));
        cell
    }

    async fn found_or_made(&self, digest: Digest, component: &[u8], limits: &Limits) -> Outcome {
        if let Some(cache) = self.cache.clone()
            && let Some(code) = blocking(move || cache.get(&digest)).await.flatten()
        {
            return Ok(Arc::new(code));
        }
        let _place = self.places.try_acquire().map_err(|_| Refusal::CompileQueue { waiting: WAITING })?;
        let code = Arc::new(self.run(component, limits).await?);
        if let Some(cache) = self.cache.clone() {
            let kept = code.clone();
            // Not kept is no harm but to the next start.
            if let Some(Err(error)) = blocking(move || cache.put(&digest, &kept)).await {
                tracing::warn!(%digest, %error, "compiled code can't be kept");
            }
        }
        Ok(code)
    }

    /// Has a process compile it.
    async fn run(&self, component: &[u8], limits: &Limits) -> Result<MachineCode, Refusal> {
        let failed = |what: &str, error: std::io::Error| Refusal::Compile(format!("{what}: {error}"));
        let _turn = self.turn.acquire().await.map_err(|_| Refusal::Compile("the server is stopping".into()))?;
        let mut child = tokio::process::Command::new(&self.command.program)
            .args(&self.command.args)
            .arg(limits.compile_seconds.to_string())
            .arg(limits.compile_memory_bytes.to_string())
            .arg(limits.component_bytes.to_string())
            .current_dir("/")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed("the compiling process can't be started", error))?;
        let (mut stdin, stdout, stderr) = match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
            (Some(stdin), Some(stdout), Some(stderr)) => (stdin, stdout, stderr),
            _ => return Err(Refusal::Compile("the compiling process has no pipes".into())),
        };
        let (mut code, mut message) = (Vec::new(), Vec::new());
        let work = async {
            let write = async {
                // A child that ended early tells why on its standard error.
                let _ = stdin.write_all(component).await;
                drop(stdin);
            };
            let (mut stdout, mut stderr) = (stdout.take(MOST_CODE_BYTES + 1), stderr.take(16 << 10));
            let ((), code, message) =
                tokio::join!(write, stdout.read_to_end(&mut code), stderr.read_to_end(&mut message));
            code.and(message)?;
            child.wait().await
        };
        // The process limits itself too; this is for one that hangs without computing.
        let status = match tokio::time::timeout(Duration::from_secs(limits.compile_seconds), work).await {
            Ok(status) => status.map_err(|error| failed("the compiling process failed", error))?,
            Err(_) => {
                return Err(Refusal::Compile(format!("it took longer than {} seconds", limits.compile_seconds)));
            }
        };
        if !status.success() {
            let message = String::from_utf8_lossy(&message);
            // One that was ended, by the system or by its own lack of memory, has no say in why.
            return Err(Refusal::Compile(match message.trim() {
                message if status.code().is_some() && !message.is_empty() => message.to_owned(),
                _ => format!(
                    "it needed more than {} seconds or {} MiB ({status})",
                    limits.compile_seconds,
                    limits.compile_memory_bytes >> 20
                ),
            }));
        }
        if code.is_empty() || code.len() as u64 > MOST_CODE_BYTES {
            return Err(Refusal::Compile("its machine code is out of proportion".into()));
        }
        Ok(MachineCode::new(code))
    }
}

/// Runs what blocks where it may. `None` where it panicked.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// The `main` of the compiling process: a component on standard input, its machine code on standard output.
/// `args` are seconds, bytes of memory, and bytes of the component. Does nothing else, and limits itself before it reads
/// a byte: processor time and memory, no files, no further processes, and behind everything that serves.
pub fn compile_main(args: &[String]) -> ExitCode {
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<(), String> {
    let number = |index: usize| args.get(index).and_then(|arg| arg.parse::<u64>().ok());
    let (Some(seconds), Some(memory), Some(most)) = (number(0), number(1), number(2)) else {
        return Err("this command is for the runtime's own use".into());
    };
    confine(Confinement { seconds, memory_bytes: memory, descriptors: 16 })?;
    let mut component = Vec::new();
    let input = std::io::stdin().lock();
    input.take(most.saturating_add(1)).read_to_end(&mut component).map_err(|error| error.to_string())?;
    if component.len() as u64 > most {
        return Err(format!("it has more than {most} bytes"));
    }
    let engine = engine::engine().map_err(|error| error.to_string())?;
    let code = engine.precompile_component(&component).map_err(|error| format!("{error:#}"))?;
    std::io::stdout().lock().write_all(&code).map_err(|error| error.to_string())
}
