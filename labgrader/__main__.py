"""The command ``labgrader``: release labs, rehearse them, grade a submission or a class."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

from labgrader.errors import LabGraderError

try:
    import typer
except ModuleNotFoundError as missing:
    sys.exit(f"labgrader needs {missing.name}; install it with: pip install 'aws-storage-course[grade]'")

from labgrader import class_commands

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def _about() -> None:
    """Release labs and grade what comes back, on AWS state that students' code can reach only through AWS."""


@app.command()
def release(
    check: Annotated[bool, typer.Option("--check", help="Only say which labs have drifted; write nothing.")] = False,
    bundle: Annotated[Path | None, typer.Option(help="Also write a zip of the labs, for students.")] = None,
    solutions: Annotated[Path, typer.Option(help="Folder of the solutions.")] = Path("solutions"),
    labs: Annotated[Path, typer.Option(help="Folder of the labs.")] = Path("labs"),
) -> None:
    """Write labs/ from solutions/: answers become stubs, and anything doubtful stops it."""
    from labgrader import release as releasing

    if check:
        if names := releasing.drifted(solutions, labs):
            raise SystemExit(f"Not what their solutions give: {', '.join(names)}; run: labgrader release")
        typer.echo("All labs are what their solutions give.")
        return
    for path in releasing.release(solutions, labs):
        typer.echo(f"{path}")
    if bundle:
        typer.echo(f"{bundle}: {releasing.bundle(labs, bundle)} labs")


@app.command()
def rehearse(
    notebook: Annotated[Path, typer.Argument(help="A solution, or any notebook of a lab.")],
    seeds: Annotated[int, typer.Option(help="On so many seeds.")] = 3,
) -> None:
    """Run a solution on several seeds and say what it earns: for those who write labs."""
    from labgrader import rehearsal
    from labgrader.submission import code_cells, lab_of, read

    lab, lost = lab_of(notebook), 0
    with rehearsal.Stage() as stage:
        for seed in range(1, seeds + 1):
            told = stage.perform(code_cells(read(notebook), seed=seed), lab, seed=seed)
            earned, most = sum(told.points.values()), sum(each.out_of for each in told.outcomes)
            typer.echo(f"seed {seed}: {earned:g} of {most:g}")
            for number, message in told.lost.items():
                typer.echo(f"  task {number}: {message}")
            for number, error in told.errors:
                typer.echo(f"  cell {number}: {error}")
            lost += earned < most or not told.outcomes
    raise SystemExit(1 if lost else 0)


@app.command()
def run(
    notebook: Annotated[Path, typer.Argument(help="The notebook that was handed in.")],
    student: Annotated[str, typer.Option(help="Whose it is; with lab and secret it makes the seed.")],
    lab: Annotated[str, typer.Option(help="Number of the lab; by default the file's name begins with it.")] = "",
    secret_file: Annotated[Path | None, typer.Option(help="File with the course's secret.")] = None,
    executed: Annotated[Path | None, typer.Option(help="Write the executed notebook here, for people.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Grade one submission. Without a secret file the secret is new for each run, so the seed is unknown to all."""
    from labgrader import report
    from labgrader.grading import Desk, grade_one
    from labgrader.submission import lab_of

    lab = lab or lab_of(notebook)
    secret = report.read_secret(secret_file)
    with Desk() as desk:
        result = grade_one(
            notebook.resolve(),
            student=student,
            lab=lab,
            secret=secret,
            desk=desk,
            evidence=executed and executed.resolve(),
        )
    if as_json:
        typer.echo(json.dumps(result.as_json(), indent=1))
    else:
        report.show(result)
    raise SystemExit(2 if result.failure else 0)


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Try what grading needs on this machine, and what confines a submission; exit code 0 where grading is safe."""
    from labgrader import doctor as examining

    found = list(examining.examine())
    if as_json:
        typer.echo(examining.as_json(found))
    else:
        examining.show(found)
    raise SystemExit(0 if examining.is_safe(found) else 1)


class_commands.add_to(app)


def main() -> None:
    """Run the command; what cannot be done is said in one sentence."""
    try:
        app()
    except LabGraderError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
