//! The process that reads one file, and who starts it.

use crate::kind::Kind;
use crate::reading::{Limits, Reading};
use crate::refusal::Refusal;
use crate::{csv, docx, pdf, written};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use usher_host::{Confinement, confine};

/// Files that are read at once.
const AT_ONCE: usize = 2;
/// Files that may wait for their turn.
const WAITING: usize = 32;
/// JSON around the text: escapes, links of a page.
const OVERHEAD: usize = 6;
const LEAST_OUTPUT: usize = 2 << 20;

/// How to start the reading process: a program whose `main` calls [`read_main`] for these arguments.
#[derive(Clone, Debug)]
pub struct ReadCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

/// Has files read, a few at a time.
#[derive(Debug)]
pub struct Reader {
    command: ReadCommand,
    limits: Limits,
    turn: Semaphore,
    places: Semaphore,
}

impl Reader {
    /// A reader with these limits.
    #[must_use]
    pub fn new(command: ReadCommand, limits: Limits) -> Self {
        Self { command, limits, turn: Semaphore::new(AT_ONCE), places: Semaphore::new(AT_ONCE + WAITING) }
    }

    /// What a file may have.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reads a file. `name` and `media_type` say what it should be; see [`Kind::of`].
    ///
    /// # Errors
    /// Why it wasn't read.
    pub async fn read(&self, name: &str, media_type: Option<&str>, content: &[u8]) -> Result<Reading, Refusal> {
        let kind = Kind::of(name, media_type, content)?;
        self.read_as(kind, content).await
    }

    /// The same for a file whose kind is known.
    ///
    /// # Errors
    /// Why it wasn't read.
    pub async fn read_as(&self, kind: Kind, content: &[u8]) -> Result<Reading, Refusal> {
        if content.len() as u64 > self.limits.file_bytes {
            return Err(Refusal::too_large(format!("more than {} MiB", self.limits.file_bytes >> 20)));
        }
        let failed = |what: &str| Refusal::Failed { what: what.to_owned() };
        let _place = self.places.try_acquire().map_err(|_| failed("too many files wait to be read"))?;
        let _turn = self.turn.acquire().await.map_err(|_| failed("it is stopping"))?;
        self.run(kind, content).await
    }

    async fn run(&self, kind: Kind, content: &[u8]) -> Result<Reading, Refusal> {
        let limits = &self.limits;
        let failed = |what: &str, error: std::io::Error| Refusal::Failed { what: format!("{what}: {error}") };
        let stopped = || Refusal::Stopped { seconds: limits.seconds, mebibytes: limits.memory_bytes >> 20 };
        let most = (limits.text_bytes * OVERHEAD).max(LEAST_OUTPUT) as u64;
        let mut child = tokio::process::Command::new(&self.command.program)
            .args(&self.command.args)
            .arg(kind.as_str())
            .args(
                [
                    limits.file_bytes,
                    limits.seconds,
                    limits.memory_bytes,
                    limits.text_bytes as u64,
                    limits.pages as u64,
                    limits.rows as u64,
                ]
                .map(|limit| limit.to_string()),
            )
            .current_dir("/")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed("the reading process can't be started", error))?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Refusal::Failed { what: "the reading process has no pipes".to_owned() });
        };
        let mut answer = Vec::new();
        let work = async {
            let write = async {
                // A child that ended early says why in its answer, or by having none.
                let _ = stdin.write_all(content).await;
                drop(stdin);
            };
            let mut stdout = stdout.take(most + 1);
            let ((), read) = tokio::join!(write, stdout.read_to_end(&mut answer));
            read?;
            if answer.len() as u64 > most {
                // It would wait for ever for somebody to read the rest.
                child.kill().await?;
            }
            child.wait().await
        };
        // The process limits itself too; this is for one that hangs without computing.
        let status = match tokio::time::timeout(Duration::from_secs(limits.seconds), work).await {
            Ok(status) => status.map_err(|error| failed("the reading process failed", error))?,
            Err(_) => return Err(stopped()),
        };
        if answer.len() as u64 > most {
            return Err(Refusal::too_large(format!("more than {} KiB of text", limits.text_bytes >> 10)));
        }
        if !status.success() {
            // Ended by the system, by its own lack of memory or stack, or by a panic: files that do that are broken or
            // made for it.
            return Err(stopped());
        }
        serde_json::from_slice::<Result<Reading, Refusal>>(&answer)
            .map_err(|error| Refusal::Failed { what: format!("the reading process's answer can't be read: {error}") })?
    }
}

/// The `main` of the reading process: a file on standard input, a [`Reading`] or a [`Refusal`] as JSON on standard output.
/// `args` are the kind and the limits. Does nothing else, and confines itself before it reads a byte.
pub fn read_main(args: &[String]) -> ExitCode {
    let Some((kind, limits)) = arguments(args) else {
        let _ = writeln!(std::io::stderr(), "this command is for the server's own use");
        return ExitCode::FAILURE;
    };
    let confined = confine(Confinement { seconds: limits.seconds, memory_bytes: limits.memory_bytes, descriptors: 0 });
    let answer = match confined {
        Ok(()) => read(kind, &limits),
        Err(what) => Err(Refusal::Failed { what }),
    };
    let written = serde_json::to_vec(&answer).map(|json| std::io::stdout().lock().write_all(&json));
    if matches!(written, Ok(Ok(()))) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn arguments(args: &[String]) -> Option<(Kind, Limits)> {
    let number = |index: usize| args.get(index)?.parse::<u64>().ok();
    let size = |index: usize| usize::try_from(number(index)?).ok();
    let limits = Limits {
        file_bytes: number(1)?,
        seconds: number(2)?,
        memory_bytes: number(3)?,
        text_bytes: size(4)?,
        pages: size(5)?,
        rows: size(6)?,
    };
    Some((args.first()?.parse().ok()?, limits))
}

fn read(kind: Kind, limits: &Limits) -> Result<Reading, Refusal> {
    let mut content = Vec::new();
    let input = std::io::stdin().lock();
    input
        .take(limits.file_bytes.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(|error| Refusal::Failed { what: error.to_string() })?;
    if content.len() as u64 > limits.file_bytes {
        return Err(Refusal::too_large(format!("more than {} MiB", limits.file_bytes >> 20)));
    }
    let reading = match kind {
        Kind::Markdown | Kind::Html | Kind::Text => written::read(kind, &content, limits),
        Kind::Pdf => pdf::read(&content, limits),
        Kind::Docx => docx::read(&content, limits),
        Kind::Csv => csv::read(&content, limits),
    }?;
    if reading.text_bytes() == 0 {
        return Err(Refusal::NoText { what: "nothing in it is text that a reader sees".to_owned() });
    }
    Ok(reading)
}
