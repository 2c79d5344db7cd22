"""Robots in access logs: told apart by their user agent, and by DNS where the analyst asks for it.

A user agent is a claim that anybody can make. The operators of search engines name the domains that the addresses of their
robots resolve to; an address is verified if its reverse name lies in such a domain and resolves back to it (Google Search
Central, "Verifying Googlebot and other Google crawlers"; the other operators document the same way).
"""

import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum


class BotGroup(StrEnum):
    """Whom a robot works for."""

    SEARCH = "search engines"
    AI = "AI services"
    SEO = "SEO tools"
    OTHER = "other robots"


@dataclass(frozen=True)
class Bot:
    """A robot: what its user agent holds (a regular expression), and the domains its addresses resolve to."""

    name: str
    group: BotGroup
    agent: str
    domains: tuple[str, ...] = ()


BOTS = (
    Bot("Googlebot", BotGroup.SEARCH, r"googlebot|storebot-google|google-inspectiontool", ("googlebot.com", "google.com")),
    Bot("Bingbot", BotGroup.SEARCH, r"bingbot|adidxbot|bingpreview", ("search.msn.com",)),
    Bot("YandexBot", BotGroup.SEARCH, r"yandex(?:bot|images|video|mobilebot|accessibilitybot)", ("yandex.ru", "yandex.net", "yandex.com")),
    Bot("Baiduspider", BotGroup.SEARCH, r"baiduspider", ("baidu.com", "baidu.jp")),
    Bot("Applebot", BotGroup.SEARCH, r"applebot", ("applebot.apple.com",)),
    Bot("DuckDuckBot", BotGroup.SEARCH, r"duckduckbot"),
    Bot("Yahoo Slurp", BotGroup.SEARCH, r"yahoo! slurp", ("crawl.yahoo.net",)),
    Bot("SeznamBot", BotGroup.SEARCH, r"seznambot", ("seznam.cz",)),
    Bot("PetalBot", BotGroup.SEARCH, r"petalbot", ("petalsearch.com",)),
    Bot("Naver Yeti", BotGroup.SEARCH, r"naver\.me/spd|yeti/", ("naver.com",)),
    Bot("Qwantbot", BotGroup.SEARCH, r"qwantbot|qwantify", ("qwant.com",)),
    Bot(
        "AI services",
        BotGroup.AI,
        r"gptbot|oai-searchbot|chatgpt-user|claudebot|claude-user|claude-searchbot|anthropic-ai|perplexity|ccbot|bytespider|"
        r"amazonbot|meta-externalagent|meta-externalfetcher|google-cloudvertexbot|mistralai-user|cohere-ai|youbot|diffbot",
    ),
    Bot(
        "SEO tools",
        BotGroup.SEO,
        r"ahrefs(?:bot|siteaudit)|semrushbot|siteauditbot|mj12bot|dotbot|rogerbot|screaming frog|sitebulb|serpstatbot|"
        r"dataforseobot|blexbot|seokicks|barkrowler|megaindex|linkkit|advertools|oncrawl|botify|deepcrawl|lumar",
    ),
    Bot("Other robots", BotGroup.OTHER, r"(?:^|[^u])bot(?:\b|_)|crawl|spider|scrap|slurp|fetch|curl/|wget/|python-|java/|go-http|headless|monitor|facebookexternalhit"),
)  # fmt: skip
"""Known robots; the first whose expression is found in the user agent (in lower case) is the one."""

_DOMAINS = {bot.name: bot.domains for bot in BOTS}


def verify_by_dns(
    claims: Iterable[tuple[str, str]],
    *,
    reverse: Callable[[str], str] | None = None,
    forward: Callable[[str], Iterable[str]] | None = None,
    workers: int = 16,
) -> set[tuple[str, str]]:
    """Which addresses belong to the robot they claim to be. Asks the DNS for each: never done unless called for.

    Parameters
    ----------
    claims : iterable of (address, robot's name)
    reverse, forward : callable, optional
        Name of an address, and addresses of a name; the system's resolver without them. An OSError means no answer.
    workers : int
        Questions asked side by side.

    Returns
    -------
    set of (address, robot's name)
    """
    name_of = reverse or (lambda address: socket.gethostbyaddr(address)[0])
    addresses_of = forward or (lambda name: [str(each[4][0]) for each in socket.getaddrinfo(name, None)])

    def is_true(claim: tuple[str, str]) -> bool:
        address, bot = claim
        domains = _DOMAINS.get(bot, ())
        try:
            name = name_of(address).rstrip(".").lower()
            return name.endswith(tuple(f".{domain}" for domain in domains)) and address in set(
                addresses_of(name)
            )
        except (OSError, UnicodeError):
            return False

    wanted = [claim for claim in dict.fromkeys(claims) if _DOMAINS.get(claim[1])]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return {claim for claim, ok in zip(wanted, pool.map(is_true, wanted), strict=True) if ok}
