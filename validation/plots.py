"""Bland-Altman plots: the difference between found and true against their mean."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from formcheck.evaluate import ClipEvaluation, bland_altman

PANELS = {
    "thigh_elevation_deg": "Thigh elevation",
    "leg_elevation_deg": "Leg elevation",
    "knee_flexion_deg": "Knee flexion",
    "trunk_elevation_deg": "Trunk elevation",
    "hip_extension_deg": "Hip extension",
    "peak_thigh_elevation_deg": "Peak thigh elevation of a rep",
}
GROUPS = {"camera square": (0.0, "#2a6f97"), "turned by 15°": (15.0, "#e09f3e"), "turned by 30°": (30.0, "#9e2a2b")}
EVERY = 6
"""Every so manieth frame is drawn; lines and figures are of all."""
INK, FAINT = "#333333", "#d9d9d9"
SIZE_INCHES, DPI, COLOURS = (10.5, 6.8), 100, 200


def draw(clips: Sequence[ClipEvaluation], path: Path) -> None:
    """Write the plots of all `PANELS` as one picture."""
    with mpl.rc_context({"font.size": 9, "font.family": "DejaVu Sans", "axes.edgecolor": FAINT, "text.color": INK}):
        figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
        panels = figure.subplots(2, 3)
        for axes, (name, title) in zip(panels.flat, PANELS.items(), strict=True):
            _panel(axes, clips, name, title)
        dots = [
            Line2D([], [], marker="o", ls="", ms=5, color=colour, label=name) for name, (_, colour) in GROUPS.items()
        ]
        figure.legend(handles=dots, loc="outside upper right", ncols=len(dots), frameon=False)
        figure.supxlabel("mean of found and true, °", fontsize=9)
        figure.supylabel("found minus true, °", fontsize=9)
        _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    """As a picture of few colours, a third of the size."""
    whole = BytesIO()
    figure.savefig(whole, format="png")
    Image.open(whole).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def _panel(axes: Axes, clips: Sequence[ClipEvaluation], name: str, title: str) -> None:
    single = name.startswith("peak")
    seen = bland_altman(clips, name, 1 if single else EVERY)
    colours = np.array([_colour(clip.yaw_deg) for clip in clips])[seen.clip]
    mixed = np.random.default_rng(0).permutation(len(colours))  # so that no clip hides another
    axes.scatter(
        seen.mean[mixed], seen.difference[mixed], s=22 if single else 5, c=colours[mixed], alpha=0.6, linewidths=0
    )
    lines = ((seen.stats.bias, "-"), (seen.stats.low, "--"), (seen.stats.high, "--"))
    for value, style in lines:
        axes.axhline(value, color=INK, lw=1, ls=style)
        axes.annotate(
            f"{value:+z.1f}".replace("-", "−"),
            (1, value),
            xycoords=("axes fraction", "data"),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
        )
    _style(axes, title, float(np.abs(seen.difference).max()))


def _style(axes: Axes, title: str, most: float) -> None:
    reach = max(5.0, 1.08 * most)
    axes.set(ylim=(-reach, reach))
    axes.set_title(title, fontsize=10, loc="left", fontweight="bold")
    axes.grid(color="#eeeeee", lw=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[["top", "right"]].set_visible(False)


def _colour(yaw_deg: float | None) -> str:
    """That of the nearest group."""
    return min(GROUPS.values(), key=lambda group: abs(group[0] - abs(yaw_deg or 0.0)))[1]
