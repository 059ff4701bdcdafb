"""Measured cameras, kept as one small JSON file each in the user's configuration folder."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

from platformdirs import user_config_path

from formcheck.data import gate
from formcheck.data.lens import Profile
from formcheck.errors import ConfigError, OutputError

LONGEST = 1 << 16  # bytes: a profile has a few hundred
NAMES = re.compile(r"[\w][\w .-]{0,60}")


def folder() -> Path:
    """Where profiles are kept."""
    return user_config_path("formcheck") / "cameras"


def save(profile: Profile) -> Path:
    """Keep a profile; one of the same name is replaced. Raises `OutputError`."""
    path = _path(profile.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(profile), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; camera profiles are kept there") from error
    return path


def load(name: str) -> Profile:
    """The profile of that name; raises `ConfigError` where there is none, or a broken one."""
    path = _path(name)
    try:
        with path.open("rb") as file:
            values = gate.json_of(file.read(LONGEST))
        gate.whole(values, Profile, ("matrix", "distortion"))
        return replace(gate.typed(values, Profile), name=path.stem)
    except FileNotFoundError as error:
        known = ", ".join(sorted(each.stem for each in folder().glob("*.json"))) or "there is none"
        raise ConfigError(f"camera profile {name}: not there ({known}); make it with formcheck calibrate") from error
    except (OSError, ValueError) as error:
        why = gate.reason(error)
        raise ConfigError(f"{path}: no camera profile ({why}); make it again with formcheck calibrate") from error


def of_camera(camera: str, width: int, height: int) -> Profile | None:
    """The profile that was measured with the camera of that name in that size; broken ones are passed over."""
    for path in sorted(folder().glob("*.json")):
        try:
            profile = load(path.stem)
        except ConfigError:
            continue
        if camera and (profile.camera, profile.width, profile.height) == (camera, width, height):
            return profile
    return None


def check(name: str) -> None:
    """Raise `ConfigError` for a name that cannot be that of a profile."""
    if not NAMES.fullmatch(name):
        raise ConfigError(f"camera profile {name!r}: give a name of letters, digits, spaces, dots and dashes")


def _path(name: str) -> Path:
    check(name)
    return folder() / f"{name}.json"
