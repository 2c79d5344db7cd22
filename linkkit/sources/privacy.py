"""Personal data in addresses: masked before anything is stored.

Search engines, analytics and logs keep query strings as they were requested, with whatever a form or a mail put there. A
masked part reads ``masked``, so that rows of one page stay one page.
"""

import re

import pandas as pd

MASK = "masked"
_NAMES = (
    r"e[-_]?mail(?:[-_]?address)?|(?:user|customer|contact|billing|shipping|login)[-_]?(?:e[-_]?)?mail|user[-_]?name|login|"
    r"(?:[\w-]*[-_])?token|auth(?:orization)?|(?:api|access|secret|private)[-_]?key|secret|pass(?:word|wd|code)?|pwd|"
    r"[\w-]*sess(?:ion)?[-_]?id|sid|signature|sig|otp|jwt|(?:tele|mobile)?phone(?:[-_]?number)?|mobile|"
    r"(?:first|last|full|sur|given|family)[-_]?name|birth[-_]?da(?:te|y)|dob|iban|ssn"
)
_PARAMETER = re.compile(rf"([?&;#](?:{_NAMES})=)(?!{MASK}(?:[&;#?]|$))[^&;#]+", re.I)
_PATH_SESSION = re.compile(rf"(;(?:jsessionid|phpsessid|sid)=)(?!{MASK}(?:[/?#;]|$))[^/?#;]+", re.I)
_EMAIL = re.compile(r"[\w.+%!$'*-]{1,64}?(?:@|%40|%2540)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}\b", re.I)
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?")
# An opaque value of a query: too long for a word, and digits among the letters.
_OPAQUE = re.compile(r"(?<==)(?=[^&;#]*\d)(?=[^&;#]*[A-Za-z])[A-Za-z0-9_~.+/-]{32,}(?:=|%3D){0,2}(?=[&;#]|$)")
_WORDS = re.compile(r"(?:[A-Za-z]{2,}|\d{1,4})(?:[-_.+/](?:[A-Za-z]{1,}|\d{1,4}))+")
_USER = re.compile(r"(?<=://)[^/?#@\s]+@")
_SUSPECT = re.compile(r"[=@]|%40|%2540|eyJ")


def mask(address: str) -> str:
    """An address without e-mail addresses, tokens, passwords, session ids, phone numbers and names of people.

    Parameters of a telling name lose their value; e-mail addresses and JSON Web Tokens are found anywhere, other tokens
    (32 or more letters and digits without words) as values of a query. Idempotent.

    Examples
    --------
    >>> mask("/thanks?order=7&email=ann%40mail.example")
    '/thanks?order=7&email=masked'
    """
    if not _SUSPECT.search(address):
        return address
    # What is masked may bring up an e-mail address of what is left of another.
    while (masked := _masked(address)) != address:
        address = masked
    return masked


def _masked(text: str) -> str:
    text = _USER.sub("", text)
    text = _PATH_SESSION.sub(rf"\g<1>{MASK}", text)
    text = _PARAMETER.sub(rf"\g<1>{MASK}", text)
    text = _JWT.sub(MASK, text)
    text = _OPAQUE.sub(lambda match: match[0] if _WORDS.fullmatch(match[0]) else MASK, text)
    return _EMAIL.sub(MASK, text)


def mask_urls(addresses: "pd.Series[str]") -> "tuple[pd.Series[str], int]":
    """Addresses with personal data masked, and how many were changed."""
    suspects = addresses[addresses.str.contains(_SUSPECT)]
    if suspects.empty:
        return addresses, 0
    by_text = {text: mask(text) for text in pd.unique(suspects)}
    masked = suspects.map(by_text)
    changed = masked[masked != suspects]
    if changed.empty:
        return addresses, 0
    result = addresses.copy()
    result[changed.index] = changed
    return result, len(changed)
