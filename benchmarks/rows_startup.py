"""Rows about start-up and validation, as multiples of `python -c pass` and of what validates the same files.

Both builds are installed as users have them: not editable, with compiled files. CPU seconds are compared: poolctl
starts in one thread, so on an idle machine they are the time that passes, and on a busy one they still are.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from benchmarks.builds import ROOT, TIMEOUT, Build, Ran, Unmeasured, last_words, one_core, run, script
from benchmarks.context import Context, dumped, least, medians, number, workplace, write
from benchmarks.pools import reference
from benchmarks.table import NOTHING, Figure, Row, Target, times

MANIFEST = "version: 1\nuser_pool:\n  PoolName: startup\n"
TERRAFORM = 'variable "name" {\n  default = "startup"\n}\nresource "terraform_data" "pool" {\n  input = var.name\n}\n'
"""Terraform's built-in provider: hashicorp/aws is not on a package index, and would only add to it."""
ZONE = "---\n'':\n  type: A\n  value: 192.0.2.1\n"
OCTODNS = """providers:
  config: {class: octodns.provider.yaml.YamlProvider, directory: ./zones, default_ttl: 300, enforce_order: true}
zones:
  example.com.: {sources: [config], targets: [config]}
"""
COMMANDS: dict[str, tuple[tuple[str, ...], float, str]] = {
    "validate one file": (("validate", "pool.yaml"), 12.0, "validate"),
    "explain": (("explain", "clients"), 9.0, ""),
    "version": (("version",), 2.0, ""),
    "--help": (("--help",), 1.8, ""),
    "--local plan of one file": (("--local=state", "plan", "pool.yaml"), 60.0, ""),
}
"""Name → the words, the target as a multiple of bare Python, and whether peers do the same."""


def startup(context: Context) -> Iterable[Row]:
    """Short runs of both builds and of peers, all in turns."""
    with workplace() as directory:
        _files(directory)
        runs: dict[str, Callable[[], float]] = {}
        for build in context.builds:
            runs[f"{build.name}: python"] = _process([build.python, "-c", "pass"], directory)
            for name, (words, _, _) in COMMANDS.items():
                runs[f"{build.name}: {name}"] = _poolctl(build, words, directory)
        for peer in PEERS:
            runs[peer] = _peer(context, peer, directory)
        context.say(f"start-up: {len(runs)} programs in turns")
        for run_once in runs.values():  # compiles, and fills caches
            _ignore(run_once)
        found = least(runs, context.size(11, 2))
    yield from (_startup_row(context, name, found) for name in COMMANDS)


def _files(directory: Path) -> None:
    (directory / "pool.yaml").write_text(MANIFEST)
    (directory / "schema.json").write_bytes((ROOT / "docs" / "schema" / "v1.json").read_bytes())
    (directory / "template.yaml").write_text(dumped(template(1)))
    (directory / "main.tf").write_text(TERRAFORM)
    (directory / "octodns.yaml").write_text(OCTODNS)
    (directory / "zones").mkdir()
    (directory / "zones" / "example.com.yaml").write_text(ZONE)


PEERS: dict[str, tuple[str, ...]] = {
    "terraform": ("validate", "-no-color"),
    "octodns": ("--config-file", "octodns.yaml"),
    "check-jsonschema": ("--schemafile", "schema.json", "pool.yaml"),
    "cfn-lint": ("template.yaml",),
}
PROGRAMS = {"octodns": "octodns-validate"}


def _process(words: Sequence[str], directory: Path) -> Callable[[], float]:
    def measure() -> float:
        ran = run(words, directory)
        if ran.code:
            raise Unmeasured(f"exit code {ran.code}: {last_words(directory)}")
        return ran.cpu

    return measure


def _poolctl(build: Build, words: Sequence[str], directory: Path) -> Callable[[], float]:
    def measure() -> float:
        shutil.rmtree(directory / "state", ignore_errors=True)
        return build.run(*words, directory=directory).cpu

    return measure


def _peer(context: Context, name: str, directory: Path) -> Callable[[], float]:
    def measure() -> float:
        program = context.peers.program(name, PROGRAMS.get(name, ""))
        return _process([program, *PEERS[name]], directory)()

    return measure


def _ignore(run_once: Callable[[], float]) -> None:
    with suppress(Unmeasured):  # said when it is measured
        run_once()


