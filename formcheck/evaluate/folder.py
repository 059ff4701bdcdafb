"""A folder of videos with their truths beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from formcheck.data.endings import VIDEOS
from formcheck.data.result import Result
from formcheck.errors import FormcheckError, InputError
from formcheck.evaluate.clip import compare
from formcheck.evaluate.pooled import Evaluation, pool
from formcheck.evaluate.truth import SUFFIX, load
from formcheck.evaluate.values import ClipEvaluation, Failure

Analyse = Callable[[Path], Result]
Progress = Callable[[int, int, Path], None]


def evaluate_folder(folder: Path, analyse: Analyse, *, model: str = "", progress: Progress | None = None) -> Evaluation:
    """Analyse every video that has a truth and compare the two.

    A clip that fails is listed in `failures` (under `model`, if that is given) and does not stop the rest.
    `progress(index, count, video)` is called before each clip. Raises `InputError` where there is no clip.
    """
    pairs = find_pairs(folder)
    clips: list[ClipEvaluation] = []
    failures = [Failure(name, "no video beside its truth", model) for name in _alone(folder, pairs)]
    for index, (video, sidecar) in enumerate(pairs):
        if progress is not None:
            progress(index, len(pairs), video)
        alone = sum(other == sidecar for _, other in pairs) == 1
        name = video.stem if alone else video.name
        try:
            truth = replace(load(sidecar), name=name)
            clips.append(compare(analyse(video), truth))
        except Exception as error:  # noqa: BLE001 - one broken clip must not cost hours of others
            failures.append(Failure(name, _line(error), model))
    return pool(clips, failures)


def merge(evaluations: Iterable[Evaluation]) -> Evaluation:
    """Several evaluations, for instance one for each model, as one."""
    whole = list(evaluations)
    return pool([clip for one in whole for clip in one.whole.clips], [bad for one in whole for bad in one.failures])


def find_pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Videos of a folder and their sidecars, by name; raises `InputError` where there are none."""
    try:
        files = sorted(path for path in Path(folder).iterdir() if path.is_file())
    except OSError as error:
        raise InputError(f"{folder}: no folder that can be read ({error.strerror})") from error
    sidecars = {path.name.removesuffix(SUFFIX): path for path in files if path.name.endswith(SUFFIX)}
    videos = [path for path in files if path.suffix.lower() in VIDEOS]
    pairs = [(path, sidecars[path.stem]) for path in videos if path.stem in sidecars]
    if not pairs:
        raise InputError(
            f"{folder}: no video with a {SUFFIX} beside it; put <stem>{SUFFIX} next to <stem>.mp4"
            " (the form is told in docs/truth-format.md)"
        )
    return pairs


def _alone(folder: Path, pairs: list[tuple[Path, Path]]) -> list[str]:
    used = {sidecar for _, sidecar in pairs}
    alone = sorted(path for path in Path(folder).glob(f"*{SUFFIX}") if path not in used)
    return [path.name.removesuffix(SUFFIX) for path in alone]


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, FormcheckError) else f"unexpected {type(error).__name__}: {text}"
