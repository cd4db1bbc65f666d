"""A value of `$env` is shown by its variable and a digest, in every member and output; `$var` and files are shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.local import LocalCognito
from reconciler.render import formats
from reconciler.render.marks import Fingerprint
from reconciler.render.veil import Veil, digest
from tests.cli.support import run

OLD, NEW = "canary_old_3c71", "canary_new_9d42"

TREE = {
    "version": 1,
    "target": {"region": "eu-west-1"},
    "user_pool": {
        "PoolName": "customers",
        "UserPoolTags": {"team": {"$env": "TEXT"}, "shown": {"$var": "shown"}},
        "EmailVerificationSubject": {"$env": "TEXT"},  # Cognito mirrors it
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": {"$env": "TRUTH"}},
    },
    "groups": {"admins": {"Description": {"$env": "TEXT"}}, "shown": {"Description": {"$file": "text"}}},
    "clients": {
        "web": {
            "CallbackURLs": ["https://written.example/cb", {"$env": "URL"}],
            "AuthSessionValidity": {"$env": "NUMBER"},
        }
    },
}


def environ(word: str, number: str = "7") -> dict[str, str]:
    return {"TEXT": word, "URL": f"https://{word.replace('_', '-')}.example/cb", "NUMBER": number, "TRUTH": "true"}


def clean(text: str) -> None:
    for word in (OLD, NEW):
        assert word not in text
        assert word.replace("_", "-") not in text


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(TREE))
    (tmp_path / "text").write_text("text of a file")
    return tmp_path


def command(name: str, *words: str, state: str = "state", word: str = NEW):
    return run(name, f"--local={state}", "--var", "shown=text of a variable", *words, environ=environ(word))


@pytest.fixture
def live(place) -> Path:
    """The same pool with the values of yesterday."""
    ran = command("apply", "--yes", "m.yaml", word=OLD)
    assert ran.code == 0, ran.err
    clean(ran.out + ran.err)
    return place


@pytest.mark.parametrize("form", formats.names("plan"))
@pytest.mark.parametrize("existing", [False, True])
def test_no_plan_shows_one(place, form, existing):
    if existing:
        assert command("apply", "--yes", "m.yaml", word=OLD).code == 0
    ran = command("plan", "--out", "plan.json", "-o", form, "m.yaml")
    assert ran.code == 0, ran.err
    clean(ran.out + ran.err + Path("plan.json").read_text())
    if form in ("human", "json", "markdown", "html"):
        assert "$env TEXT" in ran.out
        assert existing or "text of a variable" in ran.out
        assert existing or "text of a file" in ran.out
    shown = run("show", "-o", form, "plan.json")
    clean(shown.out)
    if form == "human":
        body = ran.out.partition("Saved")[0]  # findings were not reviewed
        assert shown.out.startswith(re.sub(r"^Security:.*\n\n", "", body, flags=re.MULTILINE))
    if form == "human" and existing:
        one, other = digest("customers", OLD), digest("customers", NEW)
        assert f"(hidden value, digest {one}) -> ($env TEXT, digest {other})" in ran.out


@pytest.mark.parametrize("form", formats.names("drift"))
def test_no_drift_shows_one(live, form):
    ran = command("drift", "-o", form, "m.yaml")
    assert ran.code == 2, ran.err
    clean(ran.out + ran.err)
    assert command("drift", "-o", form, "m.yaml", word=OLD).code == 0
    (live / "empty").mkdir()
    clean(command("drift", "-o", form, "m.yaml", state="empty").out)  # everything is missing


@pytest.mark.parametrize("form", formats.names("apply"))
def test_no_apply_shows_one(live, form):
    ran = command("apply", "--yes", "-o", form, "m.yaml")
    assert ran.code == 0, ran.err
    clean(ran.out + ran.err)
    with LocalCognito(live / "state") as local:  # but it was sent
        idp = local.client("cognito-idp", "eu-west-1")
        pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        assert idp.get_group(UserPoolId=pool, GroupName="admins")["Group"]["Description"] == NEW
        web = idp.list_user_pool_clients(UserPoolId=pool, MaxResults=1)["UserPoolClients"][0]["ClientId"]
        client = idp.describe_user_pool_client(UserPoolId=pool, ClientId=web)["UserPoolClient"]
        assert (client["AuthSessionValidity"], len(client["CallbackURLs"])) == (7, 2)


@pytest.mark.parametrize("form", formats.names("diff"))
def test_no_comparison_shows_one(live, form):
    (live / "other.yaml").write_text(yaml.safe_dump({**TREE, "groups": {"admins": {"Description": "written"}}}))
    clean(command("diff", "-o", form, "m.yaml", "other.yaml").out)
    ran = command("diff", "-o", form, "m.yaml", "pool:customers", word=NEW)
    clean(ran.out + ran.err)


@pytest.mark.parametrize("sides", [("m.yaml", "other.yaml"), ("other.yaml", "m.yaml")], ids=["first", "second"])
def test_a_comparison_labels_the_side_that_has_it(live, sides):
    (live / "other.yaml").write_text(yaml.safe_dump({**TREE, "groups": {"admins": {"Description": "written"}}}))
    ours, theirs = f"($env TEXT, digest {digest('customers', NEW)})", digest("customers", "written")
    shown = (
        [f"(hidden value, digest {theirs})", ours]
        if sides[1] == "m.yaml"
        else [ours, f"(hidden value, digest {theirs})"]
    )
    assert " -> ".join(shown) in command("diff", *sides).out


def test_a_number_and_a_truth_value_too(place):
    ran = command("plan", "m.yaml")
    assert re.search(r"AuthSessionValidity +\S+ +\(\$env NUMBER, digest \w{8}\)", ran.out.replace("= ", " = "))
    assert "($env TRUTH, digest" in ran.out


def test_what_is_written_out_beside_one_in_a_list_is_shown(place):
    ran = command("plan", "m.yaml")
    assert "https://written.example/cb" in ran.out
    assert "($env URL, digest" in ran.out


def test_a_changed_value_makes_a_plan_stale(place):
    assert command("plan", "--out", "plan.json", "m.yaml").code == 0
    ran = command("apply", "plan.json", word=OLD)
    assert ran.code == 5
    clean(ran.out + ran.err)
    assert command("apply", "plan.json").code == 0


def test_a_rule_and_cognito_quote_none(place):
    tree = {**TREE, "clients": {"web": {"CallbackURLs": [{"$env": "URL"}], "DefaultRedirectURI": {"$env": "TEXT"}}}}
    (place / "m.yaml").write_text(yaml.safe_dump(tree))
    for name in ("validate", "plan", "apply", "drift"):
        words = ["m.yaml"] if name == "validate" else [f"--local={place / 'state'}", "m.yaml"]
        values = {**environ(NEW), "URL": f"http://{NEW.replace('_', '-')}.example/cb", "TEXT": f"https://{NEW}.example"}
        ran = run(name, "--var", "shown=x", *words, environ=values)
        assert ran.code in (0, 2, 3, 4), ran.err
        clean(ran.out + ran.err)
        assert "unexpected" not in ran.err


def test_a_refused_call_quotes_none(place):
    """Cognito refuses the style sheet and may quote it; the file and the log hold no value either."""
    tree = {**TREE, "clients": {"web": {"branding": {"Settings": {"unknown": {"$env": "TEXT"}}}}}}
    (place / "m.yaml").write_text(yaml.safe_dump(tree))
    for form in formats.names("apply"):
        ran = command("apply", "--yes", "--log-level", "debug", "-o", form, "m.yaml")
        clean(ran.out + ran.err)


# --- the digest ------------------------------------------------------------------------------------------------------


def test_a_digest_is_of_a_value_and_a_pool():
    assert digest("a", "x") == digest("a", "x")
    assert len({digest("a", "x"), digest("a", "y"), digest("b", "x")}) == 3
    assert re.fullmatch(r"[0-9a-f]{8}", digest("a", ""))


PLACES = [("a",), ("m", "k"), ("l", 0), ("l", 1, "x")]


@given(st.data())
def test_whatever_is_around_it_no_tree_shows_one(data):
    """Values anywhere in an object, with live trees of any other shape beside it."""
    names = dict.fromkeys(data.draw(st.sets(st.sampled_from(PLACES), min_size=1)), "E")
    leaf = st.sampled_from(["plain", "other", 3, True, None])
    live = st.fixed_dictionaries({"a": leaf, "m": st.dictionaries(st.sampled_from("kz"), leaf), "l": st.lists(leaf)})
    declared = {"a": "plain", "m": {"k": "plain"}, "l": ["plain", {"x": "plain"}]}
    for path in names:
        inner = declared
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = NEW
    before = data.draw(live)
    for copy in ([NEW], {"x": NEW}, NEW):
        before["copy"] = copy
        veil = Veil("p", names, declared, (before,))
        assert NEW not in json.dumps([veil.tree(declared), veil.tree(before)], default=str)
        assert NEW not in veil.text(f"Cognito says {NEW}!")


def test_a_value_in_a_secret_member_has_no_digest(place):
    details = {"client_id": "x", "client_secret": {"$env": "TEXT"}, "oidc_issuer": "https://o.example"}
    more = {"authorize_scopes": "openid", "attributes_request_method": "GET"}
    tree = {"version": 1, "target": TREE["target"], "user_pool": {"PoolName": "customers"}}
    tree["identity_providers"] = {"okta": {"ProviderType": "OIDC", "ProviderDetails": {**details, **more}}}
    (place / "m.yaml").write_text(yaml.safe_dump(tree))
    ran = command("plan", "-o", "json", "--out", "plan.json", "m.yaml")
    clean(ran.out)
    assert digest("customers", NEW) not in ran.out + Path("plan.json").read_text()
    assert '"$sensitive": true' in ran.out
    assert str(Fingerprint("$env A", "12345678")) == "($env A, digest 12345678)"


@pytest.mark.parametrize("form", formats.names("plan"))
@pytest.mark.parametrize("existing", [False, True])
def test_an_object_that_shares_a_setting_shows_none_either(place, form, existing):
    """The SMS settings of the pool are sent with those of MFA, and so they are members of both."""
    arn, tree = "arn:aws:iam::123456789012:role/", {"version": 1, "target": {"region": "eu-west-1"}}
    sms = {"SnsCallerArn": {"$env": "ROLE"}, "ExternalId": {"$env": "TEXT"}, "SnsRegion": "eu-west-1"}
    tree |= {"user_pool": {"PoolName": "customers", "SmsConfiguration": sms}}
    tree |= {"mfa": {"MfaConfiguration": "ON", "SmsMfaConfiguration": {}}}
    Path("m.yaml").write_text(yaml.safe_dump(tree))

    def with_word(word: str, *words: str):
        return run(*words, "--local=state", "m.yaml", environ={"ROLE": arn + word, "TEXT": word})

    if existing:
        assert with_word(OLD, "apply", "--yes").code == 0
    ran = with_word(NEW, "plan", "--out", "plan.json", "-o", form)
    assert ran.code == 0, ran.err
    clean(ran.out + ran.err + Path("plan.json").read_text())


def test_what_a_hidden_value_means_is_said_in_words_that_do_not_show_it(place):
    Path("t.yaml").write_text("version: 1\nuser_pool: {PoolName: tiers, UserPoolTier: {$env: TIER}}\n")
    words = ("--local=tiers", "--region", "eu-west-1")
    assert run("apply", *words, "--yes", "t.yaml", environ={"TIER": "PLUS"}).code == 0
    for form in formats.names("plan"):
        ran = run("plan", *words, "-o", form, "t.yaml", environ={"TIER": "LITE"})
        assert "eatures of the higher plan end" in ran.out, form
        assert not re.search(r"plan LITE|plan PLUS|every recovery|more than a day back", ran.out), form
