//! A cheap look at a file before anything expensive is done with it. Compiling is not bounded by wasmtime
//! in time or memory, and a few hundred bytes can describe ten million instances: so they are counted here.

use crate::error::Refusal;
use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind, ComponentTypeRef, ElementItems,
    Instance, Operator, Parser, Payload,
};

/// One thing that was counted in a file before anything was done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// What: `core modules`, `functions`.
    pub what: &'static str,
    /// How many there are.
    pub found: u64,
    /// A file with more is refused.
    pub most: u64,
}

/// Most core modules in one component, nested ones included.
const MODULES: u32 = 32;
/// Most instances that instantiating the component makes, counted through all nesting.
const INSTANCES: u64 = 64;
/// Deepest nesting of components.
const NESTING: usize = 4;
const MEMORIES: u32 = 8;
const TABLES: u32 = 16;
const FUNCTIONS: u64 = 50_000;
/// Largest body of one function, bytes.
const FUNCTION_BYTES: usize = 1 << 20;
/// Compiling a `br_table` is quadratic in its targets.
const BR_TABLE_TARGETS: u32 = 2_048;
const BR_TABLE_TARGETS_SUM: u64 = 50_000;
const BLOCK_NESTING: u32 = 256;
const LOOP_NESTING: u32 = 64;
/// Locals of all functions together: a few bytes declare fifty thousand, and compiling visits each.
const LOCALS: u64 = 1_000_000;
const TYPES: u64 = 20_000;
/// Globals, and what modules import, take memory in every call that no limit of a call counts.
const GLOBALS: u64 = 20_000;
const IMPORTS: u64 = 20_000;
/// Initial contents of tables, all together: compiling lays them out at length.
const ELEMENTS: u64 = 100_000;
const ELEMENT_SEGMENTS: u64 = 10_000;
/// Longest name of an import or export, bytes.
const NAME_BYTES: usize = 256;
/// Initial contents of memories, bytes, all together: each call copies them.
const DATA_BYTES: u64 = 16 << 20;
const DATA_SEGMENTS: u64 = 10_000;

/// Says what kind of file this is, if it isn't a component.
fn kind(bytes: &[u8]) -> Result<(), Refusal> {
    match bytes {
        [] => Err(Refusal::NotAComponent("the file is empty")),
        [0, b'a', b's', b'm', 0x0d, 0, 1, 0, ..] => Ok(()),
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => Err(Refusal::NotAComponent(
            "it is a core WebAssembly module; build it with `usher build`, which makes a component of it",
        )),
        [0, b'a', b's', b'm', ..] if bytes.len() < 8 => Err(Refusal::NotAComponent("it ends within its first bytes")),
        [0, b'a', b's', b'm', ..] => Err(Refusal::NotAComponent("it is WebAssembly of an unknown version")),
        [0x7f, b'E', b'L', b'F', ..] => Err(Refusal::NotAComponent(
            "it is native or precompiled code, which is never taken; bring the component itself",
        )),
        [b'P', b'K', 3, 4, ..] => Err(Refusal::NotAComponent("it is a ZIP archive; bring the component inside it")),
        _ => {
            let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
            if bytes[start..].starts_with(b"(module") || bytes[start..].starts_with(b"(component") {
                Err(Refusal::NotAComponent("it is WebAssembly in its text format; convert it to the binary format"))
            } else if bytes.iter().take(512).all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
                Err(Refusal::NotAComponent("it is a text file"))
            } else {
                Err(Refusal::NotAComponent("it doesn't begin like WebAssembly"))
            }
        }
    }
}

/// One component or module that is being read.
#[derive(Default)]
struct Frame {
    /// For each component in the index space: how many instances it makes when instantiated.
    components: Vec<u64>,
    /// How many instances instantiating this one makes.
    instances: u64,
    is_module: bool,
}

#[derive(Default)]
struct Counts {
    modules: u32,
    memories: u32,
    tables: u32,
    functions: u64,
    locals: u64,
    types: u64,
    globals: u64,
    imports: u64,
    elements: u64,
    element_segments: u64,
    br_targets: u64,
    data_bytes: u64,
    data_segments: u64,
    /// The most that were found in one place.
    nesting: u64,
    instances: u64,
    largest_function: u64,
    blocks: u64,
}

