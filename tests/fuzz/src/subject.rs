//! The components of a campaign. Each is made of the seed and its number alone.

use crate::dice::Dice;
use crate::world::Worlds;
use crate::{forge, mutate, smith};
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;
use usher_host::{Digest, inspect};
use usher_hostile::{Fixture, Made as _, Wire, outcome};
use usher_manifest::{Kind, PluginId};

/// So many components are loaded together.
pub(crate) const BATCH: u64 = 16;
/// Ids that nobody takes for each other: the host would ask a person about those.
const IDS: [&str; BATCH as usize] = [
    "alder",
    "bramble",
    "cinnamon",
    "dogwood",
    "elderflower",
    "foxglove",
    "gentian",
    "hyssop",
    "ironwood",
    "juniper",
    "knapweed",
    "larkspur",
    "marjoram",
    "nightshade",
    "oleander",
    "pimpernel",
];
/// Damaged components that are inspected for one that is loaded.
const MUTANTS: usize = 40;

/// A component.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// Its number.
    pub(crate) number: u64,
    /// How it was made: `damaged`, `any code`, `forged`.
    pub(crate) origin: &'static str,
    /// Its kind.
    pub(crate) kind: Kind,
    /// Its id.
    pub(crate) id: PluginId,
    /// The digest of its content.
    pub(crate) digest: Digest,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
}

/// What the components of a campaign are made from.
pub(crate) struct Source {
    seed: u64,
    worlds: Worlds,
    /// Valid components, to be damaged.
    whole: Vec<Vec<u8>>,
}

impl Source {
    /// Reads the contract, and the plugins in this folder where there are any.
    ///
    /// # Errors
    /// Where the contract can't be read.
    pub(crate) fn new(seed: u64, plugins: &Path) -> Result<Self> {
        let worlds = Worlds::draw(seed)?;
        let mut whole = vec![
            Fixture::skill("whole", &[], &[], "", outcome::DECLINE).bytes(),
            Wire::fixture("whole-connector", "").bytes(),
        ];
        let mut dice = Dice::of(seed, u64::MAX);
        for _ in 0..4 {
            let world = &worlds.skills[dice.below(worlds.skills.len())];
            whole.push(worlds.component(world, "whole", forge::module(&worlds, world, &mut dice)?)?);
        }
        let mut built: Vec<_> =
            std::fs::read_dir(plugins).into_iter().flatten().flatten().map(|file| file.path()).collect();
        built.sort();
        for file in built.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wasm")) {
            whole.push(std::fs::read(file)?);
        }
        Ok(Self { seed, worlds, whole })
    }

    /// The component of this number; none where the dice made none that the host would look at. What inspecting said
    /// is counted.
    ///
    /// # Errors
    /// Where a generator made something that is no module, or one that doesn't fit its world.
    pub(crate) fn subject(&self, number: u64, inspected: &mut BTreeMap<String, u64>) -> Result<Option<Subject>> {
        let dice = &mut Dice::of(self.seed, number);
        let worlds = &self.worlds;
        let place = number % BATCH;
        let (origin, candidates, id) = match place {
            0..4 => {
                let mutants = (0..MUTANTS).map(|_| {
                    let (whole, other) = (dice.below(self.whole.len()), dice.below(self.whole.len()));
                    mutate::mutate(&self.whole[whole], &self.whole[other], dice)
                });
                ("damaged", mutants.collect(), None)
            }
            4..13 => {
                let world = dice.pick(&worlds.skills).clone();
                let id = IDS[place as usize].to_owned();
                let (origin, module) = match place {
                    4..8 => ("any code", smith::module(&world, dice)?),
                    _ => ("forged", forge::module(worlds, &world, dice)?),
                };
                (origin, vec![worlds.component(&world, &id, module)?], Some(id))
            }
            _ => {
                let at = (place - 13) as usize % worlds.connectors.len();
                let world = &worlds.connectors[at];
                let id = IDS[place as usize].to_owned();
                let module = match dice.below(4) {
                    0 => smith::module(world, dice)?,
                    _ => forge::module(worlds, world, dice)?,
                };
                ("forged", vec![worlds.component(world, &id, module)?], Some(id))
            }
        };
        let mut found = None;
        for bytes in candidates {
            let verdict = match inspect(&bytes, &crate::stage::limits()) {
                Ok(inspection) => {
                    let id = inspection.manifest.id().clone();
                    let kind = inspection.manifest.kind();
                    found = Some(Subject { number, origin, kind, id, digest: inspection.digest, bytes });
                    format!("{origin}: accepted")
                }
                // What was not damaged should pass; that it didn't is worth its own words.
                Err(refusal) if id.is_some() => {
                    format!("{origin}: refused: {}", crate::report::words(&refusal.to_string()))
                }
                Err(refusal) => format!("{origin}: {}", kind_of(&refusal)),
            };
            *inspected.entry(verdict).or_default() += 1;
        }
        Ok(found)
    }
}

fn kind_of(refusal: &usher_host::Refusal) -> String {
    let text = format!("{refusal:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
