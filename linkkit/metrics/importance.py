"""How much each page matters, from the signals there are."""

import numpy as np
import numpy.typing as npt
import pandas as pd

IMPORTANCE_SIGNALS = ("is_money_page", "conversions", "clicks", "sessions", "referring_domains")


SIGNAL_WORDS = {
    "is_money_page": "money pages",
    "conversions": "conversions",
    "clicks": "search clicks",
    "sessions": "sessions",
    "referring_domains": "referring domains",
}
"""The signals as people read them."""

FOLDED_SIGNALS = (
    "clicks",
    "impressions",
    "sessions",
    "conversions",
    "backlinks",
    "referring_domains",
    "bot_hits",
)


def fold_signals(pages: pd.DataFrame, fold: npt.NDArray[np.int32]) -> pd.DataFrame:
    """Signals of each page together with those of the URLs that fold into it.

    A backlink to a redirect lands on the page it ends at. Referring domains are added up, so a domain that links to
    several of a page's URLs counts more than once: an upper bound.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site.
    fold : int32 array
        `LinkGraph.fold`.

    Returns
    -------
    DataFrame
        One row per page: the signals that are counts (NaN where no file names the page), and ``is_money_page``.
        What leads to no live page keeps its own.
    """
    final = np.where(fold >= 0, fold, np.arange(len(fold)))
    folded = (
        pages[list(FOLDED_SIGNALS)].astype("float64").groupby(final).sum(min_count=1).reindex(pages.index)
    )
    money = pages["is_money_page"].fillna(False).astype(bool).groupby(final).any()
    return folded.assign(is_money_page=money.reindex(pages.index, fill_value=False))


def importance(pages: pd.DataFrame) -> tuple[pd.Series, tuple[str, ...]]:
    """Mean over the signals present of a page's share of that signal.

    Parameters
    ----------
    pages : DataFrame
        Pages of a Site, or their signals after `fold_signals`.

    Returns
    -------
    shares : Series
        One share (0-1) per page, summing to 1; NaN everywhere where no signal is present.
    signals : tuple of str
        The signals it rests on, to be named beside every number that depends on it.
    """
    shares = {}
    for name in IMPORTANCE_SIGNALS:
        values = pages[name].astype("float64").fillna(0.0)
        if values.sum() > 0:
            shares[name] = values / values.sum()
    if not shares:
        return pd.Series(np.nan, index=pages.index, dtype="float64"), ()
    return pd.DataFrame(shares).mean(axis=1), tuple(shares)
