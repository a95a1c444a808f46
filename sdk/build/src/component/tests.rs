//! Core modules as authors get them wrong, and what they are told.

use usher_manifest::{Kind, Manifest};
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use super::{componentize, embed_manifest};

const WIT: &str = "
    package usher:skill@0.1.0;
    interface handler { handle: func(turn: string) -> string; }
    interface memory { get: func(key: string) -> option<string>; }
    world skill { import memory; export handler; }
    world nothing { import memory; }
";

fn manifest() -> Manifest {
    let text = r#"
        id = "greeter"
        name = "Greeter"
        version = "0.1.0"
        category = "custom"
        overview = "Greets."
        when-to-use = ["A customer says hello"]
        how-to-respond = "Say hello."
        channels = ["webchat"]
    "#;
    Manifest::from_toml(Kind::Skill, text).unwrap()
}

fn connector() -> Manifest {
    let text = r#"
        id = "shop"
        name = "Shop"
        version = "0.1.0"
        provider = "Shop"
        overview = "Reads orders."
        provides = ["usher:tools/orders"]
    "#;
    Manifest::from_toml(Kind::Connector, text).unwrap()
}

/// A core module for a world, as a compiler makes it.
fn module(world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("skill.wit", WIT).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mangling = ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, world, mangling);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    module
}

fn importing(from: &str) -> Vec<u8> {
    wat::parse_str(format!(r#"(module (import "{from}" "f" (func)))"#)).unwrap()
}

fn refusal(module: &[u8], manifest: &Manifest) -> String {
    componentize(module, manifest).unwrap_err().to_string()
}

#[test]
fn a_module_becomes_a_component_with_its_manifest() {
    let component = componentize(&module("skill"), &manifest()).unwrap();
    let section = wasmparser::Parser::new(0).parse_all(&component).find_map(|payload| match payload.unwrap() {
        wasmparser::Payload::CustomSection(section) if section.name() == Manifest::SECTION => Some(section.data()),
        _ => None,
    });
    assert_eq!(Manifest::from_section(section.unwrap()).unwrap(), manifest());
    wasmparser::Validator::new().validate_all(&component).unwrap();
}

#[test]
fn a_manifest_is_written_once() {
    let component = componentize(&module("skill"), &manifest()).unwrap();
    assert_eq!(
        embed_manifest(component, &manifest()).unwrap_err().to_string(),
        "the component already has a section `usher:manifest`; only `usher build` writes it, so remove it from the crate"
    );
}

#[test]
fn a_manifest_goes_into_components_only() {
    assert_eq!(
        embed_manifest(module("skill"), &manifest()).unwrap_err().to_string(),
        "the module doesn't become a component: this is a core module and not a component"
    );
    let message = embed_manifest(b"no wasm".to_vec(), &manifest()).unwrap_err().to_string();
    assert!(message.starts_with("the module doesn't become a component: it is malformed: "), "{message}");
}

#[test]
fn imports_of_another_world_are_named_with_their_usual_cause() {
    assert_eq!(
        refusal(&importing("env"), &manifest()),
        "the module imports `env`.`f`, which no runtime of plugins provides. It is declared as `extern` and nothing \
         defines it: C code that was not compiled for WebAssembly (a crate whose name ends with -sys, or ring), or a \
         backend of getrandom that was promised and not written. Use a dependency in pure Rust, or leave its feature out."
    );
    assert_eq!(
        refusal(&importing("wasi_snapshot_preview1"), &manifest()),
        "the module imports `wasi_snapshot_preview1`.`f`, which no runtime of plugins provides. Something in the crate \
         was compiled for WASI: a dependency that links wasi-libc or the crate `wasi`, or C code. A plugin has no files, \
         clock or environment; take the clock from the turn, or leave the dependency's feature out."
    );
    assert_eq!(
        refusal(&importing("__wbindgen_placeholder__"), &manifest()),
        "the module imports `__wbindgen_placeholder__`.`f`, which no runtime of plugins provides. The crate `wasm-bindgen` \
         brings it in, which is for browsers. Usually a feature of a dependency asks for it: `wasm_js` or `js` of \
         getrandom and uuid, `wasmbind` of chrono, `js` of jiff. `cargo tree -i wasm-bindgen --target \
         wasm32-unknown-unknown` says which; leave that feature out."
    );
    assert_eq!(
        refusal(&importing("host"), &manifest()),
        "the module imports `host`.`f`, which no runtime of plugins provides. Nothing of a WIT world is named so; remove \
         the `#[link(wasm_import_module = …)]` that asks for it."
    );
}

#[test]
fn a_module_without_a_world_is_told_to_name_one() {
    let empty = wat::parse_str("(module)").unwrap();
    assert_eq!(
        refusal(&empty, &manifest()),
        "the module has no WIT world; write `usher_sdk::skill!(handle)` once in lib.rs, with the function that answers a \
         turn"
    );
}

#[test]
fn a_module_without_its_entry_is_told_to_export_it() {
    assert_eq!(
        refusal(&module("nothing"), &manifest()),
        "the module doesn't export `usher:skill/handler`, as every skill must; write `usher_sdk::skill!(handle)` once in \
         lib.rs, with the function that answers a turn"
    );
    assert_eq!(
        refusal(&module("skill"), &connector()),
        "the module doesn't export `usher:connector/health`, as every connector must; implement `health::Guest` and write \
         `export!(YOURTYPE)` once in lib.rs, as `usher_sdk::connector` shows"
    );
}

#[test]
fn what_the_encoder_refuses_is_passed_on() {
    // The world is named and the import isn't in it.
    let mut resolve = Resolve::default();
    let package = resolve.push_str("skill.wit", WIT).unwrap();
    let world = resolve.select_world(&[package], Some("skill")).unwrap();
    let mut module = wat::parse_str(
        r#"(module (import "usher:other/thing" "f" (func)) (func (export "usher:skill/handler@0.1.0#handle")))"#,
    )
    .unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let message = refusal(&module, &manifest());
    assert!(message.contains("usher:other/thing"), "{message}");
}
