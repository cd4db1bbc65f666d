from __future__ import annotations

import pytest

from reconciler.cloud.hosts import is_emulator, is_loopback


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "example.com", "localhost.example.com", "10.0.0.1", "127.0.0.1.nip.io"])
def test_other_machines(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "emulated"),
    [
        ("http://127.0.0.1:4566", True),
        ("http://[::1]:4566", True),
        ("http://localhost:4566/", True),
        ("https://localhost:8443", False),  # a tunnel to AWS, whose quotas hold
        ("http://localstack:4566", False),
        ("https://cognito-idp.eu-west-1.amazonaws.com", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_quotas_are_kept_unless_an_emulator_answers(url, emulated):
    assert is_emulator(url) is emulated
