//! Which compiler builds guests: the ordinary one where it has the target, else a private one.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::build::Progress;
use crate::debian;
use crate::error::Error;

/// What guests are compiled for: a core module that asks nothing of its host but what its WIT world names.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Whether a compiler may be downloaded when none is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// It may.
    Given,
    /// Not without asking: the build fails with [`Error::NoToolchain`].
    Withheld,
}

/// The compiler that built a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toolchain {
    /// The ordinary one, which has the target.
    Installed {
        /// `rustc 1.95.0 (…)`.
        version: String,
    },
    /// One in a folder of its own, which compiles the standard library too.
    Private {
        /// `rustc 1.96.0 (…)`.
        version: String,
        /// Where it is.
        folder: PathBuf,
        /// The linker that goes with it.
        linker: PathBuf,
    },
}

impl std::fmt::Display for Toolchain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Toolchain::Installed { version } => f.write_str(version),
            Toolchain::Private { version, folder, .. } => write!(f, "{version} in {}", folder.display()),
        }
    }
}

impl Toolchain {
    /// Makes a build use this compiler.
    pub(crate) fn apply(&self, command: &mut Command) {
        let Toolchain::Private { folder, linker, .. } = self else { return };
        command
            .arg("-Zbuild-std=std,panic_abort")
            // The standard library and cargo's flag for it are open to nightly compilers only, but for this.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", wrapper(folder))
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }

    /// The private compiler's folder.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Toolchain::Installed { .. } => None,
            Toolchain::Private { folder, .. } => Some(folder),
        }
    }
}

/// The program in a private folder that starts its compiler.
pub(crate) fn wrapper(folder: &Path) -> PathBuf {
    folder.join("rustc")
}

/// Finds a compiler for the crates of a folder (which may choose one by `rust-toolchain.toml`).
///
/// In this order: the ordinary one if it has the target; the private one if it is here, for whoever fetched it could
/// not have the other; the ordinary one after rustup brought the target; the private one, fetched.
pub(crate) fn find(dir: &Path, consent: Consent, progress: &mut dyn FnMut(Progress)) -> Result<Toolchain, Error> {
    let ordinary = Ordinary { dir };
    if let Some(toolchain) = ordinary.with_target()? {
        return Ok(toolchain);
    }
    let folder = private_folder()?;
    if let Some(toolchain) = private(&ordinary, &folder)? {
        return Ok(toolchain);
    }
    progress(Progress::AddingTarget);
    let rustup = ordinary.add_target();
    if let Some(toolchain) = ordinary.with_target()? {
        return Ok(toolchain);
    }
    if let Err(reason) = debian::available() {
        return Err(Error::NoWayToFetch { reason, rustup });
    }
    if consent == Consent::Withheld {
        return Err(Error::NoToolchain { rustup, folder, size: debian::SIZE });
    }
    // Asked before the download, which would be for nothing.
    ordinary.linker()?;
    debian::fetch(&folder, progress)?;
    private(&ordinary, &folder)?.ok_or_else(|| Error::Fetch {
        doing: "starting the compiler".to_owned(),
        output: format!("{} does not run", wrapper(&folder).display()),
    })
}

/// `USHER_GUEST_TOOLCHAIN`, else a folder among the user's caches.
fn private_folder() -> Result<PathBuf, Error> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("USHER_GUEST_TOOLCHAIN") {
        return std::path::absolute(&folder).map_err(Error::file(&folder));
    }
    let caches = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let caches = caches.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    let caches = caches.ok_or(Error::NoFolder)?;
    Ok(caches.join("usher").join("guest-toolchain"))
}

fn private(ordinary: &Ordinary<'_>, folder: &Path) -> Result<Option<Toolchain>, Error> {
    match version(&wrapper(folder)) {
        Some(version) => {
            Ok(Some(Toolchain::Private { version, folder: folder.to_owned(), linker: ordinary.linker()? }))
        }
        None => Ok(None),
    }
}

/// The version of a compiler that runs.
pub(crate) fn version(rustc: &Path) -> Option<String> {
    let output = Command::new(rustc).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The compiler that cargo takes when nothing else is said.
struct Ordinary<'a> {
    dir: &'a Path,
}

impl Ordinary<'_> {
    fn ask(&self, arguments: &[&str]) -> Result<String, Error> {
        let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let shown = program.to_string_lossy().into_owned();
        let output = Command::new(program).args(arguments).current_dir(self.dir).stdin(Stdio::null()).output();
        let output = output.and_then(|output| match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
            false => Err(std::io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
        });
        let fix = "install Rust, for instance from rustup.rs";
        output.map_err(|source| Error::Program { program: shown, fix, source })
    }

    fn with_target(&self) -> Result<Option<Toolchain>, Error> {
        let libraries = PathBuf::from(self.ask(&["--print", "target-libdir", "--target", TARGET])?);
        let has_std = std::fs::read_dir(libraries).is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
        });
        Ok(if has_std { Some(Toolchain::Installed { version: self.ask(&["--version"])? }) } else { None })
    }

    /// Lets rustup bring the target, and returns its own words on it.
    fn add_target(&self) -> String {
        let mut rustup = Command::new("rustup");
        match rustup.args(["target", "add", TARGET]).current_dir(self.dir).stdin(Stdio::null()).output() {
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr);
                let last = words.lines().rev().find(|line| line.starts_with("error:")).or(words.lines().last());
                last.unwrap_or("it said nothing").trim().to_owned()
            }
            Err(e) if e.kind() == ErrorKind::NotFound => "there is no rustup".to_owned(),
            Err(e) => e.to_string(),
        }
    }

    /// A linker for the private compiler, which Debian ships without one.
    fn linker(&self) -> Result<PathBuf, Error> {
        let sysroot = PathBuf::from(self.ask(&["--print", "sysroot"])?);
        let about = self.ask(&["--version", "--verbose"])?;
        let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
        let beside = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
        if beside.is_file() {
            return Ok(beside);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let programs = std::env::split_paths(&path).flat_map(|dir| [dir.join("rust-lld"), dir.join("wasm-ld")]);
        programs.into_iter().find(|program| program.is_file()).ok_or(Error::NoLinker { beside })
    }
}
