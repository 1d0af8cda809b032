"""A sheet to draw SVG on: boxes, lines, text that fits, a legend."""

from __future__ import annotations

from html import escape

from helpers._picture import CLASS_COLORS, Picture

__all__ = ["INK", "LINE", "PAPER", "SOFT", "Canvas", "clip", "width_of"]

INK, SOFT, LINE, PAPER = "#1F2933", "#616E7C", "#CBD2D9", "#F5F7FA"
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
#: Width of a letter in parts of the font size, for the letters that are far from the usual.
NARROW = {**dict.fromkeys("ijl.,:;|'!", 0.25), **dict.fromkeys("frt()[]/- ", 0.33), **dict.fromkeys("mwMW%@", 0.86)}


class Canvas:
    """A white card of a given width that grows downward as things are drawn on it."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.bottom = 0.0
        self._parts: list[str] = []

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "#FFFFFF",
        stroke: str = LINE,
        radius: float = 4,
        dashed: bool = False,
    ) -> None:
        """Draw a rectangle with round corners."""
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}"'
        self._add(f'<rect {place} fill="{fill}" stroke="{stroke}"{dash}/>', y + height)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        color: str = INK,
        bold: bool = False,
        anchor: str = "start",
    ) -> None:
        """Write a line; ``y`` is where its letters stand, ``anchor`` one of start, middle, end."""
        weight = ' font-weight="bold"' if bold else ""
        look = f'x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{color}" text-anchor="{anchor}"{weight}'
        self._add(f"<text {look}>{escape(text, quote=False)}</text>", y + size * 0.3)

    def line(
        self,
        points: list[tuple[float, float]],
        *,
        color: str = LINE,
        width: float = 1,
        dashed: bool = False,
        arrow: str = "",
    ) -> None:
        """Draw a line through points; ``arrow`` puts a head at its end that points right or down."""
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        look = f'fill="none" stroke="{color}" stroke-width="{width:g}"{dash}'
        self._add(f'<polyline points="{path}" {look}/>', max(y for _, y in points))
        if arrow:
            x, y = points[-1]
            head = "l-8,-4.5 v9 z" if arrow == "right" else "l-4.5,-8 h9 z"
            self._add(f'<path d="M{x:g},{y:g} {head}" fill="{color}"/>', y)

    def legend(self, x: float, y: float, names: list[str]) -> None:
        """Name the storage classes that occur, in one row."""
        for name in names:
            self.box(x, y - 9, 11, 11, fill=CLASS_COLORS.get(name, SOFT), stroke="none", radius=2)
            self.text(x + 17, y, name, size=11, color=SOFT)
            x += width_of(name, 11) + 40

    def picture(self, alt: str) -> Picture:
        """Finish the card."""
        height = self.bottom + 20
        size = f'width="{self.width:g}" height="{height:g}" viewBox="0 0 {self.width:g} {height:g}"'
        name = escape(alt)
        card = f'<rect x="0.5" y="0.5" width="{self.width - 1:g}" height="{height - 1:g}" rx="8"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}" font-family="{FONT}">',
            f"<title>{escape(alt, quote=False)}</title>",
            f'{card} fill="#FFFFFF" stroke="{LINE}"/>',
            *self._parts,
            "</svg>",
        ]
        return Picture("\n".join(lines), alt)

    def _add(self, part: str, bottom: float) -> None:
        self._parts.append(part)
        self.bottom = max(self.bottom, bottom)


def width_of(text: str, size: float) -> float:
    """Estimate how wide a text is in a usual sans-serif font."""
    return size * sum(NARROW.get(letter, 0.7 if letter.isupper() else 0.56) for letter in text)


def clip(text: str, width: float, size: float = 12) -> str:
    """Shorten a text in its middle until it fits; keys differ at their ends."""
    if width_of(text, size) <= width:
        return text
    keep = len(text) - 1
    while keep > 2 and width_of(_cut(text, keep), size) > width:
        keep -= 1
    return _cut(text, keep)


def _cut(text: str, keep: int) -> str:
    head = keep // 3
    return f"{text[:head]}…{text[len(text) - (keep - head) :]}"
