"""What no committed file may hold."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from law_sources import files, name, text

MOST_BYTES = 8_000_000

#: Written so that these patterns do not find themselves.
FORBIDDEN = {
    "a string that looks like an AWS key": re.compile(r"\bA(KI|SI)A[0-9A-Z]{16}\b"),
    "a path of one machine": re.compile(r"(?<![\w.~:/-])(/(home|root|work|Users|tmp)/\w|[A-Z]:\\{1,2}\w)"),
    "the address of a package registry": re.compile(
        r"\b(pypi\.(org|python)|files\.pythonhosted|registry\.(npmjs|yarnpkg)|conda\.anaconda|index[-_]url)\b"
    ),
}
#: 40 characters as in a secret access key: upper and lower case and digits, and no path or name made of words.
SECRET = re.compile(r"(?<![A-Za-z0-9/+=_.-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_.-])")
PICTURE = re.compile(r'"image/png": "[^"]*"')


def _looks_random(word: str) -> bool:
    kinds = [any(map(test, word)) for test in (str.isupper, str.islower, str.isdigit)]
    changes = sum(a.isalpha() != b.isalpha() or a.islower() != b.islower() for a, b in pairwise(word))
    return all(kinds) and changes >= 12


def _secrets(content: str) -> list[str]:
    return [word for word in SECRET.findall(content) if _looks_random(word)]


@pytest.mark.parametrize("path", files(), ids=name)
def test_a_committed_file(path: Path) -> None:
    assert path.stat().st_size <= MOST_BYTES, f"{name(path)} is over 8 MB: make it in memory, or store less."
    content = text(path)
    if not content:
        return
    assert content.endswith("\n"), f"{name(path)} does not end with a newline."
    content = PICTURE.sub("", content)
    for what, pattern in FORBIDDEN.items():
        found = pattern.search(content)
        assert not found, f"{name(path)} holds {what}: {found and found[0]!r}; take it out."
    assert not _secrets(content), (
        f"{name(path)} holds what looks like a secret key; use a word such as 'example-secret'."
    )


def test_the_patterns_find_what_they_are_for() -> None:
    key, secret = "AK" + "IAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCYEXAMPLEKEY"
    assert FORBIDDEN["a string that looks like an AWS key"].search(f'"{key}"')
    assert _secrets(f"secret = '{secret}'")
    assert FORBIDDEN["a path of one machine"].search("see /" + "home/me/x")
    assert not FORBIDDEN["a path of one machine"].search("https://example.com/" + "home/x")


@pytest.mark.parametrize("path", [path for path in files() if path.suffix in (".md", ".ipynb")], ids=name)
def test_every_link_to_a_file_of_ours_leads_there(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)\s#]+)", path.read_text())
    lost = [target for target in targets if not (path.parent / target).exists()]
    assert not lost, f"{name(path)} links to {lost}: mend the link, or say in words what is to come."
