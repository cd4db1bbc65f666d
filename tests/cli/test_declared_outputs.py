"""`outputs:` of a manifest: changes of a plan, written only where they differ, and never outside of its tree."""

import json
from collections import Counter

import pytest
from jsonschema import Draft202012Validator
from moto.core.exceptions import JsonRESTError
from moto.ssm.responses import SimpleSystemManagerResponse

from reconciler.applications.output_formats import FORMATS
from reconciler.render.output_schemas import output_schema
from schemas import declared_output
from tests.cli.support import run
from tests.cli.test_client_outputs import MANIFEST

OUTPUTS = """\
outputs:
  - {client: web, format: amplify, file: src/amplify_outputs.json}
  - {client: clients/web, format: env, prefix: VITE_}
  - {client: web, format: ssm, prefix: /shop/web}
"""
LINE = len(MANIFEST.splitlines()) + 2
AMPLIFY, ENV, SSM = "outputs/src/amplify_outputs.json", "outputs/.env.cognito", "outputs/ssm:/shop/web"


@pytest.fixture
def file(tmp_path):
    (tmp_path / "pools").mkdir()
    found = tmp_path / "pools" / "m.yaml"
    found.write_text(MANIFEST + OUTPUTS)
    return found


@pytest.fixture
def applied(file, local):
    ran = run("apply", "--yes", str(file))
    assert ran.code == 0, ran.err
    return file


def ssm(local):
    return local.client("ssm", "eu-west-1")


def names(local):
    pages = ssm(local).get_paginator("get_parameters_by_path").paginate(Path="/shop/web")
    return {p["Name"].rpartition("/")[2]: p["Value"] for page in pages for p in page["Parameters"]}


def planned(file, *argv):
    """The JSON of a plan, which fits its schema."""
    ran = run("plan", "-o", "json", *argv, str(file))
    tree = json.loads(ran.out)
    Draft202012Validator(json.loads(output_schema("plan"))).validate(tree)
    return tree


def actions(tree):
    return {o["address"].removeprefix("customers/"): o["actions"] for o in tree["outputs"]}


def edit(file, old="app.example.com/bye", new="app.example.com/gone"):
    file.write_text(file.read_text().replace(old, new))


def test_the_schema_and_the_formats_name_the_same():
    assert list(declared_output.FORMATS) == list(FORMATS)
    assert {name for name, form in FORMATS.items() if form.prefix is not None} == declared_output.PREFIXED


# --- plan and apply ------------------------------------------------------------------------------------------------


def test_plan_shows_them_apply_writes_them_and_the_second_run_does_nothing(file, local):
    first = run("plan", "--detailed-exitcode", str(file))
    assert first.code == 2
    awaited = "known after apply: the id of the pool"
    assert f"  + {AMPLIFY} (amplify of clients/web): {awaited}    {file}:{LINE}\n" in first.out
    assert f"  + {SSM} (ssm of clients/web): {awaited}    {file}:{LINE + 2}\n" in first.out
    assert "Plan: 4 to add, 0 to change, 0 to destroy. 3 outputs to write.\n" in first.out
    ran = run("apply", "--yes", str(file))
    assert ran.code == 0, ran.err
    assert f"+ {AMPLIFY}" in ran.out
    assert "Apply complete! Resources: 4 added, 0 changed, 0 destroyed. 3 outputs written.\n" in ran.out
    amplify = json.loads((file.parent / "src" / "amplify_outputs.json").read_text())
    env = (file.parent / ".env.cognito").read_text()
    pool = amplify["auth"]["user_pool_id"]
    assert f"VITE_COGNITO_USER_POOL_ID={pool}\n" in env
    assert names(local)["user_pool_id"] == pool
    assert ran.err.count(": Written (") == 3
    again = run("plan", "--detailed-exitcode", str(file))
    assert (again.code, "outputs/" in again.out) == (0, False)
    assert "No changes." in again.out
    before = (file.parent / ".env.cognito").stat().st_mtime_ns
    second = run("apply", "--yes", str(file))
    assert (second.code, "Written" in second.err) == (0, False)
    assert (file.parent / ".env.cognito").stat().st_mtime_ns == before
    assert ssm(local).get_parameter(Name="/shop/web/client_id")["Parameter"]["Version"] == 1


