"""What was seen, in words: one short sentence for a finding."""

from __future__ import annotations

from formcheck.data.result import Finding
from formcheck.rules.catalogue import find
from formcheck.rules.rule import Check

_SHOWN = {"deg": (1.0, "°", 0), "s": (1.0, " s", 1), "m": (100.0, " cm", 0)}
"""Factor, sign and decimals with which a unit is shown."""


def seen(finding: Finding) -> str:
    """A sentence such as "thighs 10° above parallel (limit 5°, ±2°)"; raises `UsageError` for no rule."""
    check = check_of(finding)
    factor, sign, decimals = _SHOWN[finding.unit]
    value, limit, band = (factor * abs(x) for x in (finding.value, finding.limit, finding.uncertainty))
    word = "at least" if check.side == "below" and check.factor > 0 else "limit"
    what = check.says.format(value=f"{_apart(value, limit, decimals)}{sign}")
    return f"{what} ({word} {round(limit, 2):g}{sign}, ±{_band(band, decimals)}{sign})"


def check_of(finding: Finding) -> Check:
    """The check that the finding comes from; its cue tells the checks of one rule apart."""
    checks = find(finding.name).checks
    same = [check for check in checks if check.cue == finding.cue]
    return (same or [check for check in checks if check.unit == finding.unit] or list(checks))[0]


def _band(number: float, decimals: int) -> str:
    """A half width: one digit that counts below 1, hundredths at the finest."""
    if number < 1:
        return f"{float(f'{number:.1g}'):.2f}".rstrip("0").rstrip(".")
    return f"{number:.{decimals}f}"


def _apart(number: float, other: float, decimals: int) -> str:
    """The number with as many decimals as it takes to look different from `other`, at most two more."""
    for digits in range(decimals, decimals + 2):
        if float(f"{number:.{digits}f}") != round(other, digits):
            return f"{number:.{digits}f}"
    return f"{number:.{decimals + 2}f}" if number != other else f"{number:.{decimals}f}"
