"""Write docs/codes.md, the table of every message, from access/codes.toml.

Run it after changing a message: `python docs/make_codes.py`. A test compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

HEAD = """# Messages · 오류와 주의 코드

Written from `access/codes.toml` by `docs/make_codes.py`. 이 표는 프로그램이 쓰는 문장 그대로입니다.

**E** stops the work · 멈춤. **W** goes on and is listed · 적어 두고 계속. **F** was repaired and is
listed · 고쳐 읽고 적어 둠. A code keeps its meaning for ever; `{{braces}}` are filled with what was
found. 중괄호에는 그때그때의 값이 들어갑니다.

A message begins with its level, code, file, row as Excel shows it, column and value:

    {example}
"""

CHAPTERS = {
    "1": "Tables and encodings · 표와 인코딩",
    "2": "Coordinates and shapes · 좌표와 도형",
    "3": "What the tables say · 표의 내용",
    "4": "File types, standard tables, classes · 파일 종류, 표준데이터, 강좌",
    "5": "Streets · 도로",
    "6": "Study, question and command · 연구 설정, 질문, 명령",
    "7": "Download · 내려받기",
    "8": "Results · 결과",
    "9": "Measures, sites and standards · 지표, 입지 선정, 기준",
}


def render() -> str:
    """Return docs/codes.md."""
    from access.errors import Problem, codes

    example = Problem("W331", "centres.csv", 7, "좌석수", "0").text("ko")
    parts = [HEAD.format(example=example).rstrip()]
    for number, title in CHAPTERS.items():
        rows = ["| code | 한국어 | English |", "|---|---|---|"]
        for code, entry in sorted(codes().items(), key=lambda item: (item[0][1:], item[0])):
            if code[1] == number:
                rows.append(f"| {code} | {_whole(entry, 'ko')} | {_whole(entry, 'en')} |")
        parts += [f"## {title}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def _whole(entry: dict[str, str], lang: str) -> str:
    text = f"{entry[lang]} {entry.get(f'fix_{lang}', '')}".strip()
    text = text.replace("{{", "{").replace("}}", "}")
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("*", "\\*"), ("_", "\\_")):
        text = text.replace(plain, safe)
    return text


if __name__ == "__main__":
    (DOCS / "codes.md").write_text(render(), "utf-8")
