//! Which addresses a connector may reach: the public internet, and nothing of the operator's own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 ranges that are not the public internet (IANA special-purpose registry), as network and prefix.
const BLOCKED_V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
    ([255, 255, 255, 255], 32),
];

/// Of IPv6 only 2000::/3 is given out for the public internet (IANA IPv6 address space); these ranges in it are not.
const BLOCKED_V6: [([u16; 8], u32); 3] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

/// Whether the address is on the public internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !BLOCKED_V4.iter().any(|(network, prefix)| same_prefix(bits, u32::from_be_bytes(*network), *prefix))
}

fn same_prefix(a: u32, b: u32, prefix: u32) -> bool {
    (a ^ b).checked_shr(32 - prefix).unwrap_or(0) == 0
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let inner = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match segments {
        // An IPv4 address inside decides: mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            inner(high, low)
        }
        [first, ..] => {
            let bits = u128::from(address);
            first & 0xe000 == 0x2000
                && !BLOCKED_V6.iter().any(|(network, prefix)| {
                    let network = u128::from(Ipv6Addr::from(*network));
                    (bits ^ network).checked_shr(128 - prefix).unwrap_or(0) == 0
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::IpNet;
    use proptest::prelude::*;

    /// What the IANA's registries of special-purpose addresses, of multicast and of deprecated ranges say is not
    /// globally reachable, in their own notation and read by another crate.
    const SPECIAL: [&str; 33] = [
        "0.0.0.0/8",
        "0.0.0.0/32",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "255.255.255.255/32",
        "::/128",
        "::1/128",
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001::/32",
        "2001:2::/48",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ];
    /// IPv6 ranges with an IPv4 address in them, and at which bit it begins.
    const EMBEDDING: [(&str, u32); 3] = [("::ffff:0:0/96", 96), ("64:ff9b::/96", 96), ("2002::/16", 16)];

    fn public_by_the_registries(address: IpAddr) -> bool {
        let within = |network: &str| network.parse::<IpNet>().unwrap().contains(&address);
        if let IpAddr::V6(v6) = address
            && let Some((_, bit)) = EMBEDDING.iter().find(|(network, _)| within(network))
        {
            let inner = u32::try_from((v6.to_bits() >> (96 - bit)) & u128::from(u32::MAX)).unwrap();
            return public_by_the_registries(IpAddr::V4(Ipv4Addr::from_bits(inner)));
        }
        let given_out = address.is_ipv4() || within("2000::/3");
        given_out && !SPECIAL.iter().any(|network| within(network))
    }

    /// The first and last address of each range, and those right outside of it.
    fn edges() -> Vec<IpAddr> {
        let networks = SPECIAL.into_iter().chain(EMBEDDING.map(|(network, _)| network)).chain(["2000::/3"]);
        let around = |network: &str| match network.parse::<IpNet>().unwrap() {
            IpNet::V4(net) => {
                let (first, last) = (net.network().to_bits(), net.broadcast().to_bits());
                [first.wrapping_sub(1), first, last, last.wrapping_add(1)].map(|bits| Ipv4Addr::from_bits(bits).into())
            }
            IpNet::V6(net) => {
                let (first, last) = (net.network().to_bits(), net.broadcast().to_bits());
                [first.wrapping_sub(1), first, last, last.wrapping_add(1)].map(|bits| Ipv6Addr::from_bits(bits).into())
            }
        };
        networks.flat_map(around).collect()
    }

    /// Each IPv4 address as such and in the IPv6 forms that embed it.
    fn forms(v4: Ipv4Addr) -> [IpAddr; 4] {
        let bits = u128::from(v4.to_bits());
        let v6 = |bits: u128| IpAddr::V6(Ipv6Addr::from_bits(bits));
        [IpAddr::V4(v4), v6((0xffff << 32) | bits), v6((0x64_ff9b << 96) | bits), v6((0x2002 << 112) | (bits << 80))]
    }

    fn agrees(address: IpAddr) {
        assert_eq!(is_public(address), public_by_the_registries(address), "{address}");
    }

    #[test]
    fn the_edges_of_ranges_are_where_the_registries_have_them() {
        for address in edges() {
            agrees(address);
            if let IpAddr::V4(v4) = address {
                forms(v4).into_iter().for_each(agrees);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn any_ipv4_address_is_judged_as_the_registries_do(bits: u32) {
            forms(Ipv4Addr::from_bits(bits)).into_iter().for_each(agrees);
        }

        /// Around the ranges, where a mistake would be: most of all of IPv6 is far from any.
        #[test]
        fn any_ipv6_address_is_judged_as_the_registries_do(bits: u128, near in 0..1_000_usize, low in 0..128_u32) {
            agrees(Ipv6Addr::from_bits(bits).into());
            let edges: Vec<_> = edges().into_iter().filter_map(|edge| match edge {
                IpAddr::V6(edge) => Some(edge.to_bits()),
                IpAddr::V4(_) => None,
            }).collect();
            let mask = u128::MAX >> (127 - low);
            agrees(Ipv6Addr::from_bits(edges[near % edges.len()] & !mask | bits & mask).into());
        }
    }

    #[test]
    fn only_the_public_internet_is_public() {
        for blocked in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:0.0.0.0",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "::1.2.3.4",
            "::ffff:0:8.8.8.8",
            "fec0::1",
            "5f00::1",
            "4000::1",
            "1fff::1",
            "2001:10::1",
            "2001:1ff::1",
        ] {
            assert!(!is_public(blocked.parse().unwrap()), "{blocked}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
