"""Loopback hosts: traffic to them never leaves the machine, and no real service runs there."""

from __future__ import annotations


def is_loopback(host: str) -> bool:
    """Return whether a name or address is a loopback one, without a DNS lookup.

    Args:
        host: Without brackets and port.
    """
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_endpoint(url: str) -> bool:
    """Return whether a text is the URL of a host that calls can be sent to."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and url.isprintable()
    except ValueError:
        return False


def is_emulator(url: str) -> bool:
    """Return whether an endpoint is an emulator on this machine. A tunnel to AWS would use TLS.

    Args:
        url: The endpoint; empty for AWS itself.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and is_loopback(parts.hostname or "")
    except ValueError:
        return False
