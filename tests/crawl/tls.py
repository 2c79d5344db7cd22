"""A server that speaks http and https on one port, as sites do that move from one to the other."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socket import MSG_PEEK
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crawl.conftest import Answer, WebServer

_TLS_HANDSHAKE = b"\x16"


def _certificate(folder: Path) -> Path:
    """A self-signed certificate with its key, made now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "moved.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class TwoFacedServer(WebServer):
    """`answers` is told scheme, host with port, and path of each request."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.answers: Callable[[str, str, str], Answer | None] = lambda scheme, host, path: None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(folder))
        handler: Any = self._server.RequestHandlerClass

        class Handler(handler):  # type: ignore[misc]
            def setup(self) -> None:
                if self.request.recv(1, MSG_PEEK) == _TLS_HANDSHAKE:
                    self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

        self._server.RequestHandlerClass = Handler

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        scheme = "https" if isinstance(handler.connection, ssl.SSLSocket) else "http"
        found = self.answers(scheme, handler.headers.get("Host", ""), handler.path)
        self.on_request = lambda path: found
        super().answer(handler)
