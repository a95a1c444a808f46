//! Makes components from text.

use crate::contract;
use crate::declaration::{Declaration, connector_manifest, skill_manifest};
use crate::error::Error;
use std::path::Path;
use usher_manifest::PluginId;
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::SourceMap;

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
    /// Further core modules, in the text format, and how often each is instantiated beside the first.
    pub beside: Vec<(String, u32)>,
    /// The manifest, or none.
    pub manifest: Option<Declaration>,
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

/// A health check that says that all is well.
const WELL: &str = r#"
  (data (i32.const 4096) "well")
  (func (export "usher:connector/health@0.1.0#check") (result i32)
    (i32.store8 (i32.const 2048) (i32.const 0))
    (i32.store (i32.const 2052) (i32.const 4096))
    (i32.store (i32.const 2056) (i32.const 4))
    (i32.const 2048))"#;

impl Fixture {
    /// A skill whose `handle` has this body (it takes the turn's address as its parameter and returns the outcome's),
    /// with these further fields of the module before it.
    #[must_use]
    pub fn skill(id: &str, imports: &[&str], tools: &[&str], fields: &str, body: &str) -> Self {
        Self {
            world: format!("{}export usher:skill/handler@0.1.0;", import(imports)),
            interfaces: String::new(),
            contract_edits: Vec::new(),
            module: format!(
                "(module {fields} MEMORY (func (export \"{HANDLE}\") (param $turn i32) (result i32) {body}))"
            ),
            beside: Vec::new(),
            manifest: Some(skill_manifest(id, tools)),
        }
    }

    /// A connector with these exports beside its health check, which says that all is well.
    #[must_use]
    pub fn connector(id: &str, imports: &[&str], provides: &[&str], fields: &str, functions: &str) -> Self {
        let exports: String = provides.iter().map(|interface| format!("export {interface}@0.1.0;\n")).collect();
        Self {
            world: format!("{}{exports}export usher:connector/health@0.1.0;", import(imports)),
            interfaces: String::new(),
            contract_edits: Vec::new(),
            module: format!("(module {fields} MEMORY {WELL} {functions})"),
            beside: Vec::new(),
            manifest: Some(connector_manifest(id, provides)),
        }
    }

    /// A connector whose health check has this body: it returns the address of a `result<string, string>`.
    #[must_use]
    pub fn checking(id: &str, imports: &[&str], fields: &str, body: &str) -> Self {
        let provides = ["usher:tools/discount-feed"];
        let functions = format!(
            "(func (export \"usher:tools/discount-feed@0.1.0#public-codes\") (result i32) (unreachable))
             (func (export \"usher:tools/discount-feed@0.1.0#personal-codes\") (result i32) (unreachable))
             (func (export \"usher:tools/discount-feed@0.1.0#check\") (param i32 i32) (result i32) (unreachable))
             (func (export \"usher:connector/health@0.1.0#check\") (result i32) {body})"
        );
        Self {
            module: format!("(module {fields} MEMORY {functions})"),
            ..Self::connector(id, imports, &provides, "", "")
        }
    }

    /// The plugin's id.
    ///
    /// # Errors
    /// Where the fixture has no manifest, or one that isn't valid.
    pub fn plugin(&self) -> Result<PluginId, Error> {
        self.manifest.as_ref().ok_or_else(|| Error::Fixture("it has no manifest".into()))?.id()
    }

    /// The component's bytes.
    ///
    /// # Errors
    /// What is wrong with the fixture itself.
    pub fn component(&self) -> Result<Vec<u8>, Error> {
        let wrong = |error: &dyn std::fmt::Display| Error::Fixture(format!("{error:#}"));
        let mut resolve = contract::resolve(&self.contract_edits)?;
        let mut sources = SourceMap::default();
        let world = format!("package fixture:plugin@0.1.0;\n{}\nworld fixture {{ {} }}", self.interfaces, self.world);
        sources.push(Path::new("fixture.wit"), world);
        let group = sources.parse().map_err(|(_, error)| wrong(&error))?;
        let package = resolve.push_group(group).map_err(|error| wrong(&error))?;
        let world = resolve.select_world(&[package], Some("fixture")).map_err(|error| wrong(&error))?;
        let mut module = wat::parse_str(self.module.replace("MEMORY", MEMORY)).map_err(|error| wrong(&error))?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).map_err(|error| wrong(&error))?;
        let mut bytes = ComponentEncoder::default()
            .module(&module)
            .and_then(|mut encoder| encoder.encode())
            .map_err(|error| wrong(&error))?;
        for (text, times) in &self.beside {
            add_module(&mut bytes, &wat::parse_str(text).map_err(|error| wrong(&error))?, *times)?;
        }
        Ok(match &self.manifest {
            Some(manifest) => with_section(bytes, "usher:manifest", &manifest.to_section()?),
            None => bytes,
        })
    }
}

/// Appends a custom section.
#[must_use]
pub fn with_section(mut bytes: Vec<u8>, name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    leb(&mut body, name.len());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(content);
    section(&mut bytes, 0, &body);
    bytes
}

/// Appends a core module and so many instances of it, which take nothing.
fn add_module(bytes: &mut Vec<u8>, module: &[u8], times: u32) -> Result<(), Error> {
    let (mut depth, mut modules) = (0_u32, 0_usize);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| Error::Fixture(error.to_string()))? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ModuleSection { .. } if depth == 1 => modules += 1,
            _ => {}
        }
    }
    section(bytes, 1, module);
    let mut instances = Vec::new();
    leb(&mut instances, times as usize);
    for _ in 0..times {
        instances.push(0);
        leb(&mut instances, modules);
        leb(&mut instances, 0);
    }
    section(bytes, 2, &instances);
    Ok(())
}

fn section(bytes: &mut Vec<u8>, id: u8, body: &[u8]) {
    bytes.push(id);
    leb(bytes, body.len());
    bytes.extend_from_slice(body);
}

fn leb(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn import(interfaces: &[&str]) -> String {
    interfaces.iter().map(|interface| format!("import {interface};\n")).collect()
}

/// Bodies that return an outcome.
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