def test_what_was_changed_beside_is_an_update_that_names_parameters_and_no_value(applied, local):
    (applied.parent / ".env.cognito").write_text("X=1\n")
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    ssm(local).put_parameter(Name="/shop/web/domain", Value="other.example.com", Type="String", Overwrite=True)
    ran = run("plan", "--detailed-exitcode", str(applied))
    assert ran.code == 2
    assert f"  ~ {ENV} (env of clients/web)    " in ran.out
    assert f"  ~ {SSM} (ssm of clients/web): 2 of 15 parameters    {applied}:{LINE + 2}\n" in ran.out
    assert "      ~ domain\n      + issuer\n" in ran.out
    assert "Plan: 0 to add, 0 to change, 0 to destroy. 2 outputs to write.\n" in ran.out
    assert AMPLIFY not in ran.out
    assert "other.example.com" not in ran.out
    tree = planned(applied)
    assert actions(tree) == {AMPLIFY: ["no-op"], ENV: ["update"], SSM: ["update"]}
    assert (tree["summary"]["outputs"], tree["summary"]["outputs_unchanged"], tree["applyable"]) == (2, 1, True)
    due = {p["name"]: p["actions"] for p in tree["outputs"][2]["parameters"] if p["actions"] != ["no-op"]}
    assert due == {"domain": ["update"], "issuer": ["create"]}
    assert run("apply", "--yes", str(applied)).code == 0
    assert run("plan", "--detailed-exitcode", str(applied)).code == 0
    assert ssm(local).get_parameter(Name="/shop/web/client_id")["Parameter"]["Version"] == 1


def test_what_the_plan_changes_of_a_pool_changes_its_outputs(applied, local):
    edit(applied)
    tree = planned(applied)
    assert actions(tree) == {AMPLIFY: ["update"], ENV: ["update"], SSM: ["update"]}
    assert [p["name"] for p in tree["outputs"][2]["parameters"] if p["actions"] == ["update"]] == ["logout_uris"]
    assert run("apply", "--yes", str(applied)).code == 0
    assert "app.example.com/gone" in (applied.parent / "src" / "amplify_outputs.json").read_text()
    assert names(local)["logout_uris"] == "https://app.example.com/gone"
    assert run("plan", "--detailed-exitcode", str(applied)).code == 0


def test_a_pool_that_is_new_again_updates_what_is_there(applied, local):
    edit(applied, "{PoolName: customers}", "{PoolName: patients}")
    edit(applied, "domains: {acme: {}}", "domains: {other: {}}")
    assert set(map(tuple, actions(planned(applied)).values())) == {("update",)}


FOUND = {
    "markdown": "outputs/src/amplify\\_outputs.json",
    "html": AMPLIFY,
    "jsonl": f"customers/{AMPLIFY}",
    "junit": AMPLIFY,
}


@pytest.mark.parametrize("form", FOUND)
def test_every_format_shows_them(applied, local, tmp_path, form):
    edit(applied)
    out = tmp_path / "out"
    assert run("plan", "-o", f"{form}={out}", str(applied)).code == 0
    text = out.read_text()
    assert FOUND[form] in text or AMPLIFY in text
    assert "logout_uris" in text
    assert form == "junit" or "3 outputs to write" in text  # JUnit counts test cases
    assert "app.example.com/gone" in text  # the client's own change


def test_a_stream_has_a_line_for_each_and_for_its_result(file, local, tmp_path):
    out = tmp_path / "events"
    assert run("apply", "--yes", "-o", f"jsonl={out}", str(file)).code == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    for line in lines:
        Draft202012Validator(json.loads(output_schema("events"))).validate(line)
    assert [line["change"]["resource"]["addr"] for line in lines if line["type"] == "planned_output"] == [
        f"customers/{place}" for place in (AMPLIFY, ENV, SSM)
    ]
    assert [line["hook"]["status"] for line in lines if line["type"] == "output_result"] == ["done"] * 3
    assert lines[-1]["changes"]["outputs"] == 3


