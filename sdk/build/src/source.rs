//! A plugin's folder: its manifest, and what cargo says of its crate.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use usher_manifest::{Kind, Manifest};

use crate::cargo;
use crate::error::Error;

/// A plugin that can be compiled.
pub(crate) struct Source {
    /// Its folder, absolute.
    pub(crate) dir: PathBuf,
    pub(crate) manifest: Manifest,
    /// The crate's name, for people.
    pub(crate) name: String,
    /// What cargo knows the crate by.
    pub(crate) package_id: String,
    /// The folder of the workspace that the crate belongs to; its own where it belongs to none.
    pub(crate) workspace: PathBuf,
    /// Where that workspace's guests are compiled: apart from the rest, for another compiler may do it.
    pub(crate) target_dir: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

impl Source {
    pub(crate) fn read(dir: &Path) -> Result<Self, Error> {
        let dir = dir.canonicalize().map_err(Error::file(dir))?;
        let manifest = manifest(&dir)?;
        let cargo_toml = dir.join("Cargo.toml");
        if !cargo_toml.is_file() {
            return Err(Error::NoCrate { dir });
        }
        let metadata = metadata(&dir)?;
        let of_dir = |package: &Package| package.manifest_path == cargo_toml;
        let Some(package) = metadata.packages.into_iter().find(of_dir) else {
            let output = "its Cargo.toml holds a workspace and no package".to_owned();
            return Err(Error::Metadata { dir, output });
        };
        if !package.targets.iter().any(|target| target.crate_types.iter().any(|kind| kind == "cdylib")) {
            return Err(Error::NotCdylib { name: package.name, manifest: cargo_toml });
        }
        Ok(Self {
            dir,
            manifest,
            name: package.name,
            package_id: package.id,
            workspace: metadata.workspace_root,
            target_dir: metadata.target_directory.join("guests"),
        })
    }
}

fn manifest(dir: &Path) -> Result<Manifest, Error> {
    let read = |kind: Kind| {
        let path = dir.join(kind.file_name());
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some((kind, text))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::File { path, source }),
        }
    };
    let (kind, text) = match (read(Kind::Skill)?, read(Kind::Connector)?) {
        (Some(found), None) | (None, Some(found)) => found,
        (None, None) => return Err(Error::NoManifest { dir: dir.to_owned() }),
        (Some(_), Some(_)) => return Err(Error::TwoManifests { dir: dir.to_owned() }),
    };
    Manifest::from_toml(kind, &text).map_err(|e| Error::Manifest { dir: dir.to_owned(), source: Box::new(e) })
}

fn metadata(dir: &Path) -> Result<Metadata, Error> {
    let mut command = cargo::command(dir);
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = command.output().map_err(cargo::not_started)?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Metadata { dir: dir.to_owned(), output });
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|e| Error::Metadata { dir: dir.to_owned(), output: format!("its answer is not understood: {e}") })
}
