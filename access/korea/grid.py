"""National grid codes (국가지점번호 and the grids of NGII and SGIS): codes to squares and back.

The grid starts at (700 000, 1 300 000) of EPSG:5179. Two letters name the 100 km block, easting
first; then come easting and northing in two, three or four digits each:

    다사5747      1 km    2 + 2
    다사57a47b    500 m   2 + half, 2 + half (a is the lower half), as SGIS writes it
    다사551085    100 m   3 + 3
    다사55005250  250 m or 10 m, 4 + 4: only the file's maker knows which, so it must be said

Digits stand for 1 000, 100 or 10 m of the corner, so that 3 + 3 and 4 + 4 may name a square of
500 m too, where the maker says so (NGII).

Source: 국가지점번호 표기 (도로명주소법 시행령), checked against published grids of NGII.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from access._geo import KOREA, unproject
from access.errors import InputError
from access.inputs.cells import Squares

LETTERS = "가나다라마바사아"
ORIGIN = (700_000, 1_300_000)
SIZES = (10, 100, 250, 500, 1000)
BLOCK_M = 100_000

_DIGITS = re.compile(rf"([{LETTERS}])([{LETTERS}])(\d+)")
_HALVES = re.compile(rf"([{LETTERS}])([{LETTERS}])(\d\d)([ab])(\d\d)([ab])", re.IGNORECASE)
_UNIT = {4: 1000, 6: 100, 8: 10}


def corners(
    codes: Sequence[str] | npt.NDArray[np.str_], size_m: int | None = None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], dict[int, str]]:
    """Return (n, 2) south-west corners in metres of EPSG:5179, (n,) sizes, and what is wrong.

    size_m   what codes of 4 + 4 digits stand for: 10, 250 or 500, and those of 3 + 3 where it is
             500; other codes say it themselves

    The last is position -> code of the message: W301 is no grid code, E302 could be 10 m or
    250 m, W303 is no corner of a square of that size. Their corners and sizes are 0.

    >>> corners(["다사5747", "다사551085"])[0].tolist()
    [[957000, 1947000], [955100, 1908500]]
    """
    corner = np.zeros((len(codes), 2), dtype=np.int64)
    size = np.zeros(len(codes), dtype=np.int64)
    bad: dict[int, str] = {}
    for i, code in enumerate(codes):
        text = re.sub(r"[\s\-]", "", str(code))
        if found := _HALVES.fullmatch(text):
            east, north = (
                int(digits) * 1000 + (500 if half in "bB" else 0)
                for digits, half in ((found[3], found[4]), (found[5], found[6]))
            )
            square = 500
        elif (found := _DIGITS.fullmatch(text)) and len(found[3]) in _UNIT:
            half = len(found[3]) // 2
            unit = _UNIT[len(found[3])]
            east, north = int(found[3][:half]) * unit, int(found[3][half:]) * unit
            square = unit
            if unit == 10 or (unit, size_m) == (100, 500):
                if size_m not in (10, 250, 500):
                    bad[i] = "E302"
                    continue
                square = size_m
                if east % square or north % square:
                    bad[i] = "W303"
                    continue
        else:
            bad[i] = "W301"
            continue
        corner[i, 0] = ORIGIN[0] + LETTERS.index(found[1]) * BLOCK_M + east
        corner[i, 1] = ORIGIN[1] + LETTERS.index(found[2]) * BLOCK_M + north
        size[i] = square
    return corner, size, bad


def squares(
    ids: Sequence[str] | npt.NDArray[np.str_], size_m: int | None = None
) -> tuple[Squares, npt.NDArray[np.float64], Mapping[int, str]]:
    """Return the squares of grid codes, their centres in degrees, and the codes that are none.

    All squares have the size most codes have; others are wrong (W304). Positions that are wrong
    hold NaN as their centre.
    """
    corner, size, bad = corners(ids, size_m)
    known = size[size > 0]
    usual = int(np.bincount(known).argmax()) if len(known) else 0
    for i in np.flatnonzero((size > 0) & (size != usual)):
        bad[int(i)] = "W304"
    lonlat = unproject((corner + usual / 2).astype(np.float64), KOREA)
    lonlat[list(bad)] = np.nan
    return Squares(usual, corner, KOREA), lonlat, bad


def codes(corner: npt.NDArray[np.int64], size_m: int) -> npt.NDArray[np.str_]:
    """Return the grid codes of (n, 2) points in metres of EPSG:5179: of the squares they are in.

    Raises InputError (E305) for a size the grid does not have, and for points outside it.

    >>> here = np.array([[957_400, 1_947_900]])
    >>> [codes(here, size)[0].item() for size in (1000, 500)]
    ['다사5747', '다사57a47b']
    """
    if size_m not in SIZES:
        raise InputError.of("E305", value=str(size_m), facts={"sizes": ", ".join(map(str, SIZES))})
    steps = (np.asarray(corner) - ORIGIN) // size_m * size_m
    block, rest = np.divmod(steps.astype(np.int64), BLOCK_M)
    if (block < 0).any() or (block >= len(LETTERS)).any():
        raise InputError.of("E306")
    letters = np.array(list(LETTERS))
    names = np.char.add(letters[block[:, 0]], letters[block[:, 1]])
    for axis in (0, 1):
        names = np.char.add(names, _digits(rest[:, axis], size_m))
    return names


def _digits(metres: npt.NDArray[np.int64], size_m: int) -> npt.NDArray[np.str_]:
    if size_m == 500:
        whole = np.char.zfill((metres // 1000).astype(str), 2)
        return np.char.add(whole, np.where(metres % 1000 >= 500, "b", "a"))
    unit, width = {1000: (1000, 2), 100: (100, 3)}.get(size_m, (10, 4))
    return np.char.zfill((metres // unit).astype(str), width)