def test_apply_reports_them(file, local, tmp_path):
    tree, page = tmp_path / "a.json", tmp_path / "a.md"
    assert run("apply", "--yes", "-o", f"json={tree}", "-o", f"markdown={page}", str(file)).code == 0
    found = json.loads(tree.read_text())
    Draft202012Validator(json.loads(output_schema("apply"))).validate(found)
    assert [(o["address"], o["status"]) for o in found["outputs"]] == [
        (f"customers/{place}", "done") for place in (AMPLIFY, ENV, SSM)
    ]
    assert (found["summary"]["outputs"], found["converged"]) == (3, True)
    assert "was written" in page.read_text()


def test_writing_outputs_alone_needs_consent(applied, local):
    (applied.parent / ".env.cognito").unlink()
    ran = run("apply", str(applied))
    assert ran.code == 3
    assert not (applied.parent / ".env.cognito").exists()


# --- digest and plan files -----------------------------------------------------------------------------------------


def test_a_saved_plan_holds_them_and_its_apply_writes_them(file, local, tmp_path):
    saved = tmp_path / "plan.json"
    assert run("plan", "--out", str(saved), str(file)).code == 0
    shown = run("show", str(saved))
    assert f"+ {AMPLIFY} (amplify of clients/web)" in shown.out
    assert "3 outputs to write" in shown.out
    assert run("apply", str(saved)).code == 0
    assert (file.parent / "src" / "amplify_outputs.json").exists()
    assert len(names(local)) == 15
    again = run("apply", str(saved))
    assert again.code == 5
    assert "may have been applied already" in again.err


def test_the_digest_covers_them(applied, local, tmp_path):
    saved = tmp_path / "plan.json"
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    assert run("plan", "--out", str(saved), str(applied)).code == 0
    ssm(local).delete_parameter(Name="/shop/web/domain")
    ran = run("apply", str(saved))
    assert ran.code == 5
    assert f"~ customers/{SSM}: reviewed ssm of clients/web to update (issuer)" in ran.err
    assert "now ssm of clients/web to update (domain, issuer)" in ran.err
    assert "issuer" not in names(local)


def test_a_plan_file_whose_outputs_were_edited_is_refused(applied, local, tmp_path):
    saved = tmp_path / "plan.json"
    (applied.parent / ".env.cognito").unlink()
    assert run("plan", "--out", str(saved), str(applied)).code == 0
    saved.write_text(saved.read_text().replace('"format": "env"', '"format": "oidc"'))
    ran = run("show", str(saved))
    assert ran.code == 3
    assert "was modified" in ran.err


# --- targets -------------------------------------------------------------------------------------------------------


def test_a_target_takes_the_outputs_of_the_targeted_client_alone(applied, local):
    text = applied.read_text()
    applied.write_text(text + "  - {client: machine, format: env, file: machine.env}\n")
    (applied.parent / ".env.cognito").unlink()
    assert actions(planned(applied, "--target", "clients/machine")) == {"outputs/machine.env": ["create"]}
    edit(applied)
    assert run("apply", "--yes", "--target", "clients/machine", str(applied)).code == 0
    assert (applied.parent / "machine.env").exists()
    assert not (applied.parent / ".env.cognito").exists()
    assert "app.example.com/bye" in names(local)["logout_uris"]


def test_an_output_is_no_target_of_its_own(applied, local):
    ran = run("plan", "--target", AMPLIFY, str(applied))
    assert ran.code == 3
    assert "name it, such as clients/web" in ran.err


def test_a_targeted_client_is_described_with_what_is_live_of_the_rest(applied, local):
    """Another object that differs is set aside, so the file says what is live of it."""
    edit(applied, "domains: {acme: {}}", "domains: {other: {}}")
    edit(applied)
    assert run("apply", "--yes", "--target", "clients/web", str(applied)).code == 0
    auth = json.loads((applied.parent / "src" / "amplify_outputs.json").read_text())["auth"]
    assert auth["oauth"]["domain"].startswith("acme.")
    assert auth["oauth"]["redirect_sign_out_uri"] == ["https://app.example.com/gone"]


# --- what is read --------------------------------------------------------------------------------------------------

