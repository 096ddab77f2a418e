"""How a command ends: its exit code, and what is said when the work fails."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from typing import Any

from aumaq import documents, installation, streams, words
from aumaq.instances.language.texts import say
from aumaq.interrupts import EXIT_CODE
from aumaq.show import err
from aumaq.words import t

NO_PLAN, BAD_INPUT, INTERNAL = 1, 2, 3
BROKEN_PIPE = 141
"""128 and SIGPIPE: whoever read the output has left."""
DEBUG = "--debug"
UNMAPPED = ("failed to map segment", "annot allocate memory")
"""What the system says of a library for which there is no address space."""
LEAST_MB = 1_200
"""Address space that the libraries take with two cores, measured with ``tiny``."""


def without_debug(arguments: Sequence[str]) -> list[str]:
    """Return the words of a command line without ``--debug``."""
    given = list(arguments)
    end = given.index("--") if "--" in given else len(given)
    return [word for word in given[:end] if word != DEBUG] + given[end:]


def code_of(work: Callable[[], int], arguments: Sequence[str]) -> int:
    """Do the work of a command; return its exit code, and say it if it fails.

    One that is asked for ``--json`` prints one document whatever happens.
    """
    is_json = documents.is_asked(arguments)
    is_debug = len(without_debug(arguments)) < len(arguments)
    try:
        try:
            code = work()
            if code == EXIT_CODE:  # Typer makes this of Ctrl-C
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            code = _stopped(is_json)
        except BrokenPipeError:
            raise
        except Exception as error:
            code = _failed(error, is_json, is_debug)
        streams.flush()
    except BrokenPipeError:
        streams.abandon()
        return BROKEN_PIPE
    except OSError as error:
        streams.abandon()
        return _unwritable(error)
    return code


def check_memory() -> None:
    """Raise OptionError where libraries would hang or die for want of memory."""
    try:
        import resource
    except ImportError:  # no such limits here
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_MB * 1_000_000:
        from aumaq.instances.errors import OptionError

        raise OptionError(
            say(
                "the address space of the process is limited to {mb} MB (ulimit -v);"
                " at least {least} MB are needed",
                mb=limit // 1_000_000,
                least=LEAST_MB,
            )
        )


def _stopped(is_json: bool) -> int:
    """Say that the command was asked to stop before there was a result."""
    told = t(say("stopped"))
    err.print(told)
    if is_json:
        documents.tell_failure(EXIT_CODE, "interrupted", told)
    return EXIT_CODE


def _failed(error: Exception, is_json: bool, is_debug: bool) -> int:
    """Say what went wrong; return the exit code. An error of ours is no traceback."""
    code, status, text, more = _meaning(error)
    err.print(text, markup=False, soft_wrap=True)
    if is_debug:
        err.print("".join(traceback.format_exception(error)), markup=False)
    if is_json:
        documents.tell_failure(code, status, text, **more)
    return code


def _meaning(error: Exception) -> tuple[int, str, str, dict[str, Any]]:
    """Return what an error comes to: exit code, status, text, and its parts."""
    # Before our own imports: they need packages, too.
    if isinstance(error, ImportError) and any(told in str(error) for told in UNMAPPED):
        error = MemoryError()
    if isinstance(error, ImportError) and (lacking := installation.lacking(error)):
        return BAD_INPUT, "not_installed", t(lacking), {}
    # Of errors alone: where memory is short there is none for the tables.
    from aumaq.instances.errors import AumaqError, NoPlanError, SolverError

    if isinstance(error, AumaqError):
        codes = {NoPlanError: NO_PLAN, SolverError: INTERNAL}
        code = next((n for kind, n in codes.items() if isinstance(error, kind)),
                    BAD_INPUT)  # fmt: skip
        status, more = documents.failure_of(error)
        return code, status, words.spoken().tell(error), more
    if isinstance(error, OSError):
        from aumaq.instances.formats.targets import reason, shown

        why = words.spoken().tell(reason(error))
        text = t(say("reading or writing failed: {reason}", reason=why))
        if error.filename:
            text = t(say("{path}: {reason}", path=shown(error.filename), reason=why))
        return BAD_INPUT, "not_read_or_written", text, {}
    if isinstance(error, MemoryError):
        return BAD_INPUT, "no_memory", t(say("there is not enough memory for this")), {}
    told = f"{type(error).__name__}: {error}"
    return INTERNAL, "error", t(say("internal error: {error}", error=told)), {}


def _unwritable(error: OSError) -> int:
    """Say that standard output cannot be written."""
    from aumaq.instances.formats.targets import reason

    told = words.spoken().tell(reason(error))
    err.print(t(say("standard output cannot be written: {reason}", reason=told)))
    return BAD_INPUT
