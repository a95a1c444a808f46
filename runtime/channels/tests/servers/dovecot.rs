//! Dovecot with one mailbox.

use crate::place::{HOST, PASSWORD, Place, Running, USER, free_port};
use usher_channels::email::imap::Mailbox;
use usher_channels::email::server::{Credentials, Encryption, MailServer};

pub(crate) struct Dovecot {
    /// Plain and STARTTLS.
    port: u16,
    tls_port: u16,
    running: Option<Running>,
    idle: bool,
}

impl Dovecot {
    pub(crate) fn start(place: &Place) -> Self {
        Self::start_with(place, true)
    }

    /// `idle`: whether it offers IDLE.
    pub(crate) fn start_with(place: &Place, idle: bool) -> Self {
        let mut dovecot = Self { port: free_port(), tls_port: free_port(), running: None, idle };
        dovecot.start_again(place);
        dovecot
    }

    pub(crate) fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }

    pub(crate) fn start_again(&mut self, place: &Place) {
        let modules = place.program("usr/lib/dovecot/modules");
        for folder in ["dovecot", "dovecot/login"] {
            place.own_folder(folder);
            let link = place.path(&format!("{folder}/modules"));
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(&modules, link).expect("a link");
        }
        place.write("users", &format!("{USER}:{{PLAIN}}{PASSWORD}\n"));
        let config = place.write("dovecot.conf", &self.config(place));
        // `dovecot` would ask the `doveconf` of the system to read its configuration; this is that very step.
        let mut command = place.command("usr/bin/doveconf");
        command.env_remove("LD_PRELOAD").args(["-f", "service=master", "-c", &config, "-m", "master", "-e"]);
        command.arg(place.program("usr/sbin/dovecot")).args(["-F", "-c", &config]);
        self.running = Some(Running::start(command, self.port, place.path("dovecot.log")));
    }

    fn config(&self, place: &Place) -> String {
        let path = |name: &str| place.path(name);
        format!(
            r#"
base_dir = {base}
state_dir = {base}
libexec_dir = {programs}
mail_plugin_dir = {programs}/modules
import_environment = LD_LIBRARY_PATH
log_path = /dev/stderr
default_internal_user = {user_name}
default_internal_group = {group_name}
default_login_user = {user_name}
first_valid_uid = 1
first_valid_gid = 1
protocols = imap
{capability}
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{mail}
passdb {{
  driver = passwd-file
  args = {users}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={mail}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
"#,
            base = path("dovecot"),
            programs = place.program("usr/lib/dovecot"),
            capability = if self.idle { "" } else { "imap_capability = IMAP4rev1 AUTH=PLAIN" },
            cert = path("cert.pem"),
            key = path("key.pem"),
            mail = path("mail"),
            users = path("users"),
            user = place.user_id(),
            user_name = place.name("-un"),
            group_name = place.name("-gn"),
            group = place.group_id(),
            port = self.port,
            tls_port = self.tls_port,
        )
    }

    /// Its mailbox, with short pauses.
    pub(crate) fn mailbox(&self, place: &Place, encryption: Encryption) -> Mailbox {
        let server = MailServer {
            host: HOST.into(),
            port: if encryption == Encryption::Tls { self.tls_port } else { self.port },
            encryption,
            authority: Some(place.authority()),
            credentials: Some(Credentials { user: USER.into(), password: PASSWORD.into() }),
        };
        let short = std::time::Duration::from_millis(200);
        Mailbox { poll: short, pauses: (short, short * 5), ..Mailbox::inbox(server) }
    }
}
