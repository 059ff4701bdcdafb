"""The phrases of the coach: recordings by key, the shipped ones or those of a user's folder."""

from __future__ import annotations

import re
from collections.abc import KeysView
from pathlib import Path
from typing import Any

from formcheck.data.gate import TOML_BYTES, GateError, printable, toml_of
from formcheck.data.likeness import suggestion
from formcheck.errors import ConfigError
from formcheck.outputs.voice.recordings import level, read
from formcheck.outputs.voice.shapes import Samples
from formcheck.rules.limits import shown

SHIPPED = Path(__file__).parent / "phrases"
MANIFEST = "phrases.toml"
LONGEST = 300
"""Signs of a phrase, which lasts a few seconds."""
KINDS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a")


def slug(cue: str) -> str:
    """The key of a cue: lower case, apostrophes dropped, all else that is no letter or digit a hyphen."""
    plain = re.sub("['’]", "", cue.lower())
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")


class Pack:
    """Recorded phrases, each decoded when it is first asked for and kept. Safe to share between threads.

    language  of the texts and recordings, such as "en"
    missing   keys that a folder in another language has no recording for: those are heard in English
    """

    def __init__(self, texts: dict[str, str], files: dict[str, Path], language: str = "en") -> None:
        self._texts, self._files = texts, files
        self._decoded: dict[str, Samples] = {}
        self.language = language
        self.missing: tuple[str, ...] = ()

    @classmethod
    def load(cls, folder: Path | None = None) -> Pack:
        """The shipped English phrases, where `folder` has none of its own.

        A folder holds recordings named by their keys (ready.wav, n-1.mp3) and may hold a phrases.toml with
        `language` and the texts under [phrases]. Its recordings are read at once, so that a broken one is
        known before anybody is coached; raises `ConfigError`.
        """
        language, texts = _manifest(SHIPPED / MANIFEST)
        pack = cls(texts, {key: SHIPPED / f"{key}.ogg" for key in texts}, language)
        if folder is not None:
            pack._replace(folder)
        return pack

    @property
    def keys(self) -> KeysView[str]:
        """All keys, in the order of the manifest."""
        return self._texts.keys()

    def text(self, key: str) -> str:
        """What is said; raises `ConfigError` with the nearest key where there is no such phrase."""
        return self._texts[_known(key, self.keys, "the coach")]

    def samples(self, key: str) -> Samples:
        """A phrase at 24000 Hz, mono, shape (n,), not to be written to; raises `ConfigError` as `text` does."""
        if key not in self._decoded:
            self._keep(key, read(self._files[_known(key, self.keys, "the coach")]))
        return self._decoded[key]

    def decode(self) -> None:
        """Decode everything now, so that no phrase has to wait for it later."""
        for key in self.keys:
            self.samples(key)

    def _keep(self, key: str, samples: Samples) -> None:
        samples.setflags(write=False)
        self._decoded[key] = samples

    def _replace(self, folder: Path) -> None:
        """Put a user's recordings and texts in the place of ours."""
        own = _recordings(folder, self.keys)
        manifest = folder / MANIFEST
        if manifest.is_file():
            language, texts = _manifest(manifest)
            for key in texts:
                _known(key, self.keys, str(manifest))
            self.missing = tuple(key for key in self.keys if key not in own) if language != self.language else ()
            self.language = language
            self._texts |= texts
        elif not own:
            raise ConfigError(f"{folder}: holds no recording; name them by their keys, such as ready.wav")
        for key, path in own.items():
            self._keep(key, level(read(path)))
        self._files |= own


def _recordings(folder: Path, keys: KeysView[str]) -> dict[str, Path]:
    """The recordings in a folder by key; what is no audio (a README, a licence) is left alone."""
    found: dict[str, Path] = {}
    for path in _listed(folder):
        key, kind = path.stem.lower(), path.suffix.lower()
        if kind not in KINDS:
            if key in keys:
                raise ConfigError(f"{path}: not a kind of recording that is read; save it as {', '.join(KINDS)}")
            continue
        if _known(key, keys, str(path)) in found:
            raise ConfigError(f"{path}: {found[key].name} is there too; keep one of the two")
        found[key] = path
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.is_file() and p.name[0] != "." and p.name != MANIFEST)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"{folder}: no folder of phrases ({reason}); give one that holds recordings") from error


def _known(key: str, keys: KeysView[str], where: str) -> str:
    if key not in keys:
        raise ConfigError(f"{where}: no phrase is called {shown(key)}; {suggestion(key, keys)}")
    return key


def _manifest(path: Path) -> tuple[str, dict[str, str]]:
    """Language and texts; a phrase is a text or a table with `text`."""
    try:
        with path.open(encoding="utf-8") as file:
            read_in = toml_of(file.read(TOML_BYTES + 1))
    except (OSError, UnicodeDecodeError, GateError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML ({error}); correct it, or leave it out") from error
    language, phrases = read_in.get("language"), read_in.get("phrases", {})
    if not isinstance(language, str) or not language or len(language) > LONGEST or language != printable(language):
        raise ConfigError(f'{path}: language is missing; add a line such as language = "de"')
    if not isinstance(phrases, dict):
        raise ConfigError(f"{path}: phrases is no table; write the texts below a line [phrases]")
    return language, {key: _text(path, key, phrase) for key, phrase in phrases.items()}


def _text(path: Path, key: str, phrase: Any) -> str:
    text = phrase.get("text") if isinstance(phrase, dict) else phrase
    if not isinstance(text, str) or not text.strip():
        raise ConfigError(f'{path}: {shown(key)} has no text; write {printable(key[:40])} = "what is said"')
    if len(text) > LONGEST or text != printable(text):
        raise ConfigError(f"{path}: {shown(key)} is no phrase of one line; write what is said, {LONGEST} signs at most")
    return text
