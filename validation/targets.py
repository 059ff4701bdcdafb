"""The figures that count: what the project set out to reach, what is reached, and the bounds that must hold."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from formcheck.evaluate import Part
from formcheck.evaluate.pooled import Summary, summarise

BOUNDS = Path(__file__).resolve().parent / "bounds.toml"
TURNED_DEG, ROLLED_DEG = 25.0, 3.0
"""Clips with at least this yaw or roll count for the targets at 30 and 5 degrees."""

Figures = dict[str, float]


@dataclass(frozen=True)
class Target:
    """What a figure ought to be: between `least` and `most`, in words and with so many digits."""

    name: str
    words: str
    least: float = -math.inf
    most: float = math.inf
    unit: str = "°"
    digits: int = 2

    def met(self, value: float) -> bool:
        """Whether the value is within; not-a-number is not."""
        return self.least <= value <= self.most

    def asked(self) -> str:
        """`at most 1.50°`."""
        if math.isinf(self.least):
            return f"at most {self.said(self.most)}" if self.most else "none"
        return f"at least {self.said(self.least)}" if math.isinf(self.most) else self._between()

    def said(self, value: float) -> str:
        """The value with its unit; shares as per cent."""
        if self.unit == "%":
            return f"{100 * value:.{self.digits}f} %"
        return f"{value:.{self.digits}f}{self.unit}"

    def _between(self) -> str:
        return f"{self.said(self.least)} to {self.said(self.most)}"


TARGETS = (
    Target("thigh_mae", "thigh elevation, MAE", most=1.5),
    Target("thigh_p95", "thigh elevation, 95th percentile", most=3.5),
    Target("leg_mae", "leg elevation, MAE", most=1.0),
    Target("trunk_mae", "trunk elevation, MAE", most=1.5),
    Target("hip_mae", "hip extension, MAE", most=2.0),
    Target("knee_mae", "knee flexion, MAE", most=1.5),
    Target("elbow_mae", "elbow flexion, MAE", most=5.0),
    Target("peak_mae", "peak thigh elevation of a rep, MAE", most=1.5),
    Target("turned_thigh_mae", "thigh elevation with the camera turned by 30°, MAE", most=2.5),
    Target("rolled_worst", "roll found with the camera rolled by 5°, largest error", most=1.0),
    Target("boundaries_mae", "boundaries of the phases, MAE", most=0.1, unit=" s", digits=3),
    Target("durations_mae", "durations of the phases, MAE", most=0.1, unit=" s", digits=3),
    Target("counts_exact", "clips with an exact count of reps", least=1.0, unit="%", digits=0),
    Target("precision", "faults, precision", least=0.97, unit="", digits=3),
    Target("recall", "faults, recall", least=0.97, unit="", digits=3),
    Target("alarmed", "reps without faults that were given one", most=0.0, unit="", digits=0),
    Target("coverage", "truths inside the stated 95 % band", least=0.90, most=0.98, unit="%", digits=1),
)
LEFT_OUT = Target("left_out_ratio", "error without the clip's body over the fitted one, worst angle", most=1.2, unit="")


def figures(part: Part) -> Figures:
    """All figures of `TARGETS` for some clips, by name."""
    found = part.pooled
    turned = [clip for clip in part.clips if abs(clip.yaw_deg or 0.0) >= TURNED_DEG]
    rolled = [clip for clip in part.clips if abs(clip.roll_deg or 0.0) >= ROLLED_DEG]
    return {
        **_angles(found),
        "peak_mae": found.peak.mae,
        "turned_thigh_mae": summarise(turned).angles["thigh_elevation_deg"].mae,
        "rolled_worst": summarise(rolled).roll.worst,
        "boundaries_mae": found.boundaries.mae,
        "durations_mae": found.durations.mae,
        "counts_exact": found.counts.exact / found.counts.clips,
        "precision": found.all_faults.precision,
        "recall": found.all_faults.recall,
        "alarmed": float(found.clean.alarmed),
        "coverage": found.covered.share,
    }


def _angles(found: Summary) -> Figures:
    errors = {f"{name.split('_')[0]}_mae": stats.mae for name, stats in found.angles.items()}
    return {**errors, "thigh_p95": found.angles["thigh_elevation_deg"].p95}


def bounds() -> dict[str, dict[str, dict[str, float]]]:
    """For each group of clips the least and the most of its figures."""
    found: dict[str, dict[str, dict[str, float]]] = tomllib.loads(BOUNDS.read_text(encoding="utf-8"))
    return found


def broken(found: Mapping[str, float], limits: Mapping[str, Mapping[str, float]]) -> list[str]:
    """One line for each figure beyond its bounds."""
    low = [f"{name}: {found[name]:.3f}, at least {b}" for name, b in limits["least"].items() if not found[name] >= b]
    high = [f"{name}: {found[name]:.3f}, at most {b}" for name, b in limits["most"].items() if not found[name] <= b]
    return low + high
