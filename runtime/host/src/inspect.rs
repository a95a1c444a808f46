//! What a component file is, read from its bytes without running or compiling it.

use crate::arguments;
use crate::connector;
use crate::engine;
use crate::error::Refusal;
use crate::limits::Limits;
use crate::scan;
use crate::skill;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use usher_manifest::{FunctionName, InterfaceName, Manifest};
use wasmparser::component_types::{ComponentEntityType, ComponentItem};
use wasmparser::types::Types;
use wasmparser::{Parser, Payload, Validator};

/// The custom section that carries the manifest.
pub const MANIFEST_SECTION: &str = "usher:manifest";

/// SHA-256 of a component's bytes: its name in approvals, records and caches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut digest = [0; 32];
        let hex = text.strip_prefix("sha256:").unwrap_or(&text);
        hex::decode_to_slice(hex, &mut digest).map_err(serde::de::Error::custom)?;
        Ok(Self(digest))
    }
}

/// What a component's bytes say. Nothing here is the author's word but the manifest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// Its name.
    pub digest: Digest,
    /// Its size, bytes.
    pub size: u64,
    /// What the author declares.
    pub manifest: Manifest,
    /// The tool functions that it imports, and so can call.
    pub imports: BTreeSet<FunctionName>,
    /// For each of them, the arguments (from 0) that can carry text.
    pub text_arguments: BTreeMap<FunctionName, BTreeSet<usize>>,
    /// The interfaces of the runtime that it imports beside tools.
    pub baseline: BTreeSet<String>,
    /// The interfaces that it exports, with their functions.
    pub exports: BTreeMap<String, BTreeSet<String>>,
}

/// Reads a component: checks its form and proportions, and that its imports, exports and manifest agree.
///
/// # Errors
/// A [`Refusal`] that says what is wrong and how to mend it.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspection, Refusal> {
    let size = bytes.len() as u64;
    if size > limits.component_bytes {
        return Err(Refusal::TooLarge { found: size, most: limits.component_bytes });
    }
    scan::scan(bytes)?;
    let types = Validator::new_with_features(engine::features())
        .validate_all(bytes)
        .map_err(|error| Refusal::Damaged(format!("{} (at byte {})", error.message(), error.offset())))?;
    let manifest = manifest(bytes)?;
    let (import_names, export_names) = names(bytes)?;

    let mut imports = BTreeSet::new();
    let mut text_arguments = BTreeMap::new();
    let mut baseline = BTreeSet::new();
    for name in import_names {
        let item = types.component_item_for_import(&name);
        let functions = functions(&types, item);
        let allowed: &[&str] =
            if matches!(manifest, Manifest::Skill(_)) { &skill::BASELINE } else { &connector::IMPORTS };
        if allowed.contains(&name.as_str()) {
            baseline.insert(name);
            continue;
        }
        let forbidden = |why| Refusal::Forbidden { id: manifest.id().clone(), import: name.clone(), why };
        let Some(functions) = functions else {
            return Err(forbidden("is not an interface; a plugin imports interfaces only"));
        };
        // Types alone give nothing.
        if functions.is_empty() {
            continue;
        }
        if matches!(manifest, Manifest::Connector(_)) {
            return Err(forbidden(
                "is not a connector's to have: a connector reaches its provider through usher:connector/http and \
                 calls no tools",
            ));
        }
        if name.starts_with("wasi:") {
            return Err(forbidden(
                "is the operating system's; a skill has its turn and its tools. Build for wasm32-unknown-unknown, \
                 and leave out crates that need files, clocks or a network",
            ));
        }
        if name.starts_with("usher:skill/") || name.starts_with("usher:connector/") {
            return Err(forbidden("the runtime doesn't have in this version, or not for this kind of plugin"));
        }
        let interface: InterfaceName =
            name.parse().map_err(|_| forbidden("is not the name of an interface (package:name/interface@version)"))?;
        for function in functions {
            let name = FunctionName::new(&interface, &function)
                .ok_or_else(|| forbidden("has a function whose name can't be read"))?;
            text_arguments.insert(name.clone(), arguments::with_text(&types, item, &function));
            imports.insert(name);
        }
    }

    let mut exports = BTreeMap::new();
    for name in export_names {
        if let Some(functions) = functions(&types, types.component_item_for_export(&name)) {
            exports.insert(name, functions);
        }
    }
    let inspection =
        Inspection { digest: Digest::of(bytes), size, manifest, imports, text_arguments, baseline, exports };
    agree(&inspection)?;
    Ok(inspection)
}

