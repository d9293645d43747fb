"""Checkup: is this installation whole, and what does it run on."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version

import access

PARTS = {
    "osmium": "osmium",
    "geopandas": "geopandas",
    "shapely": "shapely",
    "pyogrio": "pyogrio",
    "scipy": "scipy",
    "folium": "folium",
    "osmnx": "osmnx",
    "XlsxWriter": "xlsxwriter",
    "XStatic-Leaflet": "xstatic.pkg.leaflet",
}
"""Distributions that must import, and the module each gives."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and whether it is as it should be."""

    good: bool
    ko: str
    en: str


def examine() -> list[Finding]:
    """Look at the installation; the internet is not asked."""
    findings = [
        Finding(
            True,
            f"learning-access {access.__version__}, 파이썬 {platform.python_version()}, "
            f"{platform.system()} {platform.machine()}",
            f"learning-access {access.__version__}, Python {platform.python_version()}, "
            f"{platform.system()} {platform.machine()}",
        )
    ]
    findings += [_part(name, module) for name, module in PARTS.items()]
    return [*findings, _engine(), _namesake(), _sample()]


def _part(name: str, module: str) -> Finding:
    try:
        import_module(module)
        number = version(name)
    except (ImportError, PackageNotFoundError) as error:
        wanted = next((r for r in requires("learning-access") or () if r.startswith(name)), name)
        return Finding(
            False,
            f'{name}을(를) 쓸 수 없습니다 ({error}). 고치는 방법: pip install "{wanted}"',
            f'{name} cannot be used ({error}). Repair: pip install "{wanted}"',
        )
    return Finding(True, f"{name} {number}", f"{name} {number}")


def _engine() -> Finding:
    """Say which engine answers; both give the same times, so neither is a fault."""
    try:
        number = version("numba")
    except PackageNotFoundError:
        return Finding(
            True,
            "numba 없음: 큰 계산은 SciPy로 하며 결과는 같고 느립니다",
            "numba is absent: SciPy computes large tables, with the same result, slower",
        )
    return Finding(True, f"numba {number} (소요시간 엔진)", f"numba {number} (travel-time engine)")


def _namesake() -> Finding:
    try:
        number = version("access")
    except PackageNotFoundError:
        return Finding(
            True, "이름이 같은 PySAL 패키지 없음", "PySAL's package of the same name is absent"
        )
    repair = "pip uninstall -y access && pip install --force-reinstall --no-deps learning-access"
    return Finding(
        False,
        f"PySAL의 'access' {number}이(가) 함께 설치되어 서로 덮어씁니다. 고치는 방법: {repair}",
        f"PySAL's 'access' {number} is installed too; they overwrite each other. Repair: {repair}",
    )


def _sample() -> Finding:
    try:
        access.sample_folder()
    except FileNotFoundError as error:
        return Finding(False, f"가상 도시 자료가 없습니다: {error}", str(error))
    return Finding(True, "가상 도시 가람시 자료 있음", "the fictional sample city is here")
