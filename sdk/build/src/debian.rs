//! Debian's Rust compiler in a folder of its own.
//!
//! Where rustup can't download, Debian's packages can often still be had: a mirror is what a company has. They bring a
//! compiler and the source of its standard library, and cargo compiles that for WebAssembly. The packages are
//! unpacked and not installed: `rustc-web` would displace the system's own compiler.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::build::Progress;
use crate::error::Error;
use crate::toolchain;

/// About how much it is.
pub(crate) const SIZE: &str = "140 MB to download, 500 MB on disk";

/// The compiler and its source, under the names that Debian gives the backported and the ordinary one.
const FAMILIES: &[[&str; 2]] = &[["rustc-web", "rust-web-src"], ["rustc", "rust-src"]];

/// Older compilers don't know what the SDK is written in.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Starts the compiler with its own libraries. Cargo calls it by its full path.
const WRAPPER: &str = r#"#!/bin/sh
here="${0%/*}"
LD_LIBRARY_PATH="@LIBRARIES@" exec "$here/usr/bin/rustc" "$@"
"#;

/// Why this machine can't fetch it.
pub(crate) fn available() -> Result<(), String> {
    for program in ["apt-get", "apt-cache", "dpkg-deb", "dpkg-query"] {
        let mut version = Command::new(program);
        version.arg("--version");
        if run(version, "looking for Debian's tools").is_err() {
            return Err(format!("there is no {program}: Debian's compiler needs Debian's tools"));
        }
    }
    Ok(())
}

/// Downloads and unpacks the compiler. The folder appears at the end, whole or not at all; where another process is
/// at it, this one waits and takes what that one made.
pub(crate) fn fetch(folder: &Path, progress: &mut dyn FnMut(Progress)) -> Result<(), Error> {
    let parent = folder.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).map_err(Error::file(parent))?;
    let lock_path = folder.with_extension("lock");
    let lock = fs::File::create(&lock_path).map_err(Error::file(&lock_path))?;
    lock.lock().map_err(Error::file(&lock_path))?;
    if toolchain::version(&toolchain::wrapper(folder)).is_some() {
        return Ok(());
    }
    let prefix = format!(".{}.fetching-", file_name(folder));
    // Left by a process that was killed: whoever works on one now would hold the lock.
    for leftover in files(parent)?.into_iter().filter(|path| file_name(path).starts_with(&prefix)) {
        fs::remove_dir_all(&leftover).map_err(Error::file(leftover))?;
    }
    let staging = tempfile::Builder::new().prefix(&prefix).tempdir_in(parent).map_err(Error::file(parent))?;
    let packages = staging.path().join("packages");
    let unpacked = staging.path().join("unpacked");
    for dir in [&packages, &unpacked] {
        fs::create_dir(dir).map_err(Error::file(dir))?;
    }
    // The lists of the system may be missing (a fresh container) or behind the mirror; a second try has its own.
    let fetched = download(&Apt::system(), &packages, progress);
    if let Err(first) = fetched {
        progress(Progress::UpdatingLists);
        let apt = Apt::own_lists(staging.path())?;
        download(&apt, &packages, progress).map_err(|second| match second {
            Error::Fetch { doing, output } => {
                Error::Fetch { doing, output: format!("{output} (before that: {first})") }
            }
            other => other,
        })?;
    }
    for package in files(&packages)? {
        let name = file_name(&package);
        progress(Progress::Unpacking { package: name.split('_').next().unwrap_or_default().to_owned() });
        let mut unpack = Command::new("dpkg-deb");
        unpack.arg("-x").arg(&package).arg(&unpacked);
        run(unpack, &format!("unpacking {name}"))?;
    }
    trim(&unpacked)?;
    write_wrapper(&unpacked)?;
    if toolchain::version(&toolchain::wrapper(&unpacked)).is_none() {
        let mut start = Command::new(toolchain::wrapper(&unpacked));
        start.arg("--version");
        run(start, "starting the compiler")?;
    }
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::file(folder)(e)),
        _ => {}
    }
    fs::rename(&unpacked, folder).map_err(Error::file(folder))
}

