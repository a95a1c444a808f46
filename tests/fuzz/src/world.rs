//! The worlds that random components are built for: the real contract, and random parts of it.

use crate::dice::Dice;
use anyhow::{Context as _, Result, anyhow};
use std::fmt::Write as _;
use std::path::Path;
use usher_host::{Effect, ToolRegistry};
use usher_hostile::{connector_manifest, skill_manifest, with_section};
use usher_manifest::{FunctionName, InterfaceName, Kind};
use wasmparser::{Parser, Payload, ValType};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, SizeAlign, SourceMap, Type, WorldId, WorldItem};

/// What every skill may import without asking.
const SKILL_IMPORTS: [&str; 4] =
    ["usher:skill/memory@0.1.0", "usher:skill/consent@0.1.0", "usher:skill/settings@0.1.0", "usher:skill/log@0.1.0"];
/// What every connector may import.
const CONNECTOR_IMPORTS: [&str; 5] = [
    "usher:connector/caller@0.1.0",
    "usher:connector/settings@0.1.0",
    "usher:connector/http@0.1.0",
    "usher:connector/clock@0.1.0",
    "usher:connector/log@0.1.0",
];
/// Random skill worlds beside the one that imports nothing and the one that imports everything.
const RANDOM_SKILL_WORLDS: usize = 6;

/// A core function's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// Of the parameters.
    pub(crate) params: Vec<ValType>,
    /// Of the results.
    pub(crate) results: Vec<ValType>,
}

/// A core function that a component of the world may import.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    /// The interface.
    pub(crate) module: String,
    /// The function.
    pub(crate) name: String,
    /// Its type.
    pub(crate) signature: Signature,
}

/// A core function that a component of the world must export.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    pub(crate) signature: Signature,
    /// What it returns by the contract; none for what only the ABI asks for.
    pub(crate) returns: Option<Type>,
}

/// What a component imports and exports.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// Of which kind its components are.
    pub(crate) kind: Kind,
    /// All core imports.
    pub(crate) imports: Vec<Import>,
    /// All core exports but the memory.
    pub(crate) exports: Vec<Export>,
    /// Of a skill: the tools that it may call. Of a connector: the interfaces that it provides.
    pub(crate) declares: Vec<String>,
    id: WorldId,
}

/// All worlds of a campaign.
pub(crate) struct Worlds {
    /// The contract, with the worlds.
    pub(crate) resolve: Resolve,
    /// How its types lie in memory.
    pub(crate) sizes: SizeAlign,
    /// Worlds of skills.
    pub(crate) skills: Vec<World>,
    /// Worlds of connectors; no two provide the same.
    pub(crate) connectors: Vec<World>,
}

