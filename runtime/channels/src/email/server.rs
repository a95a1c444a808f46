//! A mail server that is spoken to: where it is, how the line is kept secret, and who we are there.

use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::net::IpAddr;
use std::sync::Arc;

/// A mail server.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name or IP address; its certificate must be made out to it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is kept secret.
    pub encryption: Encryption,
    /// Certificates in PEM of the authority that vouches for it; those of the operating system where there is none.
    pub authority: Option<Vec<u8>>,
    /// Who we are there.
    pub credentials: Option<Credentials>,
}

/// How the line to a mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// TLS from the first byte: port 465 of SMTP, 993 of IMAP (RFC 8314).
    Tls,
    /// TLS by STARTTLS, and nothing without it: port 587 of SMTP, 143 of IMAP.
    StartTls,
    /// None. Only to this machine.
    None,
}

/// Who we are at a mail server.
#[derive(Clone)]
pub struct Credentials {
    /// Often the address.
    pub user: String,
    /// Secret.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

impl MailServer {
    /// Whether it can be spoken to as it is set up.
    ///
    /// # Errors
    /// What is wrong, and the fix.
    pub fn check(&self) -> Result<(), String> {
        if self.host.is_empty() || !self.host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c)) {
            return Err(format!("{:?} is no name of a mail server: write its host name or IP address", self.host));
        }
        if self.encryption == Encryption::None && !is_loopback(&self.host) {
            return Err(format!(
                "{} is not this machine, so mail and password would travel readable: use `tls` or `start_tls`",
                self.host
            ));
        }
        if let Some(Credentials { user, password }) = &self.credentials {
            let clean = |text: &str| !text.is_empty() && !text.contains(['\r', '\n', '\0']);
            if !clean(user) || !clean(password) {
                return Err(format!("the user or the password for {} is empty or holds a line break", self.host));
            }
        }
        if let Some(pem) = &self.authority {
            self.of_authority(pem, Arc::new(rustls::crypto::ring::default_provider()))?;
        }
        Ok(())
    }

    /// How its certificate is checked.
    pub(super) fn tls(&self) -> Result<Arc<ClientConfig>, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = match &self.authority {
            Some(pem) => self.of_authority(pem, provider.clone())?,
            None => Arc::new(
                rustls_platform_verifier::Verifier::new(provider.clone())
                    .map_err(|error| format!("the system's certificates can't be used: {error}"))?,
            ),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS can't be set up: {error}"))?
            .dangerous() // The name of rustls for every verifier that is brought along; these two check everything.
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }

    fn of_authority(&self, pem: &[u8], provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, String> {
        let unusable = |what: &str| format!("the authority's certificates for {} can't be used: {what}", self.host);
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| unusable(&format!("{error:?}")))?;
            roots.add(certificate).map_err(|error| unusable(&error.to_string()))?;
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| unusable(&error.to_string()))?;
        Ok(verifier)
    }
}

/// Whether this names the machine itself. Names other than `localhost` are not asked for.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, encryption: Encryption) -> MailServer {
        MailServer { host: host.into(), port: 1, encryption, authority: None, credentials: None }
    }

    #[test]
    fn plain_lines_lead_to_this_machine_only() {
        for host in ["localhost", "127.0.0.1", "127.8.8.8", "::1"] {
            assert_eq!(server(host, Encryption::None).check(), Ok(()), "{host}");
        }
        for host in ["mail.shop.example", "10.0.0.1", "0.0.0.0", "localhost.shop.example", ""] {
            assert!(server(host, Encryption::None).check().is_err(), "{host}");
        }
    }

    #[test]
    fn what_would_break_out_of_a_command_is_refused() {
        let mut server = server("localhost", Encryption::None);
        server.credentials = Some(Credentials { user: "shop".into(), password: "a\r\nQUIT".into() });
        let error = server.check().expect_err("a line break");
        assert!(!error.contains("QUIT"), "{error}");
        assert!(!format!("{server:?}").contains("QUIT"));
    }

    #[test]
    fn an_authority_without_a_certificate_is_refused() {
        let mut server = server("mail.shop.example", Encryption::Tls);
        server.authority = Some(b"nothing".to_vec());
        assert!(server.check().is_err_and(|error| error.contains("authority")));
    }
}
