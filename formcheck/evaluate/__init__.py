"""How far results are from a known truth: errors of angles, times, counts and faults.

The truth of a video lies beside it as `<stem>.truth.json`; its form is told in `docs/truth-format.md`.
Errors are always found minus true.

    evaluation = evaluate_folder(Path("clips"), analyse)      # analyse: Path -> Result
    print(to_text(evaluation))

`compare` judges one clip and `pool` joins clips, also of several models; both are pure.
"""

from formcheck.evaluate.clip import compare
from formcheck.evaluate.differences import BlandAltman, bland_altman
from formcheck.evaluate.folder import evaluate_folder, find_pairs, merge
from formcheck.evaluate.pooled import Evaluation, Part, Summary, pool
from formcheck.evaluate.render import to_markdown, to_text
from formcheck.evaluate.tojson import to_json
from formcheck.evaluate.truth import TrueRep, Truth, load
from formcheck.evaluate.values import ClipEvaluation, Compared, Failure, FalsePhases, RepComparison, Series

__all__ = [
    "BlandAltman",
    "ClipEvaluation",
    "Compared",
    "Evaluation",
    "Failure",
    "FalsePhases",
    "Part",
    "RepComparison",
    "Series",
    "Summary",
    "TrueRep",
    "Truth",
    "bland_altman",
    "compare",
    "evaluate_folder",
    "find_pairs",
    "load",
    "merge",
    "pool",
    "to_json",
    "to_markdown",
    "to_text",
]
