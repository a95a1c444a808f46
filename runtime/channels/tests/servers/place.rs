//! A temporary folder in which mail servers run, the account that they run as, and their processes.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where `scripts/mailservers` puts the programs.
const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/mailservers/1");
/// Anything that has to happen happens within this time, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// No server runs as root.
const NOBODY: (u32, u32) = (65534, 65534);

/// The mailbox's user and password, and the certificate's name.
pub(crate) const USER: &str = "ana@customer.example";
pub(crate) const PASSWORD: &str = "correct horse \"battery\\ staple";
pub(crate) const HOST: &str = "localhost";

/// A folder for one test, with a mailbox (`mail/`), a certificate (`cert.pem`, `key.pem`) and accounts.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    programs: PathBuf,
    /// Whom the servers run as: ourselves, or nobody where we are root.
    id: (u32, u32),
}

impl Place {
    pub(crate) fn new() -> Self {
        let programs = Path::new(PROGRAMS).canonicalize().ok().filter(|root| root.join("ready").exists());
        let Some(programs) = programs else {
            panic!("the mail servers for the tests are missing: run `scripts/mailservers` first (`make test` does)");
        };
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
        let us = std::fs::metadata(folder.path()).expect("its owner");
        let id = if us.uid() == 0 { NOBODY } else { (us.uid(), us.gid()) };
        let mut place = Self { folder, programs, id };
        if id == NOBODY && !is_open_to_all(&place.programs) {
            // The checkout is in a folder of root's own, which nobody may enter.
            let copy = place.path("programs");
            let copied = Command::new("cp").args(["-r", &place.programs.display().to_string(), &copy]).status();
            assert!(copied.expect("cp starts").success());
            std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o755)).expect("permissions");
            place.programs = copy.into();
        }
        place.own_folder("mail");
        for folder in ["cur", "new", "tmp"] {
            place.own_folder(&format!("mail/{folder}"));
        }
        // Exim wants an account of this name: a library tells it of one (nss_wrapper).
        let (user, group) = place.id;
        place.write("passwd", &format!("root:x:0:0::/:/bin/false\nDebian-exim:x:{user}:{group}::/:/bin/false\n"));
        place.write("group", &format!("root:x:0:\nDebian-exim:x:{group}:\nmail:x:{group}:\n"));
        place.certificate();
        place
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub(crate) fn program(&self, name: &str) -> String {
        self.programs.join(name).display().to_string()
    }

    pub(crate) fn user_id(&self) -> u32 {
        self.id.0
    }

    pub(crate) fn group_id(&self) -> u32 {
        self.id.1
    }

    /// The name of the account (`-un`) or its group (`-gn`).
    pub(crate) fn name(&self, which: &str) -> String {
        let name = Command::new("id").args([which, &self.id.0.to_string()]).output().expect("id starts");
        String::from_utf8_lossy(&name.stdout).trim().to_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("writes");
        path
    }

    /// A folder that belongs to whom the servers run as.
    pub(crate) fn own_folder(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(&path).expect("a folder");
        chown(&path, Some(self.id.0), Some(self.id.1)).expect("its owner");
        path
    }

    /// The certificate, as an authority of its own.
    pub(crate) fn authority(&self) -> Vec<u8> {
        std::fs::read(self.path("cert.pem")).expect("a certificate")
    }

    /// Puts a mail into the mailbox, as a mail server on the same machine does.
    pub(crate) fn deliver(&self, name: &str, mail: &str) {
        let beside = self.write(&format!("mail/tmp/{name}"), &mail.replace('\n', "\r\n"));
        chown(&beside, Some(self.id.0), Some(self.id.1)).expect("its owner");
        std::fs::rename(beside, self.path(&format!("mail/new/{name}"))).expect("moves");
    }

    /// The names of the mailbox's files, with their flags.
    pub(crate) fn mailbox(&self) -> Vec<String> {
        ["new", "cur"]
            .iter()
            .flat_map(|folder| std::fs::read_dir(self.path(&format!("mail/{folder}"))).expect("a folder"))
            .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
            .collect()
    }

    /// Whether the mail of this name is marked as read.
    pub(crate) fn is_seen(&self, name: &str) -> bool {
        self.mailbox()
            .iter()
            .any(|file| file.starts_with(name) && file.rsplit(',').next().is_some_and(|f| f.contains('S')))
    }

    /// A command of these programs, with their libraries and accounts.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.program(program));
        let arch = std::env::consts::ARCH;
        let root = self.programs.display();
        let libraries = format!(
            "{root}/usr/lib/{arch}-linux-gnu:{root}/lib/{arch}-linux-gnu:{root}/usr/lib/dovecot:{root}/usr/lib/dovecot/modules/old-stats"
        );
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LD_LIBRARY_PATH", libraries)
            .env("LD_PRELOAD", "libnss_wrapper.so")
            .env("NSS_WRAPPER_PASSWD", self.path("passwd"))
            .env("NSS_WRAPPER_GROUP", self.path("group"))
            .stdin(Stdio::null());
        if self.id == NOBODY {
            command.uid(self.id.0).gid(self.id.1);
        }
        command
    }

    fn certificate(&self) {
        let packaged = self.program("usr/bin/openssl");
        let openssl = if Path::new(&packaged).exists() { packaged } else { "openssl".to_owned() };
        let made = self
            .command("usr/bin/openssl")
            .get_envs()
            .filter(|(name, _)| *name == "LD_LIBRARY_PATH")
            .fold(&mut Command::new(openssl), |command, (name, value)| command.env(name, value.unwrap_or_default()))
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
            .args(["-keyout", &self.path("key.pem"), "-out", &self.path("cert.pem")])
            .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
            .output()
            .expect("openssl starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        for file in ["key.pem", "cert.pem"] {
            chown(self.path(file), Some(self.id.0), Some(self.id.1)).expect("its owner");
        }
    }
}

/// A server that runs; it is ended, with its children, when this is dropped.
pub(crate) struct Running {
    child: Child,
    log: String,
}

impl Running {
    /// Starts it and waits until it listens at `port`.
    pub(crate) fn start(mut command: Command, port: u16, log: String) -> Self {
        let output = std::fs::File::options().create(true).append(true).open(format!("{log}.out")).expect("a file");
        command.stdout(output.try_clone().expect("a file")).stderr(output);
        let mut running = Self { child: command.spawn().expect("starts"), log };
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = running.child.try_wait().expect("its state");
            assert!(ended.is_none() && Instant::now() < until, "it doesn't listen ({ended:?}): {}", running.logged());
            std::thread::sleep(Duration::from_millis(50));
        }
        running
    }

    fn logged(&self) -> String {
        [self.log.clone(), format!("{}.out", self.log)]
            .iter()
            .map(|file| std::fs::read_to_string(file).unwrap_or_default())
            .collect()
    }

    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        let until = Instant::now() + PATIENCE;
        while asked.as_ref().is_ok_and(std::process::ExitStatus::success)
            && self.child.try_wait().is_ok_and(|ended| ended.is_none())
            && Instant::now() < until
        {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", self.logged());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.end();
        }
    }
}

fn is_open_to_all(path: &Path) -> bool {
    path.ancestors().all(|folder| std::fs::metadata(folder).is_ok_and(|there| there.mode() & 0o001 != 0))
}

/// A port that nobody listens at.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// Waits until it is so.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < end, "not within {} s: {what}", PATIENCE.as_secs());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
