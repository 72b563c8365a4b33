//! A real Exim on a free port, which puts every mail into one mailbox of Dovecot.

use crate::daemon::{Daemon, free_port, program};
use crate::dovecot::Dovecot;
use std::fs;
use std::process::Command;
use tempfile::TempDir;

/// A running server.
pub(crate) struct Exim {
    daemon: Daemon,
    _folder: TempDir,
}

impl Exim {
    /// Starts one that delivers to the inbox of this server; none where the machine has no Exim, which is said.
    pub(crate) fn start(mailboxes: &Dovecot) -> Option<Self> {
        let program = program("exim4", "exim4-daemon-light")?;
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let (spool, inbox) = (folder.path().join("spool"), mailboxes.maildir("INBOX"));
        fs::create_dir(&spool).unwrap();
        // Under a configuration of its own, Exim gives up its rights and delivers as its own user.
        for (mode, path) in [("a+rx", folder.path()), ("a+rwX", &spool), ("a+rwX", &inbox)] {
            assert!(Command::new("chmod").args(["-R", mode]).arg(path).status().unwrap().success());
        }
        let (spool, inbox) = (spool.display(), inbox.display());
        let config = format!(
            "primary_hostname = localhost\nspool_directory = {spool}\nlog_file_path = {spool}/log-%s\npid_file_path =\n\
             local_interfaces = 127.0.0.1\ndaemon_smtp_ports = {port}\nkeep_environment =\ntls_advertise_hosts =\n\
             acl_smtp_rcpt = accept\nhost_lookup =\nrfc1413_query_timeout = 0s\ndeliver_drop_privilege = true\n\
             begin routers\neveryone:\n  driver = accept\n  transport = mailbox\n\
             begin transports\nmailbox:\n  driver = appendfile\n  directory = {inbox}\n  maildir_format\n\
             \x20 return_path_add\n  mode = 0666\n"
        );
        let file = folder.path().join("exim.conf");
        fs::write(&file, config).unwrap();
        Command::new("chmod").arg("644").arg(&file).status().unwrap();
        let daemon = Daemon::start(port, move || {
            let mut command = Command::new(&program);
            command.arg("-C").arg(&file).arg("-bdf");
            command
        });
        Some(Self { daemon, _folder: folder })
    }

    pub(crate) fn port(&self) -> u16 {
        self.daemon.port
    }
}
