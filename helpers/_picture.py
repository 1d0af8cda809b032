"""A picture for a notebook: SVG with a title and a text for those who do not see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["CLASS_COLORS", "PALETTE", "Picture"]

#: Colors that people with color blindness tell apart (Okabe and Ito, https://jfly.uni-koeln.de/color/).
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#999999", "#000000")
#: A storage class has the same color in every picture.
CLASS_COLORS = {
    "STANDARD": "#0072B2",
    "INTELLIGENT_TIERING": "#CC79A7",
    "STANDARD_IA": "#56B4E9",
    "ONEZONE_IA": "#009E73",
    "EXPRESS_ONEZONE": "#F0E442",
    "GLACIER_IR": "#E69F00",
    "GLACIER": "#D55E00",
    "DEEP_ARCHIVE": "#333F48",
}


@dataclass(frozen=True, repr=False)
class Picture:
    """An SVG picture; a notebook shows it, ``alt`` says in words what is on it.

    Parameters
    ----------
    svg
        The picture; the same state gives the same text.
    alt
        One to three sentences.
    """

    svg: str
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.alt}

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file and return where it is."""
        where = Path(path)
        where.write_text(self.svg, encoding="utf-8")
        return where