impl Counts {
    fn told(&self) -> Vec<Scanned> {
        let row = |what, found, most| Scanned { what, found, most };
        vec![
            row("core modules", self.modules.into(), MODULES.into()),
            row("levels of nested components", self.nesting, NESTING as u64),
            row("instances", self.instances, INSTANCES),
            row("memories", self.memories.into(), MEMORIES.into()),
            row("tables", self.tables.into(), TABLES.into()),
            row("functions", self.functions, FUNCTIONS),
            row("bytes in the largest function", self.largest_function, FUNCTION_BYTES as u64),
            row("locals of functions", self.locals, LOCALS),
            row("blocks inside each other", self.blocks, BLOCK_NESTING.into()),
            row("targets of br_tables", self.br_targets, BR_TABLE_TARGETS_SUM),
            row("types", self.types, TYPES),
            row("globals", self.globals, GLOBALS),
            row("imports of modules", self.imports, IMPORTS),
            row("initial elements of tables", self.elements, ELEMENTS),
            row("bytes of initial data", self.data_bytes, DATA_BYTES),
        ]
    }
}

fn limit(what: &'static str, found: u64, most: u64) -> Result<(), Refusal> {
    if found > most { Err(Refusal::TooMuch { what, found, most }) } else { Ok(()) }
}

fn name(name: &str) -> Result<(), Refusal> {
    limit("bytes in the name of an import or export", name.len() as u64, NAME_BYTES as u64)
}

/// Refuses what isn't a component, or is one that is out of proportion; tells what was counted.
///
/// # Errors
/// A [`Refusal`] that says what was found, in words for the author.
pub(crate) fn scan(bytes: &[u8]) -> Result<Vec<Scanned>, Refusal> {
    kind(bytes)?;
    let mut counts = Counts::default();
    let mut stack: Vec<Frame> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(damaged)?;
        match payload {
            Payload::Version { encoding, .. } => {
                let is_module = encoding == wasmparser::Encoding::Module;
                if is_module {
                    counts.modules += 1;
                    limit("core modules", counts.modules.into(), MODULES.into())?;
                }
                stack.push(Frame { is_module, ..Frame::default() });
                counts.nesting = counts.nesting.max(stack.len() as u64 - 1);
                limit("levels of nested components", stack.len() as u64 - 1, NESTING as u64)?;
            }
            Payload::End(_) => {
                let done = stack.pop().unwrap_or_default();
                if let (Some(parent), false) = (stack.last_mut(), done.is_module) {
                    parent.components.push(done.instances);
                } else if stack.is_empty() {
                    counts.instances = counts.instances.max(done.instances);
                    limit("instances", done.instances, INSTANCES)?;
                }
            }
            other => section(other, &mut stack, &mut counts)?,
        }
    }
    Ok(counts.told())
}