READS = ("DescribeUserPool", "ListUserPools", "ListUserPoolClients", "DescribeUserPoolClient", "GetUserPoolMfaConfig")


def calls(local, *argv):
    del local.calls[:]
    ran = run(*argv)
    assert ran.code in (0, 2), ran.err
    return Counter(c.operation for c in local.calls)


def test_nothing_is_read_again_that_the_plan_knows(applied, local, tmp_path):
    without = tmp_path / "without.yaml"
    without.write_text(MANIFEST)
    bare, whole = calls(local, "plan", str(without)), calls(local, "plan", str(applied))
    assert {o: n for o, n in whole.items() if o in bare} == dict(bare)
    assert set(whole) - set(bare) == {"ListIdentityPools"}


@pytest.mark.parametrize(
    ("section", "more"),
    [
        ("mfa: {MfaConfiguration: OFF}\n", {}),  # a rule of user_pool reads it anyway
        ("groups: {}\n", {"ListGroups": 1}),
        ("identity_providers: {}\n", {}),
    ],
)
def test_only_a_section_that_the_manifest_does_not_manage_is_read(applied, local, section, more):
    known = calls(local, "plan", str(applied))
    edit(applied, section, "")
    found = calls(local, "plan", "--detailed-exitcode", str(applied))
    assert found["DescribeUserPool"] == known["DescribeUserPool"]
    assert found["DescribeUserPoolClient"] == known["DescribeUserPoolClient"]
    for operation, count in more.items():
        assert found[operation] == count
    assert planned(applied)["summary"]["outputs"] == 0


def test_domains_that_no_manifest_manages_cost_one_more_read_of_the_pool(applied, local):
    known = calls(local, "plan", str(applied))
    edit(applied, "domains: {acme: {}}\n", "")
    found = calls(local, "plan", str(applied))
    assert found["DescribeUserPool"] <= known["DescribeUserPool"] + 1
    assert planned(applied)["summary"]["outputs"] == 0


def test_an_apply_reads_no_pool_for_them(applied, local):
    (applied.parent / ".env.cognito").unlink()
    known = calls(local, "plan", str(applied))
    found = calls(local, "apply", "--yes", str(applied))
    assert {o: found[o] for o in READS} == {o: known[o] for o in READS}
    assert (applied.parent / ".env.cognito").exists()


def test_what_is_live_and_undeclared_is_part_of_them(applied, local):
    """A domain that an ignore rule covers has no change in the plan, and yet it serves the pages."""
    text = applied.read_text().replace("domains: {acme: {}}", "domains: {}")
    applied.write_text(text + 'ignore: [{path: "domains/acme", reason: made elsewhere}]\n')
    tree = planned(applied)
    assert (tree["summary"]["outputs"], tree["unmanaged"]) == (0, [])


# --- what cannot be written ----------------------------------------------------------------------------------------


def test_one_that_cannot_be_made_is_refused_before_anything_is_written(file, local):
    file.write_text(MANIFEST + OUTPUTS + "  - {client: machine, format: oidc}\n")
    ran = run("apply", "--yes", str(file))
    assert ran.code == 4
    assert f"{file}:{LINE + 3}" in ran.err
    assert "output: clients/machine has a secret" in ran.err
    assert not local.records
    assert not (file.parent / ".env.cognito").exists()


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (lambda env, outside: env.symlink_to(outside), "is a link or leads out of"),
        (lambda env, _: env.mkdir(), "is a directory, not a regular file"),
        (lambda env, _: env.write_bytes(b"x" * 1_000_001), "is larger than 1 MB"),
    ],
)
def test_a_place_that_is_no_file_of_the_tree_is_refused(file, local, tmp_path, put, said):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    put(file.parent / ".env.cognito", outside)
    ran = run("apply", "--yes", str(file))
    assert ran.code == 4
    assert said in ran.err
    assert outside.read_text() == "mine"
    assert not local.records


def test_two_outputs_in_one_place_are_refused(file, local, tmp_path):
    file.write_text(MANIFEST + OUTPUTS + "  - {client: machine, format: env, file: .env.cognito}\n")
    ran = run("plan", str(file))
    assert ran.code == 4
    assert f"{file}:{LINE + 1}:5 writes env of clients/web to the same place" in ran.out


