"""Pictures that lie on their side or stand on their head: recognised by the body, turned, and told in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import SAMPLES

import formcheck
from formcheck.cli import main
from formcheck.core.upright import NONE, turns
from formcheck.data.observations import Observations
from formcheck.data.recording import Recording
from formcheck.inputs import turn
from formcheck.inputs.ball import Ball
from formcheck.inputs.rotate import TURNS, rotated, rotated_points, rotated_size
from formcheck.inputs.turn import Turning
from formcheck.inputs.video import Video
from formcheck.live.options import Options
from formcheck.live.run import Live
from formcheck.live.wayup import WayUp

DATA = Path(__file__).parent / "data"
STORED = sorted((SAMPLES.parent / "validation" / "recordings").glob("*_lite.npz"))
SESSIONS = sorted((SAMPLES.parent / "validation" / "sessions").glob("*_lite.npz"))
SIZE = (640, 480)
PICTURE = np.zeros((480, 640, 3), np.uint8)


def turned_clip(path: Path, degrees: int, frames: int, clip: str = "clip02.mp4") -> Path:
    """The beginning of a sample as a camera sees it that is turned clockwise."""
    with Video(SAMPLES / clip) as video, av.open(str(path), "w") as file:
        stream = None
        for number, (_, picture) in zip(range(frames), video, strict=False):
            seen = rotated(picture, degrees)
            if stream is None:
                stream = file.add_stream("libx264", rate=30)
                stream.height, stream.width, stream.pix_fmt = *seen.shape[:2], "yuv420p"
                stream.options = {"preset": "ultrafast", "crf": "20"}
            frame = av.VideoFrame.from_ndarray(seen, "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


def as_seen(recording: Recording, degrees: int) -> Observations:
    """The landmarks in a picture that is turned."""
    seen = recording.observations
    pixels = seen.pixels.copy()
    pixels[..., :2] = rotated_points(pixels[..., :2], SIZE, degrees)
    return Observations(seen.time_s, pixels, seen.world, seen.visibility, seen.brightness, seen.ball)


def shown(observations: Observations) -> Turning:
    """What a `Turning` has gathered, its looks at the ball made in an empty picture."""
    turning = Turning()
    for time_s, pixels in zip(observations.time_s, observations.pixels, strict=True):
        if due := turning.see(float(time_s), pixels):
            turning.look(PICTURE, pixels, due)
    return turning


def a_ball(away: float) -> Callable[..., Ball]:
    """A ball that lies so many radii from the nearer hand."""

    def find(_: object, joints: np.ndarray, __: Ball | None = None) -> Ball:
        return Ball(float(joints[15, 0] + away * 50), float(joints[15, 1]), 50.0, 1.0)

    return find


@pytest.mark.parametrize("degrees", TURNS)
def test_points_go_where_the_picture_goes(degrees: int) -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[10, 50] = 255
    row, column = np.argwhere(rotated(picture, degrees)[..., 0])[0]
    x, y = rotated_points(np.array([50.5, 10.5]), (64, 48), degrees)
    assert (x, y) == (column + 0.5, row + 0.5)
    assert rotated(picture, degrees).shape[1::-1] == rotated_size((64, 48), degrees)


@pytest.mark.parametrize("path", [*STORED, *SESSIONS], ids=lambda path: path.stem)
def test_no_sample_is_taken_to_be_turned(path: Path) -> None:
    found = turns(Recording.load(path).observations.pixels)
    assert set(found.tolist()) <= {0, NONE}
    assert (found == 0).mean() > 0.7


@pytest.mark.parametrize("degrees", TURNS[1:])
def test_a_turned_body_tells_the_turn_that_undoes_it(degrees: int) -> None:
    seen = as_seen(Recording.load(DATA / "two_reps.npz"), degrees)
    assert set(turns(seen.pixels).tolist()) <= {360 - degrees, NONE}
    assert (turns(seen.pixels) == 360 - degrees).mean() > 0.9


def test_nobody_tells_nothing() -> None:
    assert turns(np.full((3, 33, 3), np.nan)).tolist() == [NONE] * 3


def test_a_body_upside_down_is_turned_only_with_a_ball(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the back, arms and legs in the air, the joints are the same."""
    seen = as_seen(Recording.load(DATA / "two_reps.npz"), 180)
    alone = shown(seen)
    assert alone.turn() == 0
    assert "--rotate 180" in alone.doubt()
    monkeypatch.setattr(turn, "find_ball", a_ball(2.0))
    assert (shown(seen).turn(), shown(seen).doubt()) == (180, "")


