"""Render the sample city's maps and reports into this folder, and pictures where Chromium is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import access as ac

HERE = Path(__file__).resolve().parent
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


def render() -> None:
    """Write the HTML."""
    study = ac.Study.from_folder(ac.sample_folder())
    outcomes = [ac.evaluate(study, question) for question in study.questions]
    titles = {"ko": "가람시 학습공간 접근성 보고서", "en": "Garam: access to places to learn"}
    for lang, ending in (("ko", ""), ("en", "-en")):
        drawn = ac.draw(outcomes, lang=lang)
        told(drawn.save(HERE / f"garam{ending}.html"))
        told(
            ac.write_report(
                titles[lang], outcomes, to=HERE / f"garam-report{ending}.html", lang=lang
            )
        )


def told(path: Path) -> None:
    """Say what was written."""
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def slide(minutes: int) -> str:
    """Return the script that moves the slider; its stops are the whole minutes from 1."""
    return (
        f"() => {{ const s = document.getElementById('limit'); s.value = {minutes - 1};"
        " s.dispatchEvent(new Event('input')); }"
    )


def photograph(chromium: str) -> None:
    """Take the pictures, in a browser that reaches nothing."""
    from playwright.sync_api import sync_playwright

    def town(page: Any) -> None:
        page.evaluate(slide(20))
        page.locator("#districts button").first.click()
        page.wait_for_timeout(500)
        page.mouse.move(560, 470)

    def car(page: Any) -> None:
        page.select_option("#question", str(page.locator("#question option").count() - 1))

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)

        def shoot(
            name: str, source: str, size: tuple[int, int], act: Callable[[Any], None] | None = None
        ) -> None:
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            page.goto((HERE / source).as_uri())
            if "report" not in source:
                page.wait_for_selector("body[data-ready]", state="attached")
            if act:
                act(page)
            page.wait_for_timeout(500)
            page.screenshot(path=HERE / name)
            page.close()
            told(HERE / name)

        shoot("city.png", "garam.html", (1280, 800))
        shoot("town.png", "garam.html", (1280, 800), town)
        shoot("car.png", "garam.html", (1280, 800), car)
        shoot("phone.png", "garam.html", (390, 780))
        shoot("report.png", "garam-report.html", (1000, 1300))
        browser.close()


if __name__ == "__main__":
    render()
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found and "--no-pictures" not in sys.argv:
        photograph(found)