/// The package tools, with the lists that they read.
struct Apt {
    options: Vec<String>,
}

/// One package as the lists have it.
struct Package {
    version: String,
    depends: Vec<String>,
    bytes: u64,
}

impl Apt {
    fn system() -> Self {
        Self { options: Vec::new() }
    }

    /// Lists of its own, fetched now: needs no rights, and changes nothing of the system.
    fn own_lists(staging: &Path) -> Result<Self, Error> {
        let lists = staging.join("lists");
        let cache = staging.join("cache");
        for dir in [&lists.join("partial"), &cache.join("archives/partial")] {
            fs::create_dir_all(dir).map_err(Error::file(dir))?;
        }
        let options = [("Dir::State::Lists", &lists), ("Dir::Cache", &cache)];
        let options =
            options.into_iter().flat_map(|(name, dir)| ["-o".to_owned(), format!("{name}={}", dir.display())]);
        let apt = Self { options: options.collect() };
        let mut update = apt.command("apt-get");
        update.arg("update");
        run(update, "updating the package lists")?;
        Ok(apt)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        // apt drops its rights for downloads, and its user may not write into our folder.
        command.args(["-q", "-o", "APT::Sandbox::User=root"]).args(&self.options);
        command
    }

    /// None where the lists don't have it.
    fn package(&self, name: &str) -> Option<Package> {
        let mut show = self.command("apt-cache");
        show.args(["show", "--no-all-versions", name]);
        let text = run(show, "reading the package lists").ok()?;
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        Some(Package {
            version: field("Version")?.to_owned(),
            depends: field("Depends").map(dependencies).unwrap_or_default(),
            bytes: field("Size").and_then(|size| size.parse().ok()).unwrap_or_default(),
        })
    }
}

/// The names in a `Depends` field; of alternatives the first.
fn dependencies(field: &str) -> Vec<String> {
    let name = |part: &str| part.trim().split([' ', ':', '|', '(']).next().unwrap_or_default().to_owned();
    field.split(',').map(name).filter(|name| !name.is_empty()).collect()
}

/// Downloads the newest compiler that is new enough, with its source and the libraries that it loads.
fn download(apt: &Apt, into: &Path, progress: &mut dyn FnMut(Progress)) -> Result<(), Error> {
    let oldest = numbers(OLDEST);
    let offered: Vec<_> =
        FAMILIES.iter().filter_map(|family| Some((numbers(&apt.package(family[0])?.version), family))).collect();
    let newest = offered.iter().max_by(|a, b| a.0.cmp(&b.0));
    let family = match newest {
        Some((version, family)) if *version >= oldest => family,
        Some((version, _)) => {
            let output = format!("the package lists offer Rust {}.{} and {OLDEST} is needed", version.0, version.1);
            return Err(Error::Fetch { doing: "looking for the compiler".to_owned(), output });
        }
        None => {
            let output = format!("the package lists have neither {} nor {}", FAMILIES[0][0], FAMILIES[1][0]);
            return Err(Error::Fetch { doing: "looking for the compiler".to_owned(), output });
        }
    };
    let packages = closure(apt, &family[..])?;
    let bytes = packages.values().map(|package| package.bytes).sum();
    progress(Progress::Downloading { packages: packages.keys().cloned().collect(), bytes });
    let mut get = apt.command("apt-get");
    get.arg("download").args(packages.iter().map(|(name, package)| format!("{name}={}", package.version)));
    get.current_dir(into);
    run(get, "downloading the compiler").map(|_| ())
}

