"""Checks a declared object against its schema.

What is valid beyond doubt is decided by `schemas.sure`, and all else by pydantic. Three things neither can do are done
around them: opaque leaves may replace any value (a secret, a value only AWS knows), what the installed botocore knows
and the schema does not yet is let through, and texts that came from a variable or the environment become the numbers
and booleans that they spell. Pydantic and the modules that word a problem are imported only when there is one, so a
valid manifest does not pay for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import Problem
from reconciler.manifests.env_words import at
from reconciler.manifests.item_lists import ItemListReader
from reconciler.manifests.references.origin import ROW, Origin
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.manifests.validation.tree_reader import Advice, TreeReader, no_advice
from reconciler.manifests.validation.tree_view import TreeView
from reconciler.model import Path, Secret, Tree
from schemas import sure
from schemas.base import ApiModel, Member
from schemas.settled import declared


def settled(model: type[ApiModel], tree: Any, place: Place) -> Tree | None:
    """Return what `check` returns for an object that is valid and of which nothing is to be said.

    Args:
        model: Its schema.
        tree: What was written, references followed as far as they can be.
        place: Where it is.

    Returns:
        The object as it is declared; None if `check` has to look at it. Then it may be valid all the same.
    """
    seen = _from_elsewhere(tree, place.origins) if place.origins else tree
    return None if seen is None else declared(model, seen)


def _from_elsewhere(tree: Tree, origins: Mapping[Path, Origin]) -> Tree | None:
    """Return an object whose texts say that they are not written in the manifest; None if more than texts came."""
    for path, origin in origins.items():
        if origin.kind == ROW:  # written in the manifest like any literal
            continue
        value = at(tree, path)
        if not path or origin.raw is not None or type(value) is not str:
            return None
        text = sure.ForeignText(value)
        text.hidden = Secret(value, str(origin))
        tree = _with(tree, path, text)
    return tree


def _with(tree: Any, path: Path, value: Any) -> Any:
    """Return a tree with another value at a path."""
    if not path:
        return value
    step, *rest = path
    copied = tree.copy()
    copied[step] = _with(tree[step], tuple(rest), value)
    return copied


def check(
    model: type[ApiModel],
    tree: Any,
    place: Place,
    report: ProblemReport,
    *,
    others: Advice = no_advice,
) -> Tree:
    """Validate one declared object.

    Args:
        model: Its schema.
        tree: What was written, references followed as far as they can be.
        place: Where it is, for messages.
        report: Gets problems and notices.
        others: Advice for keys that neither the schema nor botocore knows here, because another section has them.

    Returns:
        The object as it is declared: values converted, secrets wrapped, members in the order of the schema and null
        ones kept. What is not valid is left out.
    """
    view = TreeView(place, report)
    visible = TreeReader(model, view, others, ItemListReader(place, report, check)).structure(
        model, tree, (), hidden=False
    )
    view.note_unwanted()
    valid = sure.valid(model, visible)
    if valid is None:
        valid = _decided(model, visible, view)
    return {} if valid is None else _put_back(valid, view.held)


def _decided(model: type[ApiModel], visible: Any, view: TreeView) -> Tree | None:
    """Let pydantic decide, and report what it refuses; None if there is anything."""
    from pydantic import ValidationError

    from schemas import checked

    try:
        return checked.declared(model, visible)
    except ValidationError as error:
        from reconciler.manifests.validation.explainer import Explainer

        if Explainer(model, visible, view).explain(error):
            return None
        seen: Tree = visible
        return seen  # nothing is wrong but that required members are not known yet


def _put_back(tree: Tree, held: Mapping[Path, Any]) -> Tree:
    for path, value in held.items():
        target: Any = tree
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value
    return tree


def check_key(section: Member, key: str, place: Place, report: ProblemReport) -> None:
    """Validate a key of a section, for objects that have no member of which it is the value.

    Args:
        section: The map that has the key.
        key: What was written.
        place: Where the object is.
        report: Gets the problem.
    """
    if sure.is_sure_key(section.key_marks, key):
        return
    from pydantic import ValidationError

    from schemas import checked

    try:
        checked.check_key(section.key_marks, key)
    except ValidationError as error:
        from reconciler.manifests.validation.explainer import explain_key

        message, fix = explain_key(section, key, error)
        report.problems.append(Problem(place.start, place.name(()), message, fix))