/// Checks the manifest against what the bytes import and export.
fn agree(inspection: &Inspection) -> Result<(), Refusal> {
    let exports = |problem: String| Refusal::Exports { id: inspection.manifest.id().clone(), problem };
    match &inspection.manifest {
        Manifest::Skill(manifest) => {
            if !inspection.exports.get(skill::HANDLER).is_some_and(|functions| functions.contains("handle")) {
                return Err(exports(format!(
                    "doesn't export `{}`; a skill needs it: in Rust, `usher_sdk::skill!(handle);`",
                    skill::HANDLER
                )));
            }
            let undeclared: Vec<_> = inspection
                .imports
                .iter()
                .filter(|import| !manifest.tools.iter().any(|tool| tool.function == **import))
                .cloned()
                .collect();
            if !undeclared.is_empty() {
                return Err(Refusal::Undeclared { id: manifest.id.clone(), functions: undeclared });
            }
        }
        Manifest::Connector(manifest) => {
            if !inspection.exports.get(connector::HEALTH).is_some_and(|functions| functions.contains("check")) {
                return Err(exports(format!("doesn't export `{}`; a connector needs it", connector::HEALTH)));
            }
            let found: BTreeSet<InterfaceName> = inspection
                .exports
                .keys()
                .filter(|name| *name != connector::HEALTH)
                .filter_map(|name| name.parse().ok())
                .map(|name: InterfaceName| name.without_version())
                .collect();
            let declared: BTreeSet<InterfaceName> =
                manifest.provides.iter().map(InterfaceName::without_version).collect();
            if let Some(missing) = declared.difference(&found).next() {
                return Err(exports(format!(
                    "declares that it provides `{missing}` and doesn't export it; export it, or take it out of \
                     `provides`"
                )));
            }
            if let Some(extra) = found.difference(&declared).next() {
                return Err(exports(format!("exports `{extra}` without declaring it; add it to `provides`")));
            }
        }
    }
    Ok(())
}

/// The manifest section; exactly one, in the component itself and not in one nested in it.
fn manifest(bytes: &[u8]) -> Result<Manifest, Refusal> {
    let mut depth = 0_u32;
    let mut sections = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| Refusal::Damaged(error.to_string()))? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 1 && section.name() == MANIFEST_SECTION => {
                sections.push(section.data());
            }
            _ => {}
        }
    }
    match sections.as_slice() {
        [section] => Manifest::from_section(section).map_err(|error| Refusal::Manifest(error.to_string())),
        _ => Err(Refusal::Manifests(sections.len())),
    }
}

/// The names of the component's own imports and exports.
fn names(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>), Refusal> {
    let damaged = |error: wasmparser::BinaryReaderError| Refusal::Damaged(error.to_string());
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(damaged)? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    imports.push(import.map_err(damaged)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    exports.push(export.map_err(damaged)?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

/// The functions of an interface; none where it isn't one.
fn functions(types: &Types, item: Option<&ComponentItem>) -> Option<BTreeSet<String>> {
    match item?.ty {
        ComponentEntityType::Instance(instance) => Some(
            types[instance]
                .exports
                .iter()
                .filter(|(_, item)| matches!(item.ty, ComponentEntityType::Func(_)))
                .map(|(name, _)| name.clone())
                .collect(),
        ),
        _ => None,
    }
}
