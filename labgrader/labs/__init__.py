"""What is personal in each lab, and the data it begins with: one module a lab, named as the lesson's file.

Such a module has two functions.  ``tell(brief)`` adds the facts that the student is told.  ``place(brief, aws)`` puts
the given data into AWS: in the lab it is called by ``open_lab``, while grading by the grader before the student's
code runs.  It holds no answer; what is right is worked out in ``labgrader.checks``.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.errors import LabUnknown

__all__ = ["STEMS", "available", "brief", "module_name", "place", "stem"]

#: Number of a lab -> the rest of its file's name.
STEMS = {
    "3.1": "operational-characteristics",
    "3.2": "access-patterns",
    "3.3": "catalog-entries",
    "3.4": "structure-and-format",
    "3.5": "storage-and-databases",
    "3.6": "s3",
    "3.7": "glacier",
    "3.8": "glue",
    "3.9": "dynamodb",
}


def available() -> list[str]:
    """List the numbers of the labs that there are."""
    return [lab for lab in STEMS if importlib.util.find_spec(f"{__name__}.{module_name(lab)}")]


def stem(lab: str) -> str:
    """Return a lab's file name without its ending.

    Examples
    --------
    >>> stem("3.9")
    '3.9-dynamodb'
    """
    module_name(lab)
    return f"{lab}-{STEMS[lab]}"


def module_name(lab: str) -> str:
    """Return the name of a lab's two modules, in ``labgrader.labs`` and ``labgrader.checks``."""
    if lab not in STEMS:
        raise LabUnknown(f"There is no lab {lab!r}; the labs are {', '.join(STEMS)}.")
    return STEMS[lab].replace("-", "_")


def brief(lab: str, *, seed: int | str, student: str = "") -> Brief:
    """Return the brief of one student's lab.

    Parameters
    ----------
    lab
        Its number, for example ``3.9``.
    seed, student
        What all personal values follow from.

    Raises
    ------
    LabUnknown
        There is no such lab.
    """
    module, made = _module(lab), Brief(lab, seed=seed, student=student)
    made.fact("inbox", made.name(f"inbox-{lab.replace('.', '-')}"), "the bucket with what you are given")
    module.tell(made)
    return made


def place(brief: Brief, aws: Account) -> bool:
    """Put the given data of a lab into AWS; False, and nothing happens, where it is there already."""
    if not aws.create_bucket(brief.inbox):
        return False
    _module(brief.lab).place(brief, aws)
    return True


def _module(lab: str) -> ModuleType:
    name = module_name(lab)
    if lab not in available():
        raise LabUnknown(f"Lab {lab} is not written yet; there are {', '.join(available())}.")
    return importlib.import_module(f"{__name__}.{name}")