def _startup_row(context: Context, name: str, found: dict[str, float | Unmeasured]) -> Row:
    def multiple(build: Build) -> Figure:
        bare, taken = number(found[f"{build.name}: python"]), number(found[f"{build.name}: {name}"])
        text = f"{times(taken / bare)} ({taken:.2f} s)" if taken >= 1 else times(taken / bare)
        return Figure(text, {"ratio": taken / bare, "seconds": taken})

    _, limit, compared = COMMANDS[name]
    this, other = context.each(name, multiple)
    peer = _peers_startup(context, found) if compared else NOTHING
    target = Target(f"≤ {limit:g} ×", lambda this, _other: this["ratio"] <= limit)
    return Row("startup", f"{name}, × bare Python", this, other, peer, target)


def _peers_startup(context: Context, found: dict[str, float | Unmeasured]) -> Figure:
    bare, texts, numbers = number(found[f"{context.this.name}: python"]), [], {}
    for peer in PEERS:
        value = found[peer]
        if isinstance(value, Unmeasured):
            texts.append(f"{peer} not measured: {value}")
        else:
            texts.append(f"{context.peers.version(peer)} {times(value / bare)}")
            numbers[peer] = value / bare
    return Figure("; ".join(texts), numbers)


# --- many manifests ------------------------------------------------------------------------------------------------


def validate(context: Context) -> Iterable[Row]:
    """Many manifests against PyYAML's C loader and pydantic on the same files: CPU on one core, time on all cores."""
    count, repeats = context.size(1000, 20), context.size(3, 1)
    with workplace() as directory:
        write(directory, [reference(f"measured-{n:04}") for n in range(count)])
        (directory / "schema.json").write_bytes((ROOT / "docs" / "schema" / "v1.json").read_bytes())
        context.say("validate on one core")
        on_one = _on_one_core(_validators(context, directory, lambda ran: ran.cpu), repeats)
        context.say("validate on all cores")
        on_all = medians(_validators(context, directory, lambda ran: ran.wall), repeats)
        say = "validate: other validators"
        peers = context.attempt(say, lambda: _others(context, directory, count, number(on_one["alone"])))
    what = f"validate {count:,} manifests"
    this, other = context.each("validate, one core", lambda build: _against_pydantic(build, on_one))
    yield Row("validate", f"{what}, one core, CPU, × CSafeLoader + pydantic", this, other, peers, _at_most(1.5))
    this, other = context.each("validate, all cores", lambda build: _against_pydantic(build, on_all))
    yield Row(
        "validate", f"{what}, two cores, time, × the same", this, other, Figure("1", {"ratio": 1.0}), _at_most(0.9)
    )


def _at_most(limit: float) -> Target:
    return Target(f"≤ {limit:g} ×", lambda this, _other: this["ratio"] <= limit)


def _validators(context: Context, directory: Path, cost: Callable[[Ran], float]) -> dict[str, Callable[[], float]]:
    """Return what validates the manifests of a directory, by name; `cost` is in seconds."""

    def poolctl(build: Build) -> float:
        return cost(build.run("validate", "pools", directory=directory))

    runs = {f"{build.name}: validate": partial(poolctl, build) for build in context.builds}
    return {**runs, "alone": lambda: cost(script("pydantic_alone", "pools", directory=directory))}


def _on_one_core(runs: dict[str, Callable[[], float]], repeats: int) -> dict[str, float | Unmeasured]:
    try:
        with one_core():
            return medians(runs, repeats)
    except Unmeasured as why:
        return dict.fromkeys(runs, why)


def _against_pydantic(build: Build, found: dict[str, float | Unmeasured]) -> Figure:
    ratio = number(found[f"{build.name}: validate"]) / number(found["alone"])
    return Figure(times(ratio), {"ratio": ratio})


