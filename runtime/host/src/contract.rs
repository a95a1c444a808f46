//! The tools' types, as the runtime knows them: what a skill imports and a connector exports must be these.

use crate::error::{Error, Refusal};
use std::collections::HashMap;
use std::path::Path;
use usher_manifest::{FunctionName, InterfaceName, PluginId};
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::{Component as ComponentType, ComponentFunc, ComponentItem, Type};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, SourceMap};

/// The files of `usher:tools`.
const TOOLS: [(&str, &str); 4] = [
    ("types.wit", include_str!("../../../wit/tools/types.wit")),
    ("shop.wit", include_str!("../../../wit/tools/shop.wit")),
    ("knowledge.wit", include_str!("../../../wit/tools/knowledge.wit")),
    ("runtime.wit", include_str!("../../../wit/tools/runtime.wit")),
];

/// All functions of `usher:tools` with their types.
pub(crate) struct Contract {
    /// By the interface's full name (`usher:tools/orders@0.1.0`) and the function's.
    functions: HashMap<String, HashMap<String, ComponentFunc>>,
    /// `tool-error`: what every tool fails with.
    tool_error: Type,
}

impl Contract {
    /// Reads the contract by making a component that imports all of it: so its types and a plugin's are
    /// compared by the engine itself.
    pub(crate) fn read(engine: &Engine) -> Result<Self, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Contract(error.to_string());
        let mut resolve = Resolve::default();
        let mut sources = SourceMap::default();
        for (name, text) in TOOLS {
            sources.push(Path::new(name), text);
        }
        let group = sources.parse().map_err(|(_, error)| failed(&error))?;
        let package = resolve.push_group(group).map_err(|error| failed(&error))?;
        let imports: String = resolve.packages[package]
            .interfaces
            .keys()
            .map(|interface| {
                let id = resolve.packages[package].name.interface_id(interface);
                format!("import {id};\n")
            })
            .collect();
        let mut all = SourceMap::default();
        all.push(Path::new("all.wit"), format!("package usher:contract;\nworld all {{\n{imports}}}\n"));
        let group = all.parse().map_err(|(_, error)| failed(&error))?;
        let package = resolve.push_group(group).map_err(|error| failed(&error))?;
        let world = resolve.select_world(&[package], Some("all")).map_err(|error| failed(&error))?;
        let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).map_err(|error| failed(&error))?;
        let bytes = ComponentEncoder::default()
            .module(&module)
            .and_then(|mut encoder| encoder.encode())
            .map_err(|error| failed(&error))?;
        let component = Component::from_binary(engine, &bytes).map_err(|error| failed(&error))?;
        let functions = imported_functions(engine, &component.component_type());
        let tool_error = functions
            .values()
            .flat_map(HashMap::values)
            .find_map(error_type)
            .ok_or_else(|| Error::Contract("usher:tools has no function that fails with tool-error".into()))?;
        Ok(Self { functions, tool_error })
    }

    /// Checks one function of a plugin: that a tool of `usher:tools` is as the contract has it, and that any
    /// other fails with `tool-error`, so that a refusal can be told to it.
    pub(crate) fn check(
        &self,
        id: &PluginId,
        interface: &str,
        function: &str,
        found: &ComponentFunc,
    ) -> Result<(), Refusal> {
        let mismatch = |wanted: String| Refusal::Contract {
            id: id.clone(),
            interface: interface.to_owned(),
            function: function.to_owned(),
            found: signature(found),
            wanted,
        };
        match self.functions.get(interface) {
            Some(functions) => match functions.get(function) {
                Some(wanted) if same(wanted, found) => Ok(()),
                Some(wanted) => Err(mismatch(signature(wanted))),
                None => Err(mismatch("not there".into())),
            },
            None if interface.starts_with("usher:tools/") => {
                let name = interface.split('@').next().unwrap_or(interface);
                let known = self.functions.keys().find(|known| known.split('@').next() == Some(name));
                Err(mismatch(known.map_or("not there".into(), |known| format!("of {known}"))))
            }
            None if error_type(found).is_some_and(|error| error == self.tool_error) => Ok(()),
            None => Err(mismatch("any function that returns result<_, usher:tools/types.tool-error>".into())),
        }
    }

    /// The names of all functions.
    pub(crate) fn names(&self) -> impl Iterator<Item = FunctionName> + '_ {
        self.functions.iter().flat_map(|(interface, functions)| {
            let interface = interface.parse::<InterfaceName>().ok();
            functions.keys().filter_map(move |function| FunctionName::new(interface.as_ref()?, function))
        })
    }
}

