"""The systemd units: the command line, what the unit may write, and that drift is no failure of it."""

from __future__ import annotations

import shlex
from collections import defaultdict

import pytest

from reconciler.terminal import signals
from tests.deploy.support import DEPLOY, accepted

HARDENING = {
    "CapabilityBoundingSet": [""],
    "DynamicUser": ["yes"],
    "MemoryDenyWriteExecute": ["yes"],
    "NoNewPrivileges": ["yes"],
    "PrivateDevices": ["yes"],
    "PrivateTmp": ["yes"],
    "ProtectHome": ["yes"],
    "ProtectSystem": ["strict"],
    "RestrictAddressFamilies": ["AF_INET AF_INET6 AF_UNIX"],
    "RestrictNamespaces": ["yes"],
    "RestrictSUIDSGID": ["yes"],
    "SystemCallArchitectures": ["native"],
    "SystemCallFilter": ["@system-service", "~@privileged @resources"],
}


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """Sections of a unit, each key with all its values; a line that ends with a backslash goes on."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    section = ""
    for text in (DEPLOY / "systemd" / name).read_text().replace("\\\n", " ").splitlines():
        if text.startswith("["):
            section = text.strip("[]")
        elif text and not text.startswith("#"):
            key, _, value = text.partition("=")
            found[section][key].append(value.strip())
    return found


SERVICE = unit("poolctl-drift.service")["Service"]
TIMER = unit("poolctl-drift.timer")


@pytest.fixture
def options(tmp_path):
    (line,) = SERVICE["ExecStart"]
    program, *words = shlex.split(line.replace("%S", "/var/lib"))
    assert program == "/opt/poolctl/bin/poolctl"
    return accepted(words, tmp_path)


def test_the_command_line_is_accepted(options):
    assert (options.command, options.paths) == ("drift", ("pools",))
    assert options.non_interactive
    assert [form for form, _ in options.outputs] == ["human", "prometheus"]
    assert options.notify == ("slack=env:SLACK_WEBHOOK_URL",)


def test_it_can_write_where_it_has_to(options):
    (line,) = SERVICE["ExecStart"]
    assert f"%S/{SERVICE['StateDirectory'][0]}/drift.json" in line
    assert options.remember.endswith("/drift.json")
    (metrics,) = [word for word in shlex.split(line) if word.startswith("prometheus=")]
    assert metrics.removeprefix("prometheus=").rpartition("/")[0] in SERVICE["ReadWritePaths"]


def test_drift_is_no_failure_and_a_failure_is_one():
    assert SERVICE["SuccessExitStatus"] == ["2"]
    assert SERVICE["Type"] == ["oneshot"]


def test_it_is_closed_in():
    assert {key: SERVICE[key] for key in HARDENING} == HARDENING


def test_no_hook_stands_in_the_unit():
    assert SERVICE["EnvironmentFile"] == ["/etc/poolctl/drift.env"]
    assert "Environment" not in SERVICE


def test_it_can_be_stopped():
    assert "KillSignal" not in SERVICE  # SIGTERM, to which poolctl listens
    assert "SIGTERM" in [s.name for s in signals.SIGNALS]


def test_the_timer_starts_it():
    assert "Unit" not in TIMER["Timer"]  # the service of the same name
    assert TIMER["Timer"]["OnCalendar"] == ["hourly"]
    assert TIMER["Timer"]["Persistent"] == ["yes"]
    assert TIMER["Timer"]["RandomizedDelaySec"] == ["10min"]
    assert TIMER["Install"] == {"WantedBy": ["timers.target"]}
