//! Makes components from text.

use std::path::Path;
use usher_manifest::{Kind, Manifest};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, SourceMap};

/// The core name of a skill's export.
pub const HANDLE: &str = "usher:skill/handler@0.1.0#handle";

/// A component to be made.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// What the world imports and exports, in WIT.
    pub world: String,
    /// Interfaces of the fixture's own package (`fixture:plugin@0.1.0`), in WIT.
    pub interfaces: String,
    /// Changes to the contract that the component is built against: text and replacement.
    pub contract_edits: Vec<(&'static str, &'static str)>,
    /// The core module, in the text format. `MEMORY` in it is replaced by a memory and an allocator.
    pub module: String,
    /// The manifest, or none.
    pub manifest: Option<Manifest>,
}

/// A memory of 32 pages and an allocator that never frees.
const MEMORY: &str = r#"
  (memory (export "memory") 32)
  (global $next (mut i32) (i32.const 65536))
  (func $alloc (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and
      (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $next (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
"#;

impl Fixture {
    /// A skill whose `handle` has this body (it takes the turn's address as its parameter and returns the outcome's),
    /// with these further fields of the module before it.
    #[must_use]
    pub fn skill(id: &str, imports: &[&str], tools: &[&str], fields: &str, body: &str) -> Self {
        let imports: String = imports.iter().map(|import| format!("import {import};\n")).collect();
        Self {
            contract_edits: Vec::new(),
            interfaces: String::new(),
            world: format!("{imports}export usher:skill/handler@0.1.0;"),
            module: format!(
                "(module {fields} MEMORY (func (export \"{HANDLE}\") (param $turn i32) (result i32) {body}))"
            ),
            manifest: Some(skill_manifest(id, tools)),
        }
    }

    /// A connector with these exports beside its health check, which says that all is well.
    #[must_use]
    pub fn connector(id: &str, imports: &[&str], provides: &[&str], fields: &str, functions: &str) -> Self {
        let imports: String = imports.iter().map(|import| format!("import {import};\n")).collect();
        let exports: String = provides.iter().map(|interface| format!("export {interface}@0.1.0;\n")).collect();
        Self {
            contract_edits: Vec::new(),
            interfaces: String::new(),
            world: format!("{imports}{exports}export usher:connector/health@0.1.0;"),
            module: format!(
                "(module {fields} MEMORY
                   (data (i32.const 4096) \"well\")
                   (func (export \"usher:connector/health@0.1.0#check\") (result i32)
                     (i32.store8 (i32.const 2048) (i32.const 0))
                     (i32.store (i32.const 2052) (i32.const 4096))
                     (i32.store (i32.const 2056) (i32.const 4))
                     (i32.const 2048))
                   {functions})"
            ),
            manifest: Some(connector_manifest(id, provides)),
        }
    }

    /// The component's bytes.
    ///
    /// # Panics
    /// Where the fixture itself is wrong.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a wrong fixture is the test's own fault")]
    pub fn bytes(&self) -> Vec<u8> {
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let mut resolve = Resolve::default();
        for package in ["tools", "connector", "skill"] {
            let mut sources = SourceMap::default();
            for entry in std::fs::read_dir(wit.join(package)).expect("the contract is there").flatten() {
                let text = std::fs::read_to_string(entry.path()).expect("the contract can be read");
                let text = self.contract_edits.iter().fold(text, |text, (from, to)| text.replace(from, to));
                sources.push(&entry.path(), text);
            }
            let group = sources.parse().map_err(|(_, error)| error).expect("the contract is valid");
            resolve.push_group(group).expect("the contract is valid");
        }
        let mut sources = SourceMap::default();
        let world = format!("package fixture:plugin@0.1.0;\n{}\nworld fixture {{ {} }}", self.interfaces, self.world);
        sources.push(Path::new("fixture.wit"), world);
        let group = sources.parse().map_err(|(_, error)| error).expect("the fixture's world is valid");
        let package = resolve.push_group(group).expect("the fixture's world is valid");
        let world = resolve.select_world(&[package], Some("fixture")).expect("the world is there");
        let mut module = wat::parse_str(self.module.replace("MEMORY", MEMORY)).expect("the fixture's module is valid");
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("the world fits");
        let bytes = ComponentEncoder::default()
            .module(&module)
            .and_then(|mut encoder| encoder.encode())
            .expect("the module fits the world");
        match &self.manifest {
            Some(manifest) => with_section(bytes, "usher:manifest", &manifest.to_section().expect("the manifest fits")),
            None => bytes,
        }
    }
}

/// Appends a custom section.
#[must_use]
pub fn with_section(mut bytes: Vec<u8>, name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    leb(&mut body, name.len());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(content);
    bytes.push(0);
    leb(&mut bytes, body.len());
    bytes.extend_from_slice(&body);
    bytes
}

fn leb(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// A skill's manifest that declares these tools.
///
/// # Panics
/// Where the fixture itself is wrong.
#[must_use]
#[allow(clippy::expect_used, reason = "a wrong fixture is the test's own fault")]
pub fn skill_manifest(id: &str, tools: &[&str]) -> Manifest {
    let tools: String =
        tools.iter().map(|tool| format!("[[tools]]\nfunction = \"{tool}\"\nreason = \"to attack it\"\n")).collect();
    let text = format!(
        "id = \"{id}\"\nname = \"{id}\"\nversion = \"0.1.0\"\ncategory = \"custom\"\noverview = \"Attacks the host.\"\n\
         when-to-use = [\"Never.\"]\nhow-to-respond = \"Badly.\"\nchannels = [\"webchat\"]\n{tools}\n\
         [examples]\nen = [\"attack one\", \"attack two\", \"attack three\", \"attack four\", \"attack five\"]\n"
    );
    Manifest::from_toml(Kind::Skill, &text).expect("the fixture's manifest is valid")
}

/// A connector's manifest that provides these interfaces.
///
/// # Panics
/// Where the fixture itself is wrong.
#[must_use]
#[allow(clippy::expect_used, reason = "a wrong fixture is the test's own fault")]
pub fn connector_manifest(id: &str, provides: &[&str]) -> Manifest {
    let provides = provides.iter().map(|interface| format!("\"{interface}\"")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "id = \"{id}\"\nname = \"{id}\"\nversion = \"0.1.0\"\nprovider = \"Nobody\"\noverview = \"Attacks the host.\"\n\
         provides = [{provides}]\n[[hosts]]\nhost = \"api.provider.example\"\nmethods = [\"get\", \"post\"]\n\
         reason = \"to attack it\"\n"
    );
    Manifest::from_toml(Kind::Connector, &text).expect("the fixture's manifest is valid")
}

/// A body that returns `decline`, or a reply with the text at an address.
pub mod outcome {
    /// Not this skill's question.
    pub const DECLINE: &str = "(i32.store8 (i32.const 1024) (i32.const 3)) (i32.const 1024)";

    /// A reply with `len` bytes of text at `at` (both are expressions).
    #[must_use]
    pub fn reply(at: &str, len: &str) -> String {
        format!(
            "(i32.store8 (i32.const 1024) (i32.const 0))
             (i32.store (i32.const 1028) {at}) (i32.store (i32.const 1032) {len})
             (i32.store (i32.const 1036) (i32.const 8)) (i32.store (i32.const 1040) (i32.const 0))
             (i32.store (i32.const 1044) (i32.const 8)) (i32.store (i32.const 1048) (i32.const 0))
             (i32.store (i32.const 1052) (i32.const 8)) (i32.store (i32.const 1056) (i32.const 0))
             (i32.store8 (i32.const 1060) (i32.const 0)) (i32.store8 (i32.const 1061) (i32.const 0))
             (i32.const 1024)"
        )
    }
}
