"""Systems Manager beside the embedded Cognito: parameters of poolctl itself outlive the run, as those of AWS do.

Everything else of the service is moto's alone, and forgotten at the end. Imported only where it is used.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import moto.ssm.urls
from moto.ssm.models import SimpleSystemManagerBackend, ssm_backends
from moto.ssm.responses import SimpleSystemManagerResponse

from reconciler.local.backend import Engine
from reconciler.local.moto_services import Choke, Ours, placed
from reconciler.local.store import Record, Store

SERVICE = "ssm"
KEPT = "/poolctl/"
"""How the names of parameters begin that are kept."""

UNSAID: Record = {
    **dict.fromkeys(("description", "allowed_pattern", "keyid"), ""),
    **dict.fromkeys(("tier", "policies")),
    "parameter_type": "String",
    "overwrite": True,
    "tags": [],
    "data_type": "text",
}
"""What moto wants to know of a parameter besides."""


class LocalParametersBackend(Ours, SimpleSystemManagerBackend):
    """moto's backend of Systems Manager, with the kept parameters of earlier runs."""

    MOTO_URLS = moto.ssm.urls

    def renew(self, store: Store) -> None:
        """Make the kept parameters those of the state: it may have been read from a file."""
        known, found = store.account["parameters"].get(self.region_name, {}), self._records()
        self.delete_parameters([name for name in found if name not in known])
        for name, value in known.items():
            if found.get(name) != value:
                self.put_parameter(name=name, value=value, **UNSAID)

    def keep(self, store: Store) -> None:
        """Put the parameters that are kept into the state."""
        found = self._records()
        if found != store.account["parameters"].get(self.region_name, {}):
            store.account["parameters"][self.region_name] = found
            store.touch_account()

    def _records(self) -> dict[str, str]:
        names = [name for name in self._parameters if name.startswith(KEPT)]
        return {name: str(one.value) for name, one in self.get_parameters(names).items()}


class LocalParametersResponse(Choke, SimpleSystemManagerResponse):
    """moto's response class of Systems Manager with our entry point."""

    service = SERVICE
    backends: Any = ssm_backends

    def renew(self, store: Store) -> None:
        """Make the kept parameters those of the state."""
        self.backends[self.current_account][self.scope].renew(store)

    def keep(self, store: Store) -> None:
        """Put the parameters that are kept into the state."""
        self.backends[self.current_account][self.scope].keep(store)


LocalParametersBackend.RESPONSE = LocalParametersResponse
REGISTRIES: tuple[tuple[Any, type[Ours]], ...] = ((ssm_backends, LocalParametersBackend),)


def installed(engine: Engine) -> AbstractContextManager[None]:
    """Put Systems Manager of moto onto an engine, and restore it at the end."""
    return placed(engine, REGISTRIES)
