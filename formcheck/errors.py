"""Everything formcheck can raise on purpose.

    FormcheckError                 a run that failed: exit code 1
    |-- OutputError                a folder or file that cannot be written
    |-- UsageError                 a wrong call: exit code 2
    |   |-- ConfigError            a plan (TOML) or an option with a wrong key or value
    |   `-- InputError             something that cannot be read
    |       |-- VideoError         a file that is no video, or a broken one
    |       |-- ModelError         a pose model that is missing or refused
    |       |-- CameraError        a camera or stream that is not there, in use or lost
    |       `-- RecordingError     a recording that is broken or of another version

Each message is one line that says what, where and what to do.
"""

from __future__ import annotations


class FormcheckError(Exception):
    """The root of the tree; `exit_code` is what the command line ends with."""

    exit_code = 1


class OutputError(FormcheckError):
    """A folder or file that cannot be written."""


class UsageError(FormcheckError):
    """A wrong call."""

    exit_code = 2


class ConfigError(UsageError):
    """A plan or option with a wrong key or value."""


class InputError(UsageError):
    """Something that cannot be read."""


class VideoError(InputError):
    """A file that is no video, or a broken one."""


class ModelError(InputError):
    """A pose model that is missing or refused."""


class CameraError(InputError):
    """A camera or stream that is not there, in use or lost."""


class RecordingError(InputError):
    """A recording that is broken or of another version."""
