"""How evenly a quantity is spread over pages."""

import numpy as np
import numpy.typing as npt
import pandas as pd


def gini(values: npt.ArrayLike) -> float:
    """Gini coefficient of non-negative values: 0 all alike, towards 1 all on one page; NaN where there is nothing.

    Examples
    --------
    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 1]), gini([])
    (0.0, 0.75, nan)

    References
    ----------
    Gini (1912); as the mean absolute difference over twice the mean.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    count, total = len(ordered), ordered.sum()
    if count == 0 or total <= 0:
        return float("nan")
    ranks = np.arange(1, count + 1)
    return float(max(0.0, (2 * (ranks * ordered).sum() / total - count - 1) / count))


def lorenz(values: npt.ArrayLike, *, points: int = 100) -> pd.DataFrame:
    """Lorenz curve from the richest page down.

    Returns
    -------
    DataFrame
        At most `points` + 1 rows from nothing to everything: ``pages_share`` (0-1, of the pages, richest first) and
        ``share`` (0-1, of the whole that they hold). No row where there is nothing to share.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))[::-1]
    if len(ordered) == 0 or ordered.sum() <= 0:
        return pd.DataFrame({"pages_share": [], "share": []}, dtype="float64")
    cumulated = np.concatenate(([0.0], np.cumsum(ordered) / ordered.sum()))
    places = np.unique(np.linspace(0, len(ordered), min(points, len(ordered)) + 1).round().astype(int))
    return pd.DataFrame({"pages_share": places / len(ordered), "share": np.minimum(cumulated[places], 1.0)})


def top_share(values: npt.ArrayLike, share: float) -> float:
    """What the richest `share` (0-1) of the pages hold together, at least one page; NaN where there is nothing."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))[::-1]
    if len(ordered) == 0 or ordered.sum() <= 0:
        return float("nan")
    return float(ordered[: max(1, round(len(ordered) * share))].sum() / ordered.sum())
