//! What the runtime keeps on disk between two starts, against somebody who can write there (A-18 and A-19 of the attack
//! list). What isn't as it was written is never run.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use usher_host::skill::Assurance;
use usher_host::{
    CompileCache, CompileCommand, Compiler, Digest, Host, Limits, MachineCode, Vault, VaultError, engine_config,
    inspect,
};
use usher_hostile::{Fixture, Made as _, Stage, context, outcome};
use usher_manifest::PluginId;
use wasmtime::Engine;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");
/// What stands behind the code in a file of the cache.
const TRAILER: usize = 104;

/// A folder with a cache in it, and an engine.
struct Place {
    folder: TempDir,
    engine: Engine,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a folder"),
            engine: Engine::new(&engine_config()).expect("the engine starts"),
        }
    }

    fn compiled(&self) -> PathBuf {
        self.folder.path().join("compiled")
    }

    fn cache(&self) -> CompileCache {
        CompileCache::open(&self.compiled(), &self.engine).expect("the cache opens")
    }

    fn compiler(&self) -> Compiler {
        Compiler::new(child()).cached(self.cache())
    }

    fn file(&self, component: &[u8]) -> PathBuf {
        self.compiled().join(format!("{}.code", hex(&Digest::of(component))))
    }
}

fn child() -> CompileCommand {
    CompileCommand { program: COMPILE.into(), args: Vec::new() }
}

fn hex(digest: &Digest) -> String {
    digest.to_string().split_off("sha256:".len())
}

/// A component that differs from others by its id.
fn component(id: &str) -> Vec<u8> {
    Fixture::skill(id, &[], &[], "", outcome::DECLINE).bytes()
}

async fn compile(compiler: &Compiler, component: &[u8]) -> Arc<MachineCode> {
    compiler.compile(component, &Limits::default()).await.expect("it compiles")
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_done_to_compiled_code_it_is_made_anew() {
    let place = Place::new();
    let (one, two) = (component("one"), component("two"));
    let (first, second) = (compile(&place.compiler(), &one).await, compile(&place.compiler(), &two).await);
    let (file, other) = (place.file(&one), place.file(&two));
    let whole = fs::read(&file).expect("it was kept");
    let length = whole.len();
    assert_eq!(length, first.bytes().len() + TRAILER);
    let elsewhere = place.folder.path().join("elsewhere");
    fs::write(&elsewhere, &whole).expect("written");

    type Attack<'a> = Box<dyn Fn() + 'a>;
    let put = |bytes: Vec<u8>| -> Attack<'_> {
        let file = file.clone();
        Box::new(move || fs::write(&file, &bytes).expect("written"))
    };
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        put(bytes)
    };
    let attacks: Vec<(&str, Attack<'_>)> = vec![
        ("a bit of the code's first byte", flipped(0)),
        ("a bit in the middle of the code", flipped(length / 2)),
        ("a bit of the code's last byte", flipped(length - TRAILER - 1)),
        ("a bit of the format", flipped(length - TRAILER)),
        ("a bit of the engine", flipped(length - TRAILER + 8)),
        ("a bit of the digest", flipped(length - TRAILER + 40)),
        ("a bit of the seal", flipped(length - 1)),
        ("cut within the code", put(whole[..length / 2].to_vec())),
        ("cut within the trailer", put(whole[..length - 1].to_vec())),
        ("cut to less than a trailer", put(whole[..TRAILER - 1].to_vec())),
        ("empty", put(Vec::new())),
        ("longer", put([whole.as_slice(), b"\0"].concat())),
        ("no seal but code", put(first.bytes().to_vec())),
        ("another component's", put(fs::read(&other).expect("it was kept"))),
        (
            "a link to the same bytes",
            Box::new(|| {
                fs::remove_file(&file).expect("removed");
                symlink(&elsewhere, &file).expect("linked");
            }),
        ),
    ];
    for (what, attack) in attacks {
        attack();
        let cache = place.cache();
        assert!(cache.get(&Digest::of(&one)).is_none(), "{what}: taken");
        assert!(!file.exists() && !file.is_symlink(), "{what}: left lying");
        attack_again_and_compile(&place, &one, &first, attack.as_ref()).await;
        assert_eq!(fs::read(&file).expect("it was kept"), whole, "{what}");
    }
    assert_eq!(fs::read(&elsewhere).expect("it is there"), whole, "what the link pointed to is not ours to touch");

    // Both at once: each has the other's code, sealed rightly.
    let (a, b) = (fs::read(&file).expect("kept"), fs::read(&other).expect("kept"));
    fs::write(&file, &b).expect("written");
    fs::write(&other, &a).expect("written");
    assert_eq!(compile(&place.compiler(), &one).await.bytes(), first.bytes());
    assert_eq!(compile(&place.compiler(), &two).await.bytes(), second.bytes());
}

