//! I-02: the look at a file before it is compiled, against what the engine makes of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says where")]

use arbitrary::Unstructured;
use usher_fuzz::{Dice, limits};
use usher_host::{Refusal, inspect};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, ResourceLimiter, Store};

const SEED: u64 = 11;
/// As the host has it.
const MOST: u64 = 64;
/// How deep components are nested.
const ROOT: u32 = 3;

fn engine() -> Engine {
    Engine::new(&usher_host::engine_config()).unwrap()
}

/// A component whose number of instances is known because it was made so.
#[derive(Clone, Default)]
struct Made {
    /// Core instances and instances of components that one instance of it makes.
    all: u64,
    /// Core instances only.
    core: u64,
}

struct Maker {
    dice: Dice,
    names: u32,
    modules: u32,
    /// The most that any component of the tree makes, instantiated or not.
    widest: u64,
}

impl Maker {
    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("${kind}{}", self.names)
    }

    /// The text of a component named `name`, with components of those around it that it may use too.
    fn component(&mut self, name: &str, depth: u32, around: &[(String, String, Made)]) -> (String, Made) {
        let (mut text, mut made) = (format!("(component {name}\n"), Made::default());
        let mut components: Vec<(String, Made)> = Vec::new();
        let mut modules: Vec<String> = Vec::new();
        for _ in 0..3 + self.dice.below(6) {
            match self.dice.below(8) {
                0 | 1 if self.modules < 30 => {
                    self.modules += 1;
                    let module = self.name("m");
                    text += &format!("(core module {module})\n");
                    modules.push(module);
                }
                2 | 3 if depth > 0 => {
                    let inner = self.name("c");
                    let mut outer = around.to_vec();
                    outer.extend(components.iter().map(|(name_, made)| (name.to_owned(), name_.clone(), made.clone())));
                    let (inner_text, inner_made) = self.component(&inner, depth - 1, &outer);
                    text += &inner_text;
                    components.push((inner, inner_made));
                }
                4 if !around.is_empty() => {
                    let (owner, theirs, made) = self.dice.pick(around).clone();
                    let ours = self.name("a");
                    text += &format!("(alias outer {owner} {theirs} (component {ours}))\n");
                    components.push((ours, made));
                }
                // Only an inner component may export components.
                5 if depth < ROOT && !components.is_empty() => {
                    let (of, made) = self.dice.pick(&components).clone();
                    let ours = self.name("e");
                    text += &format!("(export {ours} \"{}\" (component {of}))\n", ours.trim_start_matches('$'));
                    components.push((ours, made));
                }
                _ => {
                    for _ in 0..1 + self.dice.below(4) {
                        if !modules.is_empty() && self.dice.chance(50) {
                            let module = self.dice.pick(&modules);
                            text += &format!("(core instance (instantiate {module}))\n");
                            made.all += 1;
                            made.core += 1;
                        } else if !components.is_empty() {
                            let (component, inner) = self.dice.pick(&components);
                            text += &format!("(instance (instantiate {component}))\n");
                            made.all += 1 + inner.all;
                            made.core += inner.core;
                        }
                    }
                }
            }
        }
        self.widest = self.widest.max(made.all);
        (text + ")\n", made)
    }
}

/// Admits so many core instances.
struct Most(usize);

impl ResourceLimiter for Most {
    fn memory_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
    fn instances(&self) -> usize {
        self.0
    }
}

async fn instantiates(engine: &Engine, component: &Component, most: u64) -> Result<(), String> {
    let mut store = Store::new(engine, Most(usize::try_from(most).unwrap()));
    store.limiter(|most| most);
    store.set_fuel(1_000_000).unwrap();
    store.set_epoch_deadline(1);
    let linker = Linker::<Most>::new(engine);
    linker.instantiate_async(&mut store, component).await.map(|_| ()).map_err(|error| format!("{error:#}"))
}

/// The scan counts instances without making them. Whatever it lets through makes no more than it says, and whatever
/// is within the limit is let through.
#[tokio::test]
async fn instances_are_counted_as_they_are_made() {
    let engine = engine();
    let (mut within, mut beyond) = (0, 0);
    for number in 0..600 {
        let dice = Dice::of(SEED, number);
        let mut maker = Maker { dice, names: 0, modules: 0, widest: 0 };
        let (text, made) = maker.component("$root", ROOT, &[]);
        let bytes = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        match inspect(&bytes, &limits()).unwrap_err() {
            Refusal::TooMuch { what: "instances", found, most: MOST } => {
                assert!(found > MOST && maker.widest > MOST, "{found}: {text}");
                beyond += 1;
            }
            // It came through the scan and the validator.
            Refusal::Manifests(0) => {
                assert!(made.all <= MOST, "{} instances came through: {text}", made.all);
                let component = Component::from_binary(&engine, &bytes).unwrap();
                instantiates(&engine, &component, made.core).await.unwrap();
                if let Some(fewer) = made.core.checked_sub(1) {
                    let error = instantiates(&engine, &component, fewer).await.unwrap_err();
                    assert!(error.contains("resource limit exceeded"), "{error}: {text}");
                    within += 1;
                }
            }
            other => panic!("{other}: {text}"),
        }
    }
    assert!(within > 100 && beyond > 30, "{within} within the limit, {beyond} beyond it");
}

/// What the host's validator accepts, the engine compiles or refuses; and where the host's validator refuses, so does
/// the engine: no author is told off for what would have run.
#[test]
fn any_component_is_judged_as_the_engine_judges_it() {
    let engine = engine();
    let (mut accepted, mut refused) = (0, 0);
    for number in 0..1_500 {
        let mut dice = Dice::of(SEED, number);
        let config = wasm_smith::Config {
            max_nesting_depth: 3,
            max_components: 4,
            max_modules: 4,
            max_instances: 6,
            max_funcs: 6,
            max_instructions: 40,
            max_memories: 1 + dice.below(2),
            gc_enabled: dice.chance(20),
            exceptions_enabled: dice.chance(20),
            simd_enabled: dice.chance(20),
            memory64_enabled: dice.chance(20),
            threads_enabled: dice.chance(20),
            tail_call_enabled: dice.chance(20),
            ..wasm_smith::Config::default()
        };
        let random = dice.bytes(600);
        let Ok(component) = wasm_smith::Component::new(config, &mut Unstructured::new(&random)) else { continue };
        let bytes = component.to_bytes();
        match inspect(&bytes, &limits()).unwrap_err() {
            Refusal::Manifests(_) => {
                accepted += 1;
                let compiled = Component::from_binary(&engine, &bytes);
                assert!(compiled.is_ok(), "component {number}: only the engine says {:#}", compiled.unwrap_err());
            }
            Refusal::Damaged(why) => {
                refused += 1;
                assert!(
                    Component::from_binary(&engine, &bytes).is_err(),
                    "component {number}: only the host says {why}"
                );
            }
            Refusal::TooMuch { .. } | Refusal::ImportsCode(_) => {}
            other => panic!("component {number}: {other}"),
        }
    }
    assert!(accepted > 100, "{accepted} accepted, {refused} refused");
}

#[test]
fn nothing_at_all_and_noise() {
    let mut dice = Dice::new(SEED);
    for length in 0..3_000 {
        let mut bytes = dice.bytes(length % 300);
        if dice.chance(70) {
            let head = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];
            bytes.splice(0..0, head);
        }
        assert!(inspect(&bytes, &limits()).is_err());
    }
}
