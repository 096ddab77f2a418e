"""Maps as one SVG picture: points and lines by longitude and latitude, and a legend.

For notebooks and small pages: no library, no script, readable by any browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.land.meridian import pieces

WIDTH = 640.0
"""Of the picture, in its own units."""
MARGIN = 14.0
LINE = 20.0
"""Height of a line of the legend."""
MOST_LABELS = 12
SHAPES = ("dot", "square", "star")
Scale = Callable[[Floats], Floats]
"""Degrees to units of the picture."""


@dataclass(frozen=True)
class Points:
    """Points of one kind, drawn and told in the legend together.

    ``size`` is the radius of each; ``told`` what a mouse over one shows; ``labels``
    stand beside the points, the first few.
    """

    title: str
    colour: str
    lat: Floats
    lon: Floats
    size: Floats
    told: Sequence[str]
    shape: str = "dot"
    labels: Sequence[str] = ()


@dataclass(frozen=True)
class Lines:
    """Straight lines of one kind between (lat, lon) and (lat, lon): (n, 4)."""

    title: str
    colour: str
    ends: Floats
    width: float = 1.0


def svg_map(layers: Sequence[Points | Lines], title: str) -> str:
    """Return the picture; layers without a place are left out, the first lie below."""
    kept = [_sound(layer) for layer in layers]
    kept = [layer for layer in kept if len(_lat(layer))]
    if not kept:
        return ""
    lat = np.concatenate([_lat(layer) for layer in kept])
    lon = np.concatenate([_lon(layer) for layer in kept])
    stretch = float(np.cos(np.radians(lat.mean())))
    wide = max(float(np.ptp(lon)) * stretch, 1e-6)
    tall = max(float(np.ptp(lat)), 1e-6)
    inner = WIDTH - 2.0 * MARGIN
    scale = min(inner / wide, 1.2 * inner / tall)
    height = tall * scale + 2.0 * MARGIN

    def x(value: Floats) -> Floats:
        return (
            MARGIN
            + (inner - wide * scale) / 2.0
            + (value - lon.min()) * stretch * (scale)
        )

    def y(value: Floats) -> Floats:
        return MARGIN + (lat.max() - value) * scale

    parts = []
    for layer in kept:
        if isinstance(layer, Lines):
            parts += _drawn_lines(layer, x, y)
        else:
            parts += _drawn_points(layer, x, y)
    legend, below = _legend(kept, height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f}'
        f' {height + below:.0f}" role="img" aria-label="{escape(title)}"'
        ' style="max-width:100%;height:auto;background:#fff;font:13px sans-serif">'
        f"<title>{escape(title)}</title>{''.join(parts)}{''.join(legend)}</svg>"
    )


def radii(people: Floats, largest: float = 9.0, smallest: float = 1.6) -> Floats:
    """Return radii whose circles grow with the people, (n,)."""
    top = float(people.max(initial=0.0))
    root = np.sqrt(np.maximum(people, 0.0) / top) if top else np.zeros(len(people))
    return np.maximum(smallest, largest * root)


def _lat(layer: Points | Lines) -> Floats:
    return layer.lat if isinstance(layer, Points) else layer.ends[:, [0, 2]].ravel()


def _lon(layer: Points | Lines) -> Floats:
    return layer.lon if isinstance(layer, Points) else layer.ends[:, [1, 3]].ravel()


def _sound(layer: Points | Lines) -> Points | Lines:
    """Return the layer without what has no place."""
    if isinstance(layer, Lines):
        ends = layer.ends[np.isfinite(layer.ends).all(axis=1)]
        cut = np.hstack(pieces(ends[:, :2], ends[:, 2:])[1:])
        return Lines(layer.title, layer.colour, cut, layer.width)
    is_sound = np.isfinite(layer.lat) & np.isfinite(layer.lon)
    rows = np.flatnonzero(is_sound).tolist()
    return Points(
        layer.title,
        layer.colour,
        layer.lat[rows],
        layer.lon[rows],
        layer.size[rows],
        [layer.told[k] for k in rows],
        layer.shape,
        [layer.labels[k] for k in rows] if layer.labels else (),
    )


def _drawn_lines(layer: Lines, x: Scale, y: Scale) -> list[str]:
    ends = zip(x(layer.ends[:, 1]), y(layer.ends[:, 0]), x(layer.ends[:, 3]),
               y(layer.ends[:, 2]), strict=True)  # fmt: skip
    path = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in ends)
    return [
        f'<path d="{path}" stroke="{layer.colour}" stroke-width="{layer.width}"'
        ' fill="none"/>'
    ]


def _drawn_points(layer: Points, x: Scale, y: Scale) -> list[str]:
    parts = [f'<g fill="{layer.colour}" stroke="#fff" stroke-width="0.6">']
    places = list(zip(x(layer.lon), y(layer.lat), strict=True))
    for (a, b), size, told in zip(places, layer.size, layer.told, strict=True):
        parts.append(_mark(layer.shape, a, b, size, escape(told)))
    parts.append("</g>")
    for (a, b), label in zip(places, layer.labels[:MOST_LABELS], strict=False):
        is_right = a > WIDTH / 2.0  # where the picture ends the label would, too
        anchor, at = ("end", a - 8.0) if is_right else ("start", a + 8.0)
        parts.append(
            f'<text x="{at:.1f}" y="{max(b - 6.0, MARGIN):.1f}" text-anchor="{anchor}"'
            ' fill="#222" stroke="#fff" stroke-width="3" paint-order="stroke">'
            f"{escape(label)}</text>"
        )
    return parts


def _mark(shape: str, x: float, y: float, size: float, told: str) -> str:
    """Return a mark with what a mouse over it shows."""
    title = f"<title>{told}</title>" if told else ""
    if shape == "square":
        return (
            f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:.1f}"'
            f' height="{2 * size:.1f}">{title}</rect>'
        )
    if shape == "star":
        angle = np.pi * np.arange(10) / 5.0
        radius = np.where(np.arange(10) % 2, 0.45 * size, size)
        points = zip(x + radius * np.sin(angle), y - radius * np.cos(angle),
                     strict=True)  # fmt: skip
        corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        return f'<polygon points="{corners}">{title}</polygon>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}">{title}</circle>'


def _legend(layers: Sequence[Points | Lines], top: float) -> tuple[list[str], float]:
    """Return the legend below the map, and its height."""
    parts = []
    for number, layer in enumerate(layers):
        y = top + (number + 0.5) * LINE
        if isinstance(layer, Lines):
            parts.append(
                f'<path d="M{MARGIN} {y}h16" stroke="{layer.colour}"'
                f' stroke-width="{layer.width}"/>'
            )
        else:
            mark = _mark(layer.shape, MARGIN + 8.0, y, 6.0, "")
            parts.append(f'<g fill="{layer.colour}">{mark}</g>')
        parts.append(
            f'<text x="{MARGIN + 24:.0f}" y="{y + 4:.1f}">{escape(layer.title)}</text>'
        )
    return parts, len(layers) * LINE
