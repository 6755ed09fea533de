"""Types of the functions of scipy.optimize that the packages call; scipy has none of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

class OptimizeResult(dict[str, Any]):
    x: NDArray[np.float64]
    success: bool
    status: int
    message: str
    fun: Any
    nfev: int
    nit: int
    jac: NDArray[np.float64]
    cost: float
    ineqlin: OptimizeResult
    eqlin: OptimizeResult
    lower: OptimizeResult
    upper: OptimizeResult
    marginals: NDArray[np.float64]

def brentq(
    f: Callable[[float], float],
    a: float,
    b: float,
    *,
    xtol: float = ...,
    rtol: float = ...,
    maxiter: int = ...,
) -> float: ...
def least_squares(
    fun: Callable[..., ArrayLike],
    x0: ArrayLike,
    jac: str | Callable[..., ArrayLike] = ...,
    bounds: tuple[ArrayLike, ArrayLike] = ...,
    *,
    method: str = ...,
    ftol: float | None = ...,
    xtol: float | None = ...,
    gtol: float | None = ...,
    x_scale: ArrayLike = ...,
    max_nfev: int | None = ...,
    diff_step: ArrayLike | None = ...,
) -> OptimizeResult: ...
def lsq_linear(
    A: NDArray[np.float64],
    b: NDArray[np.float64],
    bounds: tuple[ArrayLike, ArrayLike] = ...,
    *,
    method: str = ...,
    tol: float = ...,
) -> OptimizeResult: ...
def linprog(
    c: ArrayLike,
    A_ub: ArrayLike | None = ...,
    b_ub: ArrayLike | None = ...,
    A_eq: ArrayLike | None = ...,
    b_eq: ArrayLike | None = ...,
    bounds: object = ...,
    method: str = ...,
    *,
    options: Mapping[str, object] | None = ...,
) -> OptimizeResult: ...
def minimize(
    fun: Callable[..., Any],
    x0: ArrayLike,
    *,
    method: str | None = ...,
    jac: Callable[..., ArrayLike] | bool | None = ...,
    bounds: object = ...,
    constraints: Mapping[str, object] | Sequence[Mapping[str, object]] = ...,
    tol: float | None = ...,
    options: Mapping[str, object] | None = ...,
) -> OptimizeResult: ...

class _Scalar(dict[str, Any]):
    x: float
    fun: float
    success: bool
    message: str

def minimize_scalar(
    fun: Callable[[float], float],
    bracket: Sequence[float] | None = ...,
    bounds: tuple[float, ...] | None = ...,
    *,
    method: str | None = ...,
    options: Mapping[str, object] | None = ...,
) -> _Scalar: ...
def root(
    fun: Callable[..., ArrayLike], x0: ArrayLike, *, method: str = ..., tol: float | None = ...
) -> OptimizeResult: ...

class RootResults:
    root: float
    converged: bool
    iterations: int

def root_scalar(
    f: Callable[[float], float],
    *,
    bracket: tuple[float, float] | None = ...,
    method: str | None = ...,
    x0: float | None = ...,
    x1: float | None = ...,
    xtol: float | None = ...,
    rtol: float | None = ...,
) -> RootResults: ...
def fminbound(
    func: Callable[[float], float],
    x1: float,
    x2: float,
    *,
    xtol: float = ...,
    maxfun: int = ...,
) -> float: ...