/// The same attack, and then the way that the host goes.
async fn attack_again_and_compile(place: &Place, component: &[u8], right: &MachineCode, attack: &dyn Fn()) {
    fs::write(place.file(component), b"in the way").expect("written");
    attack();
    let code = compile(&place.compiler(), component).await;
    assert_eq!(code.bytes(), right.bytes());
    code.component(&place.engine).expect("it is a component");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_flipped_bit_of_a_kept_file_is_overlooked() {
    let place = Place::new();
    let bytes = component("one");
    compile(&place.compiler(), &bytes).await;
    let (cache, file, digest) = (place.cache(), place.file(&bytes), Digest::of(&bytes));
    let whole = fs::read(&file).expect("it was kept");
    let in_code = (0..whole.len() - TRAILER).step_by(whole.len() / 300);
    for at in in_code.chain(whole.len() - TRAILER..whole.len()) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&file, bytes).expect("written");
        assert!(cache.get(&digest).is_none(), "byte {at}");
    }
    fs::write(&file, whole).expect("written");
    assert!(cache.get(&digest).is_some(), "and as it was it is taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_belongs_to_a_key_and_an_engine() {
    let place = Place::new();
    let bytes = component("one");
    let digest = Digest::of(&bytes);
    let key = place.compiled().join("key");
    compile(&place.compiler(), &bytes).await;
    let kept = fs::read(place.file(&bytes)).expect("it was kept");
    assert!(place.cache().get(&digest).is_some());

    // Another engine: one that doesn't count fuel, so that its code would never end.
    let mut config = engine_config();
    config.consume_fuel(false);
    let engine = Engine::new(&config).expect("the engine starts");
    assert!(CompileCache::open(&place.compiled(), &engine).expect("it opens").get(&digest).is_none());

    // Another key, and one that is damaged: a new one is made then.
    for other in [vec![7; 32], vec![7; 31], vec![7; 64], Vec::new()] {
        fs::write(place.file(&bytes), &kept).expect("written");
        let before = fs::read(&key).expect("there");
        fs::write(&key, &other).expect("written");
        assert!(place.cache().get(&digest).is_none());
        let now = fs::read(&key).expect("there");
        assert!(now.len() == 32 && now != before && (now == other || other.len() != 32));
        compile(&place.compiler(), &bytes).await;
        assert!(place.cache().get(&digest).is_some());
    }
    assert_eq!(fs::metadata(&key).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(place.compiled()).expect("there").permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(place.file(&bytes)).expect("there").permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_folder_that_others_can_change_is_refused_with_the_way_to_mend_it() {
    let place = Place::new();
    let opened = || CompileCache::open(&place.compiled(), &place.engine).map(drop).map_err(|error| error.to_string());
    let vault = || Vault::open(&place.compiled()).map(drop).map_err(|error| error.to_string());
    opened().expect("it opens");
    for open in [0o777, 0o722, 0o720, 0o1777] {
        mode(&place.compiled(), open);
        for error in [opened().expect_err("refused"), vault().expect_err("refused")] {
            assert!(error.contains(&format!("chmod 700 {}", place.compiled().display())), "{error}");
        }
    }
    mode(&place.compiled(), 0o700);
    opened().expect("it opens");

    let key = place.compiled().join("key");
    for open in [0o644, 0o660, 0o604] {
        mode(&key, open);
        let error = opened().expect_err("refused");
        assert!(error.contains("remove it and all that lies beside it"), "{error}");
    }
    mode(&key, 0o600);
    let elsewhere = place.folder.path().join("elsewhere");
    fs::rename(&key, &elsewhere).expect("moved");
    symlink(&elsewhere, &key).expect("linked");
    assert!(opened().expect_err("refused").contains("remove it to have a new one made"));
    fs::remove_file(&key).expect("removed");
    opened().expect("a new key is made");

    let moved = place.folder.path().join("moved");
    fs::rename(place.compiled(), &moved).expect("moved");
    symlink(&moved, place.compiled()).expect("linked");
    for error in [opened().expect_err("refused"), vault().expect_err("refused")] {
        assert!(error.contains("is a link"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_needs_any_more_is_removed_from_the_cache() {
    let place = Place::new();
    let (one, two) = (component("one"), component("two"));
    let compiler = place.compiler();
    compile(&compiler, &one).await;
    compile(&compiler, &two).await;
    // What a crash leaves, and what somebody else put there.
    let left = place.compiled().join(".new-1-0");
    let foreign = place.compiled().join("notes.txt");
    fs::write(&left, "half").expect("written");
    fs::write(&foreign, "mine").expect("written");
    compiler.retain(BTreeSet::from([Digest::of(&one)])).await.expect("it can be pruned");
    assert!(place.file(&one).exists() && !place.file(&two).exists() && !left.exists() && foreign.exists());
    assert!(place.cache().get(&Digest::of(&one)).is_some(), "the key is still the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_cannot_be_written_to_costs_time_only() {
    let place = Place::new();
    let bytes = component("one");
    let compiler = place.compiler();
    // Something that is no file and can't be removed like one.
    fs::create_dir_all(place.file(&bytes).join("full")).expect("made");
    let code = compile(&compiler, &bytes).await;
    code.component(&place.engine).expect("it is a component");
    fs::remove_dir_all(place.compiled()).expect("removed");
    compile(&compiler, &bytes).await;
}

#[test]
fn the_vault_gives_back_what_was_put_in_or_nothing() {
    let place = Place::new();
    let folder = place.folder.path().join("vault");
    let vault = Vault::open(&folder).expect("it opens");
    let bytes = component("one");
    let digest = vault.put(&bytes).expect("kept");
    let file = folder.join(format!("{}.wasm", hex(&digest)));
    assert_eq!(digest, Digest::of(&bytes));
    assert_eq!(vault.put(&bytes).expect("kept"), digest);
    assert_eq!(vault.get(digest).expect("there"), bytes);
    assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);

    let mut flipped = bytes.clone();
    flipped[100] ^= 1;
    for content in [flipped.as_slice(), &bytes[..50], b""] {
        fs::write(&file, content).expect("written");
        match vault.get(digest).expect_err("altered") {
            error @ VaultError::Altered { .. } => {
                assert!(error.to_string().contains(&digest.to_string()), "{error}");
                assert!(error.to_string().contains(&Digest::of(content).to_string()), "{error}");
            }
            other => panic!("{other}"),
        }
    }
    // Brought again, it is mended.
    vault.put(&bytes).expect("kept");
    assert_eq!(vault.get(digest).expect("there"), bytes);

    // A link is not followed, even to the right bytes, and putting it in again leaves its target alone.
    let elsewhere = place.folder.path().join("elsewhere");
    fs::rename(&file, &elsewhere).expect("moved");
    symlink(&elsewhere, &file).expect("linked");
    assert!(matches!(vault.get(digest).expect_err("a link"), VaultError::Io { .. }));
    vault.put(&bytes).expect("kept");
    assert!(!file.is_symlink() && vault.get(digest).is_ok() && elsewhere.exists());

    vault.remove(digest).expect("removed");
    vault.remove(digest).expect("it is gone already");
    assert!(matches!(vault.get(digest).expect_err("gone"), VaultError::Missing { .. }));
    assert_eq!(fs::read_dir(&folder).expect("there").count(), 0, "nothing half written is left");
}

#[test]
fn what_is_read_while_its_file_is_swapped_is_what_it_is_named_by() {
    let place = Place::new();
    let folder = place.folder.path().join("vault");
    let vault = Vault::open(&folder).expect("it opens");
    let good = component("good");
    let digest = vault.put(&good).expect("kept");
    let file = folder.join(format!("{}.wasm", hex(&digest)));
    let evil = place.folder.path().join("evil");
    fs::write(&evil, component("evil")).expect("written");
    let copy = place.folder.path().join("good");
    fs::write(&copy, &good).expect("written");

    let stop = AtomicBool::new(false);
    let (mut right, mut wrong, mut tries) = (0_u32, 0_u32, 0_u32);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let next = place.folder.path().join("next");
            for round in 0_u32.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                // In turn: the other file, the right one, a link to the other one, the right one.
                match round % 4 {
                    0 => drop(fs::copy(&evil, &next).expect("copied")),
                    2 => symlink(&evil, &next).expect("linked"),
                    _ => drop(fs::copy(&copy, &next).expect("copied")),
                }
                fs::rename(&next, &file).expect("moved");
            }
        });
        let end = Instant::now() + Duration::from_secs(60);
        while (tries < 10_000 || right == 0 || wrong == 0) && Instant::now() < end {
            tries += 1;
            match vault.get(digest) {
                Ok(bytes) => {
                    right += 1;
                    let inspection = inspect(&bytes, &Limits::default());
                    if inspection.as_ref().map(|inspection| inspection.digest) != Ok(digest) || bytes != good {
                        stop.store(true, Ordering::Relaxed);
                        panic!("other bytes than {digest}: {inspection:?}");
                    }
                }
                Err(VaultError::Altered { .. } | VaultError::Io { .. }) => wrong += 1,
                Err(other) => {
                    stop.store(true, Ordering::Relaxed);
                    panic!("{other}");
                }
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(tries >= 10_000 && right > 0 && wrong > 0, "{tries} tries, {right} right, {wrong} wrong");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_whose_files_were_tampered_with_starts_with_what_was_approved() {
    let stage = Stage::set(COMPILE, Limits::default(), HashMap::new()).await;
    let id = stage.load(&Fixture::skill("honest", &[], &[], "", outcome::DECLINE)).await;
    let digest = stage.host.generation().skills[&id].sheet.digest;
    let code = stage.config.data.join("compiled").join(format!("{}.code", hex(&digest)));
    let whole = fs::read(&code).expect("it was kept");

    // Other code under its name: it is compiled again.
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    fs::write(&code, flipped).expect("written");
    let stage = stage.restart().await;
    assert_eq!(stage.host.generation().skills[&id].sheet.digest, digest);
    assert!(stage.ask(&id, context(Assurance::Anonymous)).await.outcome.is_ok());
    assert_eq!(fs::read(&code).expect("it was kept"), whole);

    // Another component under its name in the vault, signed for and of the same id: it isn't run in its place.
    let evil = Fixture::skill("brought", &[], &[], "(global i32 (i32.const 1))", outcome::DECLINE).bytes();
    let brought = component("brought");
    stage.host.propose(brought.clone(), stage.signer.sign(&brought), "operator:ana").await.expect("it is live");
    let id: PluginId = "brought".parse().expect("an id");
    let stage = stage.restart().await;
    assert_eq!(stage.host.generation().skills[&id].sheet.digest, Digest::of(&brought));
    let kept = stage.config.data.join("plugins").join(format!("{}.wasm", hex(&Digest::of(&brought))));
    fs::write(&kept, &evil).expect("written");
    let stage = stage.restart().await;
    let generation = stage.host.generation();
    assert!(!generation.skills.contains_key(&id));
    assert!(generation.refused[0].reason.contains(&Digest::of(&evil).to_string()), "{:?}", generation.refused);

    // Folders that others can write to: the host doesn't start, and says what to do.
    for folder in ["compiled", "plugins"] {
        let folder = stage.config.data.join(folder);
        mode(&folder, 0o777);
        let error = Host::start(stage.config.clone()).await.err().expect("it must not start");
        assert!(error.to_string().contains(&format!("chmod 700 {}", folder.display())), "{error}");
        mode(&folder, 0o700);
    }
    Host::start(stage.config.clone()).await.expect("it starts");
}
