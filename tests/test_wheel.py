"""The wheel is whole: installed into an empty folder, it runs the sample city by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_holds_the_package_and_the_sample_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {n.split("/")[0] for n in names} == {
        "access",
        wheel.name.rsplit("-", 3)[0] + ".dist-info",
    }
    assert "access/_sample/study.toml" in names
    assert "access/codes.toml" in names
    assert not [n for n in names if "__pycache__" in n or n.endswith((".ipynb", ".png"))]
    sample = [i.file_size for i in zipfile.ZipFile(wheel).infolist() if "_sample" in i.filename]
    assert sum(sample) < 4_000_000


def test_an_installed_wheel_runs_the_demo(wheel, tmp_path):
    site = tmp_path / "site"
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([sys.executable, *install, str(wheel)], check=True, capture_output=True)
    env = os.environ | {"PYTHONPATH": str(site)}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "access", "demo", "--quiet"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "access-demo" / "map.html").is_file()
    assert run.stdout.count("이내") == 4
