"""The transformations of dynamic frames that scripts import by name."""

from __future__ import annotations

from typing import Any

__all__ = ["ApplyMapping", "DropFields", "Filter", "Map", "SelectFields"]


class ApplyMapping:
    """Rename and cast columns."""

    @staticmethod
    def apply(frame: Any, mappings: list[tuple[str, str, str, str]], transformation_ctx: str = "") -> Any:
        """Apply mappings (source, source type, target, target type)."""
        return frame.apply_mapping(mappings, transformation_ctx=transformation_ctx)


class SelectFields:
    """Keep columns."""

    @staticmethod
    def apply(frame: Any, paths: list[str], transformation_ctx: str = "") -> Any:
        """Keep the named columns."""
        return frame.select_fields(paths)


class DropFields:
    """Leave columns out."""

    @staticmethod
    def apply(frame: Any, paths: list[str], transformation_ctx: str = "") -> Any:
        """Drop the named columns."""
        return frame.drop_fields(paths)


class Filter:
    """Keep records."""

    @staticmethod
    def apply(frame: Any, f: Any, transformation_ctx: str = "") -> Any:
        """Keep the records for which ``f`` is true."""
        return frame.filter(f)


class Map:
    """Change records."""

    @staticmethod
    def apply(frame: Any, f: Any, transformation_ctx: str = "") -> Any:
        """Replace each record by what ``f`` makes of it."""
        return frame.map(f)
