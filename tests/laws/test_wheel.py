"""The wheel installs helpers, pocketaws and labgrader with their data, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from law_sources import ROOMS, files, name


def test_the_wheel_holds_exactly_our_packages(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for path in files():
        if name(path).split("/")[0] in (*ROOMS, "LICENSES", "LICENSE", "README.md", "pyproject.toml"):
            (source / name(path)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, source / name(path))
    build = "import sys, setuptools.build_meta as meta; print(meta.build_wheel(sys.argv[1]))"
    told = subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=source, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    (wheel,) = tmp_path.glob("*.whl")
    held = {entry for entry in zipfile.ZipFile(wheel).namelist() if not entry.endswith("/")}
    ours = {entry for entry in held if ".dist-info/" not in entry}
    wanted = {
        name(path) for path in files() if name(path).split("/")[0] in ROOMS and path.suffix not in (".md", ".toml")
    }
    missing = {entry for entry in wanted - ours if "README" not in entry}
    assert not missing, f"The wheel lacks {sorted(missing)}; name them in pyproject.toml's package-data."
    assert {entry.split("/")[0] for entry in ours} == set(ROOMS), "The wheel installs exactly the three packages."
    licenses = {entry.split("/")[-1] for entry in held if "/licenses/" in entry}
    assert licenses == {"LICENSE", "CC-BY-4.0.txt"}