def test_a_secure_string_of_another_is_refused_and_not_shown(applied, local):
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    ssm(local).put_parameter(Name="/shop/web/issuer", Value="hunter2-canary", Type="SecureString")
    ran = run("plan", "-o", "human", "-o", f"json={applied.parent / 'p.json'}", str(applied))
    assert ran.code == 4
    assert "/shop/web/issuer is a SecureString" in ran.out
    assert "hunter2" not in ran.out + ran.err + (applied.parent / "p.json").read_text()


def test_one_that_cannot_be_written_leaves_the_others_and_ends_with_6(file, local, tmp_path):
    edit(file, "/shop/web", "/aws/web")  # which Parameter Store keeps for itself
    tree = tmp_path / "a.json"
    ran = run("apply", "--yes", "-o", "human", "-o", f"json={tree}", str(file))
    assert ran.code == 6
    assert "Apply incomplete: 4 added, 0 changed, 0 destroyed, but 1 output was not written.\n" in ran.out
    assert "outputs/ssm:/aws/web: was not written: " in ran.out
    assert "AccessDeniedException" in ran.out
    assert f"poolctl apply {file}" in ran.out
    assert (file.parent / ".env.cognito").exists()
    found = json.loads(tree.read_text())
    assert [o["status"] for o in found["outputs"]] == ["done", "done", "failed"]
    assert found["converged"] is False


def test_nothing_is_written_while_a_pool_is_not_as_it_should_be(file, local, tmp_path):
    local.faults.add("CreateUserPoolClient", "InvalidParameterException", times=99)
    tree = tmp_path / "a.json"
    ran = run("apply", "--yes", "-o", f"json={tree}", str(file))
    assert ran.code == 6
    assert {o["status"] for o in json.loads(tree.read_text())["outputs"]} == {"not_started"}
    assert not (file.parent / ".env.cognito").exists()


def test_identity_pools_that_may_not_be_read_are_a_gap_with_the_permission(applied, local):
    """A file that differs with what its writer may read would never be as it should be."""
    local.faults.add("ListIdentityPools", "AccessDeniedException", times=99)
    ran = run("plan", str(applied))
    assert ran.code == 7
    assert f"Could not read {AMPLIFY}: cognito-identity:ListIdentityPools: AccessDeniedException" in ran.out
    assert "(needs the IAM action cognito-identity:ListIdentityPools)" in ran.out


def test_the_page_for_partners_has_the_certificate_and_is_read_for_it(file, local):
    edit(file, "{client: web, format: amplify, file: src/amplify_outputs.json}", "{client: web, format: partner}")
    assert run("apply", "--yes", str(file)).code == 0
    assert "-----BEGIN CERTIFICATE-----" in (file.parent / "partner.md").read_text()
    assert run("plan", "--detailed-exitcode", str(file)).code == 0
    local.faults.add("GetSigningCertificate", "AccessDeniedException", times=99)
    ran = run("plan", str(file))
    assert ran.code == 7
    assert "Could not read outputs/partner.md: cognito-idp:GetSigningCertificate: AccessDeniedException" in ran.out
    assert run("drift", str(file)).code == 7


def test_a_section_that_may_not_be_read_is_a_gap(applied, local):
    edit(applied, "groups: {}\n", "")
    local.faults.add("ListGroups", "AccessDeniedException", times=99)
    ran = run("plan", str(applied))
    assert ran.code == 7
    assert "Could not read groups: cognito-idp:ListGroups" in ran.out


