"""Refusals of the embedded Cognito.

Every rule raises a `Refusal` with the service's own error code and message; one place converts it to an answer. moto's
own exception classes are not used for this: they map errors to a service by the module that they live in.
"""

from __future__ import annotations

from typing import NoReturn


class ServiceError(Exception):
    """The service refuses a request."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code = code
        """The exception's name in the API: `InvalidParameterException`."""
        self.message = message
        """The service's message if known (cognito.md 3), otherwise ours."""
        self.status = status
        """HTTP status."""
        super().__init__(f"{code}: {message}")


def refuse(message: str) -> NoReturn:
    """Refuse with InvalidParameterException, which Cognito uses for nearly everything.

    Raises:
        Refusal: Always.
    """
    raise ServiceError("InvalidParameterException", message)


def not_found(message: str) -> NoReturn:
    """Refuse because a resource does not exist.

    Raises:
        Refusal: Always.
    """
    raise ServiceError("ResourceNotFoundException", message)


def above_tier(tier: str, features: list[str]) -> NoReturn:
    """Refuse because the feature plan does not include an enabled feature (cognito.md 2.19).

    Raises:
        Refusal: Always.
    """
    raise ServiceError(
        "FeatureUnavailableInTierException",
        f"The following features need to be disabled for the {tier} pricing tier configured: {', '.join(features)}",
    )
