"""A Dask cluster by its address: connecting to it, and tasks of counted work on it."""

from __future__ import annotations

import time
import tomllib
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aumaq.instances import OptionError
from aumaq.instances.extras import install_command
from aumaq.instances.formats.targets import reason
from aumaq.instances.language.texts import say
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.tasks import WAIT_SECONDS, SolveTask, solved

TLS = ("tls_ca_file", "tls_client_cert", "tls_client_key")
"""Keys of a file for the security of a cluster, as Dask names them."""
TRIES = 3
"""How often a task is done again that failed for reasons of its worker."""


def connected(address: str, security: str | Path | None = None) -> Any:
    """Return a client of the scheduler at an address; *security* as in ``TLS``.

    Raises OptionError if there is none, or Dask is not installed.
    """
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError as error:
        raise OptionError(
            say(
                "a cluster needs the extra cluster: {command}",
                command=install_command("cluster"),
            )
        ) from error
    try:
        # A client of an address that is none never ends: it waits for its beginning.
        get_address_host_port(address)
    except ValueError as error:
        raise OptionError(
            say(
                "no cluster at {address!r}: {error}; expected an address such as"
                " tcp://host:8786",
                address=address,
                error=error,
            )
        ) from error
    try:
        return Client(
            address, timeout=20, security=_security(security), set_as_default=False
        )
    except (OSError, TypeError, ValueError) as error:
        raise OptionError(
            say("no cluster at {address!r}: {error}", address=address, error=error)
        ) from error


class Cluster:
    """Solves tasks on a cluster; those of a worker that is lost are done elsewhere."""

    def __init__(self, address: str, security: str | Path | None = None) -> None:
        """Connect. Raises OptionError if there is no cluster."""
        self._client = connected(address, security)

    def run(
        self,
        tasks: Sequence[SolveTask],
        beside: Callable[[], None],
        is_over: Callable[[], bool],
    ) -> list[Outcome | None]:
        """Return the answers in the order of the tasks; do *beside* meanwhile."""
        with warnings.catch_warnings():
            # A task is to be there again when its worker is lost, whatever its size.
            warnings.filterwarnings("ignore", message="Sending large graph")
            futures = [
                self._client.submit(solved, task, pure=False, retries=TRIES)
                for task in tasks
            ]
        beside()
        while not all(future.done() for future in futures):
            time.sleep(WAIT_SECONDS)
            if is_over():
                break
        found = [_answer(future) for future in futures]
        self._client.cancel(futures)
        return found

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close()


def _answer(future: Any) -> Outcome | None:
    """Return the answer to a task, None if it was not done; raise what failed."""
    if future.status in ("finished", "error"):
        found: Outcome = future.result()
        return found
    return None


def _security(file: str | Path | None) -> Any:
    """Return what TLS needs, as a file says it; None without a file.

    Paths in it are taken from where it lies. Raises OptionError if it says anything
    else: a connection that somebody wanted safe is never made unsafe.
    """
    if not file:
        return None
    from distributed import Security

    file = Path(file)
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OptionError(
            say("{path}: cannot be read: {why}", path=file, why=reason(error))
        ) from None
    paths = {key: file.parent / str(value) for key, value in given.items()}
    if set(given) != set(TLS) or not all(path.is_file() for path in paths.values()):
        raise OptionError(
            say(
                "{path}: expected {keys}, each a file that is there",
                path=file,
                keys=", ".join(TLS),
            )
        )
    found = {key: str(path) for key, path in paths.items()}
    return Security(require_encryption=True, **found)
