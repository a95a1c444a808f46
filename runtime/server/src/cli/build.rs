//! `usher build`: a plugin's crate becomes a component, signed where a key is given.

use super::inspect;
use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use usher_build::{BuildAllOptions, BuildOptions, Built, Consent};
use usher_host::{Digest, Limits, PermissionSheet, SIGNATURE_SUFFIX, SecretKey, Signature, ToolRegistry};
use usher_manifest::PluginId;

#[derive(Args)]
pub(super) struct Build {
    /// The plugins' folders, each with `skill.toml` or `connector.toml`.
    #[arg(required = true)]
    dirs: Vec<PathBuf>,
    /// The file to write, for one plugin; by default `target/usher/ID.wasm` in its folder.
    #[arg(long, conflicts_with = "out_dir")]
    out: Option<PathBuf>,
    /// The folder to write `ID.wasm` of each plugin into.
    #[arg(long)]
    out_dir: Option<PathBuf>,
    /// Download a compiler for WebAssembly where none is installed.
    #[arg(long)]
    fetch_toolchain: bool,
    /// Sign with this key (of `usher key new`): writes `ID.wasm.minisig` beside each component.
    #[arg(long, value_name = "KEYFILE")]
    sign: Option<PathBuf>,
    /// The signature's number, which must go up with each release; by default the seconds since 1970.
    #[arg(long, requires = "sign", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    sequence: Option<u64>,
}

impl Build {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let fetch_toolchain = if self.fetch_toolchain { Consent::Given } else { Consent::Withheld };
        let mut progress = |step| eprintln!("  {step}");
        // A key that can't be used is told before minutes of compiling.
        let key = self.sign.as_deref().map(SecretKey::read).transpose()?;
        let signer = key.map(|key| Signer { key, sequence: self.sequence });
        if let ([dir], None) = (&self.dirs[..], &self.out_dir) {
            let dir = dir.clone();
            let options = BuildOptions { dir, out: self.out, fetch_toolchain, progress: &mut progress };
            let built = usher_build::build(options)?;
            let (bytes, sheet) = read(&built)?;
            print!("{sheet}");
            println!("\n{}", done(&built, &bytes, signer.as_ref())?);
            let files = if signer.is_some() { "both files" } else { "it" };
            println!("Put {files} into the plugin folder of a running server to have it loaded.");
            return Ok(());
        }
        if self.out.is_some() {
            bail!("`--out` names one file and there are several plugins; use `--out-dir`");
        }
        let options =
            BuildAllOptions { dirs: self.dirs, out_dir: self.out_dir, fetch_toolchain, progress: &mut progress };
        for built in usher_build::build_all(options)? {
            let (bytes, _) = read(&built)?;
            println!("{}", done(&built, &bytes, signer.as_ref())?);
        }
        Ok(())
    }
}

/// The component's bytes and its sheet, read as a server would: what it would refuse isn't called built.
fn read(built: &Built) -> anyhow::Result<(Vec<u8>, String)> {
    let path = &built.component_path;
    let bytes = std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))?;
    let limits = Limits::default();
    let inspection = usher_host::inspect(&bytes, &limits)?;
    if hex::encode(inspection.digest.0) != built.digest {
        bail!("{} was changed by somebody else while it was being built; build it again", path.display());
    }
    let sheet = PermissionSheet::of(&inspection, &ToolRegistry::shipped()?, &limits);
    Ok((bytes, inspect::text(&inspection, &sheet)))
}

fn done(built: &Built, bytes: &[u8], signer: Option<&Signer>) -> anyhow::Result<String> {
    let (path, kib) = (&built.component_path, built.bytes.div_ceil(1024));
    let mut text = format!("Built {} ({kib} KiB) in {:.1} s.", path.display(), built.took.as_secs_f64());
    let signature = signature_file(path);
    if let Some(signer) = signer {
        text.push('\n');
        text.push_str(&signer.sign(&signature, bytes, built.manifest.id(), &built.manifest.version().to_string())?);
    } else if is_of_another(&signature, bytes) {
        text.push_str(&format!(
            "\n{} is of an earlier build, so a server would refuse this one: sign it with `--sign KEYFILE`, or remove \
             that file.",
            signature.display()
        ));
    }
    Ok(text)
}

fn signature_file(component: &Path) -> PathBuf {
    let mut name = component.as_os_str().to_owned();
    name.push(SIGNATURE_SUFFIX);
    name.into()
}

/// Whether there is a signature that can't be of these bytes, since it names the digest of others.
fn is_of_another(signature: &Path, bytes: &[u8]) -> bool {
    let digest = hex::encode(Digest::of(bytes).0);
    std::fs::read_to_string(signature).is_ok_and(|text| !text.contains(&digest))
}

