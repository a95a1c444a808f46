//! What wit-bindgen makes of the contract: one module an interface, stubs that panic outside of WebAssembly.

wit_bindgen::generate!({
    path: ["../../wit/tools", "../../wit/skill"],
    inline: "
        package usher:sdk;

        /// Everything that a skill may ask for. A component keeps of it only the functions that it calls.
        world any-skill {
            import usher:skill/memory@0.1.0;
            import usher:skill/consent@0.1.0;
            import usher:skill/settings@0.1.0;
            import usher:skill/log@0.1.0;

            import usher:tools/profile@0.1.0;
            import usher:tools/catalog@0.1.0;
            import usher:tools/coupons@0.1.0;
            import usher:tools/orders@0.1.0;
            import usher:tools/order-actions@0.1.0;
            import usher:tools/returns@0.1.0;
            import usher:tools/subscriptions@0.1.0;
            import usher:tools/subscription-actions@0.1.0;
            import usher:tools/loyalty@0.1.0;
            import usher:tools/loyalty-actions@0.1.0;
            import usher:tools/knowledge@0.1.0;

            export usher:skill/handler@0.1.0;
        }
    ",
    world: "usher:sdk/any-skill",
    generate_all,
    additional_derives: [PartialEq],
    pub_export_macro: true,
    export_macro_name: "__export_skill",
    default_bindings_module: "::usher_sdk::skill::bindings",
    runtime_path: "::usher_sdk::wit_bindgen::rt",
});
