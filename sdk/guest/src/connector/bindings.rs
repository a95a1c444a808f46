//! What wit-bindgen makes of the contract: one module an interface, stubs that panic outside of WebAssembly.

wit_bindgen::generate!({
    path: ["../../wit/tools", "../../wit/connector"],
    inline: "
        package usher:sdk;

        /// Everything that a connector may ask for. A component keeps of it only the functions that it calls.
        world any-connector {
            import usher:connector/caller@0.1.0;
            import usher:connector/settings@0.1.0;
            import usher:connector/http@0.1.0;
            import usher:connector/clock@0.1.0;
            import usher:connector/log@0.1.0;

            import usher:tools/types@0.1.0;
        }
    ",
    world: "usher:sdk/any-connector",
    generate_all,
    generate_unused_types: true,
    additional_derives: [PartialEq],
    runtime_path: "::usher_sdk::wit_bindgen::rt",
});
