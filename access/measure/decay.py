"""Decay: how much a place counts that is so many minutes away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log, pi, sqrt

import numpy as np
import numpy.typing as npt

from access.errors import InputError, Problem

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decay:
    """A weight for every number of minutes: from 1 at no minutes to 0, never rising.

    Made by the constructors below; `decay(minutes)` weighs an array. `reach` is the number of
    minutes beyond which all weights are 0 (inf for none). Two are equal when they say the same.

    >>> Decay.half_life(20)(np.array([0.0, 20.0, 40.0])).tolist()
    [1.0, 0.5, 0.25]
    """

    kind: str
    values: tuple[float, ...]
    reach: float = inf

    def __call__(self, minutes: npt.ArrayLike) -> Floats:
        """Return the weight of each number of minutes, in the shape given."""
        given = np.asarray(minutes, dtype=np.float64)
        weights = np.asarray(_FORMS[self.kind](given, *self.values), dtype=np.float64)
        return np.where(given <= self.reach + 1e-9, weights, 0.0)

    @classmethod
    def binary(cls, minutes: float) -> Decay:
        """1 within the minutes, a time equal to them included, 0 beyond."""
        return cls("binary", (_positive(minutes, "minutes"),), minutes)

    @classmethod
    def exponential(cls, beta: float) -> Decay:
        """e^(-beta c), beta per minute (Hansen 1959 with Wilson's form)."""
        return cls("exponential", (_positive(beta, "beta"),))

    @classmethod
    def half_life(cls, minutes: float) -> Decay:
        """2^(-c / minutes): half at the minutes (Conveyal R5's exponential)."""
        return cls("exponential", (log(2) / _positive(minutes, "minutes"),))

    @classmethod
    def power(
        cls, exponent: float, *, scale: float = 1.0, least: float = 0.0, capped: bool = True
    ) -> Decay:
        """(max(c, least) / scale)^(-exponent), at most 1 (Pereira and Herszenhut 2023).

        `capped=False` is the form of PySAL's access, which may exceed 1 and, with a negative
        exponent, rise with the minutes; it wants `least` above 0 for a positive exponent.
        """
        _positive(scale, "scale")
        if not capped and exponent > 0:
            _positive(least, "least")
        if capped:
            _positive(exponent, "exponent")
        return cls("power", (_finite(exponent), scale, _finite(least), inf if not capped else 1.0))

    @classmethod
    def linear(cls, minutes: float) -> Decay:
        """1 - c / minutes, down to 0 at the minutes."""
        return cls("linear", (_positive(minutes, "minutes"),), minutes)

    @classmethod
    def taper(cls, minutes: float, width: float) -> Decay:
        """1, then a straight line of this width centred on the minutes, then 0 (Conveyal R5)."""
        if not 0 < _positive(width, "width") <= 2 * _positive(minutes, "minutes"):
            _refuse("width", width)
        return cls("taper", (minutes, width), minutes + width / 2)

    @classmethod
    def gaussian(cls, sigma: float) -> Decay:
        """e^(-c² / 2 sigma²), sigma in minutes, 1 at no minutes."""
        return cls("gaussian", (_positive(sigma, "sigma"),))

    @classmethod
    def stepped(cls, steps: Mapping[float, float]) -> Decay:
        """The weight of the first step that the minutes are within, 0 beyond the last.

        A time equal to a step is within it, as in PySAL's access; R's accessibility package
        gives it the next weight. Weights may not rise: Luo and Qi (2009) take
        {10: 1, 20: 0.68, 30: 0.22}.
        """
        ordered = sorted((float(k), float(v)) for k, v in steps.items())
        weights = [w for _, w in ordered]
        if not ordered or weights != sorted(weights, reverse=True) or weights[-1] < 0:
            _refuse("steps", str(dict(steps)))
        if weights[0] > 1 or not 0 < ordered[0][0] <= ordered[-1][0] < inf:
            _refuse("steps", str(dict(steps)))
        return cls("stepped", tuple(x for step in ordered for x in step), ordered[-1][0])

    @classmethod
    def logistic(cls, minutes: float, sd: float) -> Decay:
        """g(0) / g(c), g(c) = 1 + e^((c - minutes) π / (sd √3)) (Bauer and Groneberg 2016)."""
        return cls("logistic", (_positive(minutes, "minutes"), _positive(sd, "sd")))


def _power(c: Floats, exponent: float, scale: float, least: float, most: float) -> Floats:
    with np.errstate(divide="ignore", over="ignore"):  # hardly a minute: infinite, then capped
        return np.minimum(most, (np.maximum(c, least) / scale) ** -exponent)


def _stepped(c: Floats, *steps: float) -> Floats:
    which = np.searchsorted(np.array(steps[::2]) + 1e-9, c, side="left")
    return np.append(np.array(steps[1::2]), 0.0)[which]


def _logistic(c: Floats, minutes: float, sd: float) -> Floats:
    slope = pi / (sd * sqrt(3))
    above = np.logaddexp(0, -minutes * slope)
    return np.asarray(np.exp(above - np.logaddexp(0, (c - minutes) * slope)))


_FORMS: dict[str, Callable[..., Floats]] = {
    "binary": lambda c, _: np.ones_like(c),
    "exponential": lambda c, beta: np.exp(-beta * c),
    "power": _power,
    "linear": lambda c, t: np.maximum(0.0, 1 - c / t),
    "taper": lambda c, t, width: np.clip((t + width / 2 - c) / width, 0.0, 1.0),
    "gaussian": lambda c, sigma: np.exp(-(c**2) / (2 * sigma**2)),
    "stepped": _stepped,
    "logistic": _logistic,
}


def _finite(value: float) -> float:
    if not np.isfinite(value):
        _refuse("decay", value)
    return float(value)


def _positive(value: float, name: str) -> float:
    if not 0 < value < inf:
        _refuse(name, value)
    return float(value)


def _refuse(name: str, value: object) -> None:
    raise InputError([Problem("E900", column=name, value=str(value))])
