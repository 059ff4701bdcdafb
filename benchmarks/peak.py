"""Prints the peak of memory, in bytes, of a process of its own that looks through a video.

python benchmarks/peak.py bare CLIP MODEL             # decodes it and shows it to the net
python benchmarks/peak.py analyze CLIP MODEL          # analyses it and writes all files, the overlay too
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

from references import bare_loop

from formcheck.analyze import analyze, write
from formcheck.inputs import models
from formcheck.inputs.memory import one_store


def main(what: str, clip: Path, model: str) -> None:
    """Do it and print the peak."""
    if what == "bare":
        bare_loop(clip, models.find(model))
    else:
        one_store()  # as the command does
        with tempfile.TemporaryDirectory() as folder:
            write(analyze(clip, model=model), folder, video=clip)
    print(peak())


def peak() -> int:
    """The most memory that this process had; on Linux not by `getrusage`, which knows of the parent process too."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
