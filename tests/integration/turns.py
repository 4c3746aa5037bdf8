"""Cases that share one Home Assistant."""

from collections.abc import Awaitable, Callable, Iterable
from inspect import Parameter, Signature, signature
from typing import Any

import pytest

type Test = Callable[..., Awaitable[None]]


def in_turn(
    names: str | tuple[str, ...], cases: Iterable[Any], ids: Iterable[object] | None = None
) -> Callable[[Test], Test]:
    """Run a test for each case, as `parametrize` does, but all of them with the same fixtures.

    For cases that leave everything as they found it; each is a subtest and fails alone.
    """
    wanted = (names,) if isinstance(names, str) else names
    given = list(cases)
    assert given
    values = [(case,) for case in given] if isinstance(names, str) else [tuple(c) for c in given]
    labels = [str(label) for label in (given if ids is None else ids)]

    def decorate(test: Test) -> Test:
        parameters = dict(signature(test).parameters)
        for name in wanted:
            del parameters[name]

        async def run(subtests: pytest.Subtests, **fixtures: Any) -> None:
            for label, case in zip(labels, values, strict=True):
                with subtests.test(label):
                    await test(**fixtures, **dict(zip(wanted, case, strict=True)))

        fixtures = [
            each.replace(kind=Parameter.KEYWORD_ONLY)
            for name, each in parameters.items()
            if name != "subtests"
        ]
        also = Parameter("subtests", Parameter.KEYWORD_ONLY)
        run.__signature__ = signature(test).replace(parameters=[*fixtures, also])  # type: ignore[attr-defined]
        run.__name__, run.__qualname__, run.__doc__ = test.__name__, test.__qualname__, test.__doc__
        run.__module__ = test.__module__
        return run

    return decorate


def as_one(*checks: Test) -> Test:
    """Make one test of several that leave everything as they found it: they share their fixtures.

    Each is a subtest of its own name, and fails alone.
    """
    wanted = {check: signature(check).parameters for check in checks}

    async def run(subtests: pytest.Subtests, **fixtures: Any) -> None:
        for check, names in wanted.items():
            with subtests.test(check.__name__.removeprefix("check_")):
                await check(**{name: fixtures[name] for name in names})

    names = dict.fromkeys(name for parameters in wanted.values() for name in parameters)
    parameters = [Parameter(name, Parameter.KEYWORD_ONLY) for name in ("subtests", *names)]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return run
