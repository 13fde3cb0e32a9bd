//! The system's resolvers, as `/etc/resolv.conf` names them (resolv.conf(5)).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The C library asks no more.
const MOST: usize = 3;

/// Reads the file's text; without a resolver of its own it means this machine.
pub(super) fn name_servers(text: &str) -> Vec<SocketAddr> {
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let address = words.next().filter(|word| *word == "nameserver").and(words.next())?;
        // A zone of a link-local address cannot be written into a socket's address without asking the system.
        let address: IpAddr = address.parse().ok()?;
        Some(SocketAddr::new(address, 53))
    });
    let named: Vec<SocketAddr> = named.take(MOST).collect();
    if named.is_empty() { vec![SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 53)] } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_are_read_as_the_c_library_reads_them() {
        let text = "# nameserver 192.0.2.9\nsearch example\nnameserver 192.0.2.1\n  nameserver\t2001:db8::1 # x\n\
                    nameserver fe80::1%eth0\nnameserver dns.example\noptions ndots:0\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n";
        let read: Vec<String> = name_servers(text).iter().map(ToString::to_string).collect();
        assert_eq!(read, ["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.3:53"]);
        assert_eq!(name_servers("").len(), 1);
    }
}
