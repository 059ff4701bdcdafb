"""From a file to observations: what is gathered, what it costs, and how it ends."""

import threading
import tracemalloc
from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.data.observations import Observations
from formcheck.errors import ModelError, VideoError
from formcheck.inputs import observe as module
from formcheck.inputs.observe import observe
from formcheck.inputs.pose import NOBODY, Pose, PoseModel
from formcheck.inputs.scene import Scene
from formcheck.inputs.video import Picture, Video

SAMPLE = Path(__file__).parents[1] / "samples" / "clip10.mp4"


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    """The first second of a sample, not encoded again."""
    path = tmp_path / "piece.mp4"
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.dts is not None]
        for packet in packets[:30]:
            packet.stream = stream
            target.mux(packet)
    return path


class Blind:
    """Stands in for the pose net: sees nobody, at once."""

    def __init__(self, _path: Path) -> None:
        self.sizes: set[tuple[int, int]] = set()

    def __enter__(self) -> "Blind":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def detect_rgb(self, _picture: Picture, _time_s: float, _size: tuple[int, int]) -> Pose:
        return NOBODY


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("formcheck-")]


def test_observations_are_those_of_a_plain_loop(piece: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    seen, source, _, warnings, *_ = observe(piece, "lite", progress=lambda done, total: steps.append((done, total)))
    plain, scene, places = [], Scene(), []
    with Video(piece) as video, PoseModel(module.models.find("lite")) as model:
        for time_s, picture in video:
            pose = model.detect(picture, time_s)
            plain.append((time_s, pose, picture.mean()))
            scene.look(picture, time_s, pose.pixels)
            places.append(scene.places(np.array([time_s]))[0])
    assert len(seen) == len(plain) == source.frames
    assert warnings == []
    assert (seen.time_s == [time_s for time_s, _, _ in plain]).all()
    assert (seen.pixels == np.stack([pose.pixels for _, pose, _ in plain])).all()
    assert (seen.world == np.stack([pose.world for _, pose, _ in plain])).all()
    assert (seen.visibility == np.stack([pose.visibility for _, pose, _ in plain])).all()
    assert seen.brightness == pytest.approx([light for _, _, light in plain], abs=2)
    np.testing.assert_allclose(seen.ball, places, atol=1 / 128)
    assert np.isfinite(seen.ball).any(), "the sample shows a ball"
    assert steps == [(n + 1, source.frames) for n in range(len(seen))]
    kinds = [a.dtype for a in (seen.time_s, seen.pixels, seen.brightness, seen.ball)]
    assert kinds == [np.float64, np.float32, np.float32, np.float32]


def test_warnings_and_source_are_those_of_the_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PoseModel", Blind)
    path = tmp_path / "half.mp4"
    path.write_bytes(SAMPLE.read_bytes()[:120_000])
    seen, source, _, warnings, *_ = observe(path)
    assert 0 < len(seen) == source.frames
    assert "breaks off" in warnings[0]
    assert (seen.visibility == 0).all()
    assert np.isnan(seen.ball).all()


def test_errors_come_through_and_the_thread_ends(piece: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError):
        observe(piece, "hevy")
    monkeypatch.setattr(module, "PoseModel", Blind)
    monkeypatch.setattr(module, "shrunk", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        observe(piece)
    assert readers() == []


def test_a_missing_file_is_told_before_a_model_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(VideoError):
        observe(tmp_path / "none.mp4", "hevy")


def test_ctrl_c_ends_the_thread(piece: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PoseModel", Blind)

    running = []

    def press(_done: int, _total: int | None) -> None:
        running.append(len(readers()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        observe(piece, progress=press)
    assert running == [3]
    assert readers() == []


def test_what_goes_wrong_with_the_scene_is_raised(piece: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: object) -> None:
        raise ArithmeticError("broken look")

    monkeypatch.setattr(module, "PoseModel", Blind)
    monkeypatch.setattr(module.Scene, "look", look)
    with pytest.raises(ArithmeticError, match="broken look"):
        observe(piece)
    assert readers() == []


def test_twenty_minutes_fit_in_little_memory() -> None:
    """36,000 rows: the arrays themselves, and at most half as much again while they are joined."""
    rows = 36_000
    pose = Pose(np.ones((33, 3), np.float32), np.ones((33, 3), np.float32), np.ones(33, np.float32))
    tracemalloc.start()
    try:
        table = module._Table()
        for number in range(rows):
            table.add(number / 30, pose, 100.0)
        seen = table.observations(Scene())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(seen, Observations)
    assert len(seen) == rows
    assert seen.time_s[-1] == pytest.approx((rows - 1) / 30)
    assert peak < 60e6


def test_brightness() -> None:
    assert module.brightness(np.full((48, 64, 3), 77, np.uint8)) == 77.0
