"""The net without its mask: the same landmarks, less work, and nets of another build left as they are."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from flatbuffers.table import Table

from formcheck.inputs import models, prune
from formcheck.inputs.pose import PoseModel, _bodies, _create
from formcheck.inputs.video import Video, to_rgb

SAMPLE = Path(__file__).parents[1] / "samples" / "clip10.mp4"


@pytest.mark.parametrize(("name", "frames"), [("lite", 40), ("full", 20), ("heavy", 10)])
def test_landmarks_are_the_same_to_the_last_bit(name: str, frames: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path = models.find(name)
    image, lean = _create(path, video=True, poses=1)
    monkeypatch.setattr("formcheck.inputs.pose.without_mask", lambda _: None)
    _, whole = _create(path, video=True, poses=1)
    seen = 0
    with Video(SAMPLE) as video, lean, whole:
        for number, (_, picture) in zip(range(frames), video, strict=False):
            shown = image(to_rgb(picture))
            found, expected = (_bodies(net.detect_for_video(shown, 33 * number)) for net in (lean, whole))
            assert len(found) == len(expected)
            for body, other in zip(found, expected, strict=True):
                for values, others in zip(body, other, strict=True):
                    np.testing.assert_array_equal(values, others)
            seen += len(found)
    assert seen >= frames - 2


@pytest.mark.parametrize("name", models.NAMES)
def test_the_mask_is_not_computed(name: str) -> None:
    net = models.parts(models.find(name))[models.PARTS[1]]
    lean = prune.pruned(net)
    assert lean is not None
    assert len(lean) == len(net)
    before, after = (_operators(each) for each in (net, lean))
    assert 40 < before - after < 60


def test_the_nets_loaded_are_the_lean_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes | None] = []

    def watched(path: Path) -> bytes | None:
        made.append(prune.without_mask(path))
        return made[-1]

    monkeypatch.setattr("formcheck.inputs.pose.without_mask", watched)
    PoseModel(models.find("lite")).close()
    assert made[0] is not None


def test_a_net_that_cannot_be_loaded_without_its_mask_is_loaded_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formcheck.inputs.pose.without_mask", lambda _: b"no net")
    with PoseModel(models.find("lite")) as pose, Video(SAMPLE) as video:
        found = [pose.detect(picture, time_s) for (time_s, picture), _ in zip(video, range(5), strict=False)]
    assert found[-1].visibility.max() > 0.9


def test_a_net_of_another_build_is_left_as_it_is(tmp_path: Path) -> None:
    parts = models.parts(models.find("lite"))
    assert prune.pruned(parts[models.PARTS[0]]) is None
    lean = prune.pruned(parts[models.PARTS[1]])
    assert lean is not None
    assert prune.pruned(lean) is None
    own = tmp_path / "own.task"
    models.bundle(own, parts | {models.PARTS[1]: parts[models.PARTS[0]]})
    assert prune.without_mask(own) is None


@pytest.mark.parametrize("net", [b"", b"net", bytes(64), b"\xff" * 64])
def test_what_is_no_net_is_left_to_mediapipe(tmp_path: Path, net: bytes) -> None:
    own = tmp_path / "own.task"
    with zipfile.ZipFile(own, "w") as archive:
        archive.writestr(models.PARTS[0], b"net")
        archive.writestr(models.PARTS[1], net)
    assert prune.without_mask(own) is None


def test_a_file_cut_short_is_left_to_mediapipe(tmp_path: Path) -> None:
    own = tmp_path / "own.task"
    own.write_bytes(models.find("lite").read_bytes()[:100_000])
    assert prune.without_mask(own) is None


def _operators(net: bytes) -> int:
    model = Table(bytearray(net), Table(net, 0).Indirect(0))
    graph = prune._tables(model, prune.MODEL_SUBGRAPHS).tables[0]
    return len(prune._tables(graph, prune.GRAPH_OPERATORS).tables)
