"""Holds values against the schemas with pydantic, which decides what is valid where `sure` has a doubt.

The models of pydantic are made from the tables here, when they are asked for: each type gets the marks that pydantic
has for ours, so what it finds wrong it names as ever. The only module of `schemas` that imports pydantic.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pydantic
from pydantic_core import PydanticCustomError

from schemas.base import ApiModel, types_of
from schemas.limits import UNFIT, AfterValidator, BeforeValidator, Checked, Field, StringConstraints, Unfit

CONFIG = pydantic.ConfigDict(strict=True, frozen=True, hide_input_in_errors=True, defer_build=True)


def validate(model: type[ApiModel], tree: Any, *, extra: Literal["forbid", "ignore"]) -> pydantic.BaseModel:
    """Hold an object against its schema.

    Args:
        model: The schema.
        tree: The object.
        extra: `forbid` for a manifest, `ignore` for an answer of the API, which may have more members.

    Returns:
        The object, whose `model_fields_set` holds the declared members.

    Raises:
        pydantic.ValidationError: It does not fit.
    """
    return model_of(model).model_validate(tree, extra=extra)


def declared(model: type[ApiModel], tree: Any) -> dict[str, Any]:
    """Return an object of a manifest with the members that it declares, in the order of the schema.

    Raises:
        pydantic.ValidationError: It does not fit.
    """
    return validate(model, tree, extra="forbid").model_dump(exclude_unset=True)


def check_key(marks: tuple[Any, ...], key: str) -> None:
    """Hold a key against the facts of keys.

    Raises:
        pydantic.ValidationError: It does not fit.
    """
    _keys(marks).validate_python(key, strict=True)


def is_key(marks: tuple[Any, ...], key: str) -> bool:
    """Return whether a text can be a key, by the facts of keys."""
    try:
        check_key(marks, key)
    except pydantic.ValidationError:
        return False
    return True


def _keys(marks: tuple[Any, ...]) -> pydantic.TypeAdapter[str]:
    return pydantic.TypeAdapter(Annotated[(str, *map(_fact, marks))] if marks else str)


@cache
def model_of(model: type[ApiModel]) -> type[pydantic.BaseModel]:
    """Return the model that pydantic has of a structure."""
    defaults: dict[str, Any] = {name: getattr(model, name, ...) for name in types_of(model)}
    fields: dict[str, Any] = {name: (_typed(held), defaults[name]) for name, held in types_of(model).items()}
    return pydantic.create_model(model.__name__, __config__=CONFIG, __module__=model.__module__, **fields)


def _typed(annotation: Any) -> Any:
    """Return a type with pydantic's models and marks in the place of ours."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Annotated[(_typed(parts[0]), *map(_fact, parts[1:]))]
    if origin in (Union, UnionType):
        return reduce(or_, map(_typed, parts))
    if origin in (list, dict):
        return origin[tuple(map(_typed, parts))]
    if isinstance(annotation, type) and issubclass(annotation, ApiModel):
        return model_of(annotation)
    return annotation


def _fact(mark: Any) -> Any:
    """Return what pydantic calls a mark; it leaves alone what it does not know."""
    if isinstance(mark, Checked):
        return pydantic.BeforeValidator(_fitting(mark.check))
    if isinstance(mark, BeforeValidator):
        return pydantic.BeforeValidator(_fitting(mark.func))
    if isinstance(mark, AfterValidator):
        return pydantic.AfterValidator(_fitting(mark.func))
    if isinstance(mark, StringConstraints | Field):
        limits = {name: value for name, value in vars(mark).items() if value is not None}
        return pydantic.StringConstraints(**limits) if isinstance(mark, StringConstraints) else pydantic.Field(**limits)
    return mark


def _fitting(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a check whose refusal is an error of pydantic, which keeps its context."""

    def checked(value: Any) -> Any:
        try:
            return check(value)
        except Unfit as error:
            raise PydanticCustomError(UNFIT, "{wrong}", error.context) from None

    return checked
