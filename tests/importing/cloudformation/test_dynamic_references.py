"""`{{resolve:...}}` → `$secret` and `$ssm`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.importing.cloudformation.dynamic_references import resolved
from reconciler.importing.cloudformation.leaves import NotKnown
from reconciler.model import Reference

ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:quay/google-AbCdEf"


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("secretsmanager:quay/google", Reference("secret", "quay/google")),
        ("secretsmanager:quay/google:SecretString", Reference("secret", "quay/google")),
        ("secretsmanager:quay/google:SecretString:::", Reference("secret", "quay/google")),
        ("secretsmanager:quay/google:SecretString:key", Reference("secret", "quay/google#key")),
        ("secretsmanager:quay/google:SecretString:key::", Reference("secret", "quay/google#key")),
        ("secretsmanager:quay/google::key", Reference("secret", "quay/google#key")),
        ("secretsmanager:quay/google:SecretString:key:AWSCURRENT", Reference("secret", "quay/google#key")),
        (f"secretsmanager:{ARN}", Reference("secret", ARN)),
        (f"secretsmanager:{ARN}:SecretString:key::", Reference("secret", f"{ARN}#key")),
        ("ssm:/quay/name", Reference("ssm", "/quay/name")),
        ("ssm:name:3", Reference("ssm", "name:3")),
        ("ssm-secure:/quay/name:12", Reference("ssm", "/quay/name:12")),
        (
            "ssm:arn:aws:ssm:eu-central-1:111122223333:parameter/quay:2",
            Reference("ssm", "arn:aws:ssm:eu-central-1:111122223333:parameter/quay:2"),
        ),
    ],
)
def test_references(inside, found):
    assert resolved(f"{{{{resolve:{inside}}}}}") == (found, "")


@pytest.mark.parametrize(
    ("more", "version"), [("AWSPREVIOUS", "AWSPREVIOUS"), (":0a1b", "0a1b"), ("AWSCURRENT:0a1b", "0a1b")]
)
def test_a_version_of_a_secret_is_reported(more, version):
    found, said = resolved(f"{{{{resolve:secretsmanager:s:SecretString:k:{more}}}}}")
    assert found == Reference("secret", "s#k")
    assert said == f"names the version {version} of the secret; a manifest takes the current one."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Bearer {{resolve:ssm:/x}}",
            "part of the text is a dynamic reference, which a manifest has only as a whole value",
        ),
        (
            "{{resolve:ssm:/x}}{{resolve:ssm:/y}}",
            "part of the text is a dynamic reference, which a manifest has only as a whole value",
        ),
        ("{{resolve:vault:/x}}", "the dynamic reference is to vault, which a manifest has no reference for"),
        ("{{resolve:secretsmanager:s:SecretBinary}}", "the dynamic reference is to a binary secret"),
    ],
)
def test_what_has_no_form_is_not_known(text, reason):
    assert resolved(text) == (NotKnown(reason), "")


@given(st.text(st.characters(exclude_characters="{}"), max_size=20))
def test_other_texts_stay_as_they_are(text):
    assert resolved(text) == (text, "")
