"""The login over REST (manual: v1/login)."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from simulator import ManualClock, RestServer, SimulatedMeter

from .helpers import RestClient

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def rest(meter: SimulatedMeter, session: ClientSession) -> AsyncIterator[RestClient]:
    async with RestServer(meter, response_time=0) as server:
        yield RestClient(session, server)


async def log_in(rest: RestClient, password: str) -> tuple[int, str]:
    return (await rest.ask("PUT", "login", params={"password": password}))[:2]


async def test_login(meter: SimulatedMeter, rest: RestClient) -> None:
    assert (await rest.get("system_status"))["logged"] == 0
    assert await log_in(rest, "1000") == (200, "OK")
    assert (await rest.get("system_status"))["logged"] == 1
    assert (meter.login_attempts_left, meter.login_locked) == (3, False)


async def test_another_password(session: ClientSession) -> None:
    async with RestServer(SimulatedMeter(password="ß 1"), response_time=0) as server:
        rest = RestClient(session, server)
        assert await log_in(rest, "1000") == (401, "Unauthorized")
        assert await log_in(rest, "ß 1") == (200, "OK")


async def test_three_wrong_ones_lock_the_login_for_15_minutes(
    meter: SimulatedMeter, clock: ManualClock, rest: RestClient
) -> None:
    for left in (2, 1, 0):
        assert await log_in(rest, "1001") == (401, "Unauthorized")
        assert meter.login_attempts_left == left
    assert meter.login_locked
    assert await log_in(rest, "1000") == (403, "Forbidden")
    clock.advance(899)
    assert await log_in(rest, "1000") == (403, "Forbidden")
    assert (await rest.get("system_status"))["logged"] == 0
    clock.advance(1)
    assert (meter.login_attempts_left, meter.login_locked) == (3, False)
    assert await log_in(rest, "1001") == (401, "Unauthorized")
    assert meter.login_attempts_left == 2
    assert await log_in(rest, "1000") == (200, "OK")


async def test_the_right_one_starts_the_count_again(
    meter: SimulatedMeter, rest: RestClient
) -> None:
    await log_in(rest, "1")
    await log_in(rest, "2")
    assert meter.login_attempts_left == 1
    await log_in(rest, "1000")
    assert meter.login_attempts_left == 3


@pytest.mark.parametrize("query", ["", "?user=1", "?password=1&user=1"])
async def test_no_password_is_no_attempt(
    meter: SimulatedMeter, rest: RestClient, query: str
) -> None:
    assert (await rest.ask("PUT", f"login{query}"))[0] == 400
    assert meter.login_attempts_left == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_only_put(rest: RestClient, method: str) -> None:
    assert (await rest.ask(method, "login?password=1000"))[0] == 501


@pytest.mark.parametrize("what", ["reboot", "power failure"])
async def test_logged_out_by_a_restart(
    meter: SimulatedMeter, clock: ManualClock, rest: RestClient, what: str
) -> None:
    await log_in(rest, "1000")
    if what == "reboot":
        meter.reboot()
        clock.advance(2)
    else:
        meter.power_failure()
    assert (await rest.get("system_status"))["logged"] == 0


async def test_a_restart_does_not_unlock(
    meter: SimulatedMeter, clock: ManualClock, rest: RestClient
) -> None:
    for _ in range(3):
        await log_in(rest, "1001")
    meter.power_failure()
    assert await log_in(rest, "1000") == (403, "Forbidden")
