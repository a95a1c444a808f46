//! Exim: takes mail by SMTP with STARTTLS and a login, brings what is for the customer into the mailbox and what is for
//! the shop to an LMTP server.

use crate::place::{HOST, PASSWORD, Place, Running, USER, free_port};
use std::io::Write;
use std::process::Stdio;
use usher_channels::email::server::{Credentials, Encryption, MailServer};

pub(crate) struct Exim {
    port: u16,
    config: String,
    _running: Running,
}

impl Exim {
    /// `lmtp` is the port to which mail for shop.example goes.
    pub(crate) fn start(place: &Place, lmtp: u16) -> Self {
        let port = free_port();
        place.own_folder("spool");
        place.write("logins", &format!("{USER}: {PASSWORD}\n"));
        let config = place.write("exim.conf", &config(place, port, lmtp));
        let mut command = place.command("usr/sbin/exim4");
        // In the foreground; what could not be delivered is tried again each second.
        command.args(["-C", &config, "-bdf", "-q1s"]);
        let running = Running::start(command, port, place.path("spool/mainlog"));
        Self { port, config, _running: running }
    }

    pub(crate) fn server(&self, place: &Place) -> MailServer {
        MailServer {
            host: HOST.into(),
            port: self.port,
            encryption: Encryption::StartTls,
            authority: Some(place.authority()),
            credentials: Some(Credentials { user: USER.into(), password: PASSWORD.into() }),
        }
    }

    /// Gives it a mail, as a program on the same machine does.
    pub(crate) fn submit(&self, place: &Place, recipients: &[&str], mail: &str) {
        let mut command = place.command("usr/sbin/exim4");
        command.args(["-C", &self.config, "-i", "-f", USER, "--"]).args(recipients).stdin(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        child.stdin.take().expect("a pipe").write_all(mail.as_bytes()).expect("writes");
        assert!(child.wait().expect("ends").success());
    }
}

fn config(place: &Place, port: u16, lmtp: u16) -> String {
    format!(
        r#"
exim_path = {exim}
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
spool_directory = {spool}
log_file_path = {spool}/%slog
pid_file_path = {spool}/pid
primary_hostname = mail.shop.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
smtp_accept_max_per_connection = 5
tls_advertise_hosts = *
tls_certificate = {cert}
tls_privatekey = {key}
auth_advertise_hosts = ${{if def:tls_in_cipher{{*}}}}
acl_smtp_rcpt = rcpt
acl_smtp_data = data
host_lookup =
rfc1413_hosts =
never_users =

begin acl
rcpt:
  deny ! authenticated = *
       message = 5.7.0 log in first
  deny local_parts = nobody
       message = 5.1.1 no such mailbox
  accept
data:
  deny condition = ${{if match{{$h_subject:}}{{forbidden}}}}
       message = 5.7.1 this is not wanted
  accept

begin routers
mailbox:
  driver = accept
  domains = customer.example
  transport = mailbox
shop:
  driver = manualroute
  domains = shop.example
  route_list = * 127.0.0.1
  self = send
  transport = lmtp

begin transports
mailbox:
  driver = appendfile
  maildir_format
  directory = {mail}
  user = Debian-exim
  group = Debian-exim
lmtp:
  driver = smtp
  protocol = lmtp
  port = {lmtp}
  hosts_try_fastopen =

begin retry
* * F,1h,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{$auth2}}lsearch{{{logins}}}}}}}}}
  server_set_id = $auth2
"#,
        exim = place.program("usr/sbin/exim4"),
        spool = place.path("spool"),
        cert = place.path("cert.pem"),
        key = place.path("key.pem"),
        mail = place.path("mail"),
        logins = place.path("logins"),
    )
}
