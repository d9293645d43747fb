"""Recorded answers, and a server on this machine that plays Nominatim and Overpass with them."""

from __future__ import annotations

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OUTLINE = {
    "type": "Polygon",
    "coordinates": [
        [[127.0, 37.0], [127.02, 37.0], [127.02, 37.02], [127.0, 37.02], [127.0, 37.0]]
    ],
}
FOUND = [
    {
        "place_id": 1,
        "osm_type": "relation",
        "osm_id": 7,
        "lat": "37.01",
        "lon": "127.01",
        "class": "boundary",
        "type": "administrative",
        "importance": 0.5,
        "display_name": "가람시",
        "name": "가람시",
        "boundingbox": ["37.0", "37.02", "127.0", "127.02"],
        "geojson": OUTLINE,
    }
]
STREETS = {
    "version": 0.6,
    "osm3s": {"timestamp_osm_base": "2026-01-02T03:04:05Z"},
    "elements": [
        {"type": "node", "id": 1, "lat": 37.01, "lon": 127.01, "tags": {"barrier": "gate"}},
        {"type": "node", "id": 2, "lat": 37.011, "lon": 127.011},
        {
            "type": "way",
            "id": 5,
            "nodes": [1, 2],
            "tags": {"highway": "path", "surface": "gravel", "sidewalk": "no"},
        },
    ],
}
REST = {
    "version": 0.6,
    "osm3s": {"timestamp_osm_base": "2026-01-02T03:04:09Z"},
    "elements": [
        {"type": "node", "id": 2, "lat": 37.011, "lon": 127.011},
        {"type": "node", "id": 3, "lat": 37.012, "lon": 127.012},
        {"type": "way", "id": 6, "nodes": [2, 3], "tags": {"waterway": "stream"}},
    ],
}
REMARK = {**STREETS, "remark": 'runtime error: Query timed out in "query" at line 1'}


class Server:
    """Plays Nominatim and Overpass from a script of answers, and remembers who asked what."""

    def __init__(self) -> None:
        self.places: Any = FOUND
        self.script: list[Any] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.done = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def reply(self, body: bytes, status: int = 200, **headers: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
                server.asked.append(("place", query.get("q", ""), dict(self.headers)))
                self.reply(json.dumps(server.places).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                query = urllib.parse.unquote_plus(body)
                server.asked.append(("ways", query, dict(self.headers)))
                step = server.script.pop(0) if server.script else None
                if callable(step):
                    step(self)
                    return
                answer = STREETS if '"highway"' in query else REST
                self.reply(json.dumps(answer if step is None else step).encode())

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(
            target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def count(self, kind: str) -> int:
        return sum(asked[0] == kind for asked in self.asked)

    def stop(self) -> None:
        if self.done.is_set():
            return
        self.done.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()