def test_an_identity_pool_of_the_same_run_is_awaited(applied, local):
    """It names the client, so the file will name it; its id does not exist yet."""
    provider = "cognito-idp.eu-west-1.amazonaws.com/${ref.customers/user_pool#Id}"
    (applied.parent / "ids.yaml").write_text(
        "version: 1\nkind: IdentityPool\ntarget: {region: eu-west-1}\n"
        "identity_pool:\n  IdentityPoolName: shop\n  AllowUnauthenticatedIdentities: false\n"
        "  CognitoIdentityProviders:\n"
        f'    - {{ProviderName: "{provider}", ClientId: {{$ref: customers/clients/web#ClientId}}}}\n'
    )
    tree = planned(applied.parent)
    assert actions(tree)[AMPLIFY] == ["update"]
    assert "identity_pool" in tree["outputs"][0]["awaits"]
    assert run("apply", "--yes", str(applied.parent)).code == 0
    auth = json.loads((applied.parent / "src" / "amplify_outputs.json").read_text())["auth"]
    assert auth["identity_pool_id"].startswith("eu-west-1:")
    assert run("plan", "--detailed-exitcode", str(applied.parent)).code == 0


DENIED = f"Could not read {SSM}: ssm:GetParameters: AccessDeniedException"


@pytest.fixture
def deny(monkeypatch):
    """Refuse the reads of Parameter Store, which moto answers itself, from some call on."""
    allowed = SimpleSystemManagerResponse.get_parameters

    def refuse(after=0):
        seen = []

        def answer(response):
            seen.append(response)
            if len(seen) > after:
                raise JsonRESTError("AccessDeniedException", "is not authorized to perform: ssm:GetParameters")
            return allowed(response)

        monkeypatch.setattr(SimpleSystemManagerResponse, "get_parameters", answer)

    return refuse


@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
def test_parameters_that_may_not_be_read_are_a_gap_and_no_change(applied, local, deny, command):
    """What differs is not known: neither a change nor "no drift" may be said."""
    ssm(local).put_parameter(Name="/shop/web/domain", Value="other.example.com", Type="String", Overwrite=True)
    before = (applied.parent / ".env.cognito").stat().st_mtime_ns
    deny()
    tree = applied.parent / "found.json"
    given = ["--yes"] if command == "apply" else []
    ran = run(command, *given, "-o", "human", "-o", f"json={tree}", str(applied))
    said = " ".join((ran.out + ran.err).split())
    assert ran.code == 7, said
    assert DENIED in said
    assert "(needs the IAM action ssm:GetParameters)" in said
    assert "No drift." not in said
    assert "No changes." not in said
    assert "other.example.com" not in said
    assert (applied.parent / ".env.cognito").stat().st_mtime_ns == before
    assert names(local)["domain"] == "other.example.com"
    if command == "apply":  # which reports what it did, and it did nothing
        assert not tree.exists()
        return
    found = json.loads(tree.read_text())
    gaps = found["coverage"]["gaps"]
    assert [(g["address"], g["operation"]) for g in gaps] == [(f"customers/{SSM}", "ssm:GetParameters")]
    assert not [f for f in found.get("findings", ()) if SSM in f["address"]]
    assert not [o for o in found.get("outputs", ()) if SSM in o["address"]]


def test_parameters_that_may_not_be_read_again_at_the_end_are_not_written_blindly(file, local, deny):
    """The plan of a new pool reads three names; the comparison before the write is what fails."""
    deny(after=1)
    ran = run("apply", "--yes", str(file))
    assert ran.code == 6
    assert f"{SSM}: was not written: " in ran.out
    assert "ssm:GetParameters" in ran.out
    assert names(local) == {}
    assert (file.parent / ".env.cognito").exists()


# --- drift ---------------------------------------------------------------------------------------------------------


def drifted(file, *argv):
    ran = run("drift", "-o", "json", *argv, str(file))
    tree = json.loads(ran.out)
    Draft202012Validator(json.loads(output_schema("drift"))).validate(tree)
    return ran.code, tree


def test_outputs_that_are_as_they_should_be_are_no_drift(applied, local):
    code, tree = drifted(applied)
    assert (code, tree["findings"]) == (0, [])


