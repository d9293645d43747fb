"""Downloads, against servers of our own on this machine; no test touches the internet."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from access.errors import DownloadError
from access.network import place
from access.network.place import cache_folder, download_place, download_ways
from access.network.read import read_ways
from tests.network.servers import FOUND, OUTLINE, REMARK, STREETS, Server


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Make every pause short, and tell how long each would have been."""
    pauses: list[float] = []
    nap = time.sleep

    def brief(seconds: float) -> None:
        pauses.append(seconds)
        nap(min(seconds, 0.01))

    monkeypatch.setattr(time, "sleep", brief)
    return pauses


@pytest.fixture
def ask(server: Server, tmp_path: Path) -> Any:
    def go(name: str = "가람시", **more: Any) -> Any:
        options = {"overpass": f"{server.url}/api", "nominatim": f"{server.url}/", **more}
        return download_ways(name, cache=tmp_path / "cache", **options)

    return go


def kept(tmp_path: Path) -> list[Path]:
    return sorted(p for p in (tmp_path / "cache").rglob("*") if p.is_file())


def refused(ask: Any, code: str, *says: str, **more: Any) -> DownloadError:
    with pytest.raises(DownloadError) as stopped:
        ask(**more)
    error = stopped.value
    assert error.code == code, error.text("en")
    assert len(error.problems) == 1
    assert error.__suppress_context__
    for lang in ("ko", "en"):
        text = error.text(lang)
        assert "\n" not in text
        assert "가람시" in text
        assert "[streets] file" in text
        assert ".osm.pbf" in text
    for part in says:
        assert part in error.text("en")
    return error


def test_a_place_becomes_its_streets(server, ask):
    ways = ask()
    assert ways.way_id.tolist() == [5]
    assert ways.tagsets == ({"highway": "path", "sidewalk": "no", "surface": "gravel"},)
    assert ways.node_tags == {0: {"barrier": "gate"}}
    assert [shape.geom_type for shape in ways.water] == ["LineString"]
    assert ways.timestamp == "2026-01-02T03:04:05Z"  # of two answers, the older
    assert ways.file == "가람시"
    assert server.count("place") == 1
    assert server.count("ways") == 2
    for _, _, headers in server.asked:
        assert headers["User-Agent"].startswith("learning-access")


def test_the_place_is_asked_for_with_a_margin(server, ask):
    ask(margin_m=3000)
    query = next(q for kind, q, _ in server.asked if kind == "ways")
    numbers = query.partition("poly:")[2].partition(")")[0].strip("'\"").split()
    west = min(float(n) for n in numbers[1::2])
    assert 127.0 - west == pytest.approx(3500 / 88_800, rel=0.02)  # and OSMnx's own 500 m


def test_asked_again_it_needs_no_internet(server, ask, tmp_path):
    first = ask()
    server.stop()
    again = ask()
    assert again.fingerprint == first.fingerprint
    assert [w.wkt for w in again.water] == [w.wkt for w in first.water]
    assert len(kept(tmp_path)) == 1
    assert server.count("place") == 1
    # what is kept is a file a planner may use as any other
    assert read_ways(kept(tmp_path)[0]).fingerprint == first.fingerprint


def test_the_place_comes_with_its_outline_and_whole_name(server, tmp_path):
    options = {"overpass": f"{server.url}/api", "nominatim": f"{server.url}/"}
    for _ in range(2):  # the second time from what was kept
        place = download_place("가람시", cache=tmp_path / "cache", **options)
        assert place.called == "가람시"
        assert shape(place.outline).equals(shape(OUTLINE))
        assert len(place.answer["elements"]) == 5
        assert place.ways.way_id.tolist() == [5]
        server.stop()


@pytest.mark.parametrize("spoilt", ["[]", "{}", '{"elements": []}', '{"place": 3}'])
def test_a_cache_that_holds_something_else_is_asked_for_again(server, ask, tmp_path, spoilt):
    first = ask()
    kept(tmp_path)[0].write_text(spoilt)
    assert ask().fingerprint == first.fingerprint


def test_a_broken_cache_is_asked_for_again(server, ask, tmp_path):
    first = ask()
    file = kept(tmp_path)[0]
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert ask().fingerprint == first.fingerprint
    assert file.read_bytes() == whole
    assert server.count("place") == 2


def test_a_cache_that_cannot_be_written_is_no_trouble(server, tmp_path):
    (tmp_path / "blocked").write_text("a file where the folder should be")
    ways = download_ways(
        "가람시",
        cache=tmp_path / "blocked",
        overpass=f"{server.url}/api",
        nominatim=f"{server.url}/",
    )
    assert len(ways) == 1


def test_offline(ask):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
    refused(ask, "E700", "cannot be reached", overpass=nobody, nominatim=nobody)


def test_no_name_server(ask, monkeypatch):
    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    monkeypatch.setattr(socket, "gethostbyname", nowhere)
    away = {"overpass": "http://overpass.invalid", "nominatim": "http://nominatim.invalid"}
    refused(ask, "E700", **away)
    assert socket.getaddrinfo is nowhere  # OSMnx's own was taken away again


