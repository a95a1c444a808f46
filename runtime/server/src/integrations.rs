//! From what is stored of an integration to what the host connects.

use crate::seal::{SealError, SealingKey};
use usher_agent::store::StoredIntegration;
use usher_host::{Integration, SecretValue};

/// Opens the secrets of a stored integration.
///
/// # Errors
/// Where one can't be opened with this key.
pub(crate) fn open(stored: &StoredIntegration, key: &SealingKey) -> Result<Integration, SealError> {
    let connector = stored.connector.as_str();
    let secrets = stored.sealed_secrets.iter().map(|(name, sealed)| {
        let mut secret = key.open(connector, name, sealed)?;
        Ok((name.clone(), SecretValue::new(std::mem::take(&mut *secret))))
    });
    Ok(Integration {
        connector: stored.connector.clone(),
        settings: stored.settings.clone(),
        hosts: stored.hosts.iter().cloned().collect(),
        stand_ins: stored.stand_ins.clone(),
        secrets: secrets.collect::<Result<_, _>>()?,
        preferred_for: stored.preferred_for.iter().filter_map(|interface| interface.parse().ok()).collect(),
    })
}
