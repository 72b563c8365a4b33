//! Which addresses are this machine's own.

use std::net::{IpAddr, UdpSocket};

/// Whether one of this machine's interfaces has the address: only then a socket can be bound to it.
pub(super) fn has(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_here_and_documentation_is_not() {
        assert!(has("127.0.0.1".parse().unwrap()));
        assert!(!has("203.0.113.1".parse().unwrap()));
    }
}
