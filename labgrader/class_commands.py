"""The commands for a class: grade, regrade, report, export, similar, and grading elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labgrader.errors import LabGraderError, SecretUnusable

if TYPE_CHECKING:
    from labgrader.classroom import Report
    from labgrader.gradebook import Try
    from labgrader.roster import Roster

__all__ = ["add_to"]

Folder = Annotated[Path, typer.Argument(help="One folder a student, or a download of Canvas, Moodle or Gradescope.")]
Lab = Annotated[str, typer.Option(help="Number of the lab, for example 3.6.")]
RosterFile = Annotated[
    Path | None, typer.Option("--roster", help="CSV file: a column 'student', or your LMS's export.")
]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="TOML file: when it is due, which try counts.")]
Book = Annotated[Path, typer.Option("--gradebook", help="SQLite file with all tries.")]
SecretFile = Annotated[Path | None, typer.Option("--secret-file", help="The course's secret; else LABGRADER_SECRET.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", help="So many at a time.", min=1)]
BOOK = Path("gradebook.sqlite")


def add_to(app: typer.Typer) -> None:
    """Add the commands to an application."""
    for command in (grade, regrade, report, export, similar, gradescope, autograder, workflow):
        app.command()(command)


def grade(
    submissions: Folder,
    lab: Lab,
    roster: RosterFile = None,
    gradebook: Book = BOOK,
    secret_file: SecretFile = None,
    jobs: Jobs = 2,
    evidence: Annotated[Path | None, typer.Option(help="Folder for the executed notebooks, for people.")] = None,
) -> None:
    """Grade a folder of submissions; stopped at any moment, the same command goes on where it was."""
    _grade(submissions, lab, roster, gradebook, secret_file, jobs, evidence=evidence)


def regrade(
    submissions: Folder,
    lab: Lab,
    student: Annotated[list[str] | None, typer.Option(help="Only these; may be given several times.")] = None,
    roster: RosterFile = None,
    gradebook: Book = BOOK,
    secret_file: SecretFile = None,
    jobs: Jobs = 2,
) -> None:
    """Grade again in a new round, after a check was mended; the old rounds stay in the gradebook."""
    _grade(submissions, lab, roster, gradebook, secret_file, jobs, again=True, only=student or ())


def report(
    lab: Lab,
    into: Annotated[Path, typer.Option(help="Folder for the pages.")] = Path("report"),
    roster: RosterFile = None,
    policy: PolicyFile = None,
    gradebook: Book = BOOK,
) -> None:
    """Write a page for each student, and one on the class."""
    from labgrader import pages
    from labgrader import policy as policies
    from labgrader import roster as rosters
    from labgrader.gradebook import Gradebook

    with Gradebook(_existing(gradebook)) as book:
        index = pages.write(book, lab, into, roster=rosters.read(roster), policy=policies.read(policy))
    typer.echo(f"The report is in {index}.")


def export(
    lab: Lab,
    to: Annotated[str, typer.Option(help="canvas, moodle, gradescope or csv.")] = "csv",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; by default it is printed.")] = None,
    roster: RosterFile = None,
    policy: PolicyFile = None,
    gradebook: Book = BOOK,
) -> None:
    """Write the marks in the layout that a learning management system imports."""
    from labgrader import exports
    from labgrader import policy as policies
    from labgrader import roster as rosters
    from labgrader.gradebook import Gradebook

    if to not in exports.FORMATS:
        raise LabGraderError(f"--to is one of {', '.join(exports.FORMATS)}, not {to}.")
    with Gradebook(_existing(gradebook)) as book:
        marks = book.marks(lab, policies.read(policy))
    if not marks:
        raise LabGraderError(f"No submission of lab {lab} has been graded; begin with: labgrader grade")
    _write(exports.export(to, lab, marks, rosters.read(roster)), output)


def similar(
    submissions: Folder,
    lab: Lab,
    least: Annotated[float, typer.Option(help="List pairs that are at least so alike, 0 to 1.", min=0, max=1)] = 0.9,
    roster: RosterFile = None,
    labs: Annotated[Path, typer.Option(help="Folder of the released labs.")] = Path("labs"),
) -> None:
    """List pairs of submissions whose answers are alike: where to look, not who copied."""
    from labgrader import roster as rosters
    from labgrader import similarity
    from labgrader.labs import stem
    from labgrader.submission import read

    with _collected(submissions, rosters.read(roster)) as newest:
        notebooks = {student: found for student, path in newest.items() if (found := _notebook(path))}
    pairs = similarity.similar(notebooks, read(labs / f"{stem(lab)}.ipynb"), least=least)
    for pair in pairs:
        typer.echo(f"{pair.one}  {pair.other}  shape {pair.shape:.2f}  words {pair.words:.2f}")
    typer.echo(f"{len(pairs)} pairs among {len(notebooks)} students are alike to {least:g} or more.")


def gradescope(lab: Lab, secret_file: SecretFile = None) -> None:
    """Grade the one submission that Gradescope lays out; its autograder calls this."""
    from labgrader import autograders
    from labgrader.grading import Desk, grade_one

    place = autograders.GRADESCOPE
    student = autograders.gradescope_student(place / "submission_metadata.json")
    notebooks = sorted((place / "submission").rglob("*.ipynb")) or [place / "submission" / "no-notebook.ipynb"]
    with Desk() as desk:
        result = grade_one(notebooks[0], student=student, lab=lab, secret=_secret(secret_file), desk=desk)
    (place / "results").mkdir(parents=True, exist_ok=True)
    (place / "results" / "results.json").write_text(json.dumps(autograders.gradescope_results(result)))


def autograder(
    lab: Lab,
    output: Annotated[Path, typer.Option("--output", "-o", help="The zip to write.")] = Path("autograder.zip"),
    secret_file: SecretFile = None,
    source: Annotated[str, typer.Option(help="Where pip finds the course.")] = "",
) -> None:
    """Write the zip that a Gradescope programming assignment takes as its autograder."""
    from labgrader import autograders

    output.write_bytes(autograders.gradescope_zip(lab, _secret(secret_file), source or _source()))
    typer.echo(f"{output} is the autograder of lab {lab}; it holds the course's secret, keep it to yourself.")


def workflow(
    lab: Lab,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; by default it is printed.")] = None,
    source: Annotated[str, typer.Option(help="Where pip finds the course.")] = "",
) -> None:
    """Write a workflow that grades what students of a GitHub Classroom push."""
    from labgrader import autograders
    from labgrader.labs import stem

    _write(autograders.workflow(lab, f"{stem(lab)}.ipynb", source or _source()), output)


def _grade(
    submissions: Path,
    lab: str,
    roster: Path | None,
    gradebook: Path,
    secret_file: Path | None,
    jobs: int,
    *,
    again: bool = False,
    only: Iterable[str] = (),
    evidence: Path | None = None,
) -> None:
    from labgrader import roster as rosters
    from labgrader.classroom import grade_class
    from labgrader.gradebook import Gradebook
    from labgrader.grading import Desk, Result, grade_one
    from labgrader.labs import module_name
    from labgrader.pages import page_name

    module_name(lab)
    secret, known = _secret(secret_file), rosters.read(roster)
    if evidence:
        evidence.mkdir(parents=True, exist_ok=True)
    with Gradebook(gradebook) as book, Desk() as desk:

        def one(path: Path, student: str) -> Result:
            kept = evidence / page_name(student).replace(".html", ".ipynb") if evidence else None
            return grade_one(path, student=student, lab=lab, secret=secret, desk=desk, evidence=kept)

        done = grade_class(submissions, lab, book, one, roster=known, jobs=jobs, again=again, only=only, progress=_bar)
    _tell(done, gradebook)


def _tell(done: Report, gradebook: Path) -> None:
    for trouble in done.troubles:
        typer.echo(trouble.sentence)
    earlier = f", {done.before} were graded before" if done.before else ""
    typer.echo(f"{done.graded} submissions graded{earlier}; the marks are in {gradebook}.")


def _bar(tries: Iterator[Try], count: int) -> Iterable[Try]:
    from tqdm import tqdm

    return tqdm(tries, total=count, desc="Grading", unit="submission", disable=None)


@contextmanager
def _collected(submissions: Path, roster: Roster) -> Iterator[dict[str, Path]]:
    """Yield each student's newest file."""
    import tempfile

    from labgrader.intake import collect

    with tempfile.TemporaryDirectory(prefix="labgrader-") as scratch:
        handed, _ = collect(submissions, roster, Path(scratch))
        yield {each.student: each.path for each in handed}


