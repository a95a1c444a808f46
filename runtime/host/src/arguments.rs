//! What a function's arguments can carry.

use std::collections::BTreeSet;
use wasmparser::PrimitiveValType;
use wasmparser::component_types::{ComponentDefinedType, ComponentEntityType, ComponentItem, ComponentValType};
use wasmparser::types::Types;

/// The arguments (from 0) of an interface's function that can carry text: strings, characters, and lists of anything,
/// since a list of numbers spells as well.
pub(crate) fn with_text(types: &Types, interface: Option<&ComponentItem>, function: &str) -> BTreeSet<usize> {
    let Some(ComponentEntityType::Instance(instance)) = interface.map(|item| item.ty) else { return BTreeSet::new() };
    let Some(ComponentEntityType::Func(function)) = types[instance].exports.get(function).map(|item| item.ty) else {
        return BTreeSet::new();
    };
    let arguments = types[function].params.iter().enumerate();
    arguments.filter(|(_, (_, ty))| carries_text(types, *ty)).map(|(index, _)| index).collect()
}

/// Looks at each type once, whatever a hostile component nests in what.
fn carries_text(types: &Types, ty: ComponentValType) -> bool {
    let (mut seen, mut left) = (BTreeSet::new(), vec![ty]);
    while let Some(ty) = left.pop() {
        let id = match ty {
            ComponentValType::Primitive(primitive) if is_text(primitive) => return true,
            ComponentValType::Primitive(_) => continue,
            ComponentValType::Type(id) => id,
        };
        if !seen.insert(id) {
            continue;
        }
        match &types[id] {
            ComponentDefinedType::Primitive(primitive) if is_text(*primitive) => return true,
            ComponentDefinedType::Primitive(_) | ComponentDefinedType::Flags(_) | ComponentDefinedType::Enum(_) => {}
            ComponentDefinedType::Record(record) => left.extend(record.fields.values().copied()),
            ComponentDefinedType::Variant(variant) => left.extend(variant.cases.values().filter_map(|case| case.ty)),
            ComponentDefinedType::Tuple(tuple) => left.extend(tuple.types.iter().copied()),
            ComponentDefinedType::Option { ty, .. } => left.push(*ty),
            ComponentDefinedType::Result { ok, err, .. } => left.extend([*ok, *err].into_iter().flatten()),
            // Lists, and whatever may come: better one too many.
            _ => return true,
        }
    }
    false
}

fn is_text(primitive: PrimitiveValType) -> bool {
    matches!(primitive, PrimitiveValType::String | PrimitiveValType::Char)
}
