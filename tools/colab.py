"""Install the course into Colab's own packages: nothing that Colab has may change, and the lessons give equal results.

``python tools/colab.py --runtime 2026.08`` (run it with that runtime's Python; it needs the package index, a few
minutes and 2 GB).  Only Python's standard library is needed to start it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "tests" / "colab"
PYTHONS = {"2026.07": (3, 12), "2026.08": (3, 13)}
FIGURES = "application/vnd.aws-storage-course+json"  # as in _notebooks, which needs nbformat
PIP = "pip==24.1.2"  # Colab's


def pip(python: Path, *arguments: str) -> str:
    """Run an environment's pip; stop with what it says when it fails."""
    told = subprocess.run([str(python), "-m", "pip", *arguments], capture_output=True, text=True)
    if told.returncode:
        sys.exit(f"pip {' '.join(arguments)[:200]} failed:\n{told.stdout[-2000:]}{told.stderr[-3000:]}")
    return told.stdout


def pinned(path: Path) -> dict[str, str]:
    """Return name -> version of a freeze."""
    lines = [line.strip() for line in path.read_text().splitlines() if "==" in line and not line.startswith("#")]
    return {line.split("==")[0]: line.split("==")[1] for line in lines}


def frozen(python: Path) -> dict[str, str]:
    """Return name -> version of what an environment has."""
    listed = json.loads(pip(python, "list", "--format", "json", "--disable-pip-version-check"))
    return {each["name"].lower().replace("_", "-"): each["version"] for each in listed}


def build_colab(runtime: str, place: Path) -> Path:
    """Make an environment with Colab's packages; return its Python."""
    venv.create(place, with_pip=True, clear=True)
    python = place / "bin" / "python"
    pip(python, "install", "--quiet", PIP)
    constraints = CONSTRAINTS / f"runtime-{runtime}.txt"
    known = pinned(constraints)
    names = [line for line in (CONSTRAINTS / "installed.txt").read_text().split("\n") if line in known]
    wanted = place / "wanted.txt"
    wanted.write_text("".join(f"{name}=={known[name]}\n" for name in names))
    pip(python, "install", "--quiet", "--constraint", str(constraints), "--requirement", str(wanted))
    return python


def install_course(python: Path, place: Path) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Install the wheel without constraints; return what it added and what it changed."""
    before = frozen(python)
    pip(python, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(place / "dist"), str(ROOT))
    (wheel,) = (place / "dist").glob("*.whl")
    pip(python, "install", "--quiet", str(wheel))
    after = frozen(python)
    changed = {
        name: (version, after.get(name, "gone")) for name, version in before.items() if after.get(name) != version
    }
    return {name: version for name, version in after.items() if name not in before}, changed


def run_lessons(notebooks: list[Path]) -> None:
    """Run lessons with this interpreter's packages and compare with their stored outputs (called inside)."""
    import nbformat
    from nbclient import NotebookClient

    different = []
    for path in notebooks:
        began = time.perf_counter()
        stored, fresh = nbformat.read(path, as_version=4), nbformat.read(path, as_version=4)
        NotebookClient(fresh, timeout=600, kernel_name="python3", resources={"metadata": {"path": "."}}).execute()
        for number, (old, new) in enumerate(zip(stored.cells, fresh.cells, strict=True), start=1):
            steady = old.cell_type == "code" and "nbval-ignore-output" not in old.metadata.get("tags", [])
            if steady and _shown(old) != _shown(new):
                different.append(
                    f"{path.name}, cell {number}:\n  stored {_shown(old)[:600]}\n  here   {_shown(new)[:600]}"
                )
        print(f"{path.name}: {time.perf_counter() - began:.1f} s", flush=True)
    if different:
        sys.exit("\n".join(different))


def _shown(cell: Any) -> str:
    """Return what a reader sees; how many requests an older pyarrow makes is not part of it."""
    outputs = [output.get("text") or output.get("data") for output in cell.outputs]
    seen = [
        {kind: told for kind, told in each.items() if kind != FIGURES} if isinstance(each, dict) else each
        for each in outputs
    ]
    return json.dumps(seen, sort_keys=True)


def main() -> None:
    """Build, install, compare, run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runtime", choices=sorted(PYTHONS), default=max(PYTHONS))
    parser.add_argument("--run", nargs="*", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run is not None:
        return run_lessons(options.run)
    if sys.version_info[:2] != PYTHONS[options.runtime]:
        sys.exit(
            f"Runtime {options.runtime} has Python {'.'.join(map(str, PYTHONS[options.runtime]))}: run this with it."
        )
    place, began = ROOT / "build" / "colab" / options.runtime, time.perf_counter()
    place.parent.mkdir(parents=True, exist_ok=True)
    python = build_colab(options.runtime, place)
    print(f"Colab {options.runtime}: {len(frozen(python))} packages in {time.perf_counter() - began:.0f} s", flush=True)
    began = time.perf_counter()
    added, changed = install_course(python, place)
    print(f"The course adds {len(added)} packages in {time.perf_counter() - began:.0f} s:", added, flush=True)
    if changed:
        sys.exit(f"The install changed packages of Colab: {changed}")
    print(pip(python, "check").strip())
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    told = subprocess.run([str(python), str(Path(__file__)), "--run", *map(str, lessons)], cwd=place)
    sys.exit(told.returncode)


if __name__ == "__main__":
    main()
