"""Feet, hands or head that leave the picture: told with the reps, and no number rests on what is outside."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import SAMPLES

import formcheck
from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Recording
from formcheck.data.result import Result
from formcheck.inputs.video import Video
from formcheck.session import Session

STORED = SAMPLES.parent / "validation" / "recordings"
ON_FEET = {"peak_leg_elevation_deg", "hold_leg_elevation_deg", "max_knee_flexion_deg", "toe_clearance_m", "lower_s"}
ON_HANDS = {"max_elbow_flexion_deg", "support_shift_m"}
ON_THIGH = {"peak_thigh_elevation_deg", "hold_thigh_elevation_deg"}


@pytest.fixture(scope="module")
def whole() -> Recording:
    return Recording.load(STORED / "clip12_heavy.npz")


def joint(recording: Recording, name: str) -> np.ndarray:
    seen = recording.observations
    side = "" if name == "nose" else f"{recording.calibration.side}_"
    return seen.pixels[:, INDEX[f"{side}{name}"], :2].astype(np.float64)


def cut(recording: Recording, *, right: float | None = None, below: float | None = None) -> Recording:
    """The same body in a picture that ends earlier; the camera's axis stays where it was told to be."""
    source = recording.source
    width, height = int(right or source.width), int(below or source.height)
    return replace(recording, source=replace(source, width=width, height=height))


def moved(recording: Recording, name: str, span: tuple[float, float], x: float) -> Recording:
    """The same with a joint drawn beyond or at an edge for some seconds."""
    seen = recording.observations
    pixels = seen.pixels.copy()
    during = (seen.time_s >= span[0]) & (seen.time_s < span[1])
    for each in name.split():
        pixels[during, INDEX[f"{recording.calibration.side}_{each}"], 0] = x
    return replace(recording, observations=replace(seen, pixels=pixels))


def unknown(result: Result, rep: int) -> set[str]:
    return {name for name, value in result.reps[rep - 1].numbers.items() if np.isnan(value)}


def edge_lines(result: Result) -> list[str]:
    return [line for line in result.warnings if "picture in" in line]


def test_whole_pictures_lose_nothing(whole: Recording) -> None:
    result = formcheck.replay(whole)
    nowhere = formcheck.replay(replace(whole, source=replace(whole.source, width=4 * whole.source.width)))
    assert edge_lines(result) == []
    assert all(not (unknown(result, rep.rep) & (ON_FEET | ON_HANDS | ON_THIGH)) for rep in result.reps)
    assert len(nowhere.reps) == len(result.reps)


def test_of_a_leg_cut_off_above_the_ankle_the_thigh_is_not_known_either(whole: Recording) -> None:
    """The knee is well inside, but drawn by a net that sees half of a shank."""
    edge = joint(whole, "ankle")[:, 0].max() - 0.1 * whole.calibration.leg_px
    assert joint(whole, "knee")[:, 0].max() < edge - 0.2 * whole.calibration.leg_px
    after = formcheck.replay(cut(whole, right=edge))
    for rep in after.reps:
        assert unknown(after, rep.rep) >= ON_FEET | ON_THIGH
        assert {"incomplete-lift", "hyperextension"} <= set(rep.not_assessable)


def test_feet_that_leave_the_picture_in_every_rep(whole: Recording) -> None:
    edge = joint(whole, "ankle")[:, 0].max() + 0.02 * whole.calibration.leg_px
    before, after = formcheck.replay(whole), formcheck.replay(cut(whole, right=edge))
    assert len(after.reps) == len(before.reps) > 1  # counted all the same
    (line,) = edge_lines(after)
    assert line.startswith(f"the feet leave the picture in reps 1-{len(after.reps)}; ")
    for rep in after.reps:
        assert unknown(after, rep.rep) >= ON_FEET
        assert not unknown(after, rep.rep) & ON_THIGH
        assert {"bent-knees", "toe-touch", "incomplete-lowering", "fast-descent"} <= set(rep.not_assessable)
        assert not {"bent-knees", "toe-touch", "fast-descent"} & {fault.name for fault in rep.faults}


