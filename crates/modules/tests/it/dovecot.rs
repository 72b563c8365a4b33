//! A real Dovecot with the mailbox of one person, `ann`, on free ports.

use crate::daemon::{Certificates, Daemon, free_port, program};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// A password that no message may tell.
pub(crate) const PASSWORD: &str = "cAnAry-{6a}\"\\3f";

/// A running server.
pub(crate) struct Dovecot {
    pub(crate) daemon: Daemon,
    folder: TempDir,
    pub(crate) certificates: Certificates,
    /// The port without TLS, and the one with it.
    pub(crate) ports: (u16, u16),
    delivered: AtomicU32,
    /// Where more of its settings are.
    _settings: Option<TempDir>,
}

impl Dovecot {
    /// Starts one; none where the machine has no Dovecot, or we are not root, which is said.
    pub(crate) fn start() -> Option<Self> {
        Self::configured("")
    }

    /// One that lets in who has a token of which this URL, with the token at its end, says that it is somebody's.
    #[allow(dead_code, reason = "not every binary that has this file has tokens")]
    pub(crate) fn trusting(introspection: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("oauth2");
        let asks = format!(
            "introspection_mode = get\nintrospection_url = {introspection}\nusername_attribute = user\n\
             active_attribute = active\nactive_value = true\n"
        );
        fs::write(&file, asks).unwrap();
        Command::new("chmod").args(["-R", "a+rX"]).arg(folder.path()).status().unwrap();
        let server = Self::configured(&format!(
            "auth_mechanisms = plain xoauth2\n\
             service anvil {{\n unix_listener anvil-auth-penalty {{\n mode = 0\n }}\n}}\n\
             passdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {}\n}}\n",
            file.display()
        ))?;
        Some(Self { _settings: Some(folder), ..server })
    }

    /// One whose mailbox has room for so many KiB.
    #[allow(dead_code, reason = "not every binary that has this file has it full")]
    pub(crate) fn bounded(kibibytes: u32) -> Option<Self> {
        Self::configured(&format!(
            "mail_plugins = quota\nprotocol imap {{\n mail_plugins = quota imap_quota\n}}\n\
             plugin {{\n quota = count:User quota\n quota_rule = *:storage={kibibytes}k\n quota_vsizes = yes\n}}\n"
        ))
    }

    fn configured(more: &str) -> Option<Self> {
        let program = program("dovecot", "dovecot-imapd")?;
        if fs::metadata("/proc/self").unwrap().uid() != 0 {
            eprintln!("skipped: Dovecot wants to be started by root");
            return None;
        }
        let (folder, certificates, ports) =
            (tempfile::tempdir().unwrap(), Certificates::new(), (free_port(), free_port()));
        let home = folder.path().display();
        fs::write(folder.path().join("users"), format!("ann:{{PLAIN}}{PASSWORD}\n")).unwrap();
        Command::new("chmod").args(["-R", "a+rX"]).arg(folder.path()).status().unwrap();
        let config = format!(
            "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {home}/run\nlog_path = {home}/log\nssl = yes\n\
             ssl_cert = <{}\nssl_key = <{}\ndisable_plaintext_auth = yes\nauth_mechanisms = plain\n\
             auth_failure_delay = 0\nmaildir_stat_dirs = yes\nmail_fsync = never\n\
             mail_location = maildir:~/Maildir\npassdb {{\n driver = passwd-file\n args = {home}/users\n}}\n\
             userdb {{\n driver = static\n args = uid=nobody gid=nogroup home={home}/mail/%u\n}}\nfirst_valid_uid = 1\n\
             service imap-login {{\n inet_listener imap {{\n port = {}\n }}\n inet_listener imaps {{\n port = {}\n }}\n}}\n{more}",
            certificates.certificate.display(),
            certificates.key.display(),
            ports.0,
            ports.1,
        );
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(folder.path().join("mail/ann/Maildir").join(part)).unwrap();
        }
        Command::new("chown").args(["-R", "nobody:nogroup"]).arg(folder.path().join("mail")).status().unwrap();
        let file = folder.path().join("dovecot.conf");
        fs::write(&file, config).unwrap();
        let daemon = Daemon::start(ports.1, move || {
            let mut command = Command::new(&program);
            command.arg("-F").arg("-c").arg(&file);
            command
        });
        Some(Self { daemon, folder, certificates, ports, delivered: AtomicU32::new(0), _settings: None })
    }

    /// Where the mails of a folder are; `INBOX` is where they arrive.
    pub(crate) fn maildir(&self, name: &str) -> PathBuf {
        let root = self.folder.path().join("mail/ann/Maildir");
        if name == "INBOX" { root } else { root.join(format!(".{name}")) }
    }

    /// Puts a mail into the inbox, as a server that takes mails would: it is there as a whole or not at all.
    pub(crate) fn deliver(&self, mail: &[u8]) {
        let number = self.delivered.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}.M{number}.localhost", 1_700_000_000 + number);
        let (tmp, new) = (self.maildir("INBOX").join("tmp").join(&name), self.maildir("INBOX").join("new").join(&name));
        fs::write(&tmp, mail).unwrap();
        Command::new("chown").arg("nobody:nogroup").arg(&tmp).status().unwrap();
        fs::rename(tmp, new).unwrap();
    }

    /// The names of the files in a folder, which end with the flags of the mails: `…:2,FS`.
    pub(crate) fn mails(&self, folder: &str) -> Vec<String> {
        let parts = ["new", "cur"].into_iter().flat_map(|part| fs::read_dir(self.maildir(folder).join(part)));
        let mut names: Vec<_> =
            parts.flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The mails in a folder, as they are.
    #[allow(dead_code, reason = "not every binary that has this file reads them")]
    pub(crate) fn contents(&self, folder: &str) -> Vec<Vec<u8>> {
        let parts = ["new", "cur"].into_iter().flat_map(|part| fs::read_dir(self.maildir(folder).join(part)));
        parts.flatten().flatten().map(|entry| fs::read(entry.path()).unwrap()).collect()
    }

    /// From now on this is the password.
    #[allow(dead_code, reason = "not every binary that has this file changes passwords")]
    pub(crate) fn use_password(&self, password: &str) {
        fs::write(self.folder.path().join("users"), format!("ann:{{PLAIN}}{password}\n")).unwrap();
    }

    /// Stops all of its processes where they are, as a machine that hangs does: connections stand, and nobody answers.
    #[allow(dead_code, reason = "not every binary that has this file has it fall silent")]
    pub(crate) fn fall_silent(&self) {
        self.daemon.signal_all("STOP");
    }

    /// Has them go on.
    #[allow(dead_code, reason = "not every binary that has this file has it fall silent")]
    pub(crate) fn wake(&self) {
        self.daemon.signal_all("CONT");
    }

    /// Ends the server and all conversations with it.
    #[allow(dead_code, reason = "not every binary that has this file cuts connections")]
    pub(crate) fn cut(&mut self) {
        self.daemon.end("TERM");
    }

    /// Has the server forget its numbers for mails, as one does whose indexes were lost.
    #[allow(dead_code, reason = "not every binary that has this file does so")]
    pub(crate) fn forget_numbers(&self) {
        for entry in fs::read_dir(self.maildir("INBOX")).unwrap().flatten() {
            if entry.file_name().to_string_lossy().starts_with("dovecot") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    }
}
