"""No test reaches the outside network: addresses, names and datagrams are refused, this machine is not."""

from __future__ import annotations

import socket

import pytest

from conftest import OutsideNetworkError, is_near

FAR = ["192.0.2.7", "2001:db8::7"]  # addresses for documentation, RFC 5737 and RFC 3849


@pytest.mark.parametrize("address", FAR)
def test_a_far_address_is_refused(address: str) -> None:
    with pytest.raises(OutsideNetworkError):
        socket.create_connection((address, 80), timeout=0.1)


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(OutsideNetworkError):
        socket.create_connection(("talehouse.example", 80), timeout=0.1)


def test_a_datagram_is_refused() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, pytest.raises(OutsideNetworkError):
        sender.sendto(b"hello", ("192.0.2.7", 53))


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_what_is_near() -> None:
    assert [is_near((host, 80)) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost")] == [True] * 4
    assert [is_near((host, 80)) for host in ("0.0.0.0", "10.0.0.1", "talehouse.example", *FAR)] == [False] * 5
    assert is_near("/run/a.socket")
