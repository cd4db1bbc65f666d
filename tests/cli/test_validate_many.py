"""Many files are checked in several processes, and nothing that is written shows it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.manifests import reader
from reconciler.runs.validate_run import FEWEST

PLAIN = "version: 1\ntarget: {{region: eu-west-1}}\nuser_pool:\n  PoolName: pool-{0}\n"
NOTED = PLAIN + "  UserPoolTier: GOLD\n"
REFUSED = PLAIN + "  AliasAttributes: [email]\n  UsernameAttributes: [email]\n"
WRONG = PLAIN + "clints: {{}}\n---\nversion: 1\nuser_pool:\n  PoolName: 5\n"
LINKED = PLAIN + "clients:\n  web:\n    ClientName: ${{ref.pool-1/user_pool#Id}}-x\n"
OUTPUTS = PLAIN + "clients:\n  web: {{}}\noutputs:\n- {{client: web, format: amplify, file: same.json}}\n"
ROWS = PLAIN + "groups:\n  $each: {{$file: people.yaml}}\n  as: one\n  key: ${{one.name}}\n  value: {{}}\n"


def _run(*argv: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "reconciler", "validate", *argv], capture_output=True, check=False)


def _code(code: str, *argv: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        ({}, 0),
        ({7: NOTED, 290: NOTED}, 0),
        ({3: REFUSED, 299: REFUSED}, 3),
        ({2: WRONG, 150: REFUSED, 298: WRONG}, 3),
        ({5: PLAIN.replace("{0}", "250")}, 3),
        ({0: LINKED, 280: LINKED}, 3),
        ({0: OUTPUTS, 280: OUTPUTS}, 3),
        ({4: "user_pool: [\n", 5: "", 296: "# nothing\n"}, 3),
    ],
    ids=["plain", "notices", "refusals", "problems", "one pool in two shares", "references", "outputs", "syntax"],
)
def test_several_processes_write_what_one_writes(tmp_path: Path, odd: dict[int, str], code: int) -> None:
    for number in range(FEWEST):
        text = odd.get(number, PLAIN).format(number)
        (tmp_path / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    alone, many = (_run("-o", "json", str(tmp_path), *more) for more in (("--parallelism", "1"), ()))
    assert (many.returncode, many.stdout, many.stderr) == (alone.returncode, alone.stdout, alone.stderr)
    assert many.returncode == code
    assert json.loads(many.stdout)["valid"] is (code == 0)


@pytest.mark.parametrize("rows", [{0: ROWS}, {299: ROWS}], ids=["first share", "last share"])
@pytest.mark.parametrize(
    ("odd", "code", "said"),
    [
        ({}, 0, set()),
        ({150: REFUSED}, 3, {"150.yaml"}),
        ({7: WRONG}, 3, {"007.yaml"}),
    ],
    ids=["nothing wrong", "a refusal", "problems"],
)
def test_a_file_of_rows_is_no_manifest_whichever_process_reads_it(
    tmp_path: Path, rows: dict[int, str], odd: dict[int, str], code: int, said: set[str]
) -> None:
    for number in range(FEWEST):
        text = {**rows, **odd}.get(number, PLAIN).format(number)
        (tmp_path / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "people.yaml").write_text("- name: staff\n- name: guests\n", encoding="utf-8")
    alone, many = (_run("-o", "json", str(tmp_path), *more) for more in (("--parallelism", "1"), ()))
    assert (many.returncode, many.stdout, many.stderr) == (alone.returncode, alone.stdout, alone.stderr)
    assert many.returncode == code
    assert {Path(d["range"]["filename"]).name for d in json.loads(many.stdout)["diagnostics"]} == said


def test_findings_of_lint_are_listed_by_several_processes_as_by_one(tmp_path: Path) -> None:
    for number in range(FEWEST):
        (tmp_path / f"{number:03}.yaml").write_text(PLAIN.format(number), encoding="utf-8")
    alone, many = (_run("--lint", str(tmp_path), *more) for more in (("--parallelism", "1"), ()))
    assert (many.returncode, many.stdout, many.stderr) == (alone.returncode, alone.stdout, alone.stderr)


@pytest.mark.parametrize(("files", "count"), [(300, 2), (301, 4), (7, 3), (2, 5)])
def test_each_file_is_in_one_share(files: int, count: int) -> None:
    shares = [reader.Share(number, count, files) for number in range(count)]
    owners = [[share.number for share in shares if share.has(index)] for index in range(files)]
    assert all(len(owner) == 1 for owner in owners)
    assert owners == sorted(owners)
    assert max(map(owners.count, owners)) - min(map(owners.count, owners)) <= 1


def test_a_file_that_two_paths_name_is_read_by_one_process(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(PLAIN.format(name), encoding="utf-8")
    paths = [str(tmp_path), str(tmp_path / "b.yaml")]
    assert reader.listed(paths) == 3
    read = [reader.read(paths, str, (), reader.Share(number, 2, 3))[0] for number in range(2)]
    assert [Path(d.file).name for part in read for d in part] == ["a.yaml", "b.yaml", "c.yaml"]


# --- the processes themselves --------------------------------------------------------------------------------------

linux = pytest.mark.skipif(sys.platform != "linux", reason="no fork")

SPREAD = """
import os, sys
from reconciler.model import Secret
from reconciler.terminal import workers

def work(number):
    {body}

found = workers.spread(work, 3)
try:
    os.waitpid(-1, os.WNOHANG)
    left = "a process is left"
except ChildProcessError:
    left = ""
print(found if found is None else [f if isinstance(f, str) else len(f) for f in found], left, end="")
"""


@linux
@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("return 'abc'[number]", "['a', 'b', 'c'] "),
        ("return [os.getpid()] * 1_000_000", "[1000000, 1000000, 1000000] "),
        ("raise workers.Undivided", "None "),
        ("return [] if number < 2 else [][0]", "None "),
        ("return [] if number < 2 else sys.exit(3)", "None "),
        ("return Secret('hunter2', 'x') if number else []", "None "),
    ],
)
def test_parts_come_back_in_their_order_or_not_at_all(body: str, result: str) -> None:
    assert _code(SPREAD.format(body=body)) == result


@linux
def test_each_part_has_a_process() -> None:
    code = "import os\nfrom reconciler.terminal.workers import spread\nprint(len({*spread(lambda _: os.getpid(), 3)}))"
    assert _code(code) == "3\n"


@linux
def test_an_error_of_the_part_that_is_not_given_away_is_raised() -> None:
    code = (
        "from reconciler.terminal.workers import spread\n"
        "try:\n    spread(lambda number: 1 // number, 2)\nexcept ZeroDivisionError:\n    print('raised')\n"
    )
    assert _code(code) == "raised\n"


@linux
def test_the_cores_of_the_process_are_used_and_threads_forbid_it() -> None:
    code = (
        "import os, threading\nfrom reconciler.terminal import workers\n"
        "print(workers.cores() == len(os.sched_getaffinity(0)))\n"
        "stop = threading.Event()\nthreading.Thread(target=stop.wait).start()\n"
        "print(workers.cores())\nstop.set()\n"
    )
    assert _code(code) == "True\n1\n"
