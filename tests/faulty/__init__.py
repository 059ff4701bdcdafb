"""Commands that are killed, or meet a full or broken disk, at the n-th step of writing: `python -m tests.faulty`."""
