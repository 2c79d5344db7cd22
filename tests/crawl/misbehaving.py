"""Answers that no well-behaved server gives, written to the socket byte by byte."""

import gzip
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from itertools import chain, repeat
from socket import SO_LINGER, SOL_SOCKET

import brotli

Raw = Callable[[BaseHTTPRequestHandler], None]
"""An answer that writes to the socket by itself."""

HTML = b"Content-Type: text/html; charset=utf-8\r\n"
_PATIENCE = 60.0
"""Seconds after which an endless answer gives up, should the crawler not hang up."""


def raw(*parts: bytes, seconds: float = 0.0, reset: bool = False) -> Raw:
    """Writes the parts as they are, with a pause before each but the first, and closes; with a RST where `reset`."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        for place, part in enumerate(parts):
            if place:
                time.sleep(seconds)
            handler.wfile.write(part)
            handler.wfile.flush()
        if reset:
            handler.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
        handler.close_connection = True

    return answer


def head(*lines: bytes, status: bytes = b"200 OK", length: int | bytes | None = None) -> bytes:
    """Status line and headers of an HTML page."""
    size = b"" if length is None else b"Content-Length: %b\r\n" % str(length).encode() if isinstance(length, int) else b"Content-Length: %b\r\n" % length  # fmt: skip
    return (
        b"HTTP/1.1 " + status + b"\r\n" + HTML + size + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    )


def stalled(body: bytes = b"") -> Raw:
    """Says nothing, or nothing more after a part of the body, until the crawler hangs up."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if body:
            handler.wfile.write(head(length=10_000) + body)
            handler.wfile.flush()
        handler.connection.settimeout(_PATIENCE)
        with suppress(OSError):
            handler.rfile.read(1)
        handler.close_connection = True

    return answer


def endless(block: bytes, *, pause: float = 0.0, start: bytes | None = None) -> Raw:
    """Goes on with the same block until the crawler hangs up."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        end = time.monotonic() + _PATIENCE
        with suppress(OSError):
            for part in chain([head() if start is None else start], repeat(block)):
                handler.wfile.write(part)
                handler.wfile.flush()
                time.sleep(pause)
                if time.monotonic() > end:
                    break
        handler.close_connection = True

    return answer


def bomb(coding: str, megabytes: int) -> bytes:
    """A small body that unpacks to so many megabytes."""
    body = b"<p>boom</p>" + b" " * (megabytes << 20)
    return gzip.compress(body) if coding == "gzip" else brotli.compress(body, quality=5)