impl Worlds {
    /// Reads the contract and draws the worlds.
    ///
    /// # Errors
    /// Where the contract can't be read.
    pub(crate) fn draw(seed: u64) -> Result<Self> {
        let mut dice = Dice::new(seed);
        let mut resolve = contract()?;
        let registry = ToolRegistry::shipped()?;
        let (mut for_skills, mut for_connectors) = (Vec::new(), Vec::new());
        for (_, interface) in &resolve.interfaces {
            let (Some(name), Some(package)) = (&interface.name, interface.package) else { continue };
            if resolve.packages[package].name.to_string() != "usher:tools@0.1.0" || interface.functions.is_empty() {
                continue;
            }
            let id: InterfaceName = format!("usher:tools/{name}").parse().map_err(|error| anyhow!("{error}"))?;
            let functions: Vec<String> = interface.functions.keys().map(|name| format!("{id}.{name}")).collect();
            let first: FunctionName = functions[0].parse().map_err(|error| anyhow!("{error}"))?;
            if registry.rule(&first).effect != Effect::Runtime {
                for_skills.push((id.to_string(), functions));
            }
            if registry.provided_by(&id) == usher_host::ProvidedBy::Connector {
                for_connectors.push(id.to_string());
            }
        }
        let mut text = String::from("package fuzz:plugin@0.1.0;\n");
        let mut skills = Vec::new();
        for number in 0..RANDOM_SKILL_WORLDS + 2 {
            let percent = match number {
                0 => 0,
                1 => 100,
                _ => 20 + dice.below(60) as u64,
            };
            let tools: Vec<_> = for_skills.iter().filter(|_| dice.chance(percent)).collect();
            let baseline = SKILL_IMPORTS.iter().filter(|_| dice.chance(percent));
            let imports = tools.iter().map(|(name, _)| format!("{name}@0.1.0"));
            let imports = imports.chain(baseline.map(|name| (*name).to_owned()));
            let imports: String = imports.map(|name| format!("import {name}; ")).collect();
            writeln!(text, "world s{number} {{ {imports} export usher:skill/handler@0.1.0; }}")?;
            let declares = tools.iter().flat_map(|(_, functions)| functions.clone()).collect();
            skills.push((format!("s{number}"), Kind::Skill, declares));
        }
        let imports = CONNECTOR_IMPORTS.map(|name| format!("import {name}; ")).concat();
        let mut connectors = Vec::new();
        for (number, part) in for_connectors.chunks(for_connectors.len().div_ceil(3).max(1)).enumerate() {
            let exports: String = part.iter().map(|name| format!("export {name}@0.1.0; ")).collect();
            writeln!(text, "world c{number} {{ {imports} {exports} export usher:connector/health@0.1.0; }}")?;
            connectors.push((format!("c{number}"), Kind::Connector, part.to_vec()));
        }
        let mut sources = SourceMap::default();
        sources.push(Path::new("worlds.wit"), text);
        let group = sources.parse().map_err(|(_, error)| error)?;
        let package = resolve.push_group(group)?;
        let mut sizes = SizeAlign::default();
        sizes.fill(&resolve);
        let world = |(name, kind, declares): (String, Kind, Vec<String>)| {
            let id = resolve.select_world(&[package], Some(&name))?;
            let (mut imports, exports) = shape(&resolve, id)?;
            if kind == Kind::Connector {
                // Interfaces that are there for their types only have functions too.
                imports.retain(|import| CONNECTOR_IMPORTS.contains(&&*import.module));
            }
            anyhow::Ok(World { kind, imports, exports, declares, id })
        };
        let skills = skills.into_iter().map(world).collect::<Result<_>>()?;
        let connectors = connectors.into_iter().map(world).collect::<Result<_>>()?;
        Ok(Self { resolve, sizes, skills, connectors })
    }

    /// Makes a component of a core module.
    ///
    /// # Errors
    /// Where the module doesn't fit the world.
    pub(crate) fn component(&self, world: &World, id: &str, mut module: Vec<u8>) -> Result<Vec<u8>> {
        embed_component_metadata(&mut module, &self.resolve, world.id, StringEncoding::UTF8)?;
        let bytes = ComponentEncoder::default().module(&module)?.encode()?;
        let declares: Vec<&str> = world.declares.iter().map(String::as_str).collect();
        let manifest = match world.kind {
            Kind::Skill => skill_manifest(id, &declares),
            Kind::Connector => connector_manifest(id, &declares),
        };
        Ok(with_section(bytes, "usher:manifest", &manifest.to_section()?))
    }
}

/// The packages of the contract.
///
/// # Errors
/// Where it can't be read.
pub(crate) fn contract() -> Result<Resolve> {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let mut resolve = Resolve::default();
    for package in ["tools", "connector", "skill"] {
        resolve.push_dir(wit.join(package)).with_context(|| format!("the contract's package {package}"))?;
    }
    Ok(resolve)
}

/// The core imports and exports of a world, read from the module that `wit-component` makes for it.
fn shape(resolve: &Resolve, world: WorldId) -> Result<(Vec<Import>, Vec<Export>)> {
    let module = dummy_module(resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    let (mut types, mut imports, mut defined, mut exports) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(&module) {
        match payload? {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    let ty = ty?;
                    types.push(Signature { params: ty.params().to_vec(), results: ty.results().to_vec() });
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    if let wasmparser::TypeRef::Func(ty) = import.ty {
                        let signature = types[ty as usize].clone();
                        imports.push(Import { module: import.module.into(), name: import.name.into(), signature });
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    defined.push(types[ty? as usize].clone());
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == wasmparser::ExternalKind::Func {
                        let signature = defined[export.index as usize - imports.len()].clone();
                        let returns = returns(resolve, world, export.name);
                        exports.push(Export { name: export.name.into(), signature, returns });
                    }
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

fn returns(resolve: &Resolve, world: WorldId, export: &str) -> Option<Type> {
    let (interface, function) = export.split_once('#')?;
    resolve.worlds[world].exports.values().find_map(|item| match item {
        WorldItem::Interface { id, .. } if resolve.id_of(*id).as_deref() == Some(interface) => {
            resolve.interfaces[*id].functions.get(function)?.result
        }
        _ => None,
    })
}
