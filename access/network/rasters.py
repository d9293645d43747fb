"""Rasters: files of numbers on a grid; of heights they become a relief."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from access._frozen import frozen
from access._geo import LONLAT, check_crs
from access._tables import size_of
from access.ledger import Findings, Ledger
from access.network.extract import stop
from access.network.relief import Relief

MOST_CELLS = 100_000_000
VOID = -32_768
"""What SRTM writes where the radar saw nothing."""

LOWEST_M, HIGHEST_M = -500.0, 9_000.0
"""No ground that streets lie on is lower or higher: such a number stands for something else."""

TILE_SIDES = {2 * side * side: side for side in (1_201, 3_601)}  # 3 and 1 arc seconds
_TILE = re.compile(r"([NS])(\d\d)([EW])(\d\d\d)", re.IGNORECASE)
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_KEY = re.compile(r"([A-Za-z_]+)[ \t]+(\S+)\s*")
_HEAD = re.compile(r"\s*(?:(?!nan\b)[A-Za-z_]+[ \t]+\S+\s*)*", re.IGNORECASE)
_CORNERS = (("xllcorner", "xllcenter"), ("yllcorner", "yllcenter"))


class Raster(NamedTuple):
    """Numbers on a grid, from north to south and west to east.

    values  (rows, columns), NaN where there is none
    first   x and y of the centre of the north-western cell
    step    width and height of a cell
    crs     EPSG code of all four
    """

    values: npt.NDArray[Any]
    first: tuple[float, float]
    step: tuple[float, float]
    crs: int


def read_relief(path: str | Path, crs: int | None = None) -> Relief:
    """Return the relief of a file of heights in metres.

    Reads ESRI ASCII grids (.asc), SRTM tiles (.hgt, also zipped) and, where rasterio is installed,
    GeoTIFF. `crs` is the EPSG code of a grid that does not say its own (in a .prj file beside it);
    SRTM tiles are in degrees, and their name says where they lie (N37E127). Raises InputError
    (E590 to E597) for a file that is none of them, cut short, damaged or nowhere on earth.
    """
    findings = Findings(Path(path).name)
    return _relief(_read(Path(path), crs, findings), findings)


def read_raster(path: str | Path, crs: int | None = None) -> Raster:
    """Return the numbers of a raster, whatever they count; files and errors as for a relief."""
    return _read(Path(path), crs, Findings(Path(path).name))


def _read(path: Path, crs: int | None, findings: Findings) -> Raster:
    head = _start(path, findings)
    if head.startswith(_TIFF):
        return _read_tiff(path, crs, findings)
    if head.startswith(b"PK"):
        return _read_tile(*_unpacked(path, findings), findings)
    if path.suffix.lower() == ".hgt":
        return _read_tile(path.name, path.read_bytes(), findings)
    if not head.lstrip(b"\xef\xbb\xbf \r\n").lower().startswith(b"ncols"):
        stop(findings, "E591")
    return _read_ascii(path, crs, findings)


def _start(path: Path, findings: Findings) -> bytes:
    size_of(path, findings)
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        stop(findings, "E428", why=error.strerror or str(error))


def _relief(raster: Raster, findings: Findings) -> Relief:
    """Return a raster of heights as a relief, heights that cannot be unknown."""
    metres, (west, north), step, crs = raster
    strange = ~np.isnan(metres) & ((metres < LOWEST_M) | (metres > HIGHEST_M))
    if strange.any():
        findings.note("W599", value=f"{metres[strange].flat[0]:g}", cells=f"{int(strange.sum()):,}")
        metres = np.where(strange, np.nan, metres)
    return Relief(
        metres=frozen(metres, np.float32),
        west=float(west),
        north=float(north),
        step=(float(step[0]), float(step[1])),
        crs=crs,
        file=findings.file,
        ledger=Ledger(tuple(findings.entries)),
    )


# ESRI ASCII grids.


def _read_ascii(path: Path, crs: int | None, findings: Findings) -> Raster:
    """Read a grid of text: a head of keys, then rows from north to south.

    The layout is that of ArcGIS (docs "Esri ASCII raster format"); `dx` and `dy` instead of
    `cellsize`, as GDAL writes them for cells that are no squares.
    """
    text = path.read_bytes().decode("utf-8-sig", "replace")
    head = _HEAD.match(text)
    assert head is not None
    keys = {key.lower(): _number(key, word, findings) for key, word in _KEY.findall(head[0])}
    for key in ("ncols", "nrows"):
        if keys.get(key, 0) < 1 or keys[key] % 1:
            stop(findings, "E592", key=key)
    columns, rows = int(keys["ncols"]), int(keys["nrows"])
    step = (keys.get("dx", keys.get("cellsize", 0.0)), keys.get("dy", keys.get("cellsize", 0.0)))
    if min(step) <= 0:
        stop(findings, "E592", key="cellsize")
    first = []
    for (corner, centre), size in zip(_CORNERS, step, strict=True):
        if corner not in keys and centre not in keys:
            stop(findings, "E592", key=corner)
        first.append(keys[centre] if centre in keys else keys[corner] + size / 2)
    values = _values(text[head.end() :], findings)
    if len(values) != rows * columns:
        stop(findings, "E593", found=f"{len(values):,}", expected=f"{rows} x {columns}")
    metres = values.reshape(rows, columns)
    metres[metres == keys.get("nodata_value", -9999.0)] = np.nan
    return Raster(
        metres,
        (first[0], first[1] + (rows - 1) * step[1]),
        step,
        _known_crs(crs if crs is not None else _beside(path), findings),
    )


def _values(text: str, findings: Findings) -> npt.NDArray[np.float64]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # how NumPy tells of other text
        try:
            return np.fromstring(text, dtype=np.float64, sep=" ")
        except (DeprecationWarning, ValueError) as error:
            stop(findings, "E596", why=str(error))


def _number(key: str, word: str, findings: Findings) -> float:
    try:
        return float(word)
    except ValueError:
        stop(findings, "E592", key=key)


def _beside(path: Path) -> Any:
    """Return what the .prj file beside a grid says, None where there is none."""
    for suffix in (".prj", ".PRJ"):
        described = path.with_suffix(suffix)
        if described.is_file():
            return described.read_text("utf-8", "replace")
    return None


def _known_crs(said: Any, findings: Findings) -> int:
    """Return the EPSG code of a coordinate system given as a code or described in WKT."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        code = said if said is None or isinstance(said, int) else CRS.from_wkt(said).to_epsg()
    except CRSError:
        code = None
    if code is None:
        stop(findings, "E594")
    if wrong := check_crs(code, metres=False):
        stop(findings, wrong, crs=code, key="[relief] crs")
    return int(code)


