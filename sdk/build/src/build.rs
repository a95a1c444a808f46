//! The build of one plugin, or of many at once.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use usher_manifest::Manifest;

use crate::cargo;
use crate::component;
use crate::error::Error;
use crate::source::Source;
use crate::toolchain::{self, Consent, Toolchain};

/// What to build.
pub struct BuildOptions<'a> {
    /// The plugin's folder, with `skill.toml` or `connector.toml` and `Cargo.toml`.
    pub dir: PathBuf,
    /// The file to write; `DIR/target/usher/ID.wasm` where none is named.
    pub out: Option<PathBuf>,
    /// Whether a compiler may be downloaded when none is here.
    pub fetch_toolchain: Consent,
    /// Is told what happens.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// What to build together.
pub struct BuildAllOptions<'a> {
    /// The plugins' folders.
    pub dirs: Vec<PathBuf>,
    /// The folder to write `ID.wasm` of each into; `DIR/target/usher` of each where none is named.
    pub out_dir: Option<PathBuf>,
    /// Whether a compiler may be downloaded when none is here.
    pub fetch_toolchain: Consent,
    /// Is told what happens.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// What happens during a build.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// `rustup target add` runs.
    AddingTarget,
    /// The package lists are fetched.
    UpdatingLists,
    /// The packages of the compiler are downloaded.
    Downloading {
        /// Their names.
        packages: Vec<String>,
        /// In all.
        bytes: u64,
    },
    /// A package of the compiler is unpacked.
    Unpacking {
        /// Its name.
        package: String,
    },
    /// Cargo starts.
    Compiling {
        /// The plugin's id.
        plugin: String,
        /// The compiler.
        toolchain: Toolchain,
    },
    /// A crate was compiled.
    Compiled {
        /// Its name.
        name: String,
    },
    /// A warning, as the compiler wrote it.
    Diagnostic(String),
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Progress::AddingTarget => f.write_str("asking rustup for the target wasm32-unknown-unknown"),
            Progress::UpdatingLists => f.write_str("fetching Debian's package lists"),
            Progress::Downloading { packages, bytes } => {
                write!(f, "downloading {} MB of Debian's compiler: {}", bytes.div_ceil(1_000_000), packages.join(", "))
            }
            Progress::Unpacking { package } => write!(f, "unpacking {package}"),
            Progress::Compiling { plugin, toolchain } => write!(f, "compiling {plugin} with {toolchain}"),
            Progress::Compiled { name } => write!(f, "compiled {name}"),
            Progress::Diagnostic(text) => f.write_str(text.trim_end()),
        }
    }
}

/// A plugin that was built.
#[derive(Debug, Clone)]
pub struct Built {
    /// The file.
    pub component_path: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// What is in its section.
    pub manifest: Manifest,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub digest: String,
    /// From the reading to the writing; of plugins that are built together, since the first was begun.
    pub took: Duration,
    /// What compiled it.
    pub toolchain: Toolchain,
}

/// Builds one plugin. The file appears whole or not at all.
///
/// # Errors
/// What is wrong, and how to mend it.
pub fn build(options: BuildOptions<'_>) -> Result<Built, Error> {
    let BuildOptions { dir, out, fetch_toolchain, progress } = options;
    let source = Source::read(&dir)?;
    let out = out.unwrap_or_else(|| default_out(&source));
    let mut built = Batch::new(fetch_toolchain, progress).build(vec![(source, out)])?;
    built.pop().ok_or(Error::NoManifest { dir })
}

/// Builds many plugins. What those of one workspace share, and before all the standard library, is compiled once. In the
/// order of the folders, and each the same as by [`build`].
///
/// # Errors
/// At the first that can't be built; those before it are written.
pub fn build_all(options: BuildAllOptions<'_>) -> Result<Vec<Built>, Error> {
    let BuildAllOptions { dirs, out_dir, fetch_toolchain, progress } = options;
    let mut ids: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut jobs = Vec::new();
    for dir in dirs {
        let source = Source::read(&dir)?;
        let id = source.manifest.id().to_string();
        if let Some(first) = ids.insert(id.clone(), source.dir.clone()) {
            return Err(Error::SameId { id, first, second: source.dir });
        }
        let out = match &out_dir {
            Some(folder) => folder.join(file_name(&source.manifest)),
            None => default_out(&source),
        };
        jobs.push((source, out));
    }
    Batch::new(fetch_toolchain, progress).build(jobs)
}

fn file_name(manifest: &Manifest) -> String {
    format!("{}.wasm", manifest.id().file_stem())
}

fn default_out(source: &Source) -> PathBuf {
    source.dir.join("target").join("usher").join(file_name(&source.manifest))
}

struct Batch<'a> {
    consent: Consent,
    progress: &'a mut dyn FnMut(Progress),
    begun: Instant,
}

impl<'a> Batch<'a> {
    fn new(consent: Consent, progress: &'a mut dyn FnMut(Progress)) -> Self {
        Self { consent, progress, begun: Instant::now() }
    }

    fn build(&mut self, jobs: Vec<(Source, PathBuf)>) -> Result<Vec<Built>, Error> {
        let mut toolchains: BTreeMap<PathBuf, Toolchain> = BTreeMap::new();
        let mut built = Vec::new();
        for (source, out) in jobs {
            let toolchain = match toolchains.get(&source.workspace) {
                Some(toolchain) => toolchain.clone(),
                None => toolchain::find(&source.workspace, self.consent, self.progress)?,
            };
            toolchains.insert(source.workspace.clone(), toolchain.clone());
            let plugin = source.manifest.id().to_string();
            (self.progress)(Progress::Compiling { plugin, toolchain: toolchain.clone() });
            let module = cargo::compile(&source, &toolchain, self.progress)?;
            built.push(self.finish(source, out, &module, toolchain)?);
        }
        Ok(built)
    }

    fn finish(&self, source: Source, out: PathBuf, module: &Path, toolchain: Toolchain) -> Result<Built, Error> {
        let module = std::fs::read(module).map_err(Error::file(module))?;
        let component = component::componentize(&module, &source.manifest)?;
        write(&out, &component)?;
        Ok(Built {
            component_path: out,
            bytes: component.len() as u64,
            manifest: source.manifest,
            digest: hex::encode(Sha256::digest(&component)),
            took: self.begun.elapsed(),
            toolchain,
        })
    }
}

/// Whoever watches the folder sees the whole file or none.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o644);
    let mut file = tempfile::Builder::new()
        .prefix(".usher-build-")
        .permissions(mode)
        .tempfile_in(folder)
        .map_err(Error::file(folder))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(Error::file(path))?;
    file.persist(path).map(|_| ()).map_err(|e| Error::file(path)(e.error))
}
