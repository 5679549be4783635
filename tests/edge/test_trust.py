"""Whom a device believes that does not know what time it is."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samut_edge.trust import trust
from tests.edge.drivers.heard import story

ENDED = datetime.now(UTC) - timedelta(days=1)


def server_side(folder: Path, host: str) -> ssl.SSLContext:
    """A certificate that ended yesterday, its own authority in `ca.crt`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hub")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(ENDED - timedelta(days=9)).not_valid_after(ENDED)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "ca.crt").write_bytes(pem)
    own = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "pair.pem").write_bytes(pem + own)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pair.pem")
    return context


@pytest.mark.parametrize(
    ("host", "knows_time", "lets_in"),
    [("127.0.0.1", False, True), ("127.0.0.1", True, False), ("127.0.0.2", False, False)],
)
@story
async def test_times_are_checked_by_who_knows_the_time_and_names_by_all(
    tmp_path: Path, host: str, knows_time: bool, lets_in: bool
) -> None:
    server = TestServer(web.Application(), host="127.0.0.1", scheme="https")
    await server.start_server(ssl=server_side(tmp_path, host))
    try:
        async with ClientSession() as http:
            context = trust(tmp_path / "ca.crt", knows_time=knows_time)
            if lets_in:
                assert (await http.get(f"https://127.0.0.1:{server.port}/", ssl=context)).status == 404
            else:
                with pytest.raises(ClientConnectorCertificateError):
                    await http.get(f"https://127.0.0.1:{server.port}/", ssl=context)
    finally:
        await server.close()


@story
async def test_a_strange_authority_is_believed_by_nobody(tmp_path: Path) -> None:
    server = TestServer(web.Application(), host="127.0.0.1", scheme="https")
    await server.start_server(ssl=server_side(tmp_path, "127.0.0.1"))
    try:
        async with ClientSession() as http:
            with pytest.raises(ClientConnectorCertificateError):
                await http.get(f"https://127.0.0.1:{server.port}/", ssl=trust(knows_time=False))
    finally:
        await server.close()
