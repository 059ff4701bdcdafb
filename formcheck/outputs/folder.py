"""The folder of one result, which is either whole or not there.

Files are written into a hidden folder beside the place where the result belongs, and that folder is renamed
when all of them are there. An older result of the same name is replaced (`place.py` says which name that is);
anything else of that name is left alone. Only a folder that a live session began is filled instead: at every moment
it holds a whole recording, and its video stays.
"""

from __future__ import annotations

import errno
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from formcheck import ends
from formcheck.data import records
from formcheck.data.disk import FULL, sync
from formcheck.data.recording import NAME
from formcheck.errors import FormcheckError, OutputError
from formcheck.outputs.swap import exchanged

SUFFIX = "_formcheck"
JOURNAL = records.NAME
CAMERA = "camera.mp4"
"""What a live session's camera saw: nothing can make it again."""
FILES = frozenset({"summary.json", "frames.csv", "reps.csv", "report.html", NAME, "overlay.mp4", JOURNAL, CAMERA})
ENDINGS = (".trc", ".mot")
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
BARRED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
SPARE_BYTES = 64 * 1024


@contextmanager
def result_folder(out: Path, stem: str | Callable[[], str]) -> Iterator[Path]:
    """Yield an empty folder to write into; at the end it becomes `<out>/<stem>_formcheck`.

    A `stem` that is called is asked at the beginning and, as others write too, again at the end. Until then nobody else
    may look into the folder; then it has the rights that any new folder has. Whatever ends the block early (an error,
    Ctrl-C) leaves `out` as it was. Raises `OutputError` where `out` cannot be written, is full or holds something of
    that name that is not a result.
    """
    part = out / f".{SUFFIX.strip('_')}-{secrets.token_hex(16)}"
    made: list[Path] = []

    def clean() -> None:
        shutil.rmtree(part, ignore_errors=True)
        _unmake(made)

    with ends.litter(clean):
        try:
            made += _make(out)
            name = _asked(stem)
            check_replaceable(result_path(out, name))
            part.mkdir(mode=0o700)
            mode = _usual_mode(part)
            yield part
            name = _named(part, name, _asked(stem))
            part.chmod(mode)
            _put(part, result_path(out, name))
        except BaseException as error:
            full = _is_full(error, out)
            clean()
            if full:
                raise OutputError(
                    f"{out}: the disk is full; free some space or give another folder with --out"
                ) from error
            if isinstance(error, OSError) and not isinstance(error, FormcheckError):
                _explain(error, out, part)
            raise


def _asked(stem: str | Callable[[], str]) -> str:
    return stem if isinstance(stem, str) else stem()


def _usual_mode(private: Path) -> int:
    """The rights of a folder made as usual; to be made where nobody else can look."""
    usual = private / "mode"
    usual.mkdir()
    try:
        return usual.stat().st_mode & 0o7777
    finally:
        usual.rmdir()


def _named(part: Path, before: str, name: str) -> str:
    """Files that bear the stem bear the new one."""
    for ending in ENDINGS if name != before else ():
        if (part / f"{before}{ending}").exists():
            (part / f"{before}{ending}").rename(part / f"{name}{ending}")
    return name


def result_path(out: Path, stem: str) -> Path:
    """Where `result_folder` puts a result of this stem."""
    return out / f"{stem}{SUFFIX}"


def camera_video(out: Path, stem: str) -> str | None:
    """Name of the video that a live session left in the folder of this stem."""
    return CAMERA if (result_path(out, stem) / CAMERA).is_file() else None


def _make(out: Path) -> list[Path]:
    """Make `out`; the folders that had to be made, innermost first, so that a failure can take them away again."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    out.mkdir(parents=True, exist_ok=True)
    return missing


def _unmake(made: Iterable[Path]) -> None:
    """Remove the folders made for nothing, as long as they are empty."""
    with suppress(OSError):
        for folder in made:
            folder.rmdir()


def _is_result(folder: Path) -> bool:
    """Whether all of a folder is ours to replace: an earlier result, or nothing."""
    return all(
        (item.name in FILES or item.name.endswith(ENDINGS) or item.name in LITTER) and not item.is_dir()
        for item in folder.iterdir()
    )


def check_replaceable(final: Path) -> None:
    """Raise `OutputError` where something of that name is there that is no result."""
    if final.is_symlink() or (final.exists() and not final.is_dir()):
        raise OutputError(f"{final}: is no folder; move it away or give another folder with --out")
    if final.is_dir() and not _is_result(final):
        raise OutputError(f"{final}: holds other files too; move it away or give another folder with --out")


def _put(part: Path, final: Path) -> None:
    """Rename `part` to `final`; an older result steps aside in the same moment, or first where that cannot be."""
    if not final.exists():
        part.rename(final)
        return
    check_replaceable(final)
    if any((final / name).exists() for name in (JOURNAL, CAMERA)):
        _fill(part, final)
        return
    if exchanged(part, final):
        shutil.rmtree(part, ignore_errors=True)
        return
    older = part.with_name(f"{part.name}-older")
    final.rename(older)
    try:
        part.rename(final)
    except BaseException:
        older.rename(final)
        raise
    shutil.rmtree(older, ignore_errors=True)


def _fill(part: Path, final: Path) -> None:
    """Move file after file, the recording first; the journal goes when that is safely on the disk."""
    names = sorted((item.name for item in part.iterdir()), key=lambda name: name != NAME)
    for name in names:
        sync(part / name)
        (part / name).replace(final / name)
    sync(final)
    for item in final.iterdir():
        if item.name not in {*names, CAMERA, *LITTER} and NAME in names:
            item.unlink()
    part.rmdir()


def _is_full(error: BaseException, out: Path) -> bool:
    """Whether the disk is to blame; libraries that write through their own code rarely say so."""
    if not isinstance(error, Exception) or (isinstance(error, FormcheckError) and not isinstance(error, OutputError)):
        return False
    seen: BaseException | None = error
    while seen is not None:
        if getattr(seen, "errno", None) in FULL:
            return True
        seen = seen.__cause__ or seen.__context__
    try:
        return shutil.disk_usage(out).free < SPARE_BYTES
    except OSError:
        return False


def _explain(error: OSError, out: Path, part: Path) -> None:
    """Raise `OutputError` where the error is about our own folders; an input's error is not ours to tell."""
    if error.errno == errno.EFBIG:
        raise OutputError(f"{out}: no file may become that large here (ulimit -f); allow more") from error
    if not _is_ours(error.filename, out, part):
        return
    if error.errno in BARRED:
        raise OutputError(f"{out}: cannot be written; give a folder of your own with --out") from error
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        raise OutputError(f"{out}: a file is in the way; give another folder with --out") from error
    if error.errno == errno.ENAMETOOLONG:
        raise OutputError(f"{Path(error.filename).name}: too long a name for a folder; rename the video") from error
    reason = error.strerror or str(error)
    raise OutputError(f"{out}: cannot be written ({reason}); give another folder with --out") from error


def _is_ours(filename: object, out: Path, part: Path) -> bool:
    if not isinstance(filename, str | bytes):
        return False
    path = Path(filename.decode(errors="replace") if isinstance(filename, bytes) else filename)
    return path == out or path in out.parents or path.parent == out or part in path.parents
