"""The steps of `lint`: judge every manifest by the security rules, and decide the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.errors import ExitCode
from reconciler.model import RISKS, Risk
from reconciler.render.subjects import NEVER, LintResult
from reconciler.runs.runtime import Runtime
from reconciler.security.rule import PROFILES, Profile
from reconciler.terminal.options import Options
from reconciler.terminal.settings import invalid
from reconciler.terminal.suggestions import sentences, suggest

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.manifest import Manifest


def linted(runtime: Runtime, manifests: Sequence[Manifest]) -> LintResult:
    """Judge manifests by the security rules.

    Args:
        runtime: The run.
        manifests: All documents of the run: what one means may depend on another.
    """
    from reconciler.planning.linting import LintOptions, lint

    options = runtime.options
    shown, profile = _risk(options.severity), _profile(options)
    choices = LintOptions(profile, runtime.today)
    return LintResult([lint(m, choices, manifests) for m in manifests], shown, options.fail_level, options.live)


def exit_code(found: LintResult) -> ExitCode:
    """Return the exit code of a run: findings are what `drift` and `diff` call differences."""
    return ExitCode.CHANGES if found.failed else ExitCode.OK


def check(options: Options) -> None:
    """Check the options before anything is read.

    Raises:
        InvalidInput: A severity or a profile is unknown.
    """
    _risk(options.severity)
    if options.fail_level != NEVER:
        _risk(options.fail_level, "--fail-on", NEVER)
    _profile(options)


def _risk(text: str, flag: str = "--severity", *others: str) -> Risk:
    found = next((risk for risk in RISKS if risk == text), None)
    if found is None:
        known = (*RISKS, *others)
        raise invalid(sentences(f"{flag}: {text} is not one of {', '.join(known)}.", suggest(text, known)))
    return found


def _profile(options: Options) -> Profile | None:
    text = options.pool_profile
    found = next((profile for profile in PROFILES if profile == text), None)
    if text and found is None:
        message = f"--pool-profile: {text} is not one of {', '.join(PROFILES)}."
        raise invalid(sentences(message, suggest(text, PROFILES)))
    return found