/// The packages to unpack: these, and what they depend on of the compiler's own libraries and of libraries that the
/// system doesn't have.
fn closure(apt: &Apt, roots: &[&str]) -> Result<BTreeMap<String, Package>, Error> {
    let mut packages = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<String> = roots.iter().map(|name| (*name).to_owned()).collect();
    while let Some(name) = waiting.pop() {
        let own = roots.contains(&name.as_str()) || name.starts_with("libstd-rust");
        // A linker for programs of the system (gcc, libc6-dev) is needed by any Rust, and not brought here.
        let library = name.starts_with("lib") && !name.ends_with("-dev");
        if !seen.insert(name.clone()) || !(own || library && !installed(&name)) {
            continue;
        }
        let Some(package) = apt.package(&name) else {
            let output = format!("the package lists don't have {name}");
            return Err(Error::Fetch { doing: "looking for the compiler".to_owned(), output });
        };
        waiting.extend(package.depends.iter().cloned());
        packages.insert(name, package);
    }
    Ok(packages)
}

fn installed(name: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${db:Status-Status}", name]);
    run(query, "asking what is installed").is_ok_and(|status| status.starts_with("installed"))
}

/// Major and minor version: `1.96.0+dfsg1-1` is 1.96.
fn numbers(version: &str) -> (u32, u32) {
    let upstream = version.split_once(':').map_or(version, |(_, rest)| rest);
    let mut parts = upstream.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or_default());
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// Removes what no build reads, and is half of it: the compiler's own source, its tests, documents.
fn trim(unpacked: &Path) -> Result<(), Error> {
    let mut unread = vec![unpacked.join("usr/share"), unpacked.join("usr/libexec"), unpacked.join("usr/bin/rustdoc")];
    let sources = unpacked.join("usr/src");
    for source in files(&sources)? {
        let parts = files(&source)?;
        unread.extend(parts.into_iter().filter(|part| part.is_dir() && !part.ends_with("library")));
    }
    for path in unread {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::file(path)(e)),
            _ => {}
        }
    }
    Ok(())
}

fn write_wrapper(unpacked: &Path) -> Result<(), Error> {
    let folders = library_folders(&unpacked.join("usr/lib"))?;
    let libraries = folders.iter().map(|dir| format!("$here/usr/lib/{dir}")).collect::<Vec<_>>().join(":");
    let path = toolchain::wrapper(unpacked);
    fs::write(&path, WRAPPER.replace("@LIBRARIES@", &libraries)).map_err(Error::file(&path))?;
    let mode = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
    fs::set_permissions(&path, mode).map_err(Error::file(&path))
}

/// The folders under `usr/lib` that hold shared libraries: the one of the machine's architecture.
fn library_folders(lib: &Path) -> Result<Vec<String>, Error> {
    let mut folders = Vec::new();
    for dir in files(lib)?.into_iter().filter(|path| path.is_dir()) {
        if files(&dir)?.iter().any(|path| file_name(path).contains(".so")) {
            folders.push(file_name(&dir));
        }
    }
    Ok(folders)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a folder holds, in order.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(dir).map_err(Error::file(dir))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Error::file(dir))?;
    paths.sort();
    Ok(paths)
}

/// What a program wrote, or what it complained of.
fn run(mut command: Command, doing: &str) -> Result<String, Error> {
    command.stdin(Stdio::null()).env("LC_ALL", "C");
    let failed = |output: String| Error::Fetch { doing: doing.to_owned(), output };
    let output = command.output().map_err(|e| failed(e.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<&str> = words.lines().filter(|line| line.starts_with("E:")).collect();
    Err(failed(if errors.is_empty() { words.trim().to_owned() } else { errors.join(" ") }))
}

#[cfg(test)]
mod tests {
    use super::{dependencies, numbers};

    #[test]
    fn versions_and_dependencies_are_read_as_debian_writes_them() {
        assert_eq!(numbers("1.96.0+dfsg1-1~deb12u2"), (1, 96));
        assert_eq!(numbers("1:22.1.8-1"), (22, 1));
        assert!(numbers("1.9.0") < numbers("1.95"));
        let field = "libc6 (>= 2.34), libstd-rust-web-dev (= 1.96.0+dfsg1-1), gcc:any | c-compiler, libc-dev";
        assert_eq!(dependencies(field), ["libc6", "libstd-rust-web-dev", "gcc", "libc-dev"]);
    }
}