/// The functions of all interfaces that a component imports.
pub(crate) fn imported_functions(
    engine: &Engine,
    component: &ComponentType,
) -> HashMap<String, HashMap<String, ComponentFunc>> {
    component.imports(engine).filter_map(|(name, item)| interface(engine, name, item.ty)).collect()
}

/// The functions of all interfaces that a component exports.
pub(crate) fn exported_functions(
    engine: &Engine,
    component: &ComponentType,
) -> HashMap<String, HashMap<String, ComponentFunc>> {
    component.exports(engine).filter_map(|(name, item)| interface(engine, name, item.ty)).collect()
}

fn interface(engine: &Engine, name: &str, item: ComponentItem) -> Option<(String, HashMap<String, ComponentFunc>)> {
    let ComponentItem::ComponentInstance(instance) = item else { return None };
    let functions = instance
        .exports(engine)
        .filter_map(|(name, item)| match item.ty {
            ComponentItem::ComponentFunc(function) => Some((name.to_owned(), function)),
            _ => None,
        })
        .collect();
    Some((name.to_owned(), functions))
}

/// Whether two functions take and return the same, names of parameters included.
pub(crate) fn same(a: &ComponentFunc, b: &ComponentFunc) -> bool {
    a.async_() == b.async_() && a.params().eq(b.params()) && a.results().eq(b.results())
}

fn error_type(function: &ComponentFunc) -> Option<Type> {
    match function.results().next()? {
        Type::Result(result) => result.err(),
        _ => None,
    }
}

/// A function's type in WIT's words, records and variants by their members' names.
fn signature(function: &ComponentFunc) -> String {
    let params: Vec<_> = function.params().map(|(name, ty)| format!("{name}: {}", describe(&ty, 3))).collect();
    let results: Vec<_> = function.results().map(|ty| describe(&ty, 3)).collect();
    format!("func({}) -> {}", params.join(", "), results.join(", "))
}

fn describe(ty: &Type, depth: u32) -> String {
    let Some(depth) = depth.checked_sub(1) else { return "…".into() };
    match ty {
        Type::Bool => "bool".into(),
        Type::S8 => "s8".into(),
        Type::U8 => "u8".into(),
        Type::S16 => "s16".into(),
        Type::U16 => "u16".into(),
        Type::S32 => "s32".into(),
        Type::U32 => "u32".into(),
        Type::S64 => "s64".into(),
        Type::U64 => "u64".into(),
        Type::Float32 => "f32".into(),
        Type::Float64 => "f64".into(),
        Type::Char => "char".into(),
        Type::String => "string".into(),
        Type::List(list) => format!("list<{}>", describe(&list.ty(), depth)),
        Type::Record(record) => {
            let fields: Vec<_> =
                record.fields().map(|field| format!("{}: {}", field.name, describe(&field.ty, depth))).collect();
            format!("record {{ {} }}", fields.join(", "))
        }
        Type::Tuple(tuple) => {
            format!("tuple<{}>", tuple.types().map(|ty| describe(&ty, depth)).collect::<Vec<_>>().join(", "))
        }
        Type::Variant(variant) => {
            format!("variant {{ {} }}", variant.cases().map(|case| case.name).collect::<Vec<_>>().join(", "))
        }
        Type::Enum(names) => format!("enum {{ {} }}", names.names().collect::<Vec<_>>().join(", ")),
        Type::Option(option) => format!("option<{}>", describe(&option.ty(), depth)),
        Type::Result(result) => format!(
            "result<{}, {}>",
            result.ok().map_or("_".into(), |ty| describe(&ty, depth)),
            result.err().map_or("_".into(), |ty| describe(&ty, depth))
        ),
        Type::Flags(flags) => format!("flags {{ {} }}", flags.names().collect::<Vec<_>>().join(", ")),
        _ => "a type that plugins can't use".into(),
    }
}
