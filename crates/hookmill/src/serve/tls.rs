//! By which certificate `serve` is reached, where it is reached by TLS without a proxy.

use anyhow::Context;
use clap::Args;
use server::Certificate;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// How often the files are looked at for a renewed certificate.
pub(super) const LOOK: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct Tls {
    /// A certificate in PEM, with those of the authorities behind it: serve by TLS; used anew when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of this certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl Tls {
    /// The certificate, where one is named.
    pub(super) fn certificate(&self) -> anyhow::Result<Option<Certificate>> {
        let (Some(chain), Some(key)) = (&self.tls_cert, &self.tls_key) else { return Ok(None) };
        let read = Certificate::read(chain, key);
        read.map(Some).context("`--tls-cert` and `--tls-key` name no certificate that can be served")
    }

    /// `https` with a certificate, else `http`.
    pub(super) fn scheme(&self) -> &'static str {
        if self.tls_cert.is_some() { "https" } else { "http" }
    }

    /// What is to be said of a server that others than this machine reach without TLS: what they send can be read on the
    /// way. Nothing where its owner says that something in front of it speaks TLS.
    pub(super) fn warning(&self, address: SocketAddr, public_url: &Url) -> Option<String> {
        let is_plain = self.scheme() == "http" && public_url.scheme() == "http";
        (is_plain && !address.ip().is_loopback()).then(|| {
            format!(
                "{address} is reached without TLS: tokens and what callers send can be read on the way; \
                 give `--tls-cert` and `--tls-key`, or a proxy that speaks TLS and `--public-url https://…`"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b3_plain_http_for_others_is_warned_of() {
        let plain = Tls { tls_cert: None, tls_key: None };
        let by_tls = Tls { tls_cert: Some("c".into()), tls_key: Some("k".into()) };
        for (tls, address, public, warned) in [
            (&plain, "127.0.0.1:80", "http://127.0.0.1", false),
            (&plain, "[::1]:80", "http://mill.example.com", false),
            (&plain, "0.0.0.0:80", "http://0.0.0.0", true),
            (&plain, "192.0.2.7:80", "http://mill.example.com", true),
            (&plain, "[::]:80", "http://[::]", true),
            (&plain, "0.0.0.0:80", "https://mill.example.com", false),
            (&by_tls, "0.0.0.0:443", "https://0.0.0.0", false),
        ] {
            let warning = tls.warning(address.parse().unwrap(), &public.parse().unwrap());
            assert_eq!(warning.is_some(), warned, "{address} {public}");
        }
    }
}
