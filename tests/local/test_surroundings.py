"""IAM, Lambda and CloudWatch Logs beside the embedded Cognito, in words of their own (cognito.md 9.1, 9.2, 9.7)."""

from __future__ import annotations

import inspect
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.awslambda import urls
from moto.awslambda.models import LambdaBackend
from moto.awslambda.responses import LambdaResponse
from moto.iam.models import IAMBackend, Role
from moto.iam.responses import IamResponse
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

from reconciler.local import LocalCognito, serve

REGION, ACCOUNT = "eu-west-1", "123456789012"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sign-up"
SMS = {"SnsCallerArn": f"arn:aws:iam::{ACCOUNT}:role/sms", "ExternalId": "x"}
PERMISSION = {"FunctionName": FUNCTION, "StatementId": "pool", "Action": "lambda:InvokeFunction", "Principal": "a.b"}


def trust(source: str = "*", external_id: str = "x", service: str = "cognito-idp.amazonaws.com") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}, "ArnLike": {"aws:SourceArn": source}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refused(call: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**params)
    return str(caught.value.response["Error"]["Code"])


def test_the_names_of_moto_that_we_rest_on() -> None:
    for backend in (LambdaBackend, LogsBackend):
        assert list(inspect.signature(backend.__init__).parameters)[1:] == ["region_name", "account_id"]
    for response in (IamResponse, LambdaResponse, LogsResponse):
        assert "call_action" not in vars(response)
        assert not {"service", "described", "scope", "refuse", "renew", "keep"} & set(dir(response))
    assert {getattr(v, "__func__", None) for v in urls.url_paths.values()} == {LambdaResponse.dispatch.__func__}
    assert list(inspect.signature(IAMBackend.create_role).parameters)[1:7] == [
        *("role_name", "assume_role_policy_document", "path", "permissions_boundary", "description", "tags")
    ]
    assert "self.permissions_boundary_arn" in inspect.getsource(Role.__init__)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (trust(), ""),
        (trust(f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/*"), ""),
        (trust(f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{REGION}_Other"), "TrustRelationship"),
        (trust(external_id="y"), "TrustRelationship"),
        (trust(service="ec2.amazonaws.com"), "TrustRelationship"),
    ],
)
def test_cognito_checks_the_trust_of_a_role_that_it_knows(document: str, code: str) -> None:
    with LocalCognito() as local:
        iam, idp = local.client("iam", REGION), local.client("cognito-idp", REGION)
        iam.create_role(RoleName="sms", AssumeRolePolicyDocument=document)
        sns = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [sns]})
        iam.put_role_policy(RoleName="sms", PolicyName="p", PolicyDocument=text)
        create = {"PoolName": "p", "SmsConfiguration": SMS}
        if code:
            assert refused(idp.create_user_pool, **create) == f"InvalidSmsRole{code}Exception"
        else:
            idp.create_user_pool(**create)


def test_a_role_that_may_not_send_sms_is_refused() -> None:
    with LocalCognito() as local:
        local.client("iam", REGION).create_role(RoleName="sms", AssumeRolePolicyDocument=trust())
        idp = local.client("cognito-idp", REGION)
        assert (
            refused(idp.create_user_pool, PoolName="p", SmsConfiguration=SMS) == "InvalidSmsRoleAccessPolicyException"
        )


def test_all_of_them_answer_over_http() -> None:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region_name": REGION}
    with serve(None) as server:
        iam, functions, logs = (
            boto3.session.Session().client(s, endpoint_url=server.url, **keys) for s in ("iam", "lambda", "logs")
        )
        assert refused(iam.get_role, RoleName="sms") == "NoSuchEntity"
        iam.create_role(RoleName="sms", AssumeRolePolicyDocument=trust())
        assert iam.get_role(RoleName="sms")["Role"]["AssumeRolePolicyDocument"] == json.loads(trust())
        assert refused(functions.get_policy, FunctionName=FUNCTION) == "ResourceNotFoundException"
        functions.add_permission(**PERMISSION)
        assert refused(functions.add_permission, **PERMISSION) == "ResourceConflictException"
        functions.add_permission(**PERMISSION, Qualifier="live")  # has a policy of its own
        (statement,) = json.loads(functions.get_policy(FunctionName=FUNCTION)["Policy"])["Statement"]
        assert statement["Sid"] == "pool"
        functions.remove_permission(FunctionName=FUNCTION, StatementId="pool")
        assert refused(functions.remove_permission, FunctionName=FUNCTION, StatementId="pool") == (
            "ResourceNotFoundException"
        )
        logs.create_log_group(logGroupName="/aws/vendedlogs/x")
        assert refused(logs.create_log_group, logGroupName="/aws/vendedlogs/x") == "ResourceAlreadyExistsException"
        days = {"logGroupName": "/aws/vendedlogs/x", "retentionInDays": 31}
        assert refused(logs.put_retention_policy, **days) == "InvalidParameterException"
        group = {"logGroupName": "/aws/vendedlogs/x"}
        protection = {"logGroupIdentifier": "/aws/vendedlogs/x"}
        logs.put_log_group_deletion_protection(**protection, deletionProtectionEnabled=True)
        assert refused(logs.delete_log_group, **group) == "ValidationException"
        logs.put_log_group_deletion_protection(**protection, deletionProtectionEnabled=False)
        logs.delete_log_group(**group)
        assert refused(logs.delete_log_group, **group) == "ResourceNotFoundException"
