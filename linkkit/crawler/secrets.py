"""Headers, basic auth and cookies for staging sites: kept in memory and in one environment variable, nowhere else."""

import base64
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote, urlsplit, urlunsplit

from linkkit.errors import SettingsError

VARIABLE = "LINKKIT_CRAWL_SECRETS"
"""Environment variable of the crawler process; removed from its environment when read."""

_NAME = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
_OWN_OPTIONS = {"user-agent": "user_agent", "authorization": "basic_auth", "cookie": "cookies"}


@dataclass(frozen=True)
class Secrets:
    """Request headers that only the crawl's own hosts may see; never part of a repr."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def names(self) -> frozenset[str]:
        """Lower-case header names."""
        return frozenset(name.lower() for name in self.headers)

    def to_environment(self) -> dict[str, str]:
        """The variable to start the crawler process with."""
        return {VARIABLE: json.dumps(dict(self.headers))} if self.headers else {}


@cache
def take_secrets() -> Secrets:
    """The secrets this process was started with; taken out of its environment, so that nothing it starts has them."""
    return Secrets(json.loads(os.environ.pop(VARIABLE, "{}")))


def split_userinfo(url: str) -> tuple[str, tuple[str, str] | None]:
    """An address without ``user:password@``, and the user and password if there were any."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, None
    if "@" not in parts.netloc:
        return url, None
    userinfo, _, host = parts.netloc.rpartition("@")
    user, _, password = userinfo.partition(":")
    return urlunsplit(parts._replace(netloc=host)), (unquote(user), unquote(password))


def make_secrets(
    headers: Mapping[str, str] | None = None,
    basic_auth: tuple[str, str] | None = None,
    cookies: Mapping[str, str] | str | None = None,
) -> Secrets:
    """Check and combine the three kinds of secrets into request headers.

    Raises
    ------
    SettingsError
        For a header name or value that HTTP does not allow (named, the value never shown), or basic auth that is not
        a pair.
    """
    combined: dict[str, str] = {}
    for name, value in (headers or {}).items():
        option = _OWN_OPTIONS.get(str(name).lower())
        if option == "user_agent":
            raise SettingsError("headers: set the user agent with user_agent=..., robots.txt is read with it")
        combined[str(name)] = str(value)
    if basic_auth is not None:
        if isinstance(basic_auth, str) or len(basic_auth) != 2:
            raise SettingsError("basic_auth: expected a pair (user, password)")
        token = base64.b64encode(":".join(basic_auth).encode()).decode("ascii")
        combined["Authorization"] = f"Basic {token}"
    if cookies:
        pairs = (
            cookies
            if isinstance(cookies, str)
            else "; ".join(f"{name}={value}" for name, value in cookies.items())
        )
        combined["Cookie"] = pairs
    for name, value in combined.items():
        if not _NAME.match(name) or any(ord(char) < 32 and char != "\t" for char in value):
            raise SettingsError(
                f"headers: {name!r} is not a header HTTP allows (name, or a control character in it)"
            )
    return Secrets(combined)
