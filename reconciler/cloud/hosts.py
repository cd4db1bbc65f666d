"""Detection of hosts on this machine: requests to them do not leave it, and they are not a real AWS service."""

from __future__ import annotations


def is_loopback(host: str) -> bool:
    """Return whether a name or address is the loopback interface, without a DNS lookup.

    Args:
        host: Without brackets and port.
    """
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_emulator(url: str) -> bool:
    """Return whether an endpoint is an emulator on this machine. A tunnel to AWS would speak TLS.

    Args:
        url: The endpoint; empty for AWS itself.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and is_loopback(parts.hostname or "")
    except ValueError:
        return False
