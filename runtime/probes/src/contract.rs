//! The contract, as it comes with the program: what fixtures are built against.

use crate::error::Error;
use std::path::Path;
use usher_manifest::FunctionName;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Resolve, SourceMap};

type Files = &'static [(&'static str, &'static str)];

const PACKAGES: [Files; 3] = [
    &[
        ("types.wit", include_str!("../../../wit/tools/types.wit")),
        ("shop.wit", include_str!("../../../wit/tools/shop.wit")),
        ("knowledge.wit", include_str!("../../../wit/tools/knowledge.wit")),
        ("runtime.wit", include_str!("../../../wit/tools/runtime.wit")),
    ],
    &[("connector.wit", include_str!("../../../wit/connector/connector.wit"))],
    &[("skill.wit", include_str!("../../../wit/skill/skill.wit"))],
];

/// The three packages, with each of these texts in them replaced by its other half.
///
/// # Errors
/// [`Error::Contract`] where the edited text is no WIT.
pub(crate) fn resolve(edits: &[(&'static str, &'static str)]) -> Result<Resolve, Error> {
    let mut resolve = Resolve::default();
    for files in PACKAGES {
        let mut sources = SourceMap::default();
        for (name, text) in files {
            let text = edits.iter().fold((*text).to_owned(), |text, (from, to)| text.replace(from, to));
            sources.push(Path::new(name), text);
        }
        let failed = |error: &dyn std::fmt::Display| Error::Contract(error.to_string());
        let group = sources.parse().map_err(|(_, error)| failed(&error))?;
        resolve.push_group(group).map_err(|error| failed(&error))?;
    }
    Ok(resolve)
}

/// The type of a function of the contract in a core module, in the text format: `(param i32 i32) (result i32)`.
///
/// # Errors
/// [`Error::Contract`] where there is no such function.
pub fn core_type(function: &FunctionName, exported: bool) -> Result<String, Error> {
    let resolve = resolve(&[])?;
    let wanted = function.interface.without_version().to_string();
    let found = resolve.interfaces.iter().find_map(|(id, interface)| {
        let name = resolve.id_of(id)?;
        let name = name.split('@').next()?;
        (name == wanted).then(|| interface.functions.get(&function.function)).flatten()
    });
    let found = found.ok_or_else(|| Error::Contract(format!("there is no function {function}")))?;
    let variant = if exported { AbiVariant::GuestExport } else { AbiVariant::GuestImport };
    let signature = resolve.wasm_signature(variant, found);
    let list = |kind: &str, types: &[WasmType]| {
        let types = types.iter().map(|ty| match ty {
            WasmType::I64 | WasmType::PointerOrI64 => " i64",
            WasmType::F32 => " f32",
            WasmType::F64 => " f64",
            _ => " i32",
        });
        if types.len() == 0 { String::new() } else { format!("({kind}{})", types.collect::<String>()) }
    };
    Ok(format!("{} {}", list("param", &signature.params), list("result", &signature.results)))
}