def test_a_ball_in_the_hands_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody stands and holds a ball before the belly: turned by a quarter, it is under the pelvis."""
    monkeypatch.setattr(turn, "find_ball", a_ball(1.0))
    assert shown(as_seen(Recording.load(DATA / "two_reps.npz"), 90)).turn() == 0


def test_a_moment_is_not_enough_and_upright_is_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "find_ball", a_ball(2.0))
    recording = Recording.load(DATA / "two_reps.npz")
    upside, upright = as_seen(recording, 180), recording.observations
    assert shown(upside[:20]).turn() == 0
    both = Observations.join(
        [
            upright[:90],
            Observations(*(getattr(upside[90:], name) for name in vars(upside))),
        ]
    )
    turning = shown(both)
    assert turning.sure
    assert turning.doubt() == "" or turning.turn() == 0


def test_an_upright_clip_costs_no_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("an upright clip was looked at again")

    monkeypatch.setattr(Turning, "look", never)
    monkeypatch.setattr(Turning, "try_all", never)
    path = turned_clip(tmp_path / "v.mp4", 0, 75)
    assert formcheck.observe(path, model="lite").source.turn_deg == 0


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_turned_video_is_turned_back(tmp_path: Path, capsys: pytest.CaptureFixture[str], degrees: int) -> None:
    path = turned_clip(tmp_path / "v.mp4", degrees, 75)
    assert main(["analyze", str(path), "--model", "lite", "--out", str(tmp_path)]) == 0
    back = 360 - degrees
    told = [line for line in capsys.readouterr().err.splitlines() if "was turned" in line]
    assert len(told) == 1
    assert f"by {back}°; --rotate 0 leaves it as it is" in told[0]
    folder = tmp_path / "v_formcheck"
    source = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["source"]
    assert (source["width"], source["height"], source["turn_deg"]) == (*SIZE, back)
    recording = Recording.load(folder / "recording.npz")
    truth = Recording.load(SAMPLES.parent / "validation" / "recordings" / "clip02_lite.npz").observations
    off = np.hypot(
        *(recording.observations.pixels[20:, [11, 23, 25, 27], :2] - truth.pixels[20:75, [11, 23, 25, 27], :2]).T
    )
    assert np.median(off) < 8  # pixels: the same body, the same way up
    with av.open(str(folder / "overlay.mp4")) as file:
        assert next(file.decode(video=0)).to_ndarray(format="bgr24").shape[:2] == SIZE[::-1]


@pytest.mark.parametrize(("given", "shape"), [("0", SIZE), ("90", SIZE[::-1])])
def test_what_the_user_says_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str, shape: tuple[int, int]
) -> None:
    path = turned_clip(tmp_path / "v.mp4", 180, 12)
    asked = ["analyze", str(path), "--model", "lite", "--no-video", "--out", str(tmp_path), "--rotate", given, "--json"]
    assert main(asked) == 0
    said = capsys.readouterr()
    source = json.loads(said.out)["source"]
    assert (source["turn_deg"], (source["width"], source["height"])) == (int(given), shape)
    assert "was turned" not in said.err


@pytest.mark.parametrize("given", ["45", "-90", "left"])
def test_other_turns_are_refused(capsys: pytest.CaptureFixture[str], given: str) -> None:
    assert main(["analyze", "v.mp4", f"--rotate={given}"]) == 2
    assert "--rotate" in capsys.readouterr().err


def test_live_tells_the_turn_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "find_ball", a_ball(2.0))

    def later(job: Callable[[], None]) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(job())
        return done

    seen = as_seen(Recording.load(DATA / "two_reps.npz"), 180)
    way_up = WayUp(later, lambda: pytest.fail("somebody is seen"))
    found = []
    for number in range(len(seen)):
        way_up.step(PICTURE, seen[number : number + 1])
        found.append(way_up.turn)
    first = found.index(180)
    assert 1.5 < seen.time_s[first] < 4.0
    assert set(found[:first]) == {0}


def test_a_live_session_begins_anew_upright(tmp_path: Path) -> None:
    path = turned_clip(tmp_path / "v.mp4", 90, 240)
    told: list[str] = []
    options = Options(str(path), "lite", out=tmp_path, volume=0.0, loudspeaker=False, window=False, save_video=True)
    session = Live(options, tell=told.append)
    with session:
        assert session.over.wait(60)
    kept = session.keep()
    assert kept is not None
    folder, result = kept
    source = result.recording.source
    assert (source.turn_deg, source.width, source.height) == (270, *SIZE)
    assert sum("was turned" in line for line in told) == sum("was turned" in line for line in result.warnings) == 1
    seen = result.recording.observations
    assert seen.time_s[0] > 1.5  # what was seen lying on its side is void
    assert set(turns(seen.pixels[10:]).tolist()) == {0}
    assert Recording.load(folder).source == source
