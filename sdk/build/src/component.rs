//! From a core module to a component that carries its manifest.

use usher_manifest::{Kind, Manifest};
use wasm_encoder::{ComponentSection, CustomSection};
use wasmparser::{Encoding, Parser, Payload};
use wit_component::ComponentEncoder;

use crate::error::Error;

/// Turns a core module into a component, and writes the manifest into it.
///
/// # Errors
/// Where the module has no WIT world, lacks the export of its kind, or imports what no runtime of plugins provides.
pub fn componentize(module: &[u8], manifest: &Manifest) -> Result<Vec<u8>, Error> {
    check(module, manifest.kind())?;
    let encoded = ComponentEncoder::default().validate(true).module(module).and_then(|mut encoder| encoder.encode());
    let component = encoded.map_err(|e| Error::Componentize { message: format!("{e:#}") })?;
    embed_manifest(component, manifest)
}

/// Writes the manifest into a component, as its section [`Manifest::SECTION`].
///
/// # Errors
/// Where the component has such a section already, or isn't one.
pub fn embed_manifest(mut component: Vec<u8>, manifest: &Manifest) -> Result<Vec<u8>, Error> {
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(&component) {
        match payload.map_err(malformed)? {
            Payload::Version { encoding, .. } => {
                if depth == 0 && encoding != Encoding::Component {
                    let message = "this is a core module and not a component".to_owned();
                    return Err(Error::Componentize { message });
                }
                depth += 1;
            }
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if depth == 1 && section.name() == Manifest::SECTION => {
                return Err(Error::SecondManifest);
            }
            _ => {}
        }
    }
    let data = manifest
        .to_section()
        .map_err(|e| Error::Manifest { dir: manifest.kind().file_name().into(), source: Box::new(e) })?;
    CustomSection { name: Manifest::SECTION.into(), data: data.as_slice().into() }.append_to_component(&mut component);
    Ok(component)
}

/// Finds what would make an encoder's message hard to understand, and says it plainly.
fn check(module: &[u8], kind: Kind) -> Result<(), Error> {
    let interface = match kind {
        Kind::Skill => "usher:skill/handler",
        Kind::Connector => "usher:connector/health",
    };
    let (mut has_world, mut has_entry) = (false, false);
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(malformed)? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.map_err(malformed)?;
                    if let Some(cause) = foreign(import.module) {
                        let (module, name) = (import.module.to_owned(), import.name.to_owned());
                        return Err(Error::ForeignImport { module, name, cause });
                    }
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let name = export.map_err(malformed)?.name;
                    has_entry |= name.strip_prefix(interface).is_some_and(|rest| rest.starts_with(['@', '#']));
                }
            }
            Payload::CustomSection(section) => has_world |= section.name().starts_with("component-type"),
            _ => {}
        }
    }
    match (has_world, has_entry) {
        (false, _) => Err(Error::NoWorld { kind }),
        (true, false) => Err(Error::NoEntry { kind, interface }),
        (true, true) => Ok(()),
    }
}

/// What usually brings in an import that isn't of a WIT world, and how to be rid of it.
fn foreign(module: &str) -> Option<&'static str> {
    match module {
        // A WIT interface has a colon in its name; `$root` are functions of the world itself.
        _ if module.contains(':') || module == "$root" => None,
        "wasi_snapshot_preview1" | "wasi_unstable" => Some(
            "Something in the crate was compiled for WASI: a dependency that links wasi-libc or the crate `wasi`, or C \
             code. A plugin has no files, clock or environment; take the clock from the turn, or leave the dependency's \
             feature out.",
        ),
        _ if module.starts_with("__wbindgen") || module == "wbg" => Some(
            "The crate `wasm-bindgen` brings it in, which is for browsers. Usually a feature of a dependency asks for \
             it: `wasm_js` or `js` of getrandom and uuid, `wasmbind` of chrono, `js` of jiff. `cargo tree -i \
             wasm-bindgen --target wasm32-unknown-unknown` says which; leave that feature out.",
        ),
        "env" => Some(
            "It is declared as `extern` and nothing defines it: C code that was not compiled for WebAssembly (a crate \
             whose name ends with -sys, or ring), or a backend of getrandom that was promised and not written. Use a \
             dependency in pure Rust, or leave its feature out.",
        ),
        _ => Some("Nothing of a WIT world is named so; remove the `#[link(wasm_import_module = …)]` that asks for it."),
    }
}

fn malformed(e: wasmparser::BinaryReaderError) -> Error {
    Error::Componentize { message: format!("it is malformed: {e}") }
}

#[cfg(test)]
mod tests;