/// Signs what was built.
struct Signer {
    key: SecretKey,
    sequence: Option<u64>,
}

impl Signer {
    /// Writes the signature's file, and says so. A component that is signed already keeps its signature, unless a number
    /// was asked for: building again changes nothing.
    fn sign(&self, file: &Path, bytes: &[u8], plugin: &PluginId, version: &str) -> anyhow::Result<String> {
        let public = self.key.public();
        let (shown, id) = (file.display(), public.id());
        if self.sequence.is_none()
            && let Some(sequence) = self.sequence_of(file, bytes, plugin, version)
        {
            return Ok(format!("{shown} fits it already: key {id}, sequence {sequence}."));
        }
        let sequence = match self.sequence {
            Some(sequence) => sequence,
            None => u64::try_from(Timestamp::now().as_second())
                .context("the clock says that it is before 1970; set it, or name a number with `--sequence`")?,
        };
        let text = self.key.sign(bytes, plugin, version, sequence, None);
        // Whoever watches the folder sees the whole file or none.
        let unfinished = file.with_extension("minisig.new");
        std::fs::write(&unfinished, text)
            .and_then(|()| std::fs::rename(&unfinished, file))
            .with_context(|| format!("{shown} can't be written"))?;
        Ok(format!("Signed it with key {id}, sequence {sequence}: {shown}"))
    }

    /// The sequence of the signature that is there, where it is this key's and of this very release.
    fn sequence_of(&self, file: &Path, bytes: &[u8], plugin: &PluginId, version: &str) -> Option<u64> {
        let signatures = Signature::parse_all(&std::fs::read_to_string(file).ok()?).ok()?;
        let keys = [self.key.public()];
        let statement = signatures.iter().find_map(|signature| signature.verify(&keys, bytes).ok())?;
        let fits = statement.plugin == *plugin && statement.version == version && statement.expires.is_none();
        fits.then_some(statement.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_host::Statement;

    struct Folder {
        folder: tempfile::TempDir,
        signer: Signer,
    }

    impl Folder {
        fn new(sequence: Option<u64>) -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            Self { folder, signer: Signer { key: SecretKey::generate().expect("made"), sequence } }
        }

        fn file(&self) -> PathBuf {
            signature_file(&self.folder.path().join("acme.orders.wasm"))
        }

        fn sign(&self, bytes: &[u8]) -> String {
            let plugin = "acme/orders".parse().expect("an id");
            self.signer.sign(&self.file(), bytes, &plugin, "1.0.0").expect("signed")
        }

        fn statement(&self, bytes: &[u8]) -> Statement {
            let text = std::fs::read_to_string(self.file()).expect("the signature's file");
            let signature = Signature::parse(&text).expect("its form");
            signature.verify(&[self.signer.key.public()], bytes).expect("genuine")
        }
    }

    #[test]
    fn signs_beside_the_component() {
        let folder = Folder::new(Some(41));
        assert_eq!(folder.file().file_name().and_then(|name| name.to_str()), Some("acme.orders.wasm.minisig"));
        let said = folder.sign(b"one");
        assert!(said.contains("sequence 41") && said.contains("acme.orders.wasm.minisig"), "{said}");
        let Statement { plugin, version, sequence, .. } = folder.statement(b"one");
        assert_eq!((plugin.as_str(), version.as_str(), sequence), ("acme/orders", "1.0.0", 41));
        let files = std::fs::read_dir(folder.folder.path()).expect("the folder").count();
        assert_eq!(files, 1, "nothing unfinished is left");
    }

    #[test]
    fn a_signature_that_fits_is_kept_and_another_replaced() {
        let mut folder = Folder::new(None);
        let began = Timestamp::now().as_second();
        folder.sign(b"one");
        let first = folder.statement(b"one");
        assert!(i64::try_from(first.sequence).is_ok_and(|sequence| sequence >= began));

        folder.signer.sequence = Some(41);
        folder.sign(b"one");
        folder.signer.sequence = None;
        let said = folder.sign(b"one");
        assert!(said.contains("fits it already") && said.contains("sequence 41"), "{said}");
        assert_eq!(folder.statement(b"one").sequence, 41);

        folder.sign(b"two");
        assert!(folder.statement(b"two").sequence > 41, "another build has its own");
        // Another's signature doesn't count as one's own.
        folder.signer.key = SecretKey::generate().expect("made");
        folder.sign(b"two");
        folder.statement(b"two");
    }

    #[test]
    fn a_signature_of_an_earlier_build_is_noticed() {
        let folder = Folder::new(None);
        assert!(!is_of_another(&folder.file(), b"one"), "there is none");
        folder.sign(b"one");
        assert!(!is_of_another(&folder.file(), b"one"));
        assert!(is_of_another(&folder.file(), b"two"));
    }
}