fn section(payload: Payload<'_>, stack: &mut [Frame], counts: &mut Counts) -> Result<(), Refusal> {
    let depth = stack.len();
    let Some(at) = depth.checked_sub(1) else { return Ok(()) };
    match payload {
        Payload::TypeSection(types) => add(&mut counts.types, types.count(), "types", TYPES)?,
        Payload::CoreTypeSection(types) => add(&mut counts.types, types.count(), "types", TYPES)?,
        Payload::ComponentTypeSection(types) => add(&mut counts.types, types.count(), "types", TYPES)?,
        Payload::FunctionSection(functions) => {
            add(&mut counts.functions, functions.count(), "functions", FUNCTIONS)?;
        }
        Payload::MemorySection(memories) => {
            counts.memories += memories.count();
            limit("memories", counts.memories.into(), MEMORIES.into())?;
        }
        Payload::TableSection(tables) => {
            counts.tables += tables.count();
            limit("tables", counts.tables.into(), TABLES.into())?;
        }
        Payload::GlobalSection(globals) => add(&mut counts.globals, globals.count(), "globals", GLOBALS)?,
        Payload::ElementSection(segments) => {
            add(&mut counts.element_segments, segments.count(), "element segments", ELEMENT_SEGMENTS)?;
            for segment in segments {
                let count = match segment.map_err(damaged)?.items {
                    ElementItems::Functions(items) => items.count(),
                    ElementItems::Expressions(_, items) => items.count(),
                };
                add(&mut counts.elements, count, "initial elements of tables", ELEMENTS)?;
            }
        }
        Payload::ImportSection(imports) => {
            for import in imports.into_imports() {
                add(&mut counts.imports, 1, "imports of modules", IMPORTS)?;
                let import = import.map_err(damaged)?;
                name(import.name)?;
                name(import.module)?;
            }
        }
        Payload::ExportSection(exports) => {
            for export in exports {
                name(export.map_err(damaged)?.name)?;
            }
        }
        Payload::DataSection(segments) => {
            add(&mut counts.data_segments, segments.count(), "data segments", DATA_SEGMENTS)?;
            for segment in segments {
                counts.data_bytes += segment.map_err(damaged)?.data.len() as u64;
            }
            limit("bytes of initial data", counts.data_bytes, DATA_BYTES)?;
        }
        Payload::CodeSectionEntry(body) => function(&body, counts)?,
        Payload::InstanceSection(instances) => {
            for instance in instances {
                if let Instance::Instantiate { .. } = instance.map_err(damaged)? {
                    stack[at].instances = stack[at].instances.saturating_add(1);
                }
            }
        }
        Payload::ComponentInstanceSection(instances) => {
            for instance in instances {
                if let ComponentInstance::Instantiate { component_index, .. } = instance.map_err(damaged)? {
                    let inner = stack[at].components.get(component_index as usize).copied();
                    let inner = inner.ok_or(Refusal::Damaged("it instantiates a component that isn't there".into()))?;
                    stack[at].instances = stack[at].instances.saturating_add(inner).saturating_add(1);
                }
            }
            // Said at once: the rest of the file may multiply it further.
            limit("instances", stack[at].instances, INSTANCES)?;
        }
        Payload::ComponentImportSection(imports) => {
            for import in imports {
                let import = import.map_err(damaged)?;
                name(import.name.name)?;
                match import.ty {
                    ComponentTypeRef::Component(_) | ComponentTypeRef::Module(_) => {
                        return Err(Refusal::ImportsCode(import.name.name.to_owned()));
                    }
                    _ => {}
                }
            }
        }
        Payload::ComponentExportSection(exports) => {
            for export in exports {
                let export = export.map_err(damaged)?;
                name(export.name.name)?;
                if export.kind == ComponentExternalKind::Component {
                    let same = stack[at].components.get(export.index as usize).copied();
                    let same = same.ok_or(Refusal::Damaged("it exports a component that isn't there".into()))?;
                    stack[at].components.push(same);
                }
            }
        }
        Payload::ComponentAliasSection(aliases) => {
            for alias in aliases {
                match alias.map_err(damaged)? {
                    ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, index } => {
                        let outer = at.checked_sub(count as usize).map(|outer| &stack[outer]);
                        let same = outer.and_then(|outer| outer.components.get(index as usize).copied());
                        let same = same.ok_or(Refusal::Damaged("it names a component that isn't there".into()))?;
                        stack[at].components.push(same);
                    }
                    ComponentAlias::InstanceExport { kind: ComponentExternalKind::Component, name, .. } => {
                        return Err(Refusal::ImportsCode(name.to_owned()));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn add(sum: &mut u64, count: u32, what: &'static str, most: u64) -> Result<(), Refusal> {
    *sum += u64::from(count);
    limit(what, *sum, most)
}

fn function(body: &wasmparser::FunctionBody<'_>, counts: &mut Counts) -> Result<(), Refusal> {
    let size = body.as_bytes().len() as u64;
    counts.largest_function = counts.largest_function.max(size);
    limit("bytes in one function", size, FUNCTION_BYTES as u64)?;
    for locals in body.get_locals_reader().map_err(damaged)? {
        add(&mut counts.locals, locals.map_err(damaged)?.0, "locals of functions", LOCALS)?;
    }
    // For each open block: is it a loop?
    let mut open: Vec<bool> = Vec::new();
    let mut loops = 0;
    for operator in body.get_operators_reader().map_err(damaged)? {
        match operator.map_err(damaged)? {
            Operator::Block { .. } | Operator::If { .. } => open.push(false),
            Operator::Loop { .. } => {
                open.push(true);
                loops += 1;
                limit("loops inside each other", loops, LOOP_NESTING.into())?;
            }
            Operator::End => loops -= u64::from(open.pop().unwrap_or(false)),
            Operator::BrTable { targets } => {
                limit("targets of one br_table", targets.len().into(), BR_TABLE_TARGETS.into())?;
                add(&mut counts.br_targets, targets.len(), "targets of br_tables", BR_TABLE_TARGETS_SUM)?;
            }
            _ => {}
        }
        counts.blocks = counts.blocks.max(open.len() as u64);
        limit("blocks inside each other", open.len() as u64, BLOCK_NESTING.into())?;
    }
    Ok(())
}

fn damaged(error: wasmparser::BinaryReaderError) -> Refusal {
    Refusal::Damaged(format!("{} (at byte {})", error.message(), error.offset()))
}
