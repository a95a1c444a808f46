//! Components as far as a policy sees them: some bytes and a permission sheet.

use std::collections::{BTreeMap, BTreeSet};
use usher_host::{Digest, Inspection, Limits, PermissionSheet, ToolRegistry};
use usher_manifest::{Kind, Manifest};

/// A release to be judged.
pub(crate) struct Candidate {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sheet: PermissionSheet,
}

impl Candidate {
    /// The trusted comment that fits it.
    pub(crate) fn statement(&self, sequence: u64) -> String {
        let PermissionSheet { plugin, version, .. } = &self.sheet;
        let digest = hex::encode(Digest::of(&self.bytes).0);
        format!("usher plugin={} version={version} sequence={sequence} sha256={digest}", plugin.as_str())
    }
}

/// A skill that imports these functions. `build` makes its bytes different from another build's.
pub(crate) fn skill(id: &str, build: &str, functions: &[&str]) -> Candidate {
    let tools: String =
        functions.iter().map(|name| format!("[[tools]]\nfunction = \"{name}\"\nreason = \"a test\"\n")).collect();
    let manifest = format!(
        "id = \"{id}\"\nname = \"A skill\"\nversion = \"1.2.0\"\ncategory = \"custom\"\noverview = \"For a test.\"\n\
         when-to-use = [\"Never.\"]\nhow-to-respond = \"Well.\"\nchannels = [\"webchat\"]\n{tools}\n\
         [examples]\nen = [\"one thing\", \"two things\", \"three things\", \"four things\", \"five things\"]\n"
    );
    candidate(Kind::Skill, &manifest, build, functions, BTreeMap::new())
}

/// A connector that answers one function and sends requests with these methods.
pub(crate) fn connector(id: &str, function: &str, methods: &str) -> Candidate {
    let (provides, function) = function.split_once('.').expect("interface.function");
    let manifest = format!(
        "id = \"{id}\"\nname = \"A connector\"\nversion = \"1.2.0\"\nprovider = \"Nobody\"\noverview = \"For a test.\"\n\
         provides = [\"{provides}\"]\n[[hosts]]\nhost = \"api.provider.example\"\nmethods = [{methods}]\n\
         reason = \"a test\"\n"
    );
    let exports = [(format!("{provides}@0.1.0"), [function.to_owned()].into())].into();
    candidate(Kind::Connector, &manifest, "1", &[], exports)
}

fn candidate(
    kind: Kind,
    manifest: &str,
    build: &str,
    functions: &[&str],
    exports: BTreeMap<String, BTreeSet<String>>,
) -> Candidate {
    let manifest = Manifest::from_toml(kind, manifest).expect("the manifest is valid");
    let bytes = format!("build {build} of {} with {functions:?}", manifest.id().as_str()).into_bytes();
    let inspection = Inspection {
        digest: Digest::of(&bytes),
        size: bytes.len() as u64,
        manifest,
        imports: functions.iter().map(|name| name.parse().expect("the name of a function")).collect(),
        text_arguments: BTreeMap::new(),
        baseline: [].into(),
        exports,
    };
    let registry = ToolRegistry::shipped().expect("the registry is valid");
    Candidate { bytes, sheet: PermissionSheet::of(&inspection, &registry, &Limits::default()) }
}
