"""A long video needs little more memory than a short one.

Everything is real (decoding, measuring, judging, all files with the overlay) but the net: in its place stands
the recording of the sample, over and over, so that ten minutes take a quarter of one. Each length runs in a
process of its own, and the kernel tells its peak.
"""

from __future__ import annotations

import itertools
import json
import platform
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from conftest import environment

MOST_MB = 60
MINUTES = 10
"""Half of twenty, and half of the 120 MB that those may take more than one: as tight, and quick on a slow machine."""
SIZE = (160, 120)  # small pictures decode and code quickly; what is kept of them is no smaller


@pytest.fixture(scope="module")
def small(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in small pictures."""
    path = tmp_path_factory.mktemp("small") / "small.mp4"
    with av.open(str(sample)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=30, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(source.decode(video=0)):
            frame = picture.reformat(*SIZE)
            frame.pts, frame.time_base = number, Fraction(1, 30)
            target.mux(stream.encode(frame))
        target.mux(stream.encode())
    return path


def repeated(source: Path, target: Path, minutes: float) -> Path:
    """A video over and over until it is so long, without coding it again."""
    with av.open(str(source)) as one, av.open(str(target), "w") as whole:
        seen = one.streams.video[0]
        stream = whole.add_stream_from_template(seen)
        packets = [packet for packet in one.demux(seen) if packet.dts is not None]
        kept = [(bytes(packet), packet.pts, packet.dts, packet.is_keyframe) for packet in packets]
        times = [pts for _, pts, _, _ in kept]
        length = max(times) - min(times) + round(Fraction(1, 30) / seen.time_base)
        for number in range(round(minutes * 60 / float(length * seen.time_base))):
            for data, pts, dts, key in kept:
                packet = av.Packet(data)
                packet.pts, packet.dts = pts + number * length, dts + number * length
                packet.time_base, packet.is_keyframe, packet.stream = seen.time_base, key, stream
                whole.mux(packet)
    return target


def peak(video: Path, recording: Path, leak: int = 0) -> dict[str, Any]:
    """Peak in MB, frames and reps of a process that analyses a video."""
    line = [sys.executable, __file__, str(video), str(recording), str(video.parent), str(leak)]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment(), timeout=500)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the peak is asked for in a POSIX way")
def test_ten_minutes_peak_little_above_one(small: Path, analysed: Path, tmp_path: Path) -> None:
    recording = analysed / "recording.npz"
    short = peak(repeated(small, tmp_path / "short.mp4", 1), recording)
    long = peak(repeated(small, tmp_path / "long.mp4", MINUTES), recording)
    assert short["frames"] < 2_000
    assert long["frames"] > 17_000
    assert long["reps"] > 75
    assert long["mb"] - short["mb"] <= MOST_MB, (short, long)


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is asked for in a POSIX way")
def test_control_pictures_that_are_kept_are_noticed(small: Path, analysed: Path, tmp_path: Path) -> None:
    video = repeated(small, tmp_path / "short.mp4", 1)
    recording = analysed / "recording.npz"
    plain, leaking = (peak(video, recording, leak) for leak in (0, 640 * 480 * 3))
    assert leaking["mb"] - plain["mb"] > MOST_MB


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has stores to count")
@pytest.mark.parametrize(("begun", "stores"), [("", 5), ("one_store()", 1)])
def test_threads_share_one_store(begun: str, stores: int) -> None:
    """Without it each of four threads has one of its own."""
    script = f"""
import ctypes, threading
from formcheck.inputs.memory import one_store
{begun}
together = threading.Barrier(4)
def work():
    together.wait()
    kept.append([bytearray(300_000) for _ in range(20)])
    together.wait()
kept = []
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
ctypes.CDLL(None).malloc_stats()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment())
    found = done.stderr.count("Arena ")
    assert found == stores


def main(video: Path, recording: Path, out: Path, leak: int) -> None:
    """Analyse with the poses of a recording, and print the peak; `leak` bytes are lost with each frame."""
    from formcheck import Recording  # noqa: PLC0415
    from formcheck.analyze import analyze, write  # noqa: PLC0415
    from formcheck.inputs import observe, pose  # noqa: PLC0415
    from formcheck.inputs.memory import one_store  # noqa: PLC0415

    one_store()  # as the command does
    seen = Recording.load(recording).observations
    poses = itertools.cycle(zip(seen.pixels / 4, seen.world, seen.visibility, strict=True))
    lost: list[bytes] = []

    class Known(pose.PoseModel):
        """Gives the poses of the recording; the real net is loaded all the same."""

        def detect_rgb(self, *_: object) -> pose.Pose:
            lost.append(b"x" * leak)
            return pose.Pose(*next(poses))

    observe.PoseModel = Known  # type: ignore[misc]
    result = analyze(video, model="lite")
    write(result, out, video=video)
    print(json.dumps({"mb": peak_mb(), "frames": len(result.recording.observations), "reps": len(result.reps)}))


def peak_mb() -> float:
    """The peak of this process; on Linux not by `getrusage`, which knows of the process that started it too."""
    import resource  # noqa: PLC0415 - not on every system

    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) * 1024 / 1e6


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