def test_only_the_rep_concerned_is_touched(whole: Recording) -> None:
    before = formcheck.replay(whole)
    second = before.reps[1].numbers
    span = (second["hold_start_s"] + 0.5, second["hold_start_s"] + 1.2)
    ankle = joint(whole, "ankle")[:, 0].max()
    after = formcheck.replay(moved(whole, "heel foot_index ankle", span, max(ankle, whole.source.width - 3.0)))
    assert edge_lines(after) == ["the feet leave the picture in rep 2; what rests on them is not assessable"]
    assert unknown(after, 2) >= {"peak_leg_elevation_deg", "hold_leg_elevation_deg", "max_knee_flexion_deg"}
    assert repr(after.reps[0].numbers) == repr(before.reps[0].numbers)


def test_a_single_frame_changes_nothing(whole: Recording) -> None:
    before = formcheck.replay(whole)
    at = before.reps[1].numbers["hold_start_s"] + 1.0
    after = formcheck.replay(moved(whole, "foot_index heel", (at, at + 0.04), whole.source.width + 5.0))
    assert edge_lines(after) == []
    assert unknown(after, 2) == unknown(before, 2)


def test_hands_that_leave_the_picture(whole: Recording) -> None:
    lowest = joint(whole, "wrist")[:, 1].min()
    toes = max(joint(whole, name)[:, 1].max() for name in ("foot_index", "heel"))
    recording = whole
    if toes > lowest - 0.1 * whole.calibration.leg_px:  # keep the feet in: only the hands are asked for here
        pixels = whole.observations.pixels.copy()
        pixels[:, [INDEX["left_wrist"], INDEX["right_wrist"]], 1] += np.float32(toes - lowest + 40)
        recording = replace(whole, observations=replace(whole.observations, pixels=pixels))
    result = formcheck.replay(cut(recording, below=joint(recording, "wrist")[:, 1].min()))
    assert [line.split()[1] for line in edge_lines(result)] == ["hands"]
    for rep in result.reps:
        assert unknown(result, rep.rep) >= ON_HANDS
        assert {"unstable-support", "bent-elbows"} <= set(rep.not_assessable)


def test_a_head_outside_is_only_told(whole: Recording) -> None:
    pixels = whole.observations.pixels.copy()
    pixels[:, INDEX["nose"], 0] = 2.0
    before = formcheck.replay(whole)
    result = formcheck.replay(replace(whole, observations=replace(whole.observations, pixels=pixels)))
    assert edge_lines(result) == [f"the head leaves the picture in reps 1-{len(result.reps)}"]
    assert [repr(rep.numbers) for rep in result.reps] == [repr(rep.numbers) for rep in before.reps]


def test_the_law_holds_for_what_is_outside(whole: Recording) -> None:
    recording = cut(whole, right=joint(whole, "ankle")[:, 0].max())
    seen = recording.observations

    def judged(pieces: int) -> str:
        session = Session(recording.calibration, recording.source, recording.model)
        for part in np.array_split(np.arange(len(seen)), pieces):
            session.push(seen[part[0] : part[-1] + 1])
        session.finish()
        return repr([(rep.numbers, rep.faults, rep.not_assessable) for rep in session.reps])

    assert judged(1) == judged(7) == judged(len(seen))


def test_a_picture_of_unknown_size_has_no_edges(whole: Recording) -> None:
    result = formcheck.replay(replace(whole, source=replace(whole.source, width=0, height=0)))
    assert edge_lines(result) == []


def test_what_the_net_guesses_of_cut_off_feet_is_no_number(tmp_path: Path, whole: Recording) -> None:
    """A true picture without feet: the net draws them all the same."""
    edge = int(joint(whole, "ankle")[:, 0].max() - 0.1 * whole.calibration.leg_px) // 2 * 2
    path = tmp_path / "v.mp4"
    with Video(SAMPLES / "clip12.mp4", 15) as video, av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = edge, whole.source.height, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "20"}
        for number, (time_s, picture) in enumerate(video):
            if time_s > 12:
                break
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:, :edge]), "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 15)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    result = formcheck.analyze(path, model="lite")
    assert result.reps
    assert any(line.startswith("the feet leave the picture in rep") for line in result.warnings)
    for rep in result.reps:
        assert unknown(result, rep.rep) >= ON_FEET - {"hold_leg_elevation_deg"}
