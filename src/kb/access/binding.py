"""What follows from the address that a server listens on."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import closing

from kb.errors import IndexStateError, QueryError

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")


def is_local(host: str) -> bool:
    """Whether only this machine can reach it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_for(host: str, wanted: str) -> str:
    """The names that requests may address us by: those of the settings, or on a local address its own."""
    if wanted or not is_local(host):
        return wanted
    return ",".join(dict.fromkeys((*LOCAL_NAMES, host)))


def check_free(host: str, port: int) -> None:
    """
    Raises:
        IndexStateError: another program listens there, or the address is not this machine's.
        QueryError: the port is none.
    """
    if not 1 <= port <= 65_535:
        raise QueryError(f"端口应在 1 到 65535 之间，不能是 {port}。")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise IndexStateError(
                f"不能监听 {host}:{port}（{error.strerror}）。请用 --port 换一个端口，或用 --host 换一个地址。"
            ) from error