# SRTM tiles.


def _unpacked(path: Path, findings: Findings) -> tuple[str, bytes]:
    """Return the name and bytes of the one tile in an archive, read in memory."""
    most = max(TILE_SIDES)
    try:
        with zipfile.ZipFile(path) as archive:
            tiles = [m for m in archive.infolist() if m.filename.lower().endswith(".hgt")]
            if len(tiles) != 1:
                stop(findings, "E596", why=f"{len(tiles)} x .hgt")
            with archive.open(tiles[0]) as file:
                return tiles[0].filename, file.read(most + 1)  # never more, whatever it says
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        stop(findings, "E596", why=str(error))


def _read_tile(name: str, content: bytes, findings: Findings) -> Raster:
    """Read a tile of a degree: rows from north to south, its outer posts on whole degrees.

    NASA, SRTM Topography (the product's documentation, "SRTM_Topo.txt"): 16-bit integers, the
    more significant byte first, voids -32768; the name is that of the south-western corner.
    """
    side = TILE_SIDES.get(len(content))
    if side is None:
        expected = ", ".join(f"{size:,}" for size in TILE_SIDES)
        stop(findings, "E593", found=f"{len(content):,} B", expected=f"{expected} B")
    corner = _TILE.match(Path(name).name)
    if corner is None:
        stop(findings, "E594")
    south = int(corner[2]) * (1 if corner[1].upper() == "N" else -1)
    west = int(corner[4]) * (1 if corner[3].upper() == "E" else -1)
    posts = np.frombuffer(content, dtype=">i2").reshape(side, side)
    metres = np.where(posts == VOID, np.nan, posts.astype(np.float32))
    step = 1 / (side - 1)
    return Raster(metres, (west, south + 1), (step, step), LONLAT)


# GeoTIFF.


def _read_tiff(path: Path, crs: int | None, findings: Findings) -> Raster:
    """Read the first band of a GeoTIFF, through rasterio."""
    import warnings

    rasterio = _rasterio(findings)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            with (
                rasterio.MemoryFile(path.read_bytes()) as memory,
                memory.open(driver="GTiff") as file,
            ):
                if file.width * file.height > MOST_CELLS:
                    stop(
                        findings,
                        "E121",
                        what="cells",
                        found=f"{file.width * file.height:,}",
                        most=f"{MOST_CELLS:,}",
                    )
                band = file.read(1, masked=True)
                metres = band.astype(np.float64).filled(np.nan) * file.scales[0] + file.offsets[0]
                move, said = file.transform, file.crs
    except rasterio.errors.RasterioError as error:
        stop(findings, "E596", why=str(error))
    if move.b or move.d or move.a <= 0 or move.e >= 0 or move.is_identity:
        stop(findings, "E594")
    return Raster(
        metres,
        (move.c + move.a / 2, move.f + move.e / 2),
        (move.a, -move.e),
        _known_crs(crs if crs is not None else said and said.to_wkt(), findings),
    )


def _rasterio(findings: Findings) -> Any:
    """Return the package that reads GeoTIFF, which only those install who need it."""
    try:
        import rasterio
        import rasterio.errors
    except ImportError:
        stop(findings, "E590")
    return rasterio
