//! The skill side of the contract (`wit/skill`), as Rust types. These are the types that a turn, an
//! outcome and a reply have all the way through the runtime.

#[allow(missing_docs, reason = "the documentation of these types is in wit/")]
mod bindings {
    wasmtime::component::bindgen!({
        path: ["../../wit/tools", "../../wit/skill"],
        inline: "
            package usher:host;
            world skill-host {
                import usher:skill/memory@0.1.0;
                import usher:skill/consent@0.1.0;
                import usher:skill/settings@0.1.0;
                import usher:skill/log@0.1.0;
                export usher:skill/handler@0.1.0;
            }
        ",
        world: "usher:host/skill-host",
        imports: { default: trappable },
        exports: { default: async },
        additional_derives: [PartialEq, Clone, serde::Serialize, serde::Deserialize],
    });
}

pub use bindings::usher::skill::types::*;
pub use bindings::usher::tools::types::Money;

pub(crate) use bindings::SkillHostPre;
pub(crate) use bindings::usher::skill::{consent, log, memory, settings};

/// The interfaces that a skill may import without asking: they give it nothing of the shop's or the
/// customer's beyond its own turn.
pub(crate) const BASELINE: [&str; 5] = [
    "usher:skill/types@0.1.0",
    "usher:skill/memory@0.1.0",
    "usher:skill/consent@0.1.0",
    "usher:skill/settings@0.1.0",
    "usher:skill/log@0.1.0",
];

/// What every skill exports.
pub(crate) const HANDLER: &str = "usher:skill/handler@0.1.0";
