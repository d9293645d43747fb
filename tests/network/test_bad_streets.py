"""A bad street file gives one clear sentence: what it truly is, and what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from access.errors import InputError
from access.network.read import read_ways

XML = b'<?xml version="1.0"?>\n<osm version="0.6" generator="t">%s</osm>'
NODES = (
    b'<node id="1" version="1" lat="37.0" lon="127.0"/>'
    b'<node id="2" version="1" lat="37.1" lon="127.0"/>'
)
WAY = b'<way id="5" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way>'
GOOD = XML % (NODES + WAY)


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as stopped:
        read_ways(path)
    error = stopped.value
    assert len(error.problems) == 1
    for lang in ("ko", "en"):
        text = error.text(lang)
        assert path.name in text
        assert error.code in text
        assert "{" not in text
        assert "Traceback" not in text
    return error


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.osm", "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("a.osm.pbf", b"", "E403", "0 bytes"),
        ("a.osm.pbf", b"<!DOCTYPE html>\n<html><body>404</body></html>", "E404", "HTML, 45 bytes"),
        ("a.osm", b"\xef\xbb\xbf  <html lang='ko'>", "E404", "web page"),
        ("a.osm", b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html/>", "E404", "web page"),
        (
            "a.osm.pbf",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3170430\n",
            "E405",
            "70 bytes; the true file has 3170430",
        ),
        ("a.osm.pbf", zipped(), "E406", "ZIP"),
        ("a.osm.pbf", b"%PDF-1.7 ...", "E406", "PDF"),
        ("a.osm.pbf", b"SQLite format 3\x00....", "E406", "GeoPackage"),
        ("a.osm.pbf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "E406", "HWP"),
        ("a.osm.pbf", b"\x00\x00\x27\x0a" + bytes(99), "E406", "Shapefile"),
        ("a.osm.pbf", b"\xff\xe0\x04o5m2....", "E406", "o5m"),
        ("a.osm.pbf", b"\x00\x01\x02\x03", "E406", "binary"),
        ("a.osm", b"id,lon,lat\n1,127,37\n", "E406", "TXT/CSV (20 bytes)"),
        ("a.osm", b"<gpx version='1.1'></gpx>", "E406", "XML <gpx>"),
        ("a.osm", b"<kml:kml xmlns:kml='x'></kml:kml>", "E406", "XML <kml>"),
        ("a.osm.gz", gzip.compress(b'{"elements": []}'), "E406", "Overpass JSON, gzip"),
        ("a.osm.bz2", bz2.compress(b"a,b,c"), "E406", "TXT/CSV"),
        ("a.osm.gz", gzip.compress(GOOD)[:40], "E407", "40 bytes"),
        ("a.osm.gz", gzip.compress(GOOD)[:-3], "E407", "incomplete"),
        ("a.osm.bz2", bz2.compress(GOOD)[:-3], "E407", "incomplete"),
        ("a.osm.gz", gzip.compress(GOOD)[:20] + b"zzzzzzzzzzz" + bytes(50), "E408", "damaged"),
        ("a.osm", GOOD[:-9], "E407", "unclosed"),
        ("a.osm", GOOD[:-6], "E407", "no element found"),
        ("a.osm", GOOD.replace(b"<nd ", b"<nd nd "), "E408", "not well-formed"),
        ("a.osm", GOOD.replace(b'"0.6"', b'"0.5"'), "E408", "version 0.5"),
        ("a.osm", GOOD.replace(b'"127.0"', b'"abc"'), "E408", "coordinate"),
        ("a.osm", GOOD.replace(b'id="5"', b'id="five"'), "E408", "illegal id"),
        ("a.osm", GOOD.replace(b'v="path"', b'v="\xb0\xa1"'), "E408", "invalid token"),
        (
            "a.osm",
            b'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "b">]>' + GOOD[22:],
            "E409",
            "DOCTYPE",
        ),
        (
            "a.osm",
            b'<!DOCTYPE osm SYSTEM "file:///etc/passwd"><osm version="0.6"/>',
            "E409",
            "DOCTYPE",
        ),
        (
            "a.graphml",
            b'<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "b">]><graphml></graphml>',
            "E409",
            "DOCTYPE",
        ),
        ("a.osc", b'<osmChange version="0.6"><modify/></osmChange>', "E411", "changes"),
        ("a.osm", XML % b"", "E500", "no way"),
        ("a.osm", XML % NODES, "E500", "no way"),
        ("a.osm", GOOD.replace(b"highway", b"building"), "E500", "no way"),
        ("a.osm", XML % WAY, "E502", "of the 2 nodes that ways use, 2 have no place"),
        ("a.osm", GOOD.replace(b'<nd ref="2"/>', b""), "E500", "no way"),
        ("a.osm", GOOD.replace(b'id="5"', b'id="-5"'), "E504", "id -5"),
        ("a.osm", GOOD.replace(b'ref="1"', b'ref="-1"'), "E504", "id -1"),
        ("a.osm", XML % (NODES + WAY + WAY.replace(b"1", b"2", 1)), "E412", "history"),
        ("a.osm", GOOD.replace(b'lat="37.0" lon="127.0"', b'lat="95" lon="1"'), "E531", "95"),
        (
            "a.osm",
            GOOD.replace(b"37.", b"q.").replace(b"127.0", b"37.2").replace(b"q.", b"127."),
            "E530",
            "swapped",
        ),
        (
            "a.osm",
            GOOD.replace(b"127.0", b"179.9", 1).replace(b"127.0", b"-179.9"),
            "E532",
            "180",
        ),
        ("a.osm", GOOD.replace(b"37.0", b"89.0"), "E533", "89.0"),
        ("a.json", b'{"elements": [{"type": "way", "id": 1', "E407", "incomplete"),
        ("a.json", b'{"elements": [{"type" "way"}]}', "E408", "damaged"),
        ("a.json", b'{"elements": "\xb0\xa1"}', "E408", "utf-8"),
        ("a.json", b'{"type": "FeatureCollection", "features": []}', "E510", "GeoJSON"),
        ("a.json", b'{"error": "busy"}', "E510", "no Overpass answer"),
        ("a.json", b"[1, 2]", "E406", "TXT/CSV"),
        ("a.json", b'{"elements": []}', "E500", "no way"),
        ("a.json", b'{"elements": [{"id": 1}]}', "E510", "KeyError"),
        ("a.json", b'{"elements": [7]}', "E510", "AttributeError"),
        (
            "a.json",
            b'{"elements": [], "remark": "runtime error: Query timed out in \\"query\\""}',
            "E511",
            "timed out",
        ),
        (
            "a.json",
            b'{"elements": [{"type": "way", "id": 9, "tags": {"highway": "path"}}]}',
            "E512",
            "Way 9",
        ),
        (
            "a.json",
            b'{"elements": [{"type": "way", "id": %d, "nodes": [1, 2],'
            b' "tags": {"highway": "path"}}]}' % 2**64,
            "E504",
            "18446744073709551616",
        ),
        ("a.graphml", b"<graphml><graph edgedefault='directed'>", "E407", "incomplete"),
        ("a.graphml", b"<graphml><graph></graphml>", "E408", "damaged"),
        ("a.graphml", b"<graphml></graphml>", "E520", "no street graph"),
        (
            "a.osm",
            b'<osm version="0.6"><meta osm_base="2026-04-08T06:41:00Z"/>'
            + NODES
            + WAY
            + b"<remark> runtime error: Query timed out </remark></osm>",
            "E511",
            "timed out",
        ),
    ],
)
def test_one_clear_sentence(tmp_path, name, content, code, says):
    """T9 (E504), T13 (E500), T16 (E532, E533), T17 (E407 to E409), T19 (E411, E412)."""
    path = tmp_path / name
    path.write_bytes(content)
    error = refused(path)
    assert error.code == code, error.text("en")
    assert says in error.text("en")


def test_the_good_file_these_were_made_from_is_good(tmp_path):
    (tmp_path / "a.osm").write_bytes(GOOD)
    assert read_ways(tmp_path / "a.osm").way_id.tolist() == [5]


@pytest.mark.parametrize("cut", [1, 2, 30, 200])
def test_t17_a_pbf_cut_short_is_incomplete(town, tmp_path, cut):
    path = town.osm(tmp_path / "a.osm.pbf", "pbf")
    path.write_bytes(path.read_bytes()[:-cut])
    error = refused(path)
    assert error.code == "E407"
    assert f"{path.stat().st_size} bytes" in error.text("en")


def test_t17_a_pbf_with_a_flipped_byte_is_damaged(town, tmp_path):
    path = town.osm(tmp_path / "a.osm.pbf", "pbf")
    raw = bytearray(path.read_bytes())
    raw[-20] ^= 0xFF
    path.write_bytes(raw)
    assert refused(path).code in ("E407", "E408")


@pytest.mark.data
def test_a_real_pbf_cut_anywhere_is_refused(real_data, tmp_path):
    whole = (real_data / "osm_elsewhere" / "andorra.osm.pbf").read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        (tmp_path / "a.osm.pbf").write_bytes(whole[: int(share * len(whole))])
        assert refused(tmp_path / "a.osm.pbf").code == "E407"


def test_t19_a_history_is_refused(town, tmp_path):
    assert refused(town.osm(tmp_path / "a.osm.pbf", "pbf,history=true")).code == "E412"


def test_a_name_that_is_not_there_gives_the_nearest(tmp_path):
    (tmp_path / "streets.osm.pbf").write_bytes(GOOD)
    error = refused(tmp_path / "street.osm.pbf")
    assert error.code == "E400"
    assert "streets.osm.pbf" in error.text("en")
    assert refused(tmp_path / "nowhere" / "a.osm").code == "E400"


def test_a_folder_is_no_file(tmp_path):
    assert refused(tmp_path).code == "E401"


def test_a_file_that_cannot_be_opened(tmp_path, monkeypatch):
    (tmp_path / "a.osm").write_bytes(GOOD)

    def locked(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)
    error = refused(tmp_path / "a.osm")
    assert error.code == "E402"
    assert "Permission denied" in error.text("en")


@pytest.mark.parametrize("kind", ["pbf", "xml", "gzip", "bzip2", "overpass"])
def test_a_file_by_a_wrong_name_is_read_as_what_it_is(town, tmp_path, kind):
    path = town.everywhere(tmp_path)[kind]
    right = read_ways(path)
    wrong = path.rename(tmp_path / "streets.dat")
    ways = read_ways(wrong)
    assert ways.fingerprint == right.fingerprint
    repaired = ways.ledger.entries[0].problem
    assert repaired.code == "F410"
    assert "'.dat'" in repaired.text("en")
    assert right.ledger.entries == ()


def test_a_remark_that_is_no_failure_is_listed(town, tmp_path):
    answer = town.answer() | {"remark": "Please mind the attribution."}
    (tmp_path / "a.json").write_text(json.dumps(answer))
    assert [p.code for p in read_ways(tmp_path / "a.json").ledger.warnings] == ["W513"]


def test_t17_utf16_xml_is_read(tmp_path):
    text = GOOD.decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"', 1)
    (tmp_path / "a.osm").write_bytes(text.encode("utf-16"))
    assert len(read_ways(tmp_path / "a.osm")) == 1
