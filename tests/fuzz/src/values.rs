//! Random values of component types, and the types of the contract's functions.

use crate::dice::Dice;
use crate::world;
use anyhow::{Result, anyhow};
use std::path::Path;
use usher_manifest::{FunctionName, InterfaceName};
use wasmtime::Engine;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, Type, Val};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, SourceMap};

/// A function with its types.
pub struct Function {
    /// Its name.
    pub name: FunctionName,
    /// What it takes and returns.
    pub ty: ComponentFunc,
}

/// All functions of `usher:tools`, with the engine's own types.
///
/// # Errors
/// Where the contract can't be read.
pub fn tools(engine: &Engine) -> Result<Vec<Function>> {
    let mut resolve = world::contract()?;
    let imports: String = resolve
        .packages
        .iter()
        .filter(|(_, package)| package.name.namespace == "usher" && package.name.name == "tools")
        .flat_map(|(_, package)| package.interfaces.keys().map(|name| package.name.interface_id(name)))
        .map(|id| format!("import {id};\n"))
        .collect();
    functions(engine, &mut resolve, &imports)
}

/// The functions of these interfaces (WIT text, of a package of their own).
///
/// # Errors
/// Where the text is not WIT.
pub fn interfaces(engine: &Engine, text: &str, names: &[&str]) -> Result<Vec<Function>> {
    let mut resolve = Resolve::default();
    push(&mut resolve, format!("package fuzz:types@0.1.0;\n{text}"))?;
    let imports: String = names.iter().map(|name| format!("import fuzz:types/{name}@0.1.0;\n")).collect();
    functions(engine, &mut resolve, &imports)
}

fn push(resolve: &mut Resolve, text: String) -> Result<wit_parser::PackageId> {
    let mut sources = SourceMap::default();
    sources.push(Path::new("types.wit"), text);
    resolve.push_group(sources.parse().map_err(|(_, error)| error)?).map_err(Into::into)
}

/// The functions that a world with these imports imports, read from a component of it by the engine.
fn functions(engine: &Engine, resolve: &mut Resolve, imports: &str) -> Result<Vec<Function>> {
    let package = push(resolve, format!("package fuzz:imports@0.1.0;\nworld all {{\n{imports}}}\n"))?;
    let world = resolve.select_world(&[package], Some("all"))?;
    let mut module = dummy_module(resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    let bytes = ComponentEncoder::default().module(&module)?.encode()?;
    let component = Component::from_binary(engine, &bytes).map_err(|error| anyhow!("{error:#}"))?;
    let mut functions = Vec::new();
    for (interface, item) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        let interface: InterfaceName = interface.parse().map_err(|error| anyhow!("{interface}: {error}"))?;
        for (name, item) in instance.exports(engine) {
            if let (ComponentItem::ComponentFunc(ty), Some(name)) = (item.ty, FunctionName::new(&interface, name)) {
                functions.push(Function { name, ty });
            }
        }
    }
    Ok(functions)
}

/// A random value of a type that plugins can use.
///
/// # Panics
/// For a handle, which no tool may pass.
#[must_use]
pub fn value(ty: &Type, dice: &mut Dice) -> Val {
    let payload = |ty: Option<Type>, dice: &mut Dice| ty.map(|ty| Box::new(value(&ty, dice)));
    match ty {
        Type::Bool => Val::Bool(dice.chance(50)),
        Type::S8 => Val::S8(number(dice) as i8),
        Type::U8 => Val::U8(number(dice) as u8),
        Type::S16 => Val::S16(number(dice) as i16),
        Type::U16 => Val::U16(number(dice) as u16),
        Type::S32 => Val::S32(number(dice) as i32),
        Type::U32 => Val::U32(number(dice) as u32),
        Type::S64 => Val::S64(number(dice) as i64),
        Type::U64 => Val::U64(number(dice)),
        Type::Float32 => Val::Float32(match dice.below(3) {
            0 => *dice.pick(&[0.0, -0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN_POSITIVE, 0.1]),
            _ => f32::from_bits(dice.roll() as u32),
        }),
        Type::Float64 => Val::Float64(match dice.below(3) {
            0 => *dice.pick(&[0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE, 0.1]),
            _ => f64::from_bits(dice.roll()),
        }),
        Type::Char => {
            let any = (0..8).find_map(|_| char::from_u32(dice.roll() as u32 % 0x11_0000));
            Val::Char(*dice.pick(&['a', '\0', '"', '\\', '\u{10ffff}', '\u{d7ff}', any.unwrap_or('é')]))
        }
        Type::String => Val::String(dice.text()),
        Type::List(list) => Val::List((0..length(dice)).map(|_| value(&list.ty(), dice)).collect()),
        Type::Map(map) => {
            Val::Map((0..length(dice)).map(|_| (value(&map.key(), dice), value(&map.value(), dice))).collect())
        }
        Type::FixedLengthList(list) => Val::FixedLengthList((0..list.len()).map(|_| value(&list.ty(), dice)).collect()),
        Type::Record(record) => {
            Val::Record(record.fields().map(|field| (field.name.to_owned(), value(&field.ty, dice))).collect())
        }
        Type::Tuple(tuple) => Val::Tuple(tuple.types().map(|ty| value(&ty, dice)).collect()),
        Type::Variant(variant) => {
            let at = dice.below(variant.cases().len());
            let case = variant.cases().nth(at);
            let (name, ty) = case.map(|case| (case.name.to_owned(), case.ty)).unwrap_or_default();
            Val::Variant(name, payload(ty, dice))
        }
        Type::Enum(names) => {
            let at = dice.below(names.names().len());
            Val::Enum(names.names().nth(at).unwrap_or_default().to_owned())
        }
        Type::Option(option) => Val::Option(if dice.chance(60) { payload(Some(option.ty()), dice) } else { None }),
        Type::Result(result) => Val::Result(match dice.chance(60) {
            true => Ok(payload(result.ok(), dice)),
            false => Err(payload(result.err(), dice)),
        }),
        Type::Flags(flags) => Val::Flags(flags.names().filter(|_| dice.chance(50)).map(str::to_owned).collect()),
        other => unreachable!("{other:?} is no type of a tool"),
    }
}

fn length(dice: &mut Dice) -> usize {
    match dice.below(60) {
        0 => 100,
        _ => dice.below(4),
    }
}

fn number(dice: &mut Dice) -> u64 {
    const EDGES: [u64; 8] =
        [1 << 53, (1 << 53) + 1, u64::MAX, 1 << 63, (1 << 63) - 1, (1 << 53) - 1, u64::MAX - (1 << 53), 0];
    match dice.below(4) {
        0 => *dice.pick(&EDGES),
        1 => dice.roll(),
        _ => u64::from(dice.word()),
    }
}
