//! The manifest is one that the runtime accepts, and says what the component exports.

use usher_manifest::{Kind, Manifest};

#[test]
fn the_manifest_declares_what_the_component_exports() {
    let manifest = Manifest::from_toml(Kind::Connector, include_str!("../connector.toml")).unwrap();
    let Manifest::Connector(connector) = manifest else { panic!("not a connector") };
    let source = include_str!("../src/lib.rs");
    let exported = source.lines().filter_map(|line| line.trim().strip_prefix("export usher:tools/"));
    let exported: Vec<String> =
        exported.map(|rest| format!("usher:tools/{}", rest.split('@').next().unwrap())).collect();
    let declared: Vec<String> = connector.provides.iter().map(ToString::to_string).collect();
    assert_eq!(declared, exported);
}
