"""Published facts that the schemas and the embedded Cognito both need, from the one file that holds them.

`published.json` is data and belongs to neither side: what a new pool has is published, and two copies would only differ
by mistake. What follows from it stays apart: the engine and the embedded Cognito read the
file on their own and share no code, so that one can still contradict the other (`reconciler/local/published_facts.py`).
It lies beside the schemas because they are the lowest layer, and may not import `reconciler`.

Sources: cognito.md 2.1, 2.3, 2.4, 2.11, 2.13, 2.19, 3.2, 4.2, 9.1 and 9.3.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PUBLISHED: dict[str, Any] = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))
"""What a new pool has: `standard_attributes`, in the order in which a pool shows them, `password_policy`,
`recovery_mechanisms`, `acr_levels`, `session_defaults`. What the service knows: `feature_plans`, lowest first;
`sms_regions`, Region of a pool to the Regions that may send its SMS, the default first, if that is not just its own;
`ses_older_pool_regions`, which may use SES in the `ses_shared_regions` too; `oauth_scopes` that need no resource
server; `seconds_of_unit`; `token_validity` with the unit and value when unset, and its limits in seconds;
`legacy_auth_flows`; `unwritable_attributes`; `log_levels` by event source; `reserved_domain_words`."""
