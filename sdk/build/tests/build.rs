//! Real builds of a small skill, and the ways that one goes wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use usher_build::{BuildAllOptions, BuildOptions, Built, Consent, Error, build, build_all};
use usher_manifest::Manifest;
use wasmparser::{ComponentExternalKind, ComponentType, ComponentTypeRef, InstanceTypeDeclaration, Parser, Payload};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn built(dir: &Path, out: Option<PathBuf>) -> Result<Built, Error> {
    let options =
        BuildOptions { dir: dir.to_owned(), out, fetch_toolchain: Consent::Given, progress: &mut |p| println!("{p}") };
    build(options)
}

/// The functions of each imported instance, and the names of what is exported.
fn surface(component: &[u8]) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
    let mut types: Vec<Vec<String>> = Vec::new();
    let (mut imports, mut exports, mut depth) = (BTreeMap::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload.unwrap() {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentTypeSection(section) if depth == 1 => {
                for item in section {
                    let functions = match item.unwrap() {
                        ComponentType::Instance(declarations) => declarations
                            .iter()
                            .filter_map(|declaration| match declaration {
                                InstanceTypeDeclaration::Export { name, ty: ComponentTypeRef::Func(_) } => {
                                    Some(name.name.to_owned())
                                }
                                _ => None,
                            })
                            .collect(),
                        _ => Vec::new(),
                    };
                    types.push(functions);
                }
            }
            Payload::ComponentAliasSection(section) if depth == 1 => {
                for alias in section {
                    if let wasmparser::ComponentAlias::InstanceExport { kind: ComponentExternalKind::Type, .. } =
                        alias.unwrap()
                    {
                        types.push(Vec::new());
                    }
                }
            }
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    let import = import.unwrap();
                    match import.ty {
                        ComponentTypeRef::Instance(index) => {
                            imports.insert(import.name.name.to_owned(), types[index as usize].clone());
                        }
                        other => panic!("an import that is no interface: {} {other:?}", import.name.name),
                    }
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                exports.extend(section.into_iter().map(|export| export.unwrap().name.name.to_owned()));
            }
            _ => {}
        }
    }
    (imports, exports)
}

#[test]
fn a_skill_is_built_and_imports_what_it_calls() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("plugins/greeter.wasm");
    let first = built(&fixture("greeter"), Some(path.clone())).unwrap();
    println!("{} bytes in {:?} by {}", first.bytes, first.took, first.toolchain);
    let component = fs::read(&first.component_path).unwrap();
    assert_eq!(first.component_path, path);
    assert_eq!(first.bytes, component.len() as u64);
    wasmparser::Validator::new().validate_all(&component).unwrap();

    let (imports, exports) = surface(&component);
    let functions: Vec<_> = imports.iter().filter(|(_, functions)| !functions.is_empty()).collect();
    assert_eq!(
        functions,
        [(&"usher:tools/orders@0.1.0".to_owned(), &vec!["recent".to_owned()])],
        "`memory` is in the world and not called, and of `orders` one function is"
    );
    assert!(imports.keys().all(|name| name.contains("/types@") || name.contains("/orders@")), "{imports:?}");
    assert_eq!(exports, ["usher:skill/handler@0.1.0"]);

    let mut sections = Parser::new(0).parse_all(&component).filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(section) if section.name() == Manifest::SECTION => Some(section.data().to_owned()),
        _ => None,
    });
    assert_eq!(Manifest::from_section(&sections.next().unwrap()).unwrap(), first.manifest);
    assert_eq!(sections.next(), None);
    let home = std::env::home_dir().unwrap();
    let text = String::from_utf8_lossy(&component).into_owned();
    for private in [home.to_str().unwrap(), env!("CARGO_MANIFEST_DIR")] {
        assert!(private.len() < 2 || !text.contains(private), "the component names {private}");
    }

    let all = BuildAllOptions {
        dirs: vec![fixture("greeter")],
        out_dir: Some(out.path().join("all")),
        fetch_toolchain: Consent::Given,
        progress: &mut |_| {},
    };
    let again = build_all(all).unwrap().remove(0);
    println!("again in {:?}", again.took);
    assert_eq!(again.component_path, out.path().join("all/greeter.wasm"));
    assert_eq!(again.digest, first.digest, "the same source gives the same bytes");
    let left: Vec<_> = fs::read_dir(out.path().join("plugins")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["greeter.wasm"], "nothing unfinished is left");
}

#[test]
fn a_crate_that_does_not_compile_shows_the_compilers_words() {
    let Err(Error::Compile { diagnostics }) = built(&fixture("broken"), None) else { panic!("it can't compile") };
    assert!(
        diagnostics.contains("cannot find value `order_name`") && diagnostics.contains("src/lib.rs:4"),
        "{diagnostics}"
    );
}

#[test]
fn a_folder_that_is_no_plugin_says_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().canonicalize().unwrap();
    let shown = dir.display();
    let message = || built(&dir, None).unwrap_err().to_string();
    assert_eq!(
        message(),
        format!("{shown} has no manifest; write a skill.toml there for a skill, or a connector.toml for a connector")
    );
    fs::write(dir.join("connector.toml"), "").unwrap();
    fs::copy(fixture("greeter/skill.toml"), dir.join("skill.toml")).unwrap();
    assert_eq!(
        message(),
        format!(
            "{shown} has a skill.toml and a connector.toml; a plugin is one or the other, so remove one of the two"
        )
    );
    fs::remove_file(dir.join("connector.toml")).unwrap();
    assert_eq!(
        message(),
        format!("{shown} has no Cargo.toml; a plugin in Rust is a crate, and `cargo init --lib` makes one")
    );
    let cargo_toml = "[package]\nname = \"plain\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(dir.join("Cargo.toml"), cargo_toml).unwrap();
    fs::create_dir(dir.join("src")).unwrap();
    fs::write(dir.join("src/lib.rs"), "").unwrap();
    assert_eq!(
        message(),
        format!(
            "the crate plain makes no WebAssembly module; add to {shown}/Cargo.toml:\n\n[lib]\ncrate-type = [\"cdylib\"]\n"
        )
    );
    fs::write(dir.join("Cargo.toml"), "[package").unwrap();
    let broken = message();
    assert!(broken.starts_with(&format!("cargo can't read the crate in {shown}:\nerror: ")), "{broken}");
    fs::write(dir.join("skill.toml"), "id = \"greeter\"\nnmae = \"Greeter\"\n").unwrap();
    assert_eq!(message(), format!("{shown}: skill.toml, line 2, `nmae`: there is no such key; did you mean `name`?"));
}

#[test]
fn two_plugins_with_one_id_are_refused() {
    let twice = BuildAllOptions {
        dirs: vec![fixture("greeter"), fixture("greeter")],
        out_dir: None,
        fetch_toolchain: Consent::Given,
        progress: &mut |_| {},
    };
    let message = build_all(twice).unwrap_err().to_string();
    assert!(message.ends_with("both have the id greeter; give one of them another"), "{message}");
}
