//! `usher key`: keys that sign plugins.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use usher_host::{PublicKey, SecretKey};

#[derive(Args)]
pub(super) struct Key {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Make a key that signs plugins: FILE, which only you can read, and FILE.pub.
    New {
        /// The secret key's file. It must not be there yet.
        file: PathBuf,
    },
    /// Print the public key of a secret one.
    Public {
        /// The secret key's file.
        file: PathBuf,
    },
}

impl Key {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self.command {
            KeyCommand::New { file } => {
                let public = make(&file)?;
                print!("{}", advice(&file, &public));
            }
            KeyCommand::Public { file } => print!("{}", SecretKey::read(&file)?.public().to_file()),
        }
        Ok(())
    }
}

/// Makes both files, or neither.
fn make(file: &Path) -> anyhow::Result<PublicKey> {
    let public_file = public_file(file);
    for path in [file, &public_file] {
        if path.symlink_metadata().is_ok() {
            bail!("{} is there already, and a key is never overwritten; name another file", path.display());
        }
    }
    let key = SecretKey::generate()?;
    key.write(file)?;
    let public = key.public();
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&public_file)
        .and_then(|mut file| file.write_all(public.to_file().as_bytes()));
    if let Err(error) = written {
        // Made a moment ago, and nobody has used it.
        let _ = std::fs::remove_file(file);
        return Err(error).with_context(|| format!("{} can't be written", public_file.display()));
    }
    Ok(public)
}

fn public_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

fn advice(file: &Path, public: &PublicKey) -> String {
    let (public_file, file) = (public_file(file), file.display());
    format!(
        "Made the key {id}. {file} signs in your name: keep it to yourself. {public_file} is for everyone.\n\n\
         To sign plugins with it:\n\n  \
           usher build DIR --sign {file}\n\n\
         To have a server trust it, put this into its trust policy, and raise the policy's `sequence`:\n\n  \
           [[publisher]]\n  \
           name = \"local\"             # what the audit calls you\n  \
           plugins = [\"*\"]            # the ids that the key may sign: narrow it, for example to \"acme/*\"\n  \
           keys = [\"{public}\"]\n  \
           unattended = \"never\"       # or same-or-less, reading, all: what may go live without a person\n\n\
         minisign can check the signatures too:\n\n  \
           minisign -V -p {public_file} -m PLUGIN.wasm\n",
        id = public.id(),
        public_file = public_file.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_host::TrustPolicy;

    #[test]
    fn makes_both_files_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("my.key");
        let public = make(&file).expect("made");
        assert_eq!(SecretKey::read(&file).expect("read").public(), public);
        let text = std::fs::read_to_string(folder.path().join("my.key.pub")).expect("the public key's file");
        assert_eq!(PublicKey::parse(&text).expect("a key"), public);

        let before = std::fs::read(&file).expect("the key");
        let error = make(&file).expect_err("it is there").to_string();
        assert!(error.contains("my.key is there already"), "{error}");
        assert_eq!(std::fs::read(&file).expect("the key"), before);

        // A public key without its secret one is somebody's too.
        let other = folder.path().join("other.key");
        std::fs::write(folder.path().join("other.key.pub"), "mine").expect("written");
        let error = make(&other).expect_err("its public file is there").to_string();
        assert!(error.contains("other.key.pub is there already") && !other.exists(), "{error}");
        assert!(make(&folder.path().join("nowhere/key")).is_err());
    }

    #[test]
    fn what_it_prints_is_a_policy() {
        let public = SecretKey::generate().expect("made").public();
        let text = advice(Path::new("my.key"), &public);
        let begin = text.find("[[publisher]]").expect("the publisher");
        let end = text.find("minisign can").expect("what follows it");
        let policy = TrustPolicy::from_toml(&text[begin..end]).expect("it can be put into a policy");
        assert_ne!(policy, TrustPolicy::from_toml("").expect("an empty one"));
        assert!(text.contains(&public.to_string()));
    }
}