def _notebook(path: Path) -> object | None:
    import nbformat

    from labgrader.submission import read

    try:
        found: object = nbformat.from_dict(read(path))
    except Exception:  # whatever was handed in: the comparison goes on without it
        return None
    return found


def _secret(path: Path | None) -> str:
    """Return the course's secret, which must be the same whenever a class is graded."""
    from labgrader.report import read_secret

    if path is not None:
        return read_secret(path)
    if secret := os.environ.get("LABGRADER_SECRET", "").strip():
        return secret
    raise SecretUnusable(
        "Grading a class needs the course's secret, from which students' data follow: set LABGRADER_SECRET or name "
        "a file with --secret-file; make one with: python -c 'import secrets; print(secrets.token_hex())' > secret"
    )


def _existing(gradebook: Path) -> Path:
    if not gradebook.is_file():
        raise LabGraderError(f"There is no gradebook {gradebook}; grade first, or name it with --gradebook.")
    return gradebook


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise LabGraderError(f"{output} cannot be written ({error.strerror}).") from None
    typer.echo(f"Written: {output}")


def _source() -> str:
    from importlib.metadata import metadata

    found = metadata("aws-storage-course").get_all("Project-URL") or []
    return next((f"git+{url.split(', ')[1]}" for url in found if url.startswith("Repository")), "aws-storage-course")
