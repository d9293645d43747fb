"""A small still picture of an outcome, drawn without a browser or a plotting library."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from access._geo import project
from access.inputs.cells import Squares
from access.show import classes
from access.show.grid import spacing, square_polygons

if TYPE_CHECKING:
    from access.measure.outcome import Outcome

_PAPER, _LINE, _PLACE, _RIM = 8, 9, 10, 11
_REST = ("#ffffff", "#374151", "#d6249f", "#111111")  # paper, lines, places and their rims
_PALETTE = (*classes.COLOURS, classes.OVER, classes.NONE, *_REST)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the cells; `frame` is its extent in metres (west, south, east, north)."""

    png: bytes
    width: int
    height: int
    frame: tuple[float, float, float, float]


def picture(outcome: Outcome, width: int = 900, *, clear: bool = False) -> Picture:
    """Draw cells by class of minutes, district lines and the places that count.

    Cells beyond the limit keep the colour of their class: a still picture has no slider. `clear`
    paper lets what lies behind the picture be seen.
    """
    import shapely

    study = outcome.study
    crs = study.crs
    areas = shapely.transform(study.districts.shapes, lambda xy: project(xy, crs))
    centres = project(study.cells.lonlat, crs)
    boxes = np.concatenate([shapely.bounds(areas), np.tile(centres, (1, 2))])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    pad = 0.02 * (high - low).max() + 1
    low, high = low - pad, high + pad
    metres = (high - low)[0] / width  # a pixel
    height = max(1, min(2 * width, int(np.ceil((high - low)[1] / metres))))
    image = np.full((height, width), _PAPER, np.uint8)

    def pixels(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        across, down = (xy[:, 0] - low[0]) / metres, (high[1] - xy[:, 1]) / metres
        return np.column_stack([across, down]).astype(np.int64)

    minutes = outcome.minutes
    bounds = np.array(classes.breaks(outcome.question.minutes))
    kind = np.searchsorted(bounds, np.nan_to_num(minutes), side="left").astype(np.uint8)
    kind[np.isnan(minutes)] = 7
    # far cells last would hide near ones where several fall on a pixel
    order = np.argsort(-kind.astype(int), kind="stable")
    corners = pixels(_boxes(study)[order].reshape(-1, 2)).reshape(-1, 4)
    for i, (west, bottom, east, top) in zip(order.tolist(), corners.tolist(), strict=True):
        image[top : max(bottom, top + 1), west : max(east, west + 1)] = kind[i]
    for points in _along(areas, metres):
        at = pixels(points)
        image[at[:, 1].clip(0, height - 1), at[:, 0].clip(0, width - 1)] = _LINE
    places = project(study.places.lonlat[outcome.place_index], crs)
    for x, y in pixels(places).tolist():
        _dot(image, x, y, max(2, width // 260))
    frame = (float(low[0]), float(high[1] - height * metres), float(high[0]), float(high[1]))
    return Picture(png(image, _PALETTE, _PAPER if clear else None), width, height, frame)


def _boxes(study: Any) -> npt.NDArray[np.float64]:
    """Return (n, 4) west, south, east, north of the cells in metres; a dot has a size as well."""
    import shapely

    cells, crs = study.cells, study.crs
    if isinstance(cells.shapes, Squares):
        boxes = shapely.bounds(square_polygons(cells.shapes, crs))
    elif cells.shapes is not None:
        boxes = shapely.bounds(shapely.transform(cells.shapes, lambda xy: project(xy, crs)))
    else:
        centres = project(cells.lonlat, crs)
        half = 0.4 * spacing(cells)
        boxes = np.concatenate([centres - half, centres + half], axis=1)
    return np.asarray(boxes)


def _along(areas: Any, metres: float) -> list[npt.NDArray[np.float64]]:
    """Return points along every district line, close enough to be a line."""
    import shapely

    lines = shapely.segmentize(shapely.boundary(areas), 0.7 * metres)
    return [shapely.get_coordinates(line) for line in lines]


def _dot(image: npt.NDArray[np.uint8], x: int, y: int, radius: int) -> None:
    """Paint a place: a disc with a rim, cut off where the picture ends."""
    height, width = image.shape
    rows, columns = np.ogrid[:height, :width]
    reach = radius + 1
    near = (slice(max(0, y - reach), y + reach + 1), slice(max(0, x - reach), x + reach + 1))
    far = ((rows - y) ** 2 + (columns - x) ** 2)[near]
    image[near][far <= reach**2] = _RIM
    image[near][far <= radius**2] = _PLACE


def png(image: npt.NDArray[np.uint8], palette: tuple[str, ...], clear: int | None = None) -> bytes:
    """Return an indexed picture as PNG, without any metadata; the colour `clear` is transparent.

    >>> png(np.zeros((1, 1), np.uint8), ("#ffffff",))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """

    def chunk(name: bytes, body: bytes) -> bytes:
        whole = name + body
        return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))

    height, width = image.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), image], axis=1).tobytes()
    colours = b"".join(bytes.fromhex(colour[1:]) for colour in palette)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", colours)
        + (b"" if clear is None else chunk(b"tRNS", b"\xff" * clear + b"\x00"))
        + chunk(b"IDAT", zlib.compress(rows, 6))
        + chunk(b"IEND", b"")
    )