def test_parameters_that_were_changed_or_deleted_are_drift(applied, local):
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    ssm(local).put_parameter(Name="/shop/web/domain", Value="other.example.com", Type="String", Overwrite=True)
    code, tree = drifted(applied)
    assert code == 2
    one, other = tree["findings"]
    assert (one["address"], one["path"], one["class"], one["type"]) == (
        f"customers/{SSM}",
        "domain",
        "changed",
        "Output",
    )
    assert (one["wanted"], one["live"]) == ("acme.auth.eu-west-1.amazoncognito.com", "other.example.com")
    assert one["source"]["line"] == LINE + 2
    assert (other["path"], other["class"], other["live"]) == ("issuer", "missing", None)
    assert one["id"] != other["id"]
    report = applied.parent / "report.json"
    report.write_text(json.dumps(tree))
    code, again = drifted(applied, "--only-new", str(report))
    assert (code, again["summary"]["suppressed"], sorted(again["known"])) == (0, 2, sorted([one["id"], other["id"]]))


@pytest.mark.parametrize("form", ["human", "markdown", "html", "jsonl", "junit", "sarif", "github", "prometheus"])
def test_every_format_shows_drift_of_outputs(applied, local, tmp_path, form):
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    (applied.parent / ".env.cognito").write_text("X=1\n")
    out = tmp_path / "out"
    assert run("drift", "-o", f"{form}={out}", str(applied)).code == 2
    text = out.read_text()
    if form == "prometheus":
        assert 'class="missing"' in text
    else:
        assert SSM in text
        assert ENV in text
    assert "(not set)" not in text


def test_a_file_that_differs_is_drift_and_one_that_is_not_there_is_none(applied, local):
    (applied.parent / ".env.cognito").write_text("X=1\n")
    (applied.parent / "src" / "amplify_outputs.json").unlink()
    code, tree = drifted(applied)
    assert code == 2
    assert [(f["address"], f["class"], f["wanted"], f["live"]) for f in tree["findings"]] == [
        (f"customers/{ENV}", "changed", None, None)
    ]


def test_a_pool_that_has_drifted_does_not_make_its_outputs_drift(applied, local):
    """They are what Git says, and an apply would leave them."""
    idp = local.client("cognito-idp", "eu-west-1")
    (pool,) = idp.list_user_pools(MaxResults=10)["UserPools"]
    clients = idp.list_user_pool_clients(UserPoolId=pool["Id"])["UserPoolClients"]
    web = next(c["ClientId"] for c in clients if c["ClientName"] == "Web shop")
    known = idp.describe_user_pool_client(UserPoolId=pool["Id"], ClientId=web)["UserPoolClient"]
    keep = {k: v for k, v in known.items() if k not in ("CreationDate", "LastModifiedDate", "ClientType")}
    idp.update_user_pool_client(**{**keep, "LogoutURLs": ["https://evil.example.com"]})
    code, tree = drifted(applied)
    assert code == 2
    assert {f["address"] for f in tree["findings"]} == {"customers/clients/web"}


def test_a_client_that_is_gone_leaves_its_outputs_uncompared(applied, local):
    idp = local.client("cognito-idp", "eu-west-1")
    (pool,) = idp.list_user_pools(MaxResults=10)["UserPools"]
    clients = idp.list_user_pool_clients(UserPoolId=pool["Id"])["UserPoolClients"]
    web = next(c["ClientId"] for c in clients if c["ClientName"] == "Web shop")
    idp.delete_user_pool_client(UserPoolId=pool["Id"], ClientId=web)
    code, tree = drifted(applied)
    assert code == 2
    assert {f["address"] for f in tree["findings"]} == {"customers/clients/web"}
    assert any(f"{SSM} was not compared" in n["message"] for n in tree["notices"])


def test_no_value_of_a_secret_is_in_a_drift_report(applied, local, tmp_path):
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    ssm(local).put_parameter(Name="/shop/web/issuer", Value="hunter2-canary", Type="SecureString")
    files = {form: tmp_path / form for form in ("json", "markdown", "html", "jsonl", "junit", "sarif", "github")}
    ran = run("drift", "-o", "human", *(w for f, p in files.items() for w in ("-o", f"{f}={p}")), str(applied))
    assert ran.code == 2
    (one,) = json.loads(files["json"].read_text())["findings"]
    assert (one["live"], one["sensitive"]) == ({"$sensitive": True}, True)
    for text in (ran.out, ran.err, *(p.read_text() for p in files.values())):
        assert "hunter2" not in text


