from __future__ import annotations

import pytest
import yaml

from reconciler.cloud.hosts import is_emulator, is_loopback
from reconciler.runs.runtime import TIME
from reconciler.terminal.side_by_side import THREADS
from tests.cli.support import run
from tests.cloud.virtual_time import VirtualThreads, VirtualTime


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


@pytest.mark.parametrize(("words", "waits"), [((), False), (("--quotas", "off"), False), (("--quotas", "on"), True)])
def test_an_emulator_is_waited_for_only_if_that_is_asked_for(tmp_path, words, waits):
    tree = {"version": 1, "user_pool": {"PoolName": "a"}, "groups": {f"g{i}": {} for i in range(20)}}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(tree))
    time = VirtualTime()
    tokens = TIME.set((time.clock, time.sleep)), THREADS.set(VirtualThreads(time))
    try:
        ran = run("apply", "--yes", f"--local={tmp_path / 'state'}", *words, str(tmp_path / "a.yaml"))
    finally:
        TIME.reset(tokens[0])
        THREADS.reset(tokens[1])
    assert ran.code == 0, ran.err
    assert time.now == 0.0 if not waits else time.now > 3.0  # 20 groups, 5 in 1.05 seconds


def test_aws_is_never_called_without_its_quotas(tmp_path):
    (tmp_path / "a.yaml").write_text("version: 1\nuser_pool: {PoolName: a}\n")
    ran = run("plan", "--region", "eu-west-1", "--quotas", "off", str(tmp_path / "a.yaml"))
    assert ran.code == 3
    assert "--quotas off: calls go to AWS, which has quotas." in ran.err
