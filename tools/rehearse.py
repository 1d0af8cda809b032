"""Rehearse every lab thoroughly: its solution on 20 seeds, blank on 5, each submission of the zoo on 5.

``python tools/rehearse.py [LAB ...] [--solutions 20] [--zoo 5]``; ``make test`` runs the same on one or two seeds.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "labgrader"))

from zoo import animals, blank, solution

from labgrader import checks, labs
from labgrader.rehearsal import Stage
from labgrader.submission import code_cells


def main() -> None:
    """Run all and say what is not as expected."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("labs", nargs="*", help="numbers; by default all")
    parser.add_argument("--solutions", type=int, default=20, help="seeds for each solution")
    parser.add_argument("--zoo", type=int, default=5, help="seeds for each other submission")
    options = parser.parse_args()
    work = []
    for lab in options.labs or labs.available():
        most = {each.number: each.points for each in checks.tasks(lab)}
        work += [(lab, "solution", solution(lab), most, seed) for seed in range(1, options.solutions + 1)]
        work += [(lab, "blank", blank(lab), dict.fromkeys(most, 0), seed) for seed in range(1, options.zoo + 1)]
        for animal in animals(lab):
            made, earns = animal.notebook(), animal.earns()
            work += [(lab, animal.path.stem, made, earns, seed) for seed in range(100, 100 + options.zoo)]
    began = time.monotonic()
    stages: Queue[Stage] = Queue()
    workers = os.cpu_count() or 2

    def perform(piece: tuple[str, str, object, dict[int, int], int]) -> str:
        lab, name, notebook, earns, seed = piece
        stage = stages.get()
        try:
            told = stage.perform(code_cells(notebook, seed=seed, student="zoe"), lab, seed=seed, student="zoe")
        finally:
            stages.put(stage)
        broken = [each.broken for each in told.outcomes if each.broken]
        if told.points == earns and not broken:
            return ""
        return f"{lab} {name}, seed {seed}: {told.points}, expected {earns}; {told.lost} {told.errors} {broken}"

    warm = [Stage().__enter__() for _ in range(workers)]
    for stage in warm:
        stages.put(stage)
    with ThreadPoolExecutor(workers) as pool:
        wrong = [text for text in tqdm(pool.map(perform, work), total=len(work), desc="Rehearsing") if text]
    for stage in warm:
        stage.__exit__(None, None, None)
    print(f"{len(work)} rehearsals in {time.monotonic() - began:.0f} s, {len(wrong)} not as expected")
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
