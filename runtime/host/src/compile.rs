//! Compiling, in a process of its own that can be killed. Wasmtime doesn't bound the time or memory of
//! compiling, and holds that against no one: a small file may take minutes and gigabytes.

use crate::engine;
use crate::error::Refusal;
use crate::limits::Limits;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;

/// Largest machine code that a component may become, bytes.
const CODE_BYTES: u64 = 512 << 20;

/// How to start the compiling process: a program whose `main` calls [`compile_main`] for these arguments.
#[derive(Clone, Debug)]
pub struct CompileCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

/// Starts compiling processes, one at a time.
#[derive(Debug)]
pub(crate) struct Compiler {
    command: CompileCommand,
    turn: Semaphore,
}

impl Compiler {
    pub(crate) fn new(command: CompileCommand) -> Self {
        Self { command, turn: Semaphore::new(1) }
    }

    /// Compiles a component to machine code of this engine.
    pub(crate) async fn compile(&self, component: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
        let failed = |what: &str, error: std::io::Error| Refusal::Compile(format!("{what}: {error}"));
        let _turn = self.turn.acquire().await.map_err(|_| Refusal::Compile("the server is stopping".into()))?;
        let mut child = tokio::process::Command::new(&self.command.program)
            .args(&self.command.args)
            .arg(limits.compile_seconds.to_string())
            .arg(limits.compile_memory_bytes.to_string())
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
            let (mut stdout, mut stderr) = (stdout.take(CODE_BYTES + 1), stderr.take(16 << 10));
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
            return Err(Refusal::Compile(match message.trim() {
                "" => format!(
                    "it needed more than {} seconds or {} MiB ({status})",
                    limits.compile_seconds,
                    limits.compile_memory_bytes >> 20
                ),
                message => message.to_owned(),
            }));
        }
        if code.is_empty() || code.len() as u64 > CODE_BYTES {
            return Err(Refusal::Compile("its machine code is out of proportion".into()));
        }
        Ok(code)
    }
}

/// The `main` of the compiling process: a component on standard input, its machine code on standard output.
/// `args` are seconds and bytes. Does nothing else, and limits itself before it reads a byte.
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
    let (Some(seconds), Some(memory)) = (number(0), number(1)) else {
        return Err("this command is for the runtime's own use".into());
    };
    let limit = |resource, most: u64| {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(|error| format!("the limits can't be set: {error}"))
    };
    limit(Resource::Cpu, seconds)?;
    limit(Resource::As, memory)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, 16)?;
    rustix::thread::set_no_new_privs(true).map_err(|error| format!("the limits can't be set: {error}"))?;
    let _ = rustix::process::nice(10);
    let mut component = Vec::new();
    std::io::stdin().lock().read_to_end(&mut component).map_err(|error| error.to_string())?;
    let engine = engine::engine().map_err(|error| error.to_string())?;
    let code = engine.precompile_component(&component).map_err(|error| format!("{error:#}"))?;
    std::io::stdout().lock().write_all(&code).map_err(|error| error.to_string())
}
