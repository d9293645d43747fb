"""Scenarios: what the city might do, each a file that a planner can edit."""

from __future__ import annotations

from pathlib import Path

from garam import plan

_HEAD = f"# {plan.NOTICE}\n"

SCENARIOS = {
    "bridge.toml": """name = "물안섬 다리"
note = "저수지의 섬에는 다리가 없어 차로도 걸어서도 나올 수 없다."

[[edit]]
do = "add_road"
line = [[127.525167, 37.176652], [127.514954, 37.176558]]   # 섬의 길 끝과 서쪽 기슭
tags = { highway = "residential", bridge = "yes", name = "물안다리" }
""",
    "closed_road.toml": """name = "솔뫼로 통제"
note = "산사태 위험으로 솔뫼로 전체를 막는다면 누가 멀어지는가."

[[edit]]
do = "close_road"
name = "솔뫼로"
""",
    "two_markets.toml": """name = "시장 두 곳"
note = "사람이 많이 사는 곳부터: 전통시장의 빈 방 두 곳을 연다."

[[edit]]
do = "open_place"
place = "idle-036"          # 누리전통시장 카페
hours = "월~금 09:00-21:00, 토 10:00-17:00"

[[edit]]
do = "open_place"
place = "idle-037"          # 강남골목시장 공방
hours = "월~금 09:00-21:00, 토 10:00-17:00"
""",
    "two_villages.toml": """name = "마을 두 곳"
note = "면부터: 마을회관과 폐교를 한 곳씩 연다."

[[edit]]
do = "open_place"
place = "idle-032"          # 새별면 돌실마을회관
seats = 24

[[edit]]
do = "open_place"
place = "idle-004"          # 다솜면 (폐교)갈재초등학교
seats = 40
""",
}
"""Name of the file -> what stands in it."""


def write_scenarios(folder: Path) -> None:
    """Write every scenario into a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in SCENARIOS.items():
        (folder / name).write_text(_HEAD + text, encoding="utf-8", newline="\n")
