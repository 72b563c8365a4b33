//! Which hosts a call may reach. A host that comes out of data may not be a private address (OWASP SSRF Prevention;
//! CWE-918); one written by the author or the operator may.

mod addresses;
mod machine;

pub(crate) use addresses::is_public;

use crate::client::identity::Identity;
use ipnet::IpNet;
use run::error::StepError;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use url::{Host, Url};

/// A private destination that the operator allows: `db.internal`, `db.internal:8080`, `10.1.0.0/16`, `10.1.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// A host, at one port or at any.
    Host {
        /// As a URL normalises it: lower-case, without a final dot.
        host: String,
        /// None: any port.
        port: Option<u16>,
    },
    /// All addresses of a network, at any port.
    Network(IpNet),
}

/// A text that names no destination.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no host, host:port or network")]
pub struct InvalidDestination(String);

impl FromStr for Allowed {
    type Err = InvalidDestination;

    fn from_str(text: &str) -> Result<Self, InvalidDestination> {
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Self::Network(network));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Network(address.into()));
        }
        let invalid = || InvalidDestination(text.to_owned());
        let has_port = text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let url = Url::parse(&format!("http://{text}/")).map_err(|_| invalid())?;
        let bare = url.path() == "/" && url.query().is_none() && url.username().is_empty();
        match url.host_str() {
            Some(_) if bare => {
                Ok(Self::Host { host: host_of(&url), port: if has_port { url.port_or_known_default() } else { None } })
            }
            _ => Err(invalid()),
        }
    }
}

/// Whom one call trusts, whatever their address.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trust<'a> {
    /// `host[:port]` as the scenario's author wrote it.
    pub(crate) author_host: Option<&'a str>,
    /// Where the call's connection says its service is.
    pub(crate) endpoint: Option<&'a Url>,
    /// By which certificate the call says who it is.
    pub(crate) identity: Option<&'a Identity>,
}

/// How a URL may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// Its name must resolve to public addresses.
    Checked,
    /// The same, and to no address of this machine: at this port, the server itself listens.
    CheckedAtOwnPort,
    /// Wherever it resolves to.
    Trusted,
}

/// The operator's rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    allowed: Vec<Allowed>,
    /// Where this server listens.
    listeners: Vec<SocketAddr>,
}

/// Ports of services that an HTTP request could be made to speak to by accident: SSH, Telnet, SMTP, DNS, POP3, IMAP,
/// LDAP, SMB, databases and caches.
const REFUSED_PORTS: [u16; 24] = [
    21, 22, 23, 25, 53, 110, 119, 135, 139, 143, 389, 445, 465, 587, 636, 993, 995, 1433, 3306, 5432, 6379, 9042,
    11211, 27017,
];

impl Guard {
    pub(crate) fn new(allowed: Vec<Allowed>) -> Self {
        Self { allowed, listeners: Vec::new() }
    }

    /// The same, for a server that listens at these addresses.
    #[must_use]
    pub(crate) fn listening(self, listeners: Vec<SocketAddr>) -> Self {
        Self { listeners, ..self }
    }

    /// Whether and how this URL may be called.
    pub(crate) fn passage(&self, url: &Url, trust: Trust<'_>) -> Result<Passage, StepError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(StepError::permanent(
                "invalid_url",
                format!("a URL with `{}:` cannot be called", url.scheme()),
            )
            .hint("use http:// or https://"));
        }
        if self.trusts(url, trust) {
            return Ok(Passage::Trusted);
        }
        match url.port_or_known_default() {
            Some(port) if REFUSED_PORTS.contains(&port) => {
                return Err(StepError::permanent("port_refused", format!("port {port} is not one for HTTP calls"))
                    .hint("write the host literally in the scenario, or let the operator allow it"));
            }
            _ => {}
        }
        let refused = match (literal(url), url.host()) {
            (Some(address), _) => !self.admits(address),
            (None, Some(_)) => is_local_name(&host_of(url)),
            (None, None) => true,
        };
        if refused {
            return Err(private_address(&host_of(url)));
        }
        let port = url.port_or_known_default();
        let is_own_port = self.listeners.iter().any(|listener| Some(listener.port()) == port);
        if !is_own_port {
            return Ok(Passage::Checked);
        }
        match literal(url) {
            Some(address) if self.is_own(address) => Err(own_address()),
            _ => Ok(Passage::CheckedAtOwnPort),
        }
    }

    /// Whether this server listens at the address, at whichever port.
    pub(crate) fn is_own(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.listeners.iter().map(|listener| listener.ip().to_canonical()).any(|own| {
            own == address
                || (own.is_unspecified() && machine::has(address))
                || (own.is_loopback() && address.is_loopback())
        })
    }

    /// Whether a host that comes out of data may have this address.
    pub(crate) fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address)
            || self
                .allowed
                .iter()
                .any(|allowed| matches!(allowed, Allowed::Network(network) if network.contains(&address)))
    }

    fn trusts(&self, url: &Url, trust: Trust<'_>) -> bool {
        trust.endpoint.is_some_and(|endpoint| endpoint.origin() == url.origin())
            || trust.author_host.is_some_and(|written| is_written_as(url, written))
            || self.allowed.iter().any(|allowed| match allowed {
                Allowed::Host { host, port } => {
                    *host == host_of(url) && port.is_none_or(|port| url.port_or_known_default() == Some(port))
                }
                Allowed::Network(_) => false,
            })
    }
}

/// The refusal of this server's own address.
pub(crate) fn own_address() -> StepError {
    StepError::permanent("own_address", "that is this server's own address, and it comes out of data")
        .hint("write the host literally in the scenario's URL, or use `call`")
}

/// The URL's host, where it is an address.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// The refusal of a private address.
pub(crate) fn private_address(host: &str) -> StepError {
    StepError::permanent("private_address", format!("`{host}` is a private address, and it comes out of data"))
        .hint("write the host literally in the scenario's URL, or let the operator allow it")
}

/// Whether the URL goes to `host[:port]`, which the author wrote; without a port, the scheme's own is meant.
fn is_written_as(url: &Url, written: &str) -> bool {
    Url::parse(&format!("{}://{written}/", url.scheme())).is_ok_and(|author| {
        host_of(&author) == host_of(url) && author.port_or_known_default() == url.port_or_known_default()
    })
}

/// The URL's host without a final dot, which names the same host. IPv6 stands in brackets.
fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase()
}

/// Names that mean this machine or its network wherever they resolve to (RFC 6761 §6.3, RFC 6762, and the reserved
/// `internal`, under which clouds keep their metadata services).
fn is_local_name(host: &str) -> bool {
    ["localhost", "local", "internal"]
        .iter()
        .any(|name| host == *name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests;