def _others(context: Context, directory: Path, count: int, alone: float) -> Figure:
    """Return what other programs take for the same: a file, as a multiple of pydantic alone for one."""
    few = min(count, 50)
    files = sorted(str(f) for f in (directory / "pools").glob("*.yaml"))[:few]
    (directory / "template.yaml").write_text(dumped(template(few)))
    texts, numbers = [], {}
    for name, words in (("check-jsonschema", ["--schemafile", "schema.json", *files]), ("cfn-lint", ["template.yaml"])):
        try:
            ran = run([context.peers.program(name), *words], directory, TIMEOUT)
        except Unmeasured as why:
            texts.append(f"{name} not measured: {why}")
            continue
        numbers[name] = ran.cpu / few / (alone / count)
        texts.append(f"{context.peers.version(name)} {times(numbers[name])} a pool, with its start, of {few}")
    return Figure("; ".join(texts), numbers)


def template(count: int) -> dict[str, object]:
    """Return a CloudFormation template of so many reference pools."""
    found: dict[str, object] = {}
    for number_ in range(count):
        found |= _resources(f"Pool{number_}", f"measured-{number_:04}")
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": found}


def _resources(logical: str, name: str) -> dict[str, object]:
    tree, ids = reference(name), {"UserPoolId": {"Ref": logical}}
    pool = {k: v for k, v in tree["user_pool"].items() if k != "PoolName"}
    found: dict[str, object] = {logical: _resource("UserPool", {"UserPoolName": name, **pool})}
    children = {
        "resource_servers": ("UserPoolResourceServer", "Identifier"),
        "identity_providers": ("UserPoolIdentityProvider", "ProviderName"),
        "groups": ("UserPoolGroup", "GroupName"),
        "domains": ("UserPoolDomain", "Domain"),
        "clients": ("UserPoolClient", "ClientName"),
    }
    for section, (kind, key) in children.items():
        for position, (child, members) in enumerate(tree[section].items()):
            own = {k: v for k, v in members.items() if k != "branding"}
            if "ProviderDetails" in own:
                own["ProviderDetails"] = {**own["ProviderDetails"], "client_secret": "from-a-parameter"}
            found[f"{logical}{kind}{position}"] = _resource(kind, {**ids, key: child, **own})
    return found


def _resource(kind: str, properties: dict[str, object]) -> dict[str, object]:
    return {"Type": f"AWS::Cognito::{kind}", "Properties": properties}


# --- rows of $each -------------------------------------------------------------------------------------------------


def tenants(context: Context) -> Iterable[Row]:
    """Validating identity providers that rows make, beside the same providers written out."""
    count = context.size(1000, 50)
    with workplace() as directory:
        _tenant_files(directory, count)
        runs: dict[str, Callable[[], float]] = {}
        for build in context.builds:
            for file in ("rows.yaml", "written.yaml"):
                runs[f"{build.name}: {file}"] = _poolctl(build, ("validate", file), directory)
        context.say(f"validate {count} tenants: {len(runs)} programs in turns")
        for run_once in runs.values():
            _ignore(run_once)
        found = least(runs, context.size(5, 1))

    def multiple(build: Build) -> Figure:
        made, written = number(found[f"{build.name}: rows.yaml"]), number(found[f"{build.name}: written.yaml"])
        return Figure(f"{times(made / written)} ({made:.2f} of {written:.2f} s)", {"times": made / written})

    this, other = context.each("tenants", multiple)
    target = Target("≤ 1.3 ×", lambda this, _other: this["times"] <= 1.3)  # noqa: PLR2004
    yield Row("tenants", f"validate {count:,} tenants from a CSV, CPU, × written out", this, other, NOTHING, target)


def _tenant_files(directory: Path, count: int) -> None:
    """Write one document with rows, and one that says the same without."""
    names = [f"tenant-{i:04}" for i in range(count)]
    url = "https://{}.example.com/metadata"
    rows = "".join(f"{name},{url.format(name)}\n" for name in names)
    (directory / "tenants.csv").write_text(f"id,metadata_url\n{rows}")

    def provider(address: str) -> dict[str, object]:
        details = {"MetadataURL": address, "IDPSignout": "true"}
        return {"ProviderType": "SAML", "ProviderDetails": details, "AttributeMapping": {"email": "mail"}}

    made = {"$each": {"$file": "tenants.csv"}, "as": "t", "key": "${t.id}", "value": provider("${t.metadata_url}")}
    for file, providers in (
        ("rows.yaml", made),
        ("written.yaml", {name: provider(url.format(name)) for name in names}),
    ):
        tree = {"version": 1, "user_pool": {"PoolName": "tenants"}, "identity_providers": providers}
        (directory / file).write_text(dumped(tree))