def test_a_value_from_the_environment_is_shown_nowhere(file, local, tmp_path):
    edit(file, '["https://app.example.com/bye"]', "[{$env: BYE}]")
    environ = {"BYE": "https://very-confidential.example.com"}
    assert run("apply", "--yes", str(file), environ=environ).code == 0
    assert names(local)["logout_uris"] == environ["BYE"]  # the application needs it
    ssm(local).put_parameter(Name="/shop/web/logout_uris", Value="x", Type="String", Overwrite=True)
    for command in ("plan", "drift"):
        ran = run(command, "-o", "human", "-o", f"json={tmp_path / 'r'}", str(file), environ=environ)
        text = ran.out + ran.err + (tmp_path / "r").read_text()
        assert "logout_uris" in text
        assert "very-confidential" not in text


def test_a_note_repeats_no_value_from_the_environment(file, local):
    edit(file, '    LogoutURLs: ["https://app.example.com/bye"]\n', "")
    edit(file, "PoolName: customers", "PoolName: customers, UserPoolTags: {team: {$env: TEAM}}")
    edit(file, "  web:", "  quotes:")
    edit(file, "web, format", "quotes, format")
    edit(file, "clients/web", "clients/quotes")
    ran = run("apply", "--yes", str(file), environ={"TEAM": "quotes"})
    assert ran.code == 0, ran.err
    notes = [line for line in ran.err.splitlines() if line.startswith("Note: ")]
    assert any("clients/($env TEAM) has no LogoutURLs" in note for note in notes)
    assert not any("quotes" in note for note in notes)


def test_a_client_list_that_may_not_be_read_is_a_gap_and_no_client_that_is_missing(file, local):
    edit(file, "Web shop", "{$env: NAME}")
    environ = {"NAME": "very-confidential"}
    assert run("apply", "--yes", str(file), environ=environ).code == 0
    local.faults.add("ListUserPoolClients", "AccessDeniedException", times=99)
    ran = run("drift", "-o", "human", str(file), environ=environ)
    assert ran.code == 7
    assert "cognito-idp:ListUserPoolClients: AccessDeniedException" in ran.out
    assert "has no client" not in ran.out + ran.err
    assert "very-confidential" not in ran.out + ran.err


def test_a_gap_of_an_output_repeats_no_value_from_the_environment(file, local):
    edit(file, "Web shop", "{$env: NAME}")
    environ = {"NAME": "very-confidential"}
    assert run("apply", "--yes", str(file), environ=environ).code == 0
    local.faults.add("ListIdentityPools", "AccessDeniedException", times=99, message="very-confidential is not yours")
    ran = run("drift", "-o", "human", str(file), environ=environ)
    assert ran.code == 7
    assert "($env NAME) is not yours" in ran.out
    assert "very-confidential" not in ran.out + ran.err


def test_drift_of_a_target_is_that_of_the_outputs_of_its_client(applied, local):
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    assert drifted(applied, "--target", "clients/machine")[0] == 0
    assert drifted(applied, "--target", "clients/web")[0] == 2


# --- offline -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{client: web, format: amplify, file: ../x.json}", "is not a file below the directory of the manifest"),
        ("{client: web, format: amplify, file: a/../../x.json}", "is not a file below the directory of the manifest"),
        ("{client: web, format: amplify, file: /etc/x.json}", "is not a file below the directory of the manifest"),
        ("{client: web, format: amplfy}", "is not a format"),
        ("{client: wep, format: env}", "clients has no client"),
        ("{format: env}", "client is missing"),
        ("{client: web, format: env, path: x}", "outputs[0].path"),
        ("{client: web, format: ssm, prefix: shop/web}", "is not a path of parameters"),
        ("{client: web, format: amplify, prefix: VITE_}", "the names in amplify are given"),
    ],
)
def test_what_is_wrong_is_found_offline_with_its_line(tmp_path, line, said):
    found = tmp_path / "m.yaml"
    found.write_text(f"{MANIFEST}outputs:\n  - {line}\n")
    ran = run("validate", str(found))
    assert ran.code == 3
    assert said in ran.out + ran.err
    assert f"m.yaml:{LINE}" in ran.out + ran.err
