"""Make the recordings of what the coach says, from formcheck/outputs/voice/phrases/phrases.toml.

    python scripts/make_phrases.py               all of them
    python scripts/make_phrases.py rest go       some of them
    python scripts/make_phrases.py --write-docs  the table in docs/phrases.md as well

Needs Festival with the voice (Debian: festival festvox-us-slt-hts) and formcheck installed. The same versions of
these and of PyAV give the same bytes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import av
import numpy as np

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.phrases import MANIFEST, SHIPPED
from formcheck.outputs.voice.recordings import QUIET, level, power, read
from formcheck.outputs.voice.shapes import Samples

DOCS = Path(__file__).parent.parent / "docs" / "phrases.md"
BEGIN, END = "<!-- made by scripts/make_phrases.py: begin -->\n", "<!-- end -->\n"
SHORT = 2
"""Phrases of so many words are spoken at `speed_short`: there is time, and nothing to guess them from."""
CODEC = {"b": "24k", "vbr": "on", "application": "voip", "compression_level": "10"}


def main() -> None:
    """Make what the command line asks for."""
    asked = _arguments()
    manifest = tomllib.loads((SHIPPED / MANIFEST).read_text(encoding="utf-8"))
    phrases: dict[str, Any] = manifest["phrases"]
    unknown = sorted(set(asked.keys) - set(phrases))
    if unknown:
        sys.exit(f"{SHIPPED / MANIFEST}: has no {', '.join(unknown)}; add the text there first")
    for key in asked.keys or phrases:
        write(SHIPPED / f"{key}.ogg", level(spoken(phrases[key], manifest["origin"])))
    if not asked.keys:
        remove_others(set(phrases))
    if asked.write_docs:
        write_docs({key: text_of(phrase) for key, phrase in phrases.items()})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("keys", nargs="*", help="only these phrases")
    parser.add_argument("--write-docs", action="store_true", help="write the table in docs/phrases.md")
    return parser.parse_args()


def text_of(phrase: str | dict[str, str]) -> str:
    """The text of a phrase of the manifest."""
    return phrase if isinstance(phrase, str) else phrase["text"]


def spoken(phrase: str | dict[str, Any], origin: dict[str, Any]) -> Samples:
    """A phrase from the synthesiser, mono at `RATE`; its own `say_as`, `speed` (percent) and `pause_s` come first."""
    own = phrase if isinstance(phrase, dict) else {}
    text = own.get("say_as", text_of(phrase))
    speed = own.get("speed", origin["speed"] if len(text.split()) > SHORT else origin["speed_short"])
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.wav"
        festival(text, origin["voice"], speed / 100, made)
        return brisk(read(made), round(own.get("pause_s", origin["pause_s"]) * RATE))


def festival(text: str, voice: str, rate: float, path: Path) -> None:
    """Let Festival speak with a voice of the HTS kind, at a multiple of its own speed, into a WAV file."""
    faster = f'(set! hts_engine_params (append hts_engine_params (list (list "-r" {rate:g}))))'
    command = ["text2wave", "-eval", f"(voice_{voice})", "-eval", faster, "-o", str(path)]
    try:
        subprocess.run(command, input=text, text=True, check=True)
    except FileNotFoundError:
        sys.exit("Festival is not installed; on Debian: apt-get install festival festvox-us-slt-hts")


def brisk(samples: Samples, longest: int) -> Samples:
    """The same with no pause longer than so many samples: the middle of a longer one is cut out."""
    loud = np.flatnonzero(power(samples) >= power(samples).max() * QUIET**2)
    keep = np.ones(len(samples), bool)
    for first in np.flatnonzero(np.diff(loud) > longest):
        begin, end = int(loud[first]), int(loud[first + 1])
        keep[begin + longest // 2 : end - longest // 2] = False
    return samples[keep]


def write(path: Path, samples: Samples) -> None:
    """Write Opus in Ogg, without a date or a random number in it."""
    whole = np.clip(samples * 32768, -32768, 32767).astype(np.int16)
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as opened:
        stream = opened.add_stream("libopus", rate=RATE, options=CODEC | {"flags": "+bitexact"})
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(whole[np.newaxis], "s16", "mono")
        frame.sample_rate, frame.pts = RATE, 0
        opened.mux(stream.encode(frame))
        opened.mux(stream.encode(None))


def remove_others(keys: set[str]) -> None:
    """Remove recordings that the manifest no longer names."""
    for path in SHIPPED.glob("*.ogg"):
        if path.stem not in keys:
            path.unlink()


def write_docs(texts: dict[str, str]) -> None:
    """Replace the table of keys and texts in the document."""
    before, rest = DOCS.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    shown = {key: text for key, text in texts.items() if not key.startswith("n-")}
    numbers = [key for key in texts if key.startswith("n-")]
    rows = [f"| `{key}` | {text} |\n" for key, text in shown.items()]
    rows.append(f"| `{numbers[0]}` to `{numbers[-1]}` | {texts[numbers[0]]} to {texts[numbers[-1]].lower()} |\n")
    table = "| key | what is said |\n| --- | --- |\n" + "".join(rows)
    DOCS.write_text(f"{before}{BEGIN}{table}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
