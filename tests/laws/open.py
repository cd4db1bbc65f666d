"""Laws that do not hold yet: how the failure begins, and its cause. The list is to become empty.

An example that meets one of them is counted, not reported, so that the search goes on behind it.
"""

from __future__ import annotations

import re

OPEN = {
    r"need to be disabled for the \w+ pricing tier": "no rule knows every feature that a tier lacks (issue 9, C.9)",
    r"SOFTWARE_TOKEN is not supported as a first auth factor": "the schema lists it, no rule refuses it (C.9)",
    r"left \[.*AnalyticsConfiguration.RoleArn": "Cognito replaces the role where ApplicationArn is set (C.10)",
    r"left \[.*branding.Settings": "Settings beside UseCognitoProvidedValues: true are dropped (C.10)",
    r"left \['user_pool.SmsAuthenticationMessage'\]": "the mirror in mfa contradicts it (C.9)",
    r"left \[.*TemporaryPasswordValidityDays": "0 days become Cognito's own (C.10)",
    r"SnsCallerArn and EumsSms cannot be used together": "refused in user_pool only, not in mfa (C.9)",
    r"SMS configuration is required when phone_number": "`SmsConfiguration: {}` counts as one (C.9)",
}
"""Pattern of a law's failure, and why."""


def is_open(message: str) -> bool:
    """Return whether a failure is known."""
    return any(re.search(pattern, message) for pattern in OPEN)
