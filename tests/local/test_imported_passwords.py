"""Users that were imported with the hash of a password sign in with it (cognito.md 2.16).

The hashes are published ones, of the documentation and the tests of other implementations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
import requests
from botocore.exceptions import ClientError

from reconciler.local import LocalCognito
from reconciler.local.imported_passwords import VERIFIERS, ImportedPassword
from reconciler.local.refusal import ServiceError
from tests.local.support import Api, Refused
from tests.local.test_users import ADA, ROLE, SSE, csv

PUBLISHED = {
    "BCRYPT 2a": ("BCRYPT", "abc123xyz", "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"),
    "BCRYPT 2b": ("BCRYPT", "password", "$2b$12$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m"),
    "ARGON2ID": (
        "ARGON2ID",
        "password",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ),
    "SCRYPT": (
        "SCRYPT",
        "password",
        "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    ),
    "PBKDF2_SHA256": (
        "PBKDF2_SHA256",
        "Test@123",
        "$pbkdf2-sha256$i=10000,l=32$wJuJqLoUFsdXa8k3sFhRlA$2waKCbPhZzL+RjWMQqvA1jpb+j56jTAXcNmRD9UTekU",
    ),
    "PBKDF2_SHA256 of passlib": (
        "PBKDF2_SHA256",
        "password",
        "$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44",
    ),
}


@pytest.mark.parametrize(("algorithm", "password", "text"), PUBLISHED.values(), ids=PUBLISHED)
def test_a_hash_equals_its_password_alone(algorithm, password, text):
    found, nothing = ImportedPassword(algorithm, text), None
    assert found == password
    assert found != f"{password}x"
    assert found != nothing
    assert text not in repr(found)


@pytest.mark.parametrize(
    ("algorithm", "text"),
    [
        ("BCRYPT", "$2b$12$short"),
        ("ARGON2ID", "$argon2id$v=16$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
        ("SCRYPT", "16384:8:1:c2FsdA:aGFzaA"),
        ("SCRYPT", "$scrypt$ln=16,r=8,p=1$c2FsdA$aGFza"),
        ("SCRYPT", "$scrypt$ln=70,r=8,p=1$c2FsdA$aGFzaA"),
        ("PBKDF2_SHA256", "pbkdf2_sha256$260000$salt$aGFzaA="),
        ("PBKDF2_SHA256", "$pbkdf2-sha256$0$c2FsdA$aGFzaA"),
    ],
)
def test_another_form_is_refused_and_not_taken_for_a_wrong_password(algorithm, text):
    with pytest.raises(ServiceError) as error:
        VERIFIERS[algorithm]("x", text)
    assert (error.value.code, error.value.status) == ("NotImplementedException", 501)
    assert text not in str(error.value)


def test_bcrypt_says_how_it_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "bcrypt", None)
    with pytest.raises(ServiceError) as error:
        VERIFIERS["BCRYPT"]("x", PUBLISHED["BCRYPT 2b"][2])
    assert "pip install 'poolctl[local]'" in error.value.message


# --- sign-in -------------------------------------------------------------------------------------------------------


def imported(api: Api, pool: str, algorithm: str, text: str) -> None:
    row = ADA | {"password_hash": text.replace(",", "\\,")}
    header = [*api.boto.get_csv_header(UserPoolId=pool)["CSVHeader"], "password_hash"]
    body = "\n".join([",".join(header), ",".join(row.get(name, "") for name in header)])
    made = api.boto.create_user_import_job(
        UserPoolId=pool, JobName="j", CloudWatchLogsRoleArn=ROLE, PasswordHashingAlgorithm=algorithm
    )["UserImportJob"]
    requests.put(made["PreSignedUrl"], body.encode(), headers=SSE, timeout=5)
    ids = {"UserPoolId": pool, "JobId": made["JobId"]}
    api.boto.start_user_import_job(**ids)
    seen = [api.boto.describe_user_import_job(**ids)["UserImportJob"] for _ in range(3)]
    assert seen[-1]["ImportedUsers"] == 1


def sign_in(api: Api, client: str, password: str) -> dict:
    parameters = {"USERNAME": "ada", "PASSWORD": password}
    return api.boto.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


@pytest.fixture
def ready(tmp_path) -> Iterator[tuple]:
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        pool = api.pool(AutoVerifiedAttributes=["email"])
        client = api.client(pool, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
        yield api, pool, client["ClientId"]


@pytest.mark.parametrize(("algorithm", "password", "text"), PUBLISHED.values(), ids=PUBLISHED)
def test_an_imported_user_signs_in(ready, algorithm, password, text):
    api, pool, client = ready
    imported(api, pool, algorithm, text)
    assert api.boto.admin_get_user(UserPoolId=pool, Username="ada")["UserStatus"] == "CONFIRMED"
    with Refused(code="NotAuthorizedException"):
        sign_in(api, client, "wrong")
    token = sign_in(api, client, password)["AuthenticationResult"]["AccessToken"]
    api.boto.change_password(AccessToken=token, PreviousPassword=password, ProposedPassword="Brand-new-1")
    with Refused(code="NotAuthorizedException"):
        sign_in(api, client, password)
    assert sign_in(api, client, "Brand-new-1")["AuthenticationResult"]


def test_a_hash_outlives_a_run(tmp_path):
    algorithm, password, text = PUBLISHED["PBKDF2_SHA256"]
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        pool = api.pool(AutoVerifiedAttributes=["email"])
        client = api.client(pool, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["ClientId"]
        imported(api, pool, algorithm, text)
    with LocalCognito(tmp_path) as local:
        assert sign_in(Api(local), client, password)["AuthenticationResult"]


def test_a_form_that_cannot_be_checked_is_said_at_the_sign_in(ready):
    api, pool, client = ready
    imported(api, pool, "SCRYPT", "16384:8:1:c2FsdA:aGFzaA")
    with pytest.raises(ClientError) as error:
        sign_in(api, client, "x")
    assert "cannot check this form of a hash of SCRYPT" in str(error.value)


def test_a_user_without_a_hash_has_no_password(ready):
    api, pool, client = ready
    made = api.boto.create_user_import_job(UserPoolId=pool, JobName="j", CloudWatchLogsRoleArn=ROLE)["UserImportJob"]
    requests.put(made["PreSignedUrl"], csv(api, pool, ADA), headers=SSE, timeout=5)
    api.boto.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    for _ in range(3):
        api.boto.describe_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    with Refused("Password reset required for the user", code="PasswordResetRequiredException"):
        sign_in(api, client, "Correct-horse-1")
