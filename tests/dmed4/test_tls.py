"""REST over TLS: nothing is sent to a web server that does not prove that it is the meter."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
import ipaddress
from pathlib import Path
import ssl

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import pytest

from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    CertificateChangedError,
    CertificateNotTrustedError,
    MeterError,
    TlsFailedError,
)
from custom_components.lovato_dmed4.dmed4.model import Command
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from custom_components.lovato_dmed4.dmed4.rest_certificate import fetch_fingerprint
from custom_components.lovato_dmed4.dmed4.rest_session import Tls
from simulator import RestServer, SimulatedMeter


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def server(simulated: SimulatedMeter) -> AsyncIterator[RestServer]:
    async with RestServer(simulated, tls=True) as server:
        yield server


def pinned(session: aiohttp.ClientSession, server: RestServer) -> RestMeter:
    return RestMeter(
        session,
        server.host,
        server.port,
        tls=Tls.PINNED,
        certificate=server.certificate_fingerprint,
    )


async def test_the_fingerprint_is_fetched_without_sending_anything(
    session: aiohttp.ClientSession, server: RestServer
) -> None:
    found = await fetch_fingerprint(session, server.host, server.port)
    assert found == server.certificate_fingerprint
    assert server.requests == []


async def test_a_meter_with_the_pinned_certificate(
    session: aiohttp.ClientSession, server: RestServer, simulated: SimulatedMeter
) -> None:
    meter = pinned(session, server)
    assert (await meter.identify()).public_key == simulated.public_key_raw
    await meter.send(Command.RESET_ERRORS)


async def test_a_changed_certificate_is_sent_nothing(
    session: aiohttp.ClientSession, server: RestServer
) -> None:
    meter = pinned(session, server)
    await meter.identify()
    before, asked = server.certificate_fingerprint, len(server.requests)
    server.renew_certificate()
    for request in (meter.identify(), meter.send(Command.BEGIN), meter._put("login", password="x")):
        with pytest.raises(CertificateChangedError) as raised:
            await request
        assert (raised.value.expected, raised.value.found) == (
            before,
            server.certificate_fingerprint,
        )
    assert len(server.requests) == asked
    assert (await pinned(session, server).identify()).public_key


@pytest.mark.parametrize("certificate", ["", "00"])
async def test_pinning_nothing_is_refused(session: aiohttp.ClientSession, certificate: str) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        RestMeter(session, "127.0.0.1", 1, tls=Tls.PINNED, certificate=certificate)


async def test_a_self_signed_certificate_is_not_trusted(
    session: aiohttp.ClientSession, server: RestServer
) -> None:
    with pytest.raises(CertificateNotTrustedError):
        await RestMeter(session, server.host, server.port, tls=Tls.VERIFIED).identify()
    assert server.requests == []
    assert (await pinned(session, server).identify()).public_key


async def test_a_trusted_certificate(server: RestServer, tmp_path: Path) -> None:
    certificate = trusted_certificate(tmp_path / "certificate.pem")
    assert server._tls_context is not None
    server._tls_context.load_cert_chain(tmp_path / "certificate.pem")
    context = ssl.create_default_context(cadata=certificate)
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(connector=connector) as session:
        meter = RestMeter(session, server.host, server.port, tls=Tls.VERIFIED)
        assert (await meter.identify()).public_key


@pytest.mark.parametrize("tls", [Tls.PINNED, Tls.VERIFIED])
async def test_a_web_server_without_tls(
    session: aiohttp.ClientSession, rest_server: RestServer, tls: Tls
) -> None:
    host, port = rest_server.host, rest_server.port
    with pytest.raises(TlsFailedError):
        await RestMeter(session, host, port, tls=tls, certificate="00" * 32).identify()
    with pytest.raises(TlsFailedError):
        await fetch_fingerprint(session, host, port)
    assert rest_server.requests == []
    assert (await RestMeter(session, host, port).identify()).public_key


async def test_a_meter_whose_tls_is_on_is_not_asked_without(
    session: aiohttp.ClientSession, server: RestServer
) -> None:
    with pytest.raises(MeterError):
        await RestMeter(session, server.host, server.port).identify()
    assert server.requests == []


async def test_no_fingerprint_where_nobody_is(session: aiohttp.ClientSession) -> None:
    with pytest.raises(CannotConnectError):
        await fetch_fingerprint(session, "127.0.0.1", 1)


def trusted_certificate(path: Path) -> str:
    """Write a certificate for this machine and its key; return the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "this machine")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + certificate)
    return certificate.decode()
