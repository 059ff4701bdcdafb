import errno
import os
import shutil
from pathlib import Path

import pytest

from formcheck.errors import OutputError, VideoError
from formcheck.outputs import folder
from formcheck.outputs.folder import result_folder, result_path


def write_result(out, stem="clip", text="{}"):
    with result_folder(out, stem) as part:
        (part / "summary.json").write_text(text)
        (part / f"{stem}.trc").write_text("")


def fail_halfway(out, error):
    with result_folder(out, "clip") as part:
        (part / "summary.json").write_text("{}")
        raise error


def names(path):
    return sorted(item.name for item in path.iterdir())


def test_a_result_appears_whole_at_the_end(tmp_path):
    with result_folder(tmp_path, "clip") as part:
        (part / "summary.json").write_text("{}")
        assert not result_path(tmp_path, "clip").exists()
        assert all(name.startswith(".") for name in names(tmp_path))
    assert names(tmp_path) == ["clip_formcheck"]
    assert names(tmp_path / "clip_formcheck") == ["summary.json"]


def test_out_is_made_with_its_parents(tmp_path):
    write_result(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "clip_formcheck" / "summary.json").is_file()


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3), VideoError("no video")])
def test_nothing_is_left_of_a_failure(tmp_path, error):
    out = tmp_path / "new" / "deep"
    with pytest.raises(type(error)):
        fail_halfway(out, error)
    assert names(tmp_path) == []


def test_a_failure_keeps_the_older_result(tmp_path):
    write_result(tmp_path, text="older")
    with pytest.raises(ValueError, match="x"), result_folder(tmp_path, "clip"):
        raise ValueError("x")
    assert names(tmp_path) == ["clip_formcheck"]
    assert (tmp_path / "clip_formcheck" / "summary.json").read_text() == "older"


def test_an_older_result_is_replaced_as_a_whole(tmp_path):
    write_result(tmp_path, text="older")
    (tmp_path / "clip_formcheck" / "overlay.mp4").write_text("")
    write_result(tmp_path, text="newer")
    assert names(tmp_path) == ["clip_formcheck"]
    assert names(tmp_path / "clip_formcheck") == ["clip.trc", "summary.json"]
    assert (tmp_path / "clip_formcheck" / "summary.json").read_text() == "newer"


def test_other_peoples_files_are_not_replaced(tmp_path):
    (tmp_path / "clip_formcheck").mkdir()
    (tmp_path / "clip_formcheck" / "thesis.docx").write_text("years")
    with pytest.raises(OutputError, match="holds other files"):
        write_result(tmp_path)
    assert (tmp_path / "clip_formcheck" / "thesis.docx").read_text() == "years"
    assert names(tmp_path) == ["clip_formcheck"]


def test_a_file_or_a_link_of_that_name_is_not_replaced(tmp_path):
    (tmp_path / "clip_formcheck").write_text("mine")
    with pytest.raises(OutputError, match="is no folder"):
        write_result(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "other_formcheck").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="is no folder"):
        write_result(tmp_path, "other")
    assert (tmp_path / "clip_formcheck").read_text() == "mine"


def test_the_older_result_comes_back_if_the_newer_cannot_take_its_place(tmp_path, monkeypatch):
    write_result(tmp_path, text="older")
    rename = Path.rename
    monkeypatch.setattr(folder, "exchanged", lambda *_: False)

    def fails_for_new(self, target):
        if target.name == "clip_formcheck" and not self.name.endswith("-older"):
            raise OSError(errno.EIO, "broken disk", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_for_new)
    with pytest.raises(OutputError, match="broken disk"):
        write_result(tmp_path, text="newer")
    assert names(tmp_path) == ["clip_formcheck"]
    assert (tmp_path / "clip_formcheck" / "summary.json").read_text() == "older"


def test_out_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("")
    for out in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(OutputError, match="a file is in the way"):
            write_result(out)


def test_out_that_cannot_be_written(tmp_path, monkeypatch):
    make = Path.mkdir

    def barred(self, *args, **kwargs):
        if self.name.startswith(".formcheck"):
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return make(self, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", barred)
    with pytest.raises(OutputError, match="cannot be written; give a folder of your own") as told:
        write_result(tmp_path)
    assert "\n" not in str(told.value)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            write_result(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_is_told_wherever_it_shows(tmp_path):
    with pytest.raises(OutputError, match="the disk is full"), result_folder(tmp_path, "clip") as part:
        raise OSError(errno.ENOSPC, "No space left on device", str(part / "frames.csv"))
    with pytest.raises(OutputError, match="the disk is full"), result_folder(tmp_path, "clip"):
        raise OutputError("overlay") from OSError(errno.ENOSPC, "No space left on device")
    assert names(tmp_path) == []


def test_a_full_disk_is_told_where_a_library_hides_it(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda _: usage._replace(free=0))
    with pytest.raises(OutputError, match="the disk is full"), result_folder(tmp_path, "clip"):
        raise RuntimeError("could not write")
    with pytest.raises(VideoError), result_folder(tmp_path, "clip"):
        raise VideoError("not the disk's fault")


def test_an_error_of_the_input_is_not_called_one_of_the_output(tmp_path):
    with pytest.raises(PermissionError), result_folder(tmp_path / "out", "clip"):
        raise PermissionError(errno.EACCES, "Permission denied", "/somewhere/else/video.mp4")


def test_too_long_a_name(tmp_path):
    with pytest.raises(OutputError, match="too long a name"):
        write_result(tmp_path, "x" * 250)
    assert names(tmp_path) == []


@pytest.mark.parametrize("stem", ['it\'s "quoted"', "a<b", "100%", "mit leer", "übung-体操", ".hidden"])
def test_names_with_odd_letters(tmp_path, stem):
    write_result(tmp_path, stem)
    assert names(tmp_path) == [f"{stem}_formcheck"]


def test_files_that_may_not_become_so_large(tmp_path):
    with pytest.raises(OutputError, match=r"no file may become that large here \(ulimit -f\)"):
        fail_halfway(tmp_path, OSError(errno.EFBIG, "File too large"))
    assert names(tmp_path) == []
