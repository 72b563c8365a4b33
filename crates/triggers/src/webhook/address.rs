//! Who calls: the address of the caller behind proxies, and whether it is among those allowed. Addresses are compared
//! as numbers, never as text.

use super::headers;
use ipnet::IpNet;
use scenario::plan::Network;
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

/// The proxies in front of the server.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Their networks. Empty: there is none, and headers say nothing about the caller.
    pub trusted: Vec<IpNet>,
    /// The header they write. The other one may come from anybody.
    pub header: Forwarding,
}

/// The header in which proxies say for whom they call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forwarding {
    /// `X-Forwarded-For`: addresses, comma-separated.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl Proxies {
    /// The caller's address: from the peer of the connection backwards along what each trusted proxy added, up to the
    /// first address that is no trusted proxy, or to the last before something that is no address.
    pub fn client(&self, peer: IpAddr, fields: &[(&str, &[u8])]) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        for hop in self.hops(fields).into_iter().rev() {
            let Some(address) = hop else { break };
            client = address;
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| contains(network, address))
    }

    /// What the proxies said, in order: an address, or none where it was something else.
    fn hops(&self, fields: &[(&str, &[u8])]) -> Vec<Option<IpAddr>> {
        match self.header {
            Forwarding::XForwardedFor => {
                lines(fields, "x-forwarded-for").flat_map(|line| x_forwarded_for(&line)).collect()
            }
            Forwarding::Forwarded => lines(fields, "forwarded").flat_map(|line| forwarded(&line)).collect(),
        }
    }
}

/// Whether a caller of this address may call, where only these networks may; anyone may where none are named.
pub fn allowed(address: IpAddr, networks: &[Network]) -> bool {
    let address = address.to_canonical();
    networks.is_empty()
        || networks
            .iter()
            .filter_map(|network| IpNet::new(network.address, network.prefix).ok())
            .any(|network| contains(&network, address))
}

/// Whether the network has this address. A network of mapped addresses (`::ffff:10.0.0.0/104`, RFC 4291 §2.5.5.2) is
/// the IPv4 network that it maps.
fn contains(network: &IpNet, address: IpAddr) -> bool {
    let mapped = match network {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => v6.addr().to_ipv4_mapped().map(|v4| (v4, v6.prefix_len() - 96)),
        _ => None,
    };
    match mapped {
        Some((v4, prefix)) => IpNet::new(v4.into(), prefix).is_ok_and(|network| network.contains(&address)),
        None => network.contains(&address),
    }
}

/// The lines of one header, in order.
pub(super) fn lines<'f>(fields: &[(&str, &'f [u8])], name: &str) -> impl Iterator<Item = Cow<'f, str>> {
    fields.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| headers::text(value))
}

fn x_forwarded_for(line: &str) -> Vec<Option<IpAddr>> {
    line.split(',').map(node).collect()
}

/// The `for` of each element (RFC 7239 §4).
fn forwarded(line: &str) -> Vec<Option<IpAddr>> {
    let Some(elements) = split_unquoted(line, ',') else { return vec![None] };
    elements.into_iter().map(forwarded_for).collect()
}

fn forwarded_for(element: &str) -> Option<IpAddr> {
    node(&pair(element, "for")?)
}

/// The `host` and the `proto` that the nearest proxy says it was called by, in the last element.
pub(super) fn forwarded_to(fields: &[(&str, &[u8])]) -> (Option<String>, Option<String>) {
    let last = lines(fields, "forwarded").last();
    let elements = last.as_deref().and_then(|line| split_unquoted(line, ','));
    let element = elements.and_then(|elements| elements.last().copied()).unwrap_or_default();
    (pair(element, "host"), pair(element, "proto"))
}

/// The value of a parameter of an element, which must not occur more than once (RFC 7239 §4).
fn pair(element: &str, name: &str) -> Option<String> {
    let pairs = split_unquoted(element, ';')?;
    let mut values = pairs.into_iter().filter_map(|pair| {
        let (found, value) = pair.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    });
    let (value, None) = (values.next()?, values.next()) else { return None };
    match value.strip_prefix('"') {
        Some(quoted) => Some(quoted.strip_suffix('"')?.replace('\\', "")),
        None => Some(value.to_owned()),
    }
}

/// The pieces of a text between separators that do not stand in a quoted string; none where a quote stays open.
fn split_unquoted(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut pieces, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, char) in text.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if char == separator && !quoted => {
                pieces.push(&text[start..at]);
                start = at + char.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    (!quoted).then_some(pieces)
}

/// An address, with a port or without. Numbers in the old manner (`010.0.0.1`, `1.2.3`, `0x7f.1`) are none.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = without_zone(bare).parse().ok().or_else(|| {
        let with_port: SocketAddr = text.parse().ok()?;
        Some(with_port.ip())
    });
    address.map(|address: IpAddr| address.to_canonical())
}

/// `fe80::1%eth0` as `fe80::1`: a zone means something on one machine only.
fn without_zone(address: &str) -> &str {
    address.split_once('%').map_or(address, |(address, _)| address)
}

#[cfg(test)]
mod tests;
