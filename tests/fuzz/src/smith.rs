//! Core modules by `wasm-smith`: any code that validates, with the imports and exports that a world asks for. Few come
//! far, and those that end early end in every way that there is.

use crate::dice::Dice;
use crate::world::{Signature, World};
use anyhow::Result;
use arbitrary::Unstructured;
use std::fmt::Write as _;
use wasm_smith::{Config, Module};
use wasmparser::ValType;

/// A random module for this world, in the binary format.
///
/// # Errors
/// Where `wasm-smith` makes none of the dice's numbers.
pub(crate) fn module(world: &World, dice: &mut Dice) -> Result<Vec<u8>> {
    let config = Config {
        module_shape: Some(wat::parse_str(shape(world, 1 + dice.below(24)))?),
        max_funcs: world.exports.len() + world.imports.len() + dice.below(12),
        max_instructions: 20 + dice.below(400),
        max_globals: dice.below(8),
        max_tables: 2,
        max_table_elements: 200,
        max_data_segments: dice.below(8),
        max_element_segments: dice.below(4),
        max_memories: 1,
        allow_start_export: dice.chance(5),
        // The host's engine has no references but those to functions; some should find that out.
        reference_types_enabled: dice.chance(5),
        bulk_memory_enabled: true,
        gc_enabled: false,
        exceptions_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        memory64_enabled: false,
        wide_arithmetic_enabled: false,
        extended_const_enabled: false,
        ..Config::default()
    };
    let bytes = dice.bytes(2_000 + dice.clone().below(14_000));
    Ok(Module::new(config, &mut Unstructured::new(&bytes))?.to_bytes())
}

/// A module with the imports and exports that every module of the world has.
fn shape(world: &World, pages: usize) -> String {
    let mut text = format!("(module (memory (export \"memory\") {pages})\n");
    let imports: String = world
        .imports
        .iter()
        .map(|import| {
            let signature = signature(&import.signature);
            format!("(import \"{}\" \"{}\" (func {signature}))\n", import.module, import.name)
        })
        .collect();
    text.insert_str("(module ".len(), &imports);
    for export in &world.exports {
        let _ = writeln!(text, "(func (export \"{}\") {} unreachable)", export.name, signature(&export.signature));
    }
    text.push(')');
    text
}

fn signature(signature: &Signature) -> String {
    let list = |word: &str, types: &[ValType]| -> String { types.iter().map(|ty| format!("({word} {ty}) ")).collect() };
    list("param", &signature.params) + &list("result", &signature.results)
}
