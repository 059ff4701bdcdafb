"""The command line: what a call asks for, and the answer in one line where it cannot be understood."""

from formcheck.arguments.reading import read

__all__ = ["read"]
