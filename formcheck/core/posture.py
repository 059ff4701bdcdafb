"""Whether somebody lies over the ball at all: what everything that counts or speaks asks first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles

POSE = np.array([angles.TRUNK, angles.LEG, angles.KNEE])
LEAST_DEG, MOST_DEG = np.array([-50.0, -65.0, -80.0]), np.array([50.0, 50.0, 80.0])
"""Outside of these nobody is doing the exercise: standing, kneeling or sitting back."""


def in_position(signals: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Instants (m,) at which somebody lies over the ball, legs more or less straight."""
    pose = signals.take(POSE, axis=1)
    return np.asarray(((pose > LEAST_DEG) & (pose < MOST_DEG)).all(axis=1))
