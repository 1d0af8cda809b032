"""What a state sees: its data, the context object, variables; and templates filled from these.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pocketaws.engines.stepfunctions import intrinsics, paths
from pocketaws.engines.stepfunctions.errors import path_failed, runtime

__all__ = ["Scope"]


@dataclass
class Scope:
    """The context object and the variables of one branch.

    Parameters
    ----------
    context
        What ``$$`` shows.
    variables
        What ``Assign`` has set, by name.
    """

    context: dict[str, Any]
    variables: dict[str, Any] = field(default_factory=dict)

    def inner(self, **context: Any) -> Scope:
        """Return the scope of a branch or an iteration: it sees the variables, and keeps its own."""
        return Scope({**self.context, **context}, dict(self.variables))

    def read(self, text: str, data: Any) -> Any:
        """Return what a path or an intrinsic function gives.

        Raises
        ------
        StateFailed
            It leads nowhere.
        """
        if intrinsics.is_call(text):
            return intrinsics.evaluate(text, lambda path: self.read(path, data))
        path = paths.parse(text)
        return path.read(self._root(path.root, data))

    def find(self, text: str, data: Any) -> list[Any]:
        """Return everything that a path leads to, nothing if it leads nowhere."""
        path = paths.parse(text)
        return path.find(self._root(path.root, data, missing=None))

    def _root(self, root: str, data: Any, **default: Any) -> Any:
        if root == "":
            return data
        if root == "$":
            return self.context
        if root in self.variables:
            return self.variables[root]
        if "missing" in default:
            return default["missing"]
        raise path_failed(f"The variable '${root}' is not assigned")

    def fill(self, template: Any, data: Any) -> Any:
        """Return a template with the fields that end in ``.$`` replaced by what they name."""
        if isinstance(template, Mapping):
            filled: dict[str, Any] = {}
            for name, value in template.items():
                if name.endswith(".$"):
                    filled[name[:-2]] = self.read(value, data)
                else:
                    filled[name] = self.fill(value, data)
            return filled
        if isinstance(template, list):
            return [self.fill(each, data) for each in template]
        return template

    def select(self, state: Mapping[str, Any], name: str, data: Any) -> Any:
        """Apply ``InputPath`` or ``OutputPath``: absent, everything; null, an empty object."""
        if name not in state:
            return data
        return {} if state[name] is None else self.read(state[name], data)

    def number(self, state: Mapping[str, Any], name: str, data: Any) -> float | None:
        """Return a number that stands in a field, or where the field with ``Path`` after its name leads to."""
        if f"{name}Path" in state:
            found = self.read(state[f"{name}Path"], data)
            if not isinstance(found, (int, float)) or isinstance(found, bool):
                raise runtime(f"{name}Path must lead to a number, not to {found!r}")
            return found
        value = state.get(name)
        return None if value is None else float(value)
