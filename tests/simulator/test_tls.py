"""The REST API over HTTPS (manual: API communication, TLS ON)."""

import asyncio
from hashlib import sha256
import ssl

from aiohttp import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientSession,
    Fingerprint,
    ServerFingerprintMismatch,
)
from cryptography import x509
import pytest

from simulator import RestServer, SimulatedMeter

from .helpers import RestClient

pytestmark = pytest.mark.usefixtures("socket_enabled")


def pinned(server: RestServer) -> Fingerprint:
    return Fingerprint(bytes.fromhex(server.certificate_fingerprint))


async def test_the_whole_api(meter: SimulatedMeter, session: ClientSession) -> None:
    async with RestServer(meter, tls=True, response_time=0) as server:
        rest = RestClient(session, server)
        pin = pinned(server)
        assert server.url == f"https://127.0.0.1:{server.port}"
        status, _, text = await rest.ask("GET", "system_status", ssl=pin)
        assert status == 200
        assert "12345678" in text
        assert (await rest.ask("PUT", "login?password=1000", ssl=pin))[0] == 200
        assert (await rest.ask("PUT", "force_display?set_page=5", ssl=pin))[0] == 200
        assert meter.display_page == 5


async def test_the_certificate(meter: SimulatedMeter) -> None:
    async with RestServer(meter, tls=True) as server:
        pem = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", server.port))
        der = ssl.PEM_cert_to_DER_cert(pem)
        assert sha256(der).hexdigest() == server.certificate_fingerprint
        certificate = x509.load_der_x509_certificate(der)
        assert certificate.subject == certificate.issuer
        assert certificate.subject.rfc4514_string() == "CN=DMED4 12345678"


async def test_nobody_else_has_signed_it(meter: SimulatedMeter, session: ClientSession) -> None:
    async with RestServer(meter, tls=True, response_time=0) as server:
        with pytest.raises(ClientConnectorCertificateError):
            await RestClient(session, server).get("measure")


async def test_another_certificate(meter: SimulatedMeter, session: ClientSession) -> None:
    async with RestServer(meter, tls=True, response_time=0) as server:
        rest = RestClient(session, server)
        old = pinned(server)
        assert (await rest.ask("GET", "measure", ssl=old))[0] == 200
        server.renew_certificate()
        with pytest.raises(ServerFingerprintMismatch):
            await rest.ask("GET", "measure", ssl=old)
        assert (await rest.ask("GET", "measure", ssl=pinned(server)))[0] == 200
        await server.stop()
        await server.start()
        assert (await rest.ask("GET", "measure", ssl=pinned(server)))[0] == 200


async def test_plain_http_is_not_understood(meter: SimulatedMeter, session: ClientSession) -> None:
    async with RestServer(meter, tls=True, response_time=0) as server:
        with pytest.raises(ClientConnectionError):
            async with session.get(f"http://127.0.0.1:{server.port}/v1/measure"):
                pass


@pytest.mark.parametrize(("tls", "status"), [(True, 501), (False, 200)])
async def test_display_only_without_tls(session: ClientSession, *, tls: bool, status: int) -> None:
    meter = SimulatedMeter(readings={"display_with_tls": "refused"})
    async with RestServer(meter, tls=tls, response_time=0) as server:
        rest = RestClient(session, server)
        pin = pinned(server) if tls else True
        assert (await rest.ask("PUT", "force_display?set_page=5", ssl=pin))[0] == status
        assert (await rest.ask("GET", "measure", ssl=pin))[0] == 200


@pytest.mark.parametrize("what", ["unplug", "reboot"])
async def test_open_connections_break_off(
    meter: SimulatedMeter, session: ClientSession, what: str
) -> None:
    async with RestServer(meter, tls=True, response_time=30) as server:
        rest = RestClient(session, server)
        poll = asyncio.create_task(rest.ask("POST", "ocmf", ssl=pinned(server)))
        while not server.requests:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.001)
        if what == "unplug":
            await server.stop()
        else:
            meter.reboot()
        with pytest.raises(ClientConnectionError):
            await poll


def test_no_certificate_without_tls(meter: SimulatedMeter) -> None:
    assert RestServer(meter).certificate_fingerprint == ""