def test_busy_is_tried_again_after_as_long_as_the_server_says(server, ask, in_a_hurry):
    server.script = [lambda h: h.reply(b"busy", 429, Retry_After="31")]
    assert len(ask()) == 1
    assert 31 in in_a_hurry
    assert server.count("ways") == 3


def test_always_busy_is_given_up_after_three_tries(server, ask, in_a_hurry, tmp_path):
    server.script = [lambda h: h.reply(b"busy", 504)] * 9
    refused(ask, "E702", "HTTP 504")
    assert server.count("ways") == 3
    assert [s for s in in_a_hurry if s > 1] == [5.0, 20.0]
    assert kept(tmp_path) == []


def test_refused_is_not_tried_again(server, ask):
    server.script = [lambda h: h.reply(b"Forbidden", 403)] * 9
    refused(ask, "E702", "HTTP 403")
    assert server.count("ways") == 1


def test_a_web_page_is_no_map(server, ask, tmp_path):
    server.script = [lambda h: h.reply(b"<html><body>Please log in</body></html>")]
    refused(ask, "E703", "<html>")
    assert kept(tmp_path) == []


def test_other_json_is_no_map(server, ask):
    server.script = [{"error": "no"}]
    refused(ask, "E703")


def test_a_remark_is_a_failure_and_never_kept(server, ask, tmp_path):
    server.script = [REMARK] * 9
    refused(ask, "E704", "Query timed out")
    assert server.count("ways") == 3
    assert kept(tmp_path) == []
    server.script = [REMARK]
    assert len(ask()) == 1  # the second try was whole
    assert "remark" not in kept(tmp_path)[0].read_text("utf-8")


def drip(server: Server, handler: Any) -> None:
    """Send a byte at a time, for much longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        while not server.done.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()
    except OSError:
        handler.close_connection = True


def test_a_slow_drip_ends_at_the_limit(server, ask, tmp_path):
    server.script = [lambda h: drip(server, h)] * 9
    start = time.monotonic()
    refused(ask, "E701", "in time", limit_s=2.0)
    assert time.monotonic() - start < 10
    assert kept(tmp_path) == []


def test_no_answer_ends_at_the_limit(server, ask):
    server.script = [lambda h: server.done.wait()] * 9
    start = time.monotonic()
    refused(ask, "E701", limit_s=1.5)
    assert time.monotonic() - start < 10


def test_a_connection_dropped_half_way(server, ask, tmp_path):
    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        handler.wfile.write(b'{"elements": [')
        handler.close_connection = True

    server.script = [half] * 9
    refused(ask, "E700")
    assert kept(tmp_path) == []


def test_a_packed_answer_is_read(server, ask):
    import gzip

    packed = gzip.compress(json.dumps(STREETS).encode())
    server.script = [lambda h: h.reply(packed, Content_Encoding="gzip")]
    assert ask().way_id.tolist() == [5]


def test_an_answer_in_chunks_is_read(server, ask):
    def chunks(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        body = json.dumps(STREETS).encode()
        for at in range(0, len(body), 50):
            piece = body[at : at + 50]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    server.script = [chunks]
    assert ask().way_id.tolist() == [5]


@pytest.mark.parametrize(
    "places", [[], [{**FOUND[0], "geojson": {"type": "Point", "coordinates": [127.0, 37.0]}}]]
)
def test_a_name_without_an_outline(server, ask, places):
    server.places = places
    refused(ask, "E705")
    assert server.count("ways") == 0


def test_a_place_without_streets_is_not_kept(server, ask, tmp_path):
    server.script = [{"elements": []}, {"elements": []}]
    refused(ask, "E706", "E500")
    assert kept(tmp_path) == []


def test_osmnx_is_left_as_it_was_found(server, ask):
    from osmnx import settings

    def now() -> dict[str, Any]:
        return {k: v for k, v in vars(settings).items() if not k.startswith("_")}

    before, resolver = now(), socket.getaddrinfo
    ask()
    server.script = [lambda h: h.reply(b"no", 403)]
    refused(ask, "E702", margin_m=1)
    assert now() == before
    assert socket.getaddrinfo is resolver


def test_the_cache_is_where_this_platform_keeps_caches(monkeypatch, tmp_path):
    monkeypatch.setenv("ACCESS_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("ACCESS_CACHE")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    for platform, where in [
        ("linux", ".cache"),
        ("darwin", "Library/Caches"),
        ("win32", "AppData/Local"),
    ]:
        monkeypatch.setattr(place.sys, "platform", platform)
        assert cache_folder() == tmp_path / where / "learning-access"


def test_only_this_door_knows_the_internet():
    package = Path(place.__file__).parent.parent
    doors = ["urllib.request", "requests", "http.client", "socket", "ftplib", "aiohttp", "httpx"]
    users = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for door in doors
        if f"import {door}" in path.read_text("utf-8") or f"from {door}" in path.read_text("utf-8")
    }
    assert users == {"network/place.py"}
