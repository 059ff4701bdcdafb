"""What runs on a worker of a cluster: is it fit for the task, does it see what the client sees, and if so, the task."""

from __future__ import annotations

import os
import pickle
from functools import cache
from typing import Any

from formcheck.batch import key
from formcheck.batch.local import ONE_THREAD
from formcheck.batch.work import Task, score_task
from formcheck.data.versions import program, versions
from formcheck.errors import FormcheckError, OutputError, UsageError
from formcheck.inputs.memory import one_store, tidy

DONE, UNWRITTEN, UNFIT, UNSEEN = "done", "unwritten", "unfit", "unseen"
"""Kinds of answer: outcomes; three reasons to end the batch, the last if what the worker misses is there after all."""
SOURCE = "source"

Answer = tuple[str, Any]


def do(client: dict[str, str], visible: list[str], data: bytes) -> Answer:
    """What a worker does: a pickled task, if it is fit for it and sees what the client sees."""
    if unlike := _unlike(client, about()):
        return UNFIT, f"worker {_worker()}: {unlike}; install the same versions on all"
    if (hidden := next((path for path in visible if not os.path.exists(path)), None)) is not None:  # noqa: PTH110
        return UNSEEN, (_worker(), hidden)
    task: Task = pickle.loads(data)
    if not task.recorded and (trouble := _prepared(task.settings.model, task.settings.model_sha256)):
        return UNFIT, f"worker {_worker()}: {trouble}"
    try:
        return DONE, score_task(task)
    except OutputError as error:
        return UNWRITTEN, f"worker {_worker()}: {error}"
    finally:
        tidy()


@cache
def about() -> dict[str, str]:
    """All that must be the same here and there for one table: versions, and the source where both have one number."""
    return versions() | {SOURCE: program(key.JUDGING)}


def _unlike(here: dict[str, str], there: dict[str, str]) -> str:
    """How a worker differs from its client, empty where it does not."""
    names = [name for name in sorted({*here, *there} - {SOURCE}) if here.get(name) != there.get(name)]
    if names:
        own, other = (", ".join(f"{name} {found.get(name, 'none')}" for name in names) for found in (here, there))
        return f"it has {other}, the client has {own}"
    return "" if here == there else f"its source of formcheck {there['formcheck']} was edited, or the client's"


@cache
def _prepared(model: str, sha256: str) -> str:
    """Get ready for pictures; what is wrong with the model, empty where nothing is."""
    one_store()
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    import cv2  # noqa: PLC0415 - slow to load, and of no use to recordings

    from formcheck.inputs import models  # noqa: PLC0415 - likewise

    cv2.setNumThreads(1)
    try:
        found = models.sha256(models.find(model))
    except FormcheckError as error:
        return str(error)
    return "" if found == sha256 else f"{model}: another model than the client's; give both the same file"


def _worker() -> str:
    return str(dask().get_worker().address)


def dask() -> Any:
    """The library `distributed`; raises `UsageError` where it is not installed."""
    try:
        import distributed  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise UsageError("--scheduler needs Dask; pip install 'formcheck[cluster]', here and on all workers") from error
    return distributed
