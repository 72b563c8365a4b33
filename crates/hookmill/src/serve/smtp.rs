//! The server to which mails can be sent: where it listens, and what it calls itself.

use super::bind;
use crate::starters::Starters;
use anyhow::Context;
use clap::Args;
use run::mailbox::MOST_MAIL;
use scenario::plan::Rate;
use server::{Certificate, Post};
use std::net::{SocketAddr, TcpListener};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use triggers::mailhook::{Examiner, Greeting, Limits, Named, Reception};
use url::Url;

#[derive(Debug, Args)]
pub(super) struct Smtp {
    /// Where to take mails in for triggers `mailhook`, by SMTP, as 0.0.0.0:25 [default: nowhere]
    #[arg(long, value_name = "ADDRESS")]
    smtp: Option<SocketAddr>,
    /// A domain whose mails are taken; may be given several times [default: the host of the public URL]
    #[arg(long, value_name = "DOMAIN", value_parser = domain)]
    smtp_domain: Vec<String>,
    /// The longest mail that is taken, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = MOST_MAIL, value_parser = clap::value_parser!(u64).range(1_000..=MOST_MAIL))]
    smtp_max_size: u64,
    /// How many mails one address of the network may send
    #[arg(long, value_name = "RATE", default_value = "300/1m", value_parser = super::rate)]
    smtp_rate: Rate,
    /// The server of names that is asked where mails come from [default: the system's]
    #[arg(long, value_name = "ADDRESS")]
    dns: Option<SocketAddr>,
}

/// A domain, as it stands in addresses.
fn domain(text: &str) -> Result<String, &'static str> {
    let is_label = |label: &str| {
        let is_plain = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        is_plain && !label.is_empty() && label.len() < 64 && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_domain = text.len() < 254 && text.split('.').all(is_label);
    if is_domain { Ok(text.to_ascii_lowercase()) } else { Err("a domain, as hook.example.com") }
}

/// The server while it runs.
pub(super) struct Receiving {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Takes no more mails in; comes back once those that are coming in have ended.
pub(super) async fn end(receiving: Option<Receiving>) -> anyhow::Result<()> {
    let Some(Receiving { stop, task }) = receiving else { return Ok(()) };
    // Where it has ended by itself, nobody hears it.
    stop.send_replace(true);
    task.await.context("mails were no longer taken in")
}

impl Smtp {
    /// Takes its place, if it has one.
    pub(super) fn listen(&self) -> anyhow::Result<Option<TcpListener>> {
        let Some(address) = self.smtp else { return Ok(None) };
        let listener = bind(address)
            .with_context(|| format!("cannot take mails in on {address}; `--smtp` chooses another address"))?;
        Ok(Some(listener))
    }

    /// What the API tells of it.
    pub(super) fn post(&self, public: &Url) -> Post {
        let domain = self.domains(public).into_iter().next().unwrap_or_default();
        Post { domain, open: self.smtp.is_some() }
    }

    fn domains(&self, public: &Url) -> Vec<String> {
        if !self.smtp_domain.is_empty() {
            return self.smtp_domain.clone();
        }
        vec![public.domain().unwrap_or("localhost").to_owned()]
    }

    /// Begins to take mails in.
    pub(super) fn begin(
        &self,
        listener: Option<TcpListener>,
        public: &Url,
        certificate: Option<&Certificate>,
        starters: &Starters,
    ) -> anyhow::Result<Option<Receiving>> {
        let Some(listener) = listener else { return Ok(None) };
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let tls = certificate.map(|certificate| certificate.config().map(std::sync::Arc::new)).transpose()?;
        let greeting = Greeting { domains: self.domains(public), tls };
        let size = usize::try_from(self.smtp_max_size)?;
        let limits = Limits { size, rate: self.smtp_rate, ..Limits::default() };
        let office = starters.office(Examiner::asking(self.dns.map_or(Named::BySystem, Named::At)));
        let (stop, stopping) = watch::channel(false);
        let task = tokio::spawn(Reception::new(office, greeting, limits).serve(listener, stopping));
        Ok(Some(Receiving { stop, task }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_those_that_stand_in_addresses() {
        for good in ["hook.example.com", "Hook.Example", "localhost", "a-b.example", "xn--fiq228c.example"] {
            assert_eq!(domain(good), Ok(good.to_lowercase()));
        }
        for wrong in
            ["", ".", "a..b", "-a.example", "a b", "a@b.example", "hook.example.com.", "例.example", "[127.0.0.1]"]
        {
            assert!(domain(wrong).is_err(), "{wrong}");
        }
    }
}
