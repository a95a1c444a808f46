//! Who decides about plugins in the demo: the keys that it was told to trust; without any, the demo itself about those
//! that it was started with, and about the rest whoever tries it.

use super::operator::Operator;
use anyhow::Context;
use serde_json::json;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use usher_host::{Host, PublicKey, Release, State, visible};

/// The demo's own operator, beside `admin`.
pub(super) const OPERATOR: &str = "demo";

/// The trust policy for these keys: what they signed goes live unattended.
pub(super) fn policy(keys: &[PathBuf]) -> anyhow::Result<String> {
    let read = |file: &PathBuf| {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("the key {} can't be read", file.display()))?;
        let key = PublicKey::parse(&text).with_context(|| format!("the key {}", file.display()))?;
        Ok(key.to_string())
    };
    let keys: Vec<String> = keys.iter().map(read).collect::<anyhow::Result<_>>()?;
    let publishers = if keys.is_empty() {
        Vec::new()
    } else {
        vec![json!({ "name": "this machine", "plugins": ["*"], "keys": keys, "unattended": "all" })]
    };
    let policy = toml::to_string(&json!({ "sequence": 1, "publisher": publishers }))?;
    Ok(format!("# Written by `usher demo` at each start, from its `--trust`.\n{policy}"))
}

/// The releases that wait for a person.
fn waiting(host: &Host) -> Vec<Arc<Release>> {
    host.releases().into_iter().filter(|release| release.state == State::Pending).collect()
}

/// Approves what waits of the plugin folder, as the demo's own operator.
pub(super) async fn approve_all(host: &Host, operator: &Operator) -> anyhow::Result<()> {
    let mut approved = Vec::new();
    for release in waiting(host).into_iter().filter(|release| release.file.is_some()) {
        let body = json!({ "reason": "the demo approves what it was started with" });
        operator
            .post(&format!("releases/{}/approve", release.digest), Some(body))
            .await
            .with_context(|| format!("{} can't be approved", release.plugin))?;
        approved.push(release.plugin.to_string());
    }
    if !approved.is_empty() {
        println!(
            "No key is trusted (`--trust FILE.pub`), so the operator `{OPERATOR}` approved what is in the plugin folder:"
        );
        println!("  {}", approved.join(", "));
    }
    Ok(())
}

/// Says once of each plugin that waits how to let it serve. Ends with the host.
pub(super) async fn announce(host: Host, url: String, token_file: PathBuf) {
    let mut told = HashSet::new();
    let mut changes = host.changes();
    loop {
        for release in waiting(&host) {
            if told.insert(release.digest) {
                println!("{}", announcement(&release, &url, &token_file));
            }
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn announcement(release: &Release, url: &str, token_file: &Path) -> String {
    let server = format!("--url {url} --token-file {}", token_file.display());
    let (plugin, version, reason) = (&release.plugin, visible(&release.sheet.version), visible(&release.reason));
    format!(
        "\n{plugin} {version} waits for you: {reason}.\n  \
           usher plugins show {plugin} {server}\n  \
           usher plugins approve {plugin} --reason \"looked at it\" {server}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_host::{SecretKey, TrustPolicy};

    #[test]
    fn the_policy_can_be_read_with_and_without_keys() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("local.key.pub");
        let key = SecretKey::generate().expect("a key").public();
        std::fs::write(&file, key.to_file()).expect("written");
        for keys in [vec![file], Vec::new()] {
            let text = policy(&keys).expect("a policy");
            assert_eq!(TrustPolicy::from_toml(&text).expect("readable").sequence(), 1);
            assert_eq!(text.contains(&key.to_string()), !keys.is_empty());
        }
        assert!(policy(&["nowhere.pub".into()]).is_err_and(|error| error.to_string().contains("nowhere.pub")));
    }
}
