"""`poolctl users` against the embedded Cognito."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
import requests
from jsonschema import Draft202012Validator

from reconciler.people.upload import HEADERS
from reconciler.render.output_schemas import output_schema
from reconciler.runs.runtime import TIME
from tests.cli.support import run
from tests.support import Clock

ROLE = "arn:aws:iam::123456789012:role/import"
REGION = "eu-west-1"
COLUMNS = "cognito:username,email,email_verified,cognito:mfa_enabled\n"


@pytest.fixture(autouse=True)
def clock():
    made = Clock()
    token = TIME.set((made, made.sleep))
    yield made
    TIME.reset(token)


@pytest.fixture
def idp(local):
    return local.client("cognito-idp", REGION)


@pytest.fixture
def pool(idp):
    made = idp.create_user_pool(PoolName="customers", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    idp.create_group(UserPoolId=made, GroupName="staff", Description="People who work here", Precedence=3)
    return made


@pytest.fixture
def manifest(tmp_path, pool):
    file = tmp_path / "c.yaml"
    file.write_text(
        f"version: 1\ntarget: {{account: '123456789012', region: {REGION}}}\nuser_pool: {{PoolName: customers}}\n"
    )
    return str(file)


def csv(tmp_path, count, wrong=()):
    file = tmp_path / "users.csv"
    rows = (f"u{n},{'nowhere' if n in wrong else f'u{n}@b.example'},true,\n" for n in range(count))
    file.write_text(COLUMNS + "".join(rows))
    return str(file)


def document(text, name):
    found = json.loads(text)
    Draft202012Validator(json.loads(output_schema(name))).validate(found)
    return found


def users(idp, pool):
    found = idp.get_paginator("list_users").paginate(UserPoolId=pool)
    return {u["Username"]: u for page in found for u in page["Users"]}


def operations(local):
    return [c.operation for c in local.calls]


def test_all_wrong_rows_are_said_before_anything_is_sent(local, manifest, tmp_path):
    wrong = set(range(7, 1000, 50))
    file = csv(tmp_path, 1000, wrong)
    ran = run("users", "import", manifest, file, "--logs-role", ROLE)
    assert ran.code == 3
    said = [line for line in ran.err.splitlines() if line.startswith(f"{file}: line ")]
    assert said == [f"{file}: line {n + 2}: email is not an e-mail address" for n in sorted(wrong)]
    assert "20 of 1,000 rows are wrong." in ran.err
    assert "nowhere" not in ran.err
    assert "CreateUserImportJob" not in operations(local)
    ran = run("users", "import", manifest, file, "-o", "json", "--dry-run")
    found = document(ran.out, "users_import")
    assert (ran.code, found["outcome"], len(found["wrong"])) == (3, "checked", 20)


MANY, WRONG = 10_000, 20
"""`python -m benchmarks.users_csv` does the same with 100,000 rows, and says what they cost."""


def test_the_rest_is_imported_and_a_second_run_imports_nothing_twice(local, idp, pool, manifest, tmp_path):
    wrong, good = set(range(7, MANY, MANY // WRONG)), MANY - WRONG
    file, rest = csv(tmp_path, MANY, wrong), tmp_path / "rest.csv"
    words = ("users", "import", manifest, file, "--skip-invalid", str(rest), "-o", "json")
    first = run(*words, "--logs-role", ROLE)
    assert first.code == 0, first.err
    found = document(first.out, "users_import")
    assert (found["outcome"], found["rows"], found["imported"], len(found["wrong"])) == ("imported", MANY, good, WRONG)
    assert rest.read_text() == COLUMNS + "".join(f"u{n},nowhere,true,\n" for n in sorted(wrong))
    before = everybody(manifest, tmp_path)
    assert len(before) == good
    second = document(run(*words).out, "users_import")
    assert (second["outcome"], second["imported"], second["already_there"]) == ("imported", 0, good)
    assert everybody(manifest, tmp_path) == before
    assert idp.describe_user_pool(UserPoolId=pool)["UserPool"]["EstimatedNumberOfUsers"] == good


def everybody(manifest, tmp_path):
    file = tmp_path / "all.csv"
    assert run("users", "export", manifest, str(file)).code == 0
    return file.read_text().splitlines()[1:]


def test_what_cognito_refuses_is_named_by_line(idp, pool, manifest, tmp_path):
    """The check knows the file only, so an alias that another user has is found by Cognito."""
    alias = idp.create_user_pool(PoolName="aliases", AutoVerifiedAttributes=["email"], AliasAttributes=["email"])
    pool = alias["UserPool"]["Id"]
    given = [{"Name": "email", "Value": "u1@b.example"}, {"Name": "email_verified", "Value": "true"}]
    idp.admin_create_user(UserPoolId=pool, Username="other", UserAttributes=given)
    file = csv(tmp_path, 3)
    ran = run("users", "import", f"pool:{pool}", file, "--logs-role", ROLE)
    assert ran.code == 6
    assert "line 3: the row failed in Cognito: An alias of the User Record belongs to another user." in ran.out
    assert "3 rows: 2 imported, 0 already there, 1 failed" in ran.out


def test_a_large_file_is_split_and_lines_stay_those_of_the_file(tmp_path, idp, pool):
    from reconciler.people.csv_check import check
    from reconciler.people.csv_parts import write_parts
    from reconciler.people.import_jobs import Importer
    from reconciler.people.live_pool import LivePool
    from reconciler.runs import users_run
    from tests.support import Bench

    cloud = Bench(None, REGION).cloud
    live = LivePool(cloud, pool, "customers", idp.describe_user_pool(UserPoolId=pool)["UserPool"])
    rules = users_run.rules_of(live)
    file = csv(tmp_path, 10)
    with Path(file).open("rb") as stream:
        assert not check(stream, rules).wrong
    with Path(file).open("rb") as stream:
        parts = write_parts(stream, rules, (), tmp_path, most=4)
    done = Importer(live, ROLE, "j").run(parts)
    assert ([len(p.places) for p in parts], done.imported, len(done.jobs)) == ([4, 4, 2], 10, 3)


@pytest.mark.parametrize("status", ["PREVIEW_GENERATING", "RESTORING"])
def test_a_recovery_that_is_under_way_refuses_an_import(local, manifest, tmp_path, status):
    (record,) = local.records.values()
    now = record["created"]
    recovery = {"id": "0" * 36, "restore": now, "begun": now, "ended": None, "preview": None, "status": status}
    record["recoveries"].append(recovery | {"pending": 9})
    ran = run("users", "import", manifest, csv(tmp_path, 2), "--logs-role", ROLE)
    assert ran.code == 4
    assert "Cognito has paused writes" in ran.err
    assert "CreateUserImportJob" not in operations(local)


def test_a_pool_that_cannot_start_a_job_is_refused(local, idp, pool, manifest, tmp_path):
    file = csv(tmp_path, 2)
    ran = run("users", "import", manifest, file)
    assert (ran.code, "--logs-role" in ran.err) == (3, True)
    job = running(local, idp, pool, file)
    ran = run("users", "import", manifest, file)
    assert (ran.code, f"{job} of this pool is Pending" in ran.err) == (4, True)
    idp.stop_user_import_job(UserPoolId=pool, JobId=job)
    idp.update_user_pool(UserPoolId=pool)
    ran = run("users", "import", manifest, file)
    assert (ran.code, "AutoVerifiedAttributes" in ran.err) == (4, True)
    assert operations(local).count("CreateUserImportJob") == 1


def running(local, idp, pool, file):
    """An import job that another program has started, and that does not end."""
    local.pending_describes = 1000
    made = idp.create_user_import_job(UserPoolId=pool, JobName="x", CloudWatchLogsRoleArn=ROLE)["UserImportJob"]
    requests.put(made["PreSignedUrl"], Path(file).read_bytes(), headers=HEADERS, timeout=5)
    idp.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    return made["JobId"]


def test_a_job_that_runs_is_found_on_any_page(local, manifest, tmp_path):
    over = [{"JobName": f"j{n}", "JobId": f"import-{n}", "Status": "Succeeded"} for n in range(60)]
    last = [{"JobName": "hr", "JobId": "import-x", "Status": "InProgress"}]
    for page in ({"UserImportJobs": over, "PaginationToken": "more"}, {"UserImportJobs": last}):
        local.faults.add("ListUserImportJobs", body=json.dumps(page))
    ran = run("users", "import", manifest, csv(tmp_path, 2), "--logs-role", ROLE)
    assert (ran.code, "import-x of this pool is InProgress" in ran.err) == (4, True)
    assert "CreateUserImportJob" not in operations(local)


def test_a_change_of_the_pool_waits_for_an_import(local, idp, pool, manifest, tmp_path):
    job = running(local, idp, pool, csv(tmp_path, 2))
    text = Path(manifest).read_text()
    Path(manifest).write_text(text.replace("PoolName: customers", "PoolName: customers, DeletionProtection: ACTIVE"))
    ran = run("apply", manifest, "--yes")
    assert ran.code in (1, 6)
    assert "UserImportInProgressException" in ran.err + ran.out
    assert "Wait" in ran.err + ran.out
    idp.stop_user_import_job(UserPoolId=pool, JobId=job)
    assert run("apply", manifest, "--yes").code == 0


def test_a_signal_leaves_the_job_to_cognito(local, pool, manifest, tmp_path):
    local.pending_describes = 3

    def interrupted(_seconds):
        signal.raise_signal(signal.SIGINT)

    token = TIME.set((Clock(), interrupted))
    try:
        ran = run("users", "import", manifest, csv(tmp_path, 2), "--logs-role", ROLE)
    finally:
        TIME.reset(token)
    assert ran.code == 130
    assert "The run was interrupted while the job import-" in ran.out
    assert operations(local)[-1] == "DescribeUserImportJob"


def test_wrong_files_and_headers_are_one_error(manifest, tmp_path):
    ran = run("users", "import", manifest, str(tmp_path / "none.csv"))
    assert (ran.code, "does not exist" in ran.err) == (3, True)
    file = tmp_path / "users.csv"
    file.write_text("name,emial\n")
    ran = run("users", "import", manifest, str(file))
    assert ran.code == 3
    assert "Did you mean email?" in ran.err
    file.write_text(COLUMNS)
    assert "no users below the header" in run("users", "import", manifest, str(file)).err


# --- list, show, groups, export ------------------------------------------------------------------------------------


@pytest.fixture
def people(idp, pool):
    for number in range(70):
        given = {"email": f"u{number}@b.example", "email_verified": "true", "name": "Ada" if number % 2 else "\x1b[31m"}
        attributes = [{"Name": k, "Value": v} for k, v in given.items()]
        idp.admin_create_user(UserPoolId=pool, Username=f"u{number}", UserAttributes=attributes)
    for number in range(3):
        idp.admin_add_user_to_group(UserPoolId=pool, Username=f"u{number}", GroupName="staff")
    idp.admin_disable_user(UserPoolId=pool, Username="u1")
    idp.admin_set_user_password(UserPoolId=pool, Username="u2", Password="Correct-Horse-1", Permanent=True)
    return pool


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((), [f"u{n}" for n in range(70)]),
        (("--limit", "61"), [f"u{n}" for n in range(61)]),
        (("--group", "staff"), ["u0", "u1", "u2"]),
        (("--group", "staff", "--status", "CONFIRMED"), ["u2"]),
        (("--status", "CONFIRMED"), ["u2"]),
        (("--filter", "email = u5@b.example"), ["u5"]),
        (("--filter", 'name ^= "Ad"', "--limit", "2"), ["u1", "u3"]),
        (("--filter", 'status = "Disabled"'), ["u1"]),
    ],
)
def test_list(people, words, names):
    ran = run("users", "list", f"pool:{people}", *words, "-o", "json")
    assert ran.code == 0, ran.err
    assert [u["Username"] for u in document(ran.out, "users")["users"]] == names
    table = run("users", "list", f"pool:{people}", *words).out.splitlines()
    assert [line.split()[0] for line in table] == ["USERNAME", *names]


def test_list_writes_a_file_whole_and_an_empty_list(people, tmp_path):
    file = tmp_path / "users.json"
    assert run("users", "list", f"pool:{people}", "-o", f"json={file}").out == ""
    assert len(document(file.read_text(), "users")["users"]) == 70
    none = run("users", "list", f"pool:{people}", "--filter", "email = none", "-o", "json").out
    assert document(none, "users")["users"] == []
    assert run("users", "list", f"pool:{people}", "--filter", "email = none").out == "No users.\n"


def test_every_format_that_is_asked_for_is_written(people, manifest, tmp_path):
    table, tree = tmp_path / "users.txt", tmp_path / "users.json"
    words = ("users", "list", f"pool:{people}")
    both = ("-o", "human", "-o", f"json={tree}")
    assert run(*words, *both).out == run(*words).out
    assert len(document(tree.read_text(), "users")["users"]) == 70
    assert run(*words, "-o", "json", "-o", f"human={table}").out == tree.read_text()
    assert table.read_text() == run(*words).out
    assert (table.stat().st_mode & 0o077) == 0
    shown = run("users", "show", manifest, "u1", *both)
    assert "Username" in shown.out
    assert document(tree.read_text(), "user")["user"]["Username"] == "u1"
    checked = run("users", "import", manifest, csv(tmp_path, 3), "--dry-run", *both)
    assert "3 rows, all of them right." in checked.out
    assert document(tree.read_text(), "users_import")["outcome"] == "checked"


def test_a_list_of_no_users_is_one_in_every_format(people, tmp_path):
    tree = tmp_path / "users.json"
    ran = run("users", "list", f"pool:{people}", "--filter", "email = none", "-o", "human", "-o", f"json={tree}")
    assert ran.out == "No users.\n"
    assert document(tree.read_text(), "users")["users"] == []


def test_a_list_in_several_formats_is_no_more_than_a_page_ahead():
    from reconciler.render.human import users_text
    from reconciler.render.machine import users_json
    from reconciler.runs.users_actions import in_step

    pulled: list[int] = []

    def pages():
        for number in range(50):
            pulled.append(number)
            yield [{"Username": f"u{number}"}]

    renderings = (users_text.table, lambda found: users_json.listed("eu-west-1_A", found))
    for count, pieces in enumerate(in_step(pages(), renderings), 1):
        assert len(pieces) == 2
        assert len(pulled) <= count
    assert len(pulled) == 50


def test_an_export_has_no_format(people, tmp_path):
    ran = run("users", "export", f"pool:{people}", str(tmp_path / "out.csv"), "-o", "json")
    assert ran.code == 3
    assert "users export writes a CSV" in ran.err


def test_show_and_groups(people, manifest):
    found = document(run("users", "show", manifest, "u1", "-o", "json").out, "user")
    assert (found["user"]["Enabled"], found["user"]["Attributes"]["email"]) == (False, "u1@b.example")
    assert found["groups"] == [{"GroupName": "staff", "Description": "People who work here", "Precedence": 3}]
    shown = run("users", "show", manifest, "u0")
    assert "\x1b" not in shown.out
    assert "Groups" in shown.out
    assert run("users", "groups", manifest, "u0").out.splitlines()[1] == "staff  3           People who work here"
    ran = run("users", "show", manifest, "nobody")
    assert (ran.code, "UserNotFoundException" in ran.err) == (1, True)


@pytest.mark.parametrize(
    "words", [["list", "POOL"], ["show", "POOL", "u1"], ["groups", "POOL", "u1"]], ids=lambda w: w[0]
)
def test_a_file_of_users_is_for_its_owner_alone(people, tmp_path, words):
    file = tmp_path / "users.json"
    ran = run("users", *(f"pool:{people}" if w == "POOL" else w for w in words), "-o", f"json={file}")
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert (file.stat().st_mode & 0o077) == 0


def test_an_export_is_imported_elsewhere_as_it_is(idp, people, tmp_path):
    file = tmp_path / "out.csv"
    ran = run("users", "export", f"pool:{people}", str(file))
    assert (ran.code, ran.out) == (0, "")
    assert (file.stat().st_mode & 0o077) == 0
    other = idp.create_user_pool(PoolName="other", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    ran = run("users", "import", f"pool:{other}", str(file), "--logs-role", ROLE)
    assert "70 rows: 70 imported" in ran.out, ran.err
    assert _attributes(idp, other) == _attributes(idp, people)


def _attributes(idp, pool):
    found = users(idp, pool)
    return {n: {a["Name"]: a["Value"] for a in u["Attributes"] if a["Name"] != "sub"} for n, u in found.items()}


def test_an_export_says_what_it_cannot_write(idp, pool, tmp_path):
    idp.admin_create_user(UserPoolId=pool, Username="ada", UserAttributes=[{"Name": "address", "Value": "one\ntwo"}])
    ran = run("users", "export", f"pool:{pool}", "-")
    assert (ran.code, "1 values of address are empty" in ran.err) == (7, True)
    assert ran.out.splitlines()[1].endswith(",ada")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lst", "x"), "Did you mean list?"),
        (("show", "x"), "takes POOL and USER"),
        (("list", "pool:x", "--filter", "custom:x = 1"), "Cognito cannot search for"),
        (("list", "pool:x", "--filter", "email"), "is not a filter"),
        (("list", "pool:x", "--status", "CONFIRMD"), "Did you mean CONFIRMED?"),
        (("list", "pool:x", "--group", "a", "--filter", "email = x"), "cannot be used together"),
        (("export", "pool:x", "/nowhere/at/all.csv"), "is not a file that can be written"),
        (("import", "pool:x", "a.csv", "--skip-invalid", "/nowhere/at/all.csv"), "does not exist"),
    ],
)
def test_wrong_words_are_refused_before_aws(local, words, said):
    ran = run("users", *words)
    assert ran.code == 3
    assert said in ran.err
    assert operations(local) == []


def test_a_pool_that_is_not_there_yet_is_refused(local, tmp_path):
    file = tmp_path / "new.yaml"
    file.write_text(f"version: 1\ntarget: {{region: {REGION}}}\nuser_pool: {{PoolName: new}}\n")
    ran = run("users", "list", str(file))
    assert (ran.code, "does not exist yet" in ran.err) == (4, True)
