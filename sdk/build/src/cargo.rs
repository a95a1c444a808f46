//! One run of cargo, for one plugin.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::build::Progress;
use crate::error::Error;
use crate::source::Source;
use crate::toolchain::{TARGET, Toolchain};

/// Small, and the same bytes at every build. The environment wins over the crate's own profile.
const PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s"),
    ("CARGO_PROFILE_RELEASE_LTO", "true"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    // Can't be had together with LTO.
    ("CARGO_PROFILE_RELEASE_INCREMENTAL", "false"),
];

/// What a surrounding cargo, or the author's shell, may have set for other compilations than this one.
const FOREIGN: &[&str] = &[
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_MAKEFLAGS",
    "MAKEFLAGS",
    "MFLAGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
];

/// Cargo, to be run in a folder.
pub(crate) fn command(dir: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(dir).stdin(Stdio::null()).env("CARGO_TERM_COLOR", "never");
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
}

pub(crate) fn not_started(source: std::io::Error) -> Error {
    Error::Program { program: "cargo".to_owned(), fix: "install Rust, for instance from rustup.rs", source }
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line {
    CompilerMessage {
        message: Diagnostic,
    },
    CompilerArtifact {
        package_id: String,
        target: Target,
        filenames: Vec<PathBuf>,
        fresh: bool,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Compiles a plugin's crate to a core module.
///
/// Each plugin has a run of its own, so that its bytes don't depend on what else is built: cargo gives a dependency
/// that is shared in one run the features that any of the crates asks for. What the runs share is compiled once all
/// the same. The library is compiled as a module alone, for cargo does without link-time optimization where a crate
/// (for the sake of its own tests) is an ordinary library too.
pub(crate) fn compile(
    source: &Source,
    toolchain: &Toolchain,
    progress: &mut dyn FnMut(Progress),
) -> Result<PathBuf, Error> {
    let mut command = command(&source.dir);
    command.args(["rustc", "--release", "--lib", "--crate-type", "cdylib", "--target", TARGET]);
    command.args(["--message-format", "json", "--package", &source.package_id]);
    command.arg("--target-dir").arg(&source.target_dir);
    command.envs(PROFILE.iter().copied()).env("CARGO_ENCODED_RUSTFLAGS", flags(source, toolchain));
    toolchain.apply(&mut command);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(not_started)?;
    // Both pipes are read at the same time, or cargo would wait for the one that isn't.
    let stderr = child.stderr.take().map(|mut pipe| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            // What can't be read is missing from a message and nothing else.
            let _ = pipe.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    });
    let mut found = None;
    let mut errors = String::new();
    for line in child.stdout.take().into_iter().flat_map(|pipe| BufReader::new(pipe).lines()) {
        let line = line.map_err(Error::file("the output of cargo"))?;
        // A build script or a macro may print lines of its own.
        let Ok(line) = serde_json::from_str::<Line>(&line) else { continue };
        match line {
            Line::CompilerMessage { message: Diagnostic { level, rendered: Some(text) } } => match level.as_str() {
                "error" => errors.push_str(&text),
                "warning" => progress(Progress::Diagnostic(text)),
                _ => {}
            },
            Line::CompilerArtifact { package_id, target, filenames, fresh } => {
                if !fresh && !target.kind.iter().any(|kind| kind == "custom-build") {
                    progress(Progress::Compiled { name: target.name });
                }
                let module = filenames.into_iter().find(|file| file.extension().is_some_and(|end| end == "wasm"));
                if package_id == source.package_id && target.kind.iter().any(|kind| kind == "cdylib") {
                    found = module;
                }
            }
            Line::CompilerMessage { .. } | Line::Other => {}
        }
    }
    let status = child.wait().map_err(not_started)?;
    let words = stderr.and_then(|thread| thread.join().ok()).unwrap_or_default();
    if !status.success() {
        let diagnostics = if errors.trim().is_empty() { words.trim().to_owned() } else { errors };
        return Err(Error::Compile { diagnostics });
    }
    found.ok_or_else(|| Error::NoModule { name: source.name.clone() })
}

/// Keeps the builder's folders out of the component, which would differ by machine and tell who built it.
fn flags(source: &Source, toolchain: &Toolchain) -> OsString {
    let home = |name: &str, folder: &str| {
        let set = std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        set.or_else(|| std::env::home_dir().map(|home| home.join(folder)))
    };
    let folders = [
        home("CARGO_HOME", ".cargo").map(|path| (path, "cargo")),
        home("RUSTUP_HOME", ".rustup").map(|path| (path, "rustup")),
        toolchain.folder().map(|path| (path.to_owned(), "rust")),
        Some((source.workspace.clone(), ".")),
    ];
    let mut flags = OsString::new();
    for (path, name) in folders.into_iter().flatten() {
        // Cargo separates encoded flags with this character, so that they may hold spaces.
        if !flags.is_empty() {
            flags.push("\u{1f}");
        }
        flags.push("--remap-path-prefix=");
        flags.push(path);
        flags.push("=");
        flags.push(name);
    }
    flags
}
