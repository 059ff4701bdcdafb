"""Make the three `pose_landmarker_*.task` files from two public packages.

    python models/make.py --npm mediapipe-pose-0.5.1675469404.tgz --wheel mediapipe-0.10.21-*.whl

The nets come from the npm package `@mediapipe/pose` (landmarks) and the PyPI wheel `mediapipe` 0.10.21
(detector); `README.md` beside this file says how to get both. The nets are changed in nothing but the
normalisation metadata that the landmarker asks for. The result is the same bytes every time.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import sys
import tarfile
import types
import zipfile
from pathlib import Path

from formcheck.inputs.models import bundle

DETECTOR = "mediapipe/modules/pose_detection/pose_detection.tflite"
SHA256 = {
    "pose_detection": "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "lite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "full": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "heavy": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}


def main() -> None:
    """Read the two packages, write the three files and print their hashes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--npm", type=Path, required=True, help="the packed npm package @mediapipe/pose")
    parser.add_argument("--wheel", type=Path, required=True, help="the wheel mediapipe 0.10.21")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    args = parser.parse_args()
    with zipfile.ZipFile(args.wheel) as wheel:
        detector = checked("pose_detection", wheel.read(DETECTOR))
    detector = normalised(detector, mean=127.5, std=127.5)
    with tarfile.open(args.npm) as npm:
        for name in ("lite", "full", "heavy"):
            member = npm.extractfile(f"package/pose_landmark_{name}.tflite")
            assert member is not None, name
            landmarks = normalised(checked(name, member.read()), mean=0.0, std=255.0)
            path = args.out / f"pose_landmarker_{name}.task"
            bundle(path, {"pose_detector.tflite": detector, "pose_landmarks_detector.tflite": landmarks})
            print(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)


def checked(name: str, data: bytes) -> bytes:
    """`data`, if its hash is the known one."""
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256[name]:
        sys.exit(f"{name}: SHA-256 is {found}, expected {SHA256[name]}")
    return data


def normalised(net: bytes, *, mean: float, std: float) -> bytes:
    """The net with the metadata that says: input = (pixel - mean) / std."""
    writer = metadata_writer().MetadataWriter(bytearray(net))
    writer.add_general_info("pose", "MediaPipe BlazePose")
    writer.add_image_input([mean], [std])
    populated, _ = writer.populate()
    del writer
    gc.collect()  # it refers to itself, and cleaned up at exit it would find `os` gone
    return bytes(populated)


def metadata_writer() -> types.ModuleType:
    """Mediapipe's writer; its native version helper is missing from recent wheels, so one stands in."""
    stub = types.ModuleType("_pywrap_metadata_version")
    stub.GetMinimumMetadataParserVersion = lambda _buffer: "1.0.0"  # type: ignore[attr-defined]
    package = "mediapipe.tasks.cc.metadata.python"
    for name in (package.rsplit(".", 1)[0], package):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules[package]._pywrap_metadata_version = stub  # type: ignore[attr-defined]
    sys.modules[f"{package}._pywrap_metadata_version"] = stub
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer as module  # noqa: PLC0415

    return module  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
