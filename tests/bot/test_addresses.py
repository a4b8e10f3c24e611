from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.addresses import is_allowed, is_open, literal

CLOSED = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OPEN = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.0",
    "223.255.255.255",
    "::ffff:93.184.216.34",
    "64:ff9b::5db8:d822",
    "2606:4700::1111",
    "2a00:1450:4001::1",
]


@pytest.mark.parametrize("address", CLOSED)
def test_an_address_that_is_not_public_is_closed(address):
    assert not is_open(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_a_public_address_is_open(address):
    assert is_open(ip_address(address))


@given(st.ip_addresses(v=4))
def test_no_address_is_open_that_the_standard_library_calls_private_or_multicast(address):
    assert not (is_open(address) and (address.is_private or address.is_multicast or address.is_reserved))


@given(st.ip_addresses(v=4))
def test_an_address_inside_an_ipv6_address_is_as_open_as_by_itself(address):
    mapped = IPv6Address(0xFFFF00000000 | int(address))
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))

    assert is_open(mapped) == is_open(translated) == is_open(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7F.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0x7f.1",
    ],
)
def test_every_spelling_of_an_ipv4_address_is_recognised(host):
    assert literal(host) == IPv4Address("127.0.0.1")


@pytest.mark.parametrize("host", ["::1", "[::1]", "0:0:0:0:0:0:0:1", "::0001"])
def test_every_spelling_of_an_ipv6_address_is_recognised(host):
    assert literal(host) == IPv6Address("::1")


@pytest.mark.parametrize("host", ["fe80::1%eth0", "fe80::1%25eth0"])
def test_the_scope_of_an_ipv6_address_does_not_hide_it(host):
    assert not is_open(literal(host))


@pytest.mark.parametrize("host", ["example.org", "1.example", "cafe", "0x7f.example", "localhost", "1.2.3.4.5"])
def test_a_name_is_no_literal(host):
    assert literal(host) is None


@pytest.mark.parametrize("host", ["256.1.1.1", "999999999999", "1.2.3.300", "0x", "::g", "1::2::3"])
def test_what_looks_like_an_address_and_is_none_is_refused(host):
    with pytest.raises(ValueError, match=r"no address|does not appear|Address"):
        literal(host)


def test_an_allowed_network_opens_its_addresses_alone():
    allowed = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))

    assert is_allowed(ip_address("10.1.2.3"), allowed)
    assert is_allowed(ip_address("::ffff:10.1.2.3"), allowed)
    assert is_allowed(ip_address("fd00::1"), allowed)
    assert not is_allowed(ip_address("192.168.0.1"), allowed)
    assert not is_allowed(ip_address("93.184.216.34"), allowed)
