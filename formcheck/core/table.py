"""Rows that keep coming, in one array that grows by doubling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Table:
    """`rows` is a view (n, columns) of all that was appended."""

    def __init__(self, columns: int) -> None:
        self._rows = np.empty((1024, columns))
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def append(self, rows: NDArray[np.float64]) -> None:
        """Add rows (m, columns) at the end."""
        used = self._used + len(rows)
        if used > len(self._rows):
            grown = np.empty((max(used, 2 * len(self._rows)), self._rows.shape[1]))
            grown[: self._used] = self._rows[: self._used]
            self._rows = grown
        self._rows[self._used : used] = rows
        self._used = used

    @property
    def rows(self) -> NDArray[np.float64]:
        """All rows so far."""
        return self._rows[: self._used]


class Tail(Table):
    """The last rows of all that was appended; `first` is the number of the first that is kept."""

    def __init__(self, columns: int) -> None:
        super().__init__(columns)
        self.first = 0

    def forget(self, before: int) -> None:
        """Rows before this number will not be asked for again; now and then their room is used anew."""
        gone = before - self.first
        if 2 * gone > max(self._used, 1024):
            kept = self._used - gone
            self._rows[:kept] = self._rows[gone : self._used].copy()
            self._used, self.first = kept, before

    def replace_end(self, rows: NDArray[np.float64]) -> None:
        """Put these rows in place of the last ones, as far as there are so many."""
        count = min(len(rows), self._used)
        self._rows[self._used - count : self._used] = rows[len(rows) - count :]

    def since(self, number: int) -> NDArray[np.float64]:
        """The rows from this number on."""
        return self.rows[max(0, number - self.first) :]
