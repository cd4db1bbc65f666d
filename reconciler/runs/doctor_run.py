"""The checks of `doctor`, in the order in which a run needs what they look at.

Every check runs, whatever the ones before it found; one that cannot be made without them says so. No check prints a
part of a credential: STS says who the caller is, and boto3 where the credentials come from.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version

from reconciler.applications.web_checks import Fetch, NoWebAnswer
from reconciler.errors import SIGN_IN, CloudError, ExitCode, InvalidManifest, PoolctlError, worst
from reconciler.kinds import KINDS, availability, root_of
from reconciler.kinds.kind import ResourceKind
from reconciler.render.subjects import CheckName, DoctorCheck, DoctorReport
from reconciler.render.tally import plural
from reconciler.runs import permission_check
from reconciler.runs.examination import USUAL_PATHS, Examination, Knocked, said
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.values import shapes

ALLOWED_SKEW = 300
"""Seconds by which a clock may be wrong: AWS refuses signatures that are older than that."""

TITLES: Mapping[CheckName, str] = {
    "versions": "Versions",
    "manifests": "Manifests",
    "credentials": "Credentials",
    "region": "Region",
    "account": "Account",
    "clock": "Clock",
    "endpoints": "Endpoints",
    "permissions": "Permissions",
}
"""The checks in order, by the names that people read."""

UNREACHED = {
    "name": "the name does not resolve",
    "certificate": "TLS failed: the certificate is not trusted",
    "timeout": "no answer in time",
    "connection": "no connection",
}

REACH = {
    "name": "Check DNS and the VPN, and whether the Region is spelled correctly.",
    "certificate": "A proxy may replace certificates: set AWS_CA_BUNDLE and REQUESTS_CA_BUNDLE to its certificate.",
    "timeout": "Check the firewall, HTTPS_PROXY and NO_PROXY.",
    "connection": "Check the firewall, HTTPS_PROXY and NO_PROXY, or whether the server at --endpoint-url runs.",
}


def examine(runtime: Runtime, console: Console, run: str, fetch: Fetch) -> DoctorReport:
    """Make every check.

    Args:
        runtime: The run.
        console: Shows what is being looked at.
        run: The command whose permissions are checked.
        fetch: Reads a web address.
    """
    found = Examination(runtime, console, run, fetch)
    return DoctorReport(tuple(check(found) for check in CHECKS), run)


def exit_code(report: DoctorReport) -> ExitCode:
    """Return the exit code: 3 if the manifests are invalid, 1 if anything else failed, 7 if a check was not made."""
    codes = {"manifests": ExitCode.INVALID}
    unseen = (ExitCode.INCOMPLETE for _ in report.unseen)
    return worst((*(codes.get(check.id, ExitCode.ERROR) for check in report.failed), *unseen))


# --- this machine --------------------------------------------------------------------------------------------------


def versions(_found: Examination) -> DoctorCheck:
    """Check that the installed botocore has every operation of the kinds."""
    here = f"Python {sys.version.split()[0]}, botocore {version('botocore')}"
    lacking = tuple(lacks(KINDS.values(), shapes.operations))
    if lacking:
        return _failed("versions", (here, *lacking), ("Update botocore: python -m pip install --upgrade boto3",))
    return _ok("versions", here)


def lacks(kinds: Iterable[ResourceKind], known: Callable[[str], frozenset[str]]) -> Iterator[str]:
    """Yield the operations of each kind that botocore does not have, as a sentence.

    Args:
        kinds: The kinds.
        known: Returns the operations of a service.
    """
    for kind in kinds:
        written = (o for found in kind.elsewhere.values() for o in found)
        needed = {*kind.reads, *written, kind.create, kind.update, kind.delete} - {""}
        missing = sorted(needed - known(kind.service))
        if missing:
            yield f"{kind.section} needs {', '.join(f'{kind.service}:{o}' for o in missing)}, which it does not know."


def manifests(found: Examination) -> DoctorCheck:
    """Check that the manifests are valid."""
    error = found.manifests
    if isinstance(error, PoolctlError):
        problems = error.problems if isinstance(error, InvalidManifest) else (error,)
        return _failed("manifests", tuple(map(str, problems)), ("`poolctl validate` lists what is wrong with them.",))
    if found.unnamed:
        return _not_checked("manifests", f"no PATH was given, and there is no {' '.join(USUAL_PATHS)}")
    return _ok("manifests", f"{plural(len(found.documents), 'document')}, all valid")


def clock(found: Examination) -> DoctorCheck:
    """Compare the clock with the time in the answers."""
    if found.runtime.options.local:
        return _ok("clock", "does not matter to the embedded Cognito")
    skews = [k.ahead for k in _knocked(found) if k.ahead is not None]
    if not skews:
        return _not_checked("clock", "no endpoint answered with a time")
    worst_skew = max(skews, key=abs)
    text = f"{abs(worst_skew):,.0f} seconds {'ahead of' if worst_skew > 0 else 'behind'} AWS"
    if abs(worst_skew) > ALLOWED_SKEW:
        cure = "Set the clock, and keep it right with NTP: AWS refuses what is signed 5 minutes too early or too late."
        return _failed("clock", (text,), (cure,))
    return _ok("clock", text if abs(worst_skew) > 1 else "agrees with AWS")


# --- the session ---------------------------------------------------------------------------------------------------


def credentials(found: Examination) -> DoctorCheck:
    """Check that there are credentials that AWS accepts."""
    if found.runtime.options.local:
        return _ok("credentials", "none are needed by the embedded Cognito")
    half = _half_set(found.runtime.environ)
    if isinstance(found.signed_in, PoolctlError):
        cures = (half,) if half else _sign_in(found.signed_in)
        return _failed("credentials", (said(found.signed_in),), cures)
    if isinstance(found.caller, PoolctlError):
        if isinstance(found.caller, CloudError) and found.caller.code in SIGN_IN:
            source = f"from {found.signed_in.source}"
            return _failed("credentials", (source, said(found.caller)), _sign_in(found.caller))
        return _not_checked("credentials", f"from {found.signed_in.source}; STS gave no answer: {said(found.caller)}")
    return _ok("credentials", f"{found.caller.arn}, from {found.signed_in.source}")


def _half_set(environ: Mapping[str, str]) -> str:
    """Return what to do if a part of the credentials is in the environment and the rest is not."""
    key, secret, token = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
    there = [name for name in (key, secret, token) if environ.get(name)]
    missing = [name for name in (key, secret) if not environ.get(name)]
    if not there or not missing:
        return ""
    verb = "is" if len(there) == 1 else "are"
    return f"{' and '.join(there)} {verb} set and {' and '.join(missing)} is not. Set all of them, or none."


def _sign_in(error: PoolctlError) -> tuple[str, ...]:
    code = error.code if isinstance(error, CloudError) else ""
    return (f"{SIGN_IN[code]}." if code in SIGN_IN else "Correct the AWS configuration of this machine.",)


def region(found: Examination) -> DoctorCheck:
    """Check that a Region is known for every document, and that the service exists there."""
    if isinstance(found.regions, PoolctlError):
        return _failed("region", (said(found.regions),), ("Remove one of them, or make them equal.",))
    if not all(found.regions):
        sources = [str(m.source) for m in found.regions.get("", ())]
        text = f"{', '.join(sources) or 'the session'} has no Region"
        return _failed("region", (text,), ("Set target.region in the manifest, --region or AWS_REGION.",))
    wrong = [
        availability.sentences(root_of(m.kind), place)
        for place, documents in found.regions.items()
        for m in documents
        if availability.lacks(root_of(m.kind), place)
    ]
    if wrong:
        messages, fixes = zip(*wrong, strict=True)
        return _failed("region", tuple(dict.fromkeys(messages)), tuple(dict.fromkeys(fixes)))
    return _ok("region", ", ".join(found.regions))


def account(found: Examination) -> DoctorCheck:
    """Check that the credentials are of the account that the documents name."""
    if isinstance(found.caller, PoolctlError):
        return _not_checked("account", "it needs credentials")
    here = found.caller.account
    wrong = [m for m in found.documents if m.account and m.account != here]
    if wrong:
        lines = (f"{m.source} is for account {m.account}" for m in wrong)
        cure = "Use credentials of the account that the manifests name, or correct target.account."
        return _failed("account", (f"the credentials are of account {here}", *lines), (cure,))
    unnamed = "" if all(m.account for m in found.documents) else "; not every manifest names one"
    return _ok("account", f"{here}{unnamed}")


# --- AWS -----------------------------------------------------------------------------------------------------------


def endpoints(found: Examination) -> DoctorCheck:
    """Check that something answers where calls go."""
    if found.runtime.options.local:
        return _ok("endpoints", "the embedded Cognito, in this process")
    if not found.places:
        return _not_checked("endpoints", "it needs a Region")
    if isinstance(found.knocked, PoolctlError):
        return _not_checked("endpoints", said(found.knocked))
    silent = [(k.url, k.answer) for k in found.knocked if isinstance(k.answer, NoWebAnswer)]
    if silent:
        lines = (f"{url}: {UNREACHED[answer.reason]} ({answer.detail})" for url, answer in silent)
        return _failed("endpoints", tuple(lines), tuple(dict.fromkeys(REACH[answer.reason] for _, answer in silent)))
    return _ok("endpoints", *(k.url for k in found.knocked))


def permissions(found: Examination) -> DoctorCheck:
    """Check that the caller may do what the command does."""
    if found.runtime.options.local:
        return _ok("permissions", "the embedded Cognito has none")
    if isinstance(found.caller, PoolctlError):
        return _not_checked("permissions", "it needs credentials")
    if isinstance(found.manifests, PoolctlError) or isinstance(found.regions, PoolctlError) or "" in found.regions:
        return _not_checked("permissions", "it needs valid manifests and a Region")
    if not found.documents:
        return _not_checked("permissions", "they follow from manifests: give a PATH")
    outcome, lines, cures = permission_check.checked(found, found.caller)
    return DoctorCheck("permissions", TITLES["permissions"], outcome, lines, cures)


def _knocked(found: Examination) -> Iterable[Knocked]:
    return () if isinstance(found.knocked, PoolctlError) else found.knocked


# --- results -------------------------------------------------------------------------------------------------------


def _ok(name: CheckName, *found: str) -> DoctorCheck:
    return DoctorCheck(name, TITLES[name], "ok", found)


def _failed(name: CheckName, found: tuple[str, ...], cure: tuple[str, ...]) -> DoctorCheck:
    return DoctorCheck(name, TITLES[name], "failed", found, cure)


def _not_checked(name: CheckName, why: str) -> DoctorCheck:
    return DoctorCheck(name, TITLES[name], "not_checked", (why,))


CHECKS: tuple[Callable[[Examination], DoctorCheck], ...] = (
    versions,
    manifests,
    credentials,
    region,
    account,
    clock,
    endpoints,
    permissions,
)
"""Every check, in the order of `TITLES`."""
