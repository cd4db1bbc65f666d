"""Terms documents (cognito.md 2.12, O16): one of each name for a client."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation, dated, find_client, known, page
from reconciler.local.refusal import ServiceError, not_found
from reconciler.local.store import Record

MAX_TERMS = 40
SETTINGS = ("TermsName", "TermsSource", "Enforcement", "Links")
LISTED = ("TermsId", "TermsName", "Enforcement", "CreationDate", "LastModifiedDate")


def create_terms(ctx: Context, params: Record) -> Record:
    """CreateTerms."""
    pool = ctx.pool(params)
    client = str(find_client(pool, params["ClientId"])["ClientId"])
    _check_free(pool, {"ClientId": client}, params["TermsName"])
    if len(pool["terms"]) >= MAX_TERMS:
        raise ServiceError("LimitExceededException", f"A user pool can have at most {MAX_TERMS} terms documents.")
    made = {"TermsId": ctx.store.new_uuid(), "UserPoolId": pool["id"], "ClientId": client}
    return _write(ctx, pool, {**made, "Links": {}}, params)


def update_terms(ctx: Context, params: Record) -> Record:
    """UpdateTerms: keeps omitted members; Links are replaced as a whole."""
    pool = ctx.pool(params)
    old = _terms(pool, params)
    _check_free(pool, old, str(params.get("TermsName", old["TermsName"])))
    return _write(ctx, pool, old, params)


def _write(ctx: Context, pool: Record, old: Record, params: Record) -> Record:
    terms = dated(ctx, old, {k: params[k] for k in SETTINGS if k in params})
    pool["terms"][terms["TermsId"]] = terms
    ctx.store.touch(pool)
    return {"Terms": terms}


def _check_free(pool: Record, own: Record, name: str) -> None:
    wanted = own["ClientId"], name
    for terms in pool["terms"].values():
        if terms["TermsId"] != own.get("TermsId") and (terms["ClientId"], terms["TermsName"]) == wanted:
            raise ServiceError("TermsExistsException", f"The app client has terms with the name {name} already.")


def _terms(pool: Record, params: Record) -> Record:
    return known(pool["terms"], params["TermsId"], f"Terms {params['TermsId']} do not exist.")


def describe_terms(ctx: Context, params: Record) -> Record:
    """DescribeTerms."""
    return {"Terms": _terms(ctx.pool(params), params)}


def describe_terms_by_client(ctx: Context, params: Record) -> Record:
    """DescribeTermsByClient."""
    pool = ctx.pool(params)
    wanted = find_client(pool, params["ClientId"])["ClientId"], params["TermsName"]
    terms = next((t for t in pool["terms"].values() if (t["ClientId"], t["TermsName"]) == wanted), None)
    if terms is None:
        not_found(f"Terms with the name {params['TermsName']} do not exist.")
    return {"Terms": terms}


def delete_terms(ctx: Context, params: Record) -> Record:
    """DeleteTerms."""
    pool = ctx.pool(params)
    del pool["terms"][_terms(pool, params)["TermsId"]]
    ctx.store.touch(pool)
    return {}


def list_terms(ctx: Context, params: Record) -> Record:
    """ListTerms: items have neither client nor links."""
    items = [{k: t[k] for k in LISTED} for t in ctx.pool(params)["terms"].values()]
    return page(ctx, items, params, "Terms")


OPERATIONS: dict[str, Operation] = {
    "CreateTerms": create_terms,
    "UpdateTerms": update_terms,
    "DescribeTerms": describe_terms,
    "DescribeTermsByClient": describe_terms_by_client,
    "DeleteTerms": delete_terms,
    "ListTerms": list_terms,
}
