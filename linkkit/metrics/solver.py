"""One linear system behind authority and landing yield: ``x = c + d M x``, solved to a proven bound on the error."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import LinearOperator, bicgstab
from threadpoolctl import ThreadpoolController

Floats = npt.NDArray[np.float64]
_Norm = Callable[[Floats], float]
Watch = Callable[[Floats], None] | None
"""Told the values after each step; an array that is not to be changed."""

TOLERANCE = 1e-12
_WARM_UP = 8
_KRYLOV_STEPS = 300
_MOST = 100_000


@dataclass(frozen=True, eq=False)
class Solution:
    """Values, and how far from the true ones they can be.

    Attributes
    ----------
    values : float64 array
    error : float
        Upper bound of the distance to the exact solution, in the norm asked for: true residual / (1 - damping).
    products : int
        Matrix-vector products it took.
    """

    values: Floats
    error: float
    products: int


def solve(
    matrix: csr_array | csc_array,
    constant: Floats,
    damping: float,
    *,
    norm: Literal["sum", "max"],
    tolerance: float = TOLERANCE,
    start: Floats | None = None,
    watch: Watch = None,
) -> Solution:
    """Solve ``x = constant + damping * matrix @ x``.

    The walk itself contracts by `damping` a step, which is sure but slow. Between two stretches of it, BiCGSTAB takes
    the large steps where it can; its result is used only if its residual is smaller. Convergence is judged by the true
    residual, never by the change of a single page or a bound that grows with the site.

    Parameters
    ----------
    matrix : sparse array, n x n
        Columns sum to at most 1 where `norm` is ``sum`` (authority: transposed moves), rows where it is ``max``.
    constant : float64 array
        Not negative.
    damping : float
        Below 1.
    norm : {"sum", "max"}
        Norm of residual and error: L1 or largest entry.
    tolerance : float
        Error to reach.
    start : float64 array, optional
        A guess, such as the solution before a small change.
    watch : callable, optional
        Told the values after each step: for checkpoints where a step takes minutes.

    References
    ----------
    van der Vorst (1992), Bi-CGSTAB, SIAM J. Sci. Stat. Comput. 13(2).
    """
    goal = tolerance * (1 - damping)
    measure = _sum_norm if norm == "sum" else _max_norm
    values = constant.copy() if start is None else start
    values, size, products = _walk(matrix, constant, damping, values, goal, measure, _WARM_UP, watch)
    if size > goal:
        wanted = goal if norm == "max" else goal / np.sqrt(len(constant))
        jump, used = _krylov(matrix, constant, damping, values, wanted, watch)
        products += used + 1
        ahead = measure(constant + damping * (matrix @ jump) - jump) if np.isfinite(jump).all() else np.inf
        values, size, used = _walk(
            matrix, constant, damping, jump if ahead < size else values, goal, measure, _MOST, watch
        )
        products += used
    # What is left of a Krylov step below zero is smaller than the error.
    return Solution(np.maximum(values, 0.0), float(size / (1 - damping)), products)


def _walk(
    matrix: csr_array | csc_array, constant: Floats, damping: float, values: Floats, goal: float, measure: _Norm, most: int,
    watch: Watch,
) -> tuple[Floats, float, int]:  # fmt: skip
    """Steps of the walk until the residual is at the goal, stops shrinking (rounding), or there were `most` steps."""
    best, since = np.inf, 0
    for step in range(1, most + 1):
        residual = constant + damping * (matrix @ values) - values
        size = measure(residual)
        since = 0 if size < best else since + 1
        best = min(best, size)
        if size <= goal or since > 3:
            return values, size, step
        values = values + residual
        if watch:
            watch(values)
    return values, size, most


def _krylov(
    matrix: csr_array | csc_array,
    constant: Floats,
    damping: float,
    values: Floats,
    wanted: float,
    watch: Watch,
) -> tuple[Floats, int]:
    used = 0

    def product(vector: Floats) -> Floats:
        nonlocal used
        used += 1
        return np.asarray(vector - damping * (matrix @ vector), dtype=np.float64)

    count = len(constant)
    operator = LinearOperator((count, count), matvec=product, dtype=np.float64)
    # Dot products this short gain nothing from threads, and lose a thousandfold where the cores are busy.
    with _blas().limit(limits=1, user_api="blas"):
        jump, _ = bicgstab(
            operator, constant, x0=values, rtol=0.0, atol=wanted, maxiter=_KRYLOV_STEPS, callback=watch
        )
    return jump, used


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def _sum_norm(vector: Floats) -> float:
    return float(np.abs(vector).sum())


def _max_norm(vector: Floats) -> float:
    return float(np.abs(vector).max(initial=0.0))
