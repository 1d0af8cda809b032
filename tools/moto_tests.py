"""Run moto's own tests of some services with the engines loaded, and say what fails that should not.

``python tools/moto_tests.py PATH [SERVICE ...]`` takes a checkout of moto with its tags (or a bare clone), unpacks the
tests of the installed version, or of the one before it, and runs them here.  ``tools/moto_tests.toml`` lists the tests
that assert what AWS does not do; the exit code is 0 when just these fail.  What follows ``--`` is given to pytest.

moto's tests need freezegun beside the ``test`` extra.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import moto
import moto.core.utils
import pytest
from moto.core.config import default_user_config
from packaging.version import InvalidVersion, Version

from pocketaws import clock, credentials, doors, mototime, network, processes
from pocketaws.inprocess import CONFIG

LIST = Path(__file__).with_suffix(".toml")


@dataclass(eq=False)
class Engines:
    """A pytest plugin: loads the engines under moto's tests, and notes which tests ran and which failed."""

    ran: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def pytest_configure(self) -> None:
        """Answer as pocketaws does; no request leaves this machine."""
        credentials.shield()
        doors.in_process()
        mototime.use_clock(moto.core.utils)
        network.close()

    def pytest_runtest_setup(self) -> None:
        """Play by pocketaws' settings, whatever a test before made of them."""
        default_user_config.update({**CONFIG, "core": default_user_config["core"]})

    def pytest_runtest_teardown(self) -> None:
        """Leave no job and no booking to the next test."""
        processes.stop_all()
        clock.reset()

    def pytest_collectreport(self, report: Any) -> None:
        """Note a file that cannot be read."""
        if report.failed:
            self.note(report)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note a test's outcome."""
        if report.failed or (report.when == "call" and not report.skipped):
            self.note(report)

    def note(self, report: Any) -> None:
        """Keep an outcome under the test's name without the folder of all tests."""
        name = report.nodeid.removeprefix("tests/")
        self.ran.add(name)
        if report.failed:
            self.failed.add(name)


def covers(listed: str, name: str) -> bool:
    """Whether an entry of the list, a file, a test or a test with its parameters, means a test."""
    return name == listed or name.startswith((f"{listed}::", f"{listed}["))


def tag_of(checkout: Path, installed: str) -> str:
    """Return the checkout's tag that is the installed moto, or the nearest one before it."""
    told = subprocess.run(["git", "-C", checkout, "tag"], capture_output=True, text=True, check=False)
    known = {}
    for name in told.stdout.split():
        try:
            known[Version(name)] = name
        except InvalidVersion:
            continue
    before = [version for version in known if version <= Version(installed)]
    if not before:
        sys.exit(f"{checkout} is no clone of moto with the tag {installed} or an earlier one; clone it with its tags.")
    return known[max(before)]


def unpack(checkout: Path, tag: str, folder: str) -> None:
    """Write the tests of a tag into a folder."""
    packed = subprocess.run(
        ["git", "-C", checkout, "archive", tag, "tests", "setup.cfg"], capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")


def expected(*, always: bool = False) -> dict[str, list[str]]:
    """Return the list: service -> the tests that assert what AWS does not do; ``always``: and fail on every run."""
    noted = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return {
        service: [test for each in entries if not (always and each.get("sometimes")) for test in each["tests"]]
        for service, entries in noted.items()
    }


def run(services: list[str], folder: str, options: list[str]) -> Engines:
    """Run the tests of services in a folder."""
    engines = Engines()
    os.chdir(folder)
    chosen = [f"tests/test_{service}" for service in services]
    if missing := [each for each in chosen if not Path(each).is_dir()]:
        sys.exit(f"moto has no tests in {', '.join(missing)}; name its services as moto does, such as awslambda.")
    quiet = ["-q", "--no-header", "--tb=no", "-rN", "-p", "no:cacheprovider", "-c", "setup.cfg", "-m", "not network"]
    pytest.main([*quiet, *chosen, *options], [engines])
    return engines


def differences(engines: Engines, services: list[str], *, some: bool) -> list[str]:
    """Return where failures and list differ, a sentence each; ``some``: not all tests were asked to run."""

    def entries(listed: dict[str, list[str]]) -> list[str]:
        return [f"test_{service}/{test}" for service in services for test in listed.get(service, [])]

    may, must = entries(expected()), entries(expected(always=True))
    surprises = [name for name in sorted(engines.failed) if not any(covers(each, name) for each in may)]
    asked = [each for each in must if not some or any(covers(each, name) for name in engines.ran)]
    stale = [each for each in asked if not any(covers(each, name) for name in engines.failed)]
    found = [f"failed, and is not listed: {name}" for name in surprises]
    return found + [f"is listed, but does not fail: {name}" for name in stale]


def main() -> None:
    """Run, compare with the list, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkout", type=Path, help="a clone of moto with its tags")
    parser.add_argument("services", nargs="*", help="as moto names them; by default all that the list names")
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    options, passed_on = parser.parse_args(words[:end]), words[end + 1 :]
    if importlib.util.find_spec("freezegun") is None:
        sys.exit("moto's tests need freezegun: .venv/bin/python -m pip install freezegun")
    checkout = options.checkout.resolve()
    services, tag = options.services or sorted(expected()), tag_of(checkout, moto.__version__)
    print(f"moto {moto.__version__} is installed; its tests are those of {tag}.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        unpack(checkout, tag, folder)
        engines = run(services, folder, passed_on)
        os.chdir(LIST.parent)
    told = differences(engines, services, some=bool(passed_on))
    print(f"{len(engines.ran - engines.failed)} passed, {len(engines.failed)} failed.")
    sys.exit("\n".join(told) if told else 0 if engines.ran else "No test ran.")


if __name__ == "__main__":
    main()
