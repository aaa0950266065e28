"""No request leaves to a private address, however it is written."""

from __future__ import annotations

import socket

import pytest

from raf.destination import Private, connect, is_welcome, networks_of, resolve

INSIDE = (
    *(
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1", "not an address"),
)
OUTSIDE = ("1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101")


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_welcome(address: str) -> None:
    assert not is_welcome(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_in_the_open_is_welcome(address: str) -> None:
    assert is_welcome(address)


def test_a_network_of_ones_own_may_be_allowed_and_no_other_is_with_it() -> None:
    allowed = networks_of(["10.0.0.0/8"])
    assert is_welcome("10.1.2.3", allowed)
    assert is_welcome("::ffff:10.1.2.3", allowed)
    assert not is_welcome("192.168.1.1", allowed)


@pytest.mark.parametrize("name", ["localhost", "127.1", "0x7f.1", "2130706433", "017700000001", "[::1]".strip("[]")])
def test_other_spellings_of_this_machine_lead_nowhere(name: str) -> None:
    assert resolve(name, 80) is None


def test_no_connection_goes_to_this_machine_unless_it_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(Private, match="private"):
            connect("127.0.0.1", port, secure=False, timeout=5)
        connection = connect("127.0.0.1", port, secure=False, timeout=5, allowed=networks_of(["127.0.0.1"]))
        assert connection.sock.getpeername() == ("127.0.0.1", port)
        connection.close()


def test_a_connection_without_its_tls_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("the certificates of this machine cannot be read")

    monkeypatch.setattr("ssl.create_default_context", broken)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        with pytest.raises(OSError, match="certificates") as failure:
            connect("127.0.0.1", listening.getsockname()[1], secure=True, timeout=5, allowed=networks_of(["127.0.0.1"]))
        accepted, _ = listening.accept()
        with accepted:
            accepted.settimeout(5)
            assert accepted.recv(1) == b""
        assert failure.tb is not None, "which still holds the socket, so nobody but `connect` has closed it"
