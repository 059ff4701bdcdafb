"""Many clips into one table: found, handed out, remembered, written down.

batch(Options(["clips"], out=Path("scores.parquet")))

find      what the paths mean              work      one task, from paths to rows
key       by what a clip is known again    local     tasks in processes of this machine
store     the memory: what is done         table     Parquet and CSV
measures  rules asked again quickly        overview  the page that leads to single reports
"""

from __future__ import annotations

from formcheck.batch.options import Options, Summary
from formcheck.batch.run import batch

__all__ = ["Options", "Summary", "batch"]
