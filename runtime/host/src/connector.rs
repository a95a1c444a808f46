//! The connector side of the contract (`wit/connector`), as Rust types.

#[allow(missing_docs, reason = "the documentation of these types is in wit/")]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit/connector",
        inline: "
            package usher:host;
            world connector-host {
                import usher:connector/caller@0.1.0;
                import usher:connector/settings@0.1.0;
                import usher:connector/http@0.1.0;
                import usher:connector/clock@0.1.0;
                import usher:connector/log@0.1.0;
            }
        ",
        world: "usher:host/connector-host",
        imports: {
            "usher:connector/http@0.1.0.send": async | trappable,
            "usher:connector/clock@0.1.0.sleep": async | trappable,
            default: trappable,
        },
    });
}

pub(crate) use bindings::usher::connector::{caller, clock, http, log, settings};

/// What a connector may import: the runtime's own client and what goes with it, and nothing else.
pub(crate) const IMPORTS: [&str; 5] = [
    "usher:connector/caller@0.1.0",
    "usher:connector/settings@0.1.0",
    "usher:connector/http@0.1.0",
    "usher:connector/clock@0.1.0",
    "usher:connector/log@0.1.0",
];

/// What every connector exports beside its tools.
pub(crate) const HEALTH: &str = "usher:connector/health@0.1.0";
