"""The doctor finds what is broken and says what to do."""

import importlib.metadata
from pathlib import Path

import pytest

from formcheck import doctor
from formcheck.doctor import Check, render, report
from formcheck.inputs import models


def versions(monkeypatch: pytest.MonkeyPatch, found: dict[str, str]) -> None:
    def version(name: str) -> str:
        if name not in found:
            raise importlib.metadata.PackageNotFoundError(name)
        return found[name]

    monkeypatch.setattr(doctor, "version", version)


def test_what_is_needed_works_here() -> None:
    checks = report()
    names = [check.name for check in checks]
    assert len(set(names)) == len(names)
    assert {check.name for check in checks if check.ok is False} <= {"disk"}
    for check in checks:
        assert check.detail
        assert "\n" not in check.detail + check.advice
        assert bool(check.advice) == (check.ok is not True)


@pytest.mark.parametrize(
    ("number", "ok"), [("0.10.29", False), ("0.10.30", True), ("0.10.33", True), ("0.10.34", False)]
)
def test_mediapipe_versions(monkeypatch: pytest.MonkeyPatch, number: str, ok: bool) -> None:
    versions(monkeypatch, {"mediapipe": number})
    assert doctor.mediapipe().ok is ok


def test_mediapipe_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    versions(monkeypatch, {})
    assert doctor.mediapipe().ok is False
    assert doctor.opencv().ok is False


def test_two_opencvs(monkeypatch: pytest.MonkeyPatch) -> None:
    versions(monkeypatch, {"opencv-python": "4.10", "opencv-contrib-python": "5.0"})
    check = doctor.opencv()
    assert check.ok is False
    assert "opencv-python 4.10, opencv-contrib-python 5.0" in check.detail
    assert "keep one" in check.advice


def test_missing_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(models, "FOLDERS", (tmp_path,))
    broken = {check.name: check for check in report() if check.ok is False}
    assert {"models", "pose net"} <= set(broken)
    assert "missing" in broken["models"].detail


def test_a_missing_system_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Check:
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(doctor, "opencv", fails)
    check = next(check for check in report() if check.name == "opencv")
    assert check.ok is False
    assert "libgl1" in check.advice


def test_no_camera_and_no_sound_are_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> None:
        raise OSError("PortAudio library not found")

    monkeypatch.setattr(doctor, "cameras", list)
    monkeypatch.setattr(doctor, "import_module", missing)
    for check in (doctor.camera(), doctor.sound()):
        assert check.ok is None
        assert check.advice


def test_render() -> None:
    text = render([Check("python", True, "3.12"), Check("camera", None, "not found", "plug one in")])
    assert text == "ok  python  3.12\n--  camera  not found\n            plug one in\n"
