"""A live session of the sample at its own speed: delays, dropped frames, memory, and whether sound keeps time.

    python benchmarks/live.py                     # two minutes with the full model; ends with 1 where it does not hold
    python benchmarks/live.py --minutes 30        # the same for half an hour: memory and drift

Bounds here are those of an idle machine of two cores. `run.py` plays some seconds only and holds ratios, which a
busy machine changes little.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import av
import numpy as np

from formcheck.inputs.memory import one_store
from formcheck.inputs.video import Video
from formcheck.live.options import Options
from formcheck.live.run import Live
from formcheck.live.stats import Stats
from formcheck.outputs.voice import RATE

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "clip08.mp4"
SHORT_S = 14.0
VERDICT_MS, REST_MS = 33.0, 2.0
WARM_S, PERIOD_S = 60.0, 300.0
"""From then on memory has to stay: before it buffers fill. It rises and is given back each minute, so that the median
of some minutes is compared with that of others."""
GROWTH_MB = 8.0
"""In half an hour, of which 1 MB are the times of 54,000 frames."""
DRIFT_S, END_S = 0.05, 0.25
TICKS = 15
"""So many at each end tell whether sound drifts from picture."""


Table = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class Found(NamedTuple):
    """A session: its times, dropped frames, memory (k, 2: seconds, MB), its length by clock and sound, hold ticks."""

    stats: Stats
    dropped: int
    memory: Table
    clock_s: float
    sound_s: float
    ticks_s: list[float]


def played(
    model: str, seconds: float, source: Path = SAMPLE, *, slower: int = 1, kind: Callable[..., Live] = Live
) -> Found:
    """Play the sample so long as if it were a camera, or that many times slower; the session is one of a `kind`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        clip, wav = repeated(source, folder / "clip.mp4", seconds, slower), folder / "heard.wav"
        options = Options(str(clip), model, out=folder, sound_to=wav, loudspeaker=False, window=False)
        live = kind(options, tell=lambda line: print(line, file=sys.stderr))
        live.first_time = False
        memory = []
        with live:
            while not live.over.wait(0.5) and live.clock() < seconds:
                memory.append((live.clock(), resident_mb()))
            live.stop()
            live.stop()  # at once, without last words
        clock_s = live.clock()
        sound_s = (wav.stat().st_size - 44) / 2 / RATE
        return Found(live.stats, live.dropped, np.array(memory), clock_s, sound_s, ticks(wav))


def ticks(wav: Path) -> list[float]:
    """When the seconds of holds were heard, by the label track."""
    lines = wav.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    return [float(line.split("\t")[0]) for line in lines if line.endswith("\thold")]


def late_s(heard: Sequence[float], source: Path = SAMPLE) -> list[float]:
    """By how much each tick differs from the true second of the hold that was seen."""
    truth = json.loads(source.with_suffix(".truth.json").read_text(encoding="utf-8"))
    with Video(source) as video:
        length_s = video.source.duration_s
    due = np.array([rep["hold_start_s"] + k for rep in truth["reps"] for k in (1, 2, 3)])
    return [float(min((at % length_s - due), key=abs)) for at in heard]


def repeated(source: Path, target: Path, seconds: float, slower: int = 1) -> Path:
    """A video at least so long, made of another over and over, or slowed down, without coding it again."""
    with av.open(str(target), "w") as whole:
        stream, offset, end = None, 0, 0
        while stream is None or offset * stream.time_base < seconds:
            with av.open(str(source)) as part:
                seen = part.streams.video[0]
                stream = stream or whole.add_stream_from_template(seen)
                for packet in part.demux(seen):
                    if packet.dts is None or (offset + slower * packet.pts) * seen.time_base >= seconds:
                        continue
                    packet.pts = slower * packet.pts + offset
                    packet.dts = slower * packet.dts + offset
                    packet.duration *= slower
                    end = max(end, packet.pts + packet.duration)
                    packet.stream = stream
                    whole.mux(packet)
            if end == offset:
                break
            offset = end
    return target


def resident_mb() -> float:
    """Memory of this process."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20


def by_period(memory: Table) -> list[Table]:
    """MB in each period after it was warm, all of one length; the last ends with the session."""
    rows = memory[memory[:, 0] >= min(WARM_S, memory[-1, 0] / 2)]
    length_s = rows[-1, 0] - rows[0, 0]
    count = max(2, int(length_s / PERIOD_S))
    which = np.minimum((rows[:, 0] - rows[0, 0]) * count // length_s, count - 1)
    return [rows[which == number, 1] for number in range(count)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, print, compare; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks/live.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--model", default="full")
    given = parser.parse_args(arguments)
    one_store()  # as the command does
    load = os.getloadavg()[0]
    found = played(given.model, 60 * given.minutes)
    print(found.stats.table(found.dropped))
    print(f"load before {load:.1f}, after {os.getloadavg()[0]:.1f}; {os.cpu_count()} cores")
    print("MB, least, median and most of each period:", ", ".join(map(_spoken, by_period(found.memory))))
    kept = checks(found)
    for words, good in kept:
        print(f"{'ok    ' if good else 'BROKEN'} {words}")
    return int(not all(good for _, good in kept))


def _spoken(mb: Table) -> str:
    return f"{mb.min():.0f} {np.median(mb):.0f} {mb.max():.0f}"


def checks(found: Found) -> list[tuple[str, bool]]:
    """What has to hold, in words with the figures, and whether it does."""
    verdict, rest = found.stats.spread("verdict").p95, found.stats.spread("rest").p95
    periods = [float(np.median(mb)) for mb in by_period(found.memory)]
    grown = periods[-1] - periods[0]
    longer = found.sound_s - found.clock_s
    late = late_s(found.ticks_s)
    first, last = median(late[:TICKS]), median(late[-TICKS:])
    return [
        (f"capture to verdict, p95: {verdict:.1f} ms of {VERDICT_MS:.0f}", verdict <= VERDICT_MS),
        (f"everything but the net, p95: {rest:.2f} ms of {REST_MS:.0f}", rest <= REST_MS),
        (f"frames dropped: {found.dropped} of {found.stats.frames + found.dropped}", found.dropped == 0),
        (f"memory grown after the first minute: {grown:+.1f} MB of {GROWTH_MB:.0f}", grown <= GROWTH_MB),
        (f"sound {found.sound_s:.2f} s, session {found.clock_s:.2f} s", abs(longer) <= END_S),
        (f"hold ticks off by {first:+.3f} s at first, {last:+.3f} s at last", abs(last - first) <= DRIFT_S),
    ]


if __name__ == "__main__":
    sys.exit(main())
