"""Download the streets and the outline of a named place: the one door to the internet.

OSMnx finds the place (Nominatim) and asks for its ways (Overpass). What the servers answered is
kept as one Overpass JSON file in the user's cache folder, and read as if the planner had saved it:
asking for the same place again needs no internet.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from access.errors import DownloadError, InputError
from access.ledger import Findings
from access.network.overpass import from_overpass
from access.network.ways import Ways

OVERPASS = "https://overpass-api.de/api"
NOMINATIM = "https://nominatim.openstreetmap.org/"
USER_AGENT = "learning-access (Python package; travel-time coverage for city planners)"

_FILTERS = (
    '["highway"]',
    '[~"^(amenity|indoor|man_made|natural|public_transport|railway|route|waterway)$"'
    '~"^(parking|corridor|pier|water|coastline|platform|ferry|river|riverbank|canal|stream)$"]',
)
_TRIES = 3
_BUSY = (429, 502, 503, 504)
_PATIENCE_S = (5.0, 20.0)
_ANSWER_S = 180.0
_MOST_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """What OpenStreetMap knows of a named place.

    called   the whole name it goes by there, e.g. 안성시, 경기도, 대한민국
    outline  its boundary, a GeoJSON geometry in degrees
    answer   its streets, as Overpass answered
    ways     the same, read
    """

    called: str
    outline: dict[str, Any]
    answer: dict[str, Any]
    ways: Ways


def download_ways(place_name: str, **how: Any) -> Ways:
    """Return the streets of a named place and around it; `how` is that of `download_place`."""
    return download_place(place_name, **how).ways


def download_place(
    place_name: str,
    *,
    margin_m: float = 1000.0,
    cache: Path | None = None,
    limit_s: float = 600.0,
    overpass: str = OVERPASS,
    nominatim: str = NOMINATIM,
) -> Place:
    """Return a named place and its streets, to `margin_m` metres around it, from the internet.

    `cache` is the folder that keeps answers (default: `cache_folder()`); `limit_s` bounds the
    whole download in seconds, waiting between at most three tries included.

    Raises DownloadError, one sentence that names the way without internet: offline, refused,
    too slow, an answer that is no map, a server that gave up half-way, or no such place.
    """
    folder = cache_folder() if cache is None else cache
    asked = [place_name, margin_m, overpass, nominatim, _FILTERS, "outline"]
    key = hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()[:32]
    kept = folder / "places" / f"{key}.json"
    # A file that no longer reads as a map is asked for again.
    with suppress(OSError, ValueError, KeyError, TypeError, InputError):
        return _place(place_name, json.loads(kept.read_bytes()))
    answer = _download(place_name, margin_m, limit_s, overpass, nominatim)
    try:
        place = _place(place_name, answer)
    except InputError as error:
        raise DownloadError.of("E706", value=place_name, facts={"code": error.code}) from None
    with suppress(OSError):  # nowhere to keep it: then not
        _write(answer, kept)
    return place


def _place(place_name: str, answer: dict[str, Any]) -> Place:
    known = answer["place"]
    ways = from_overpass(answer, Findings(place_name))
    return Place(known["called"], known["outline"], answer, ways)


def cache_folder() -> Path:
    """Return where downloads are kept: ACCESS_CACHE, else this platform's own cache folder.

    >>> cache_folder().is_absolute() or "ACCESS_CACHE" in os.environ
    True
    """
    if named := os.environ.get("ACCESS_CACHE"):
        return Path(named).expanduser()
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "learning-access"


def _write(answer: dict[str, Any], path: Path) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.part")
    try:
        half.write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


class _Unusable(Exception):
    """An answer we do not take; raised out of OSMnx before it waits, retries or keeps it."""

    def __init__(self, code: str, *, again: bool, wait_s: float = 0.0, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.again, self.wait_s, self.facts = code, again, wait_s, facts


def _download(
    place_name: str, margin_m: float, limit_s: float, overpass: str, nominatim: str
) -> dict[str, Any]:
    """Return all that the servers said as one Overpass answer, after at most three tries."""
    import requests
    from osmnx._errors import InsufficientResponseError  # osmnx shows its exceptions only here

    deadline = time.monotonic() + limit_s
    for left in reversed(range(_TRIES)):
        try:
            return _ask(place_name, margin_m, deadline, overpass, nominatim)
        except _Unusable as error:
            trouble = error
        except requests.Timeout:
            trouble = _Unusable("E701", again=True)
        except requests.RequestException as error:
            trouble = _Unusable("E700", again=False, why=type(error).__name__)
        except InsufficientResponseError as error:
            trouble = _Unusable("E703", again=False, why=str(error))
        pause = max(trouble.wait_s, _PATIENCE_S[-left])
        if not left or not trouble.again:
            _give_up(place_name, trouble)
        if time.monotonic() + pause >= deadline:
            _give_up(place_name, trouble)
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _give_up(place_name: str, trouble: _Unusable) -> NoReturn:
    raise DownloadError.of(trouble.code, value=place_name, facts=trouble.facts) from None


def _ask(
    place_name: str, margin_m: float, deadline: float, overpass: str, nominatim: str
) -> dict[str, Any]:
    """Ask for the place and its ways once, through OSMnx."""
    import osmnx
    from osmnx._errors import CacheOnlyInterruptError, InsufficientResponseError

    answers: list[dict[str, Any]] = []

    def heard(response: Any, *_: Any, **__: Any) -> Any:
        answer = _body(response, deadline)
        if isinstance(answer, dict):
            answers.append(answer)
        return response

    with _settings(heard, deadline, overpass, nominatim):
        try:
            outline = osmnx.geocode_to_gdf(place_name)
        except (InsufficientResponseError, TypeError):  # nothing, or a point without an outline
            raise _Unusable("E705", again=False) from None
        plane = osmnx.projection.project_gdf(outline)
        around = plane.buffer(margin_m).to_crs("epsg:4326").union_all()
        # OSMnx would now make a graph and drop most tags: we only want what the server said.
        with suppress(CacheOnlyInterruptError):
            osmnx.graph_from_polygon(around, custom_filter=list(_FILTERS))
    known = {
        "called": str(outline.iloc[0].get("display_name", place_name)),
        "outline": outline.geometry.iloc[0].__geo_interface__,
    }
    return {"place": known} | _merged(answers)


def _body(response: Any, deadline: float) -> Any:
    """Return the JSON of a response; raise _Unusable for anything less than a whole answer."""
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    try:
        return _answer(response, deadline)
    except _Unusable:
        response.close()
        raise
    except ReadTimeoutError:
        response.close()
        raise _Unusable("E701", again=True) from None
    except HTTPError as error:  # the line was cut before the end
        response.close()
        raise _Unusable("E700", again=True, why=type(error).__name__) from None


def _answer(response: Any, deadline: float) -> Any:
    if response.status_code in _BUSY:
        try:
            wait_s = min(float(response.headers.get("Retry-After", 0)), _ANSWER_S)
        except ValueError:
            wait_s = 0.0
        raise _Unusable("E702", again=True, wait_s=wait_s, status=response.status_code)
    if not response.ok:
        raise _Unusable("E702", again=False, status=response.status_code)
    body = bytearray()
    while piece := response.raw.read1(1 << 16, decode_content=True):
        body += piece
        if time.monotonic() > deadline:
            raise _Unusable("E701", again=False)
        if len(body) > _MOST_BYTES:
            raise _Unusable("E703", again=False, why=f"> {_MOST_BYTES} bytes")
    response._content = bytes(body)  # OSMnx reads it again
    try:
        answer = json.loads(body)
    except ValueError:
        start = bytes(body[:40]).decode("utf-8", "replace")
        raise _Unusable("E703", again=False, why=start) from None
    if isinstance(answer, dict):
        if remark := answer.get("remark"):
            raise _Unusable("E704", again=True, remark=remark)
        if not isinstance(answer.get("elements"), list):
            raise _Unusable("E703", again=False, why=", ".join(answer)[:40])
    return answer


@contextmanager
def _settings(
    heard: Callable[..., Any], deadline: float, overpass: str, nominatim: str
) -> Iterator[None]:
    """Set OSMnx up for one download, and leave it as it was found."""
    from osmnx import settings

    with tempfile.TemporaryDirectory() as folder:
        ours = {
            "cache_folder": folder,
            "cache_only_mode": True,
            "doh_url_template": None,  # no third party learns who is asked
            "http_user_agent": USER_AGENT,
            "http_referer": USER_AGENT,
            "http_accept_language": "ko, en",
            "log_console": False,
            "log_file": False,
            "nominatim_url": nominatim,
            "overpass_rate_limit": False,  # its waiting is unbounded; a 429 answer tells us
            "overpass_url": overpass,
            "requests_kwargs": {"stream": True, "hooks": {"response": heard}},
            "requests_timeout": max(1, min(_ANSWER_S, int(deadline - time.monotonic()))),
            "use_cache": True,
        }
        found = {name: getattr(settings, name) for name in ours}
        resolver = socket.getaddrinfo  # OSMnx pins the server's address in it
        try:
            for name, value in ours.items():
                setattr(settings, name, value)
            yield
        finally:
            socket.getaddrinfo = resolver
            for name, value in found.items():
                setattr(settings, name, value)


def _merged(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answers to all queries as one, each thing once."""
    things: dict[tuple[str, int], Any] = {}
    dates = set()
    for answer in answers:
        dates.add(answer.get("osm3s", {}).get("timestamp_osm_base", ""))
        for thing in answer.get("elements", ()):
            key = (thing["type"], thing["id"])
            if key not in things or len(thing) > len(things[key]):
                things[key] = thing
    ordered = [things[key] for key in sorted(things)]
    return {"osm3s": {"timestamp_osm_base": min(dates, default="")}, "elements": ordered}
