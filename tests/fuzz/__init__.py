"""Inputs that are damaged on purpose: each gives a result or one line, never more, in bounded time and memory.

damage      what is done to bytes, values, arrays and texts
recordings  damaged recordings and journals          texts   plans, phrases and truths
memories    damaged memories of a batch              guard   one case under a limit of time and memory
videos      damaged videos, analysed                 server  a command in a process of its own, under the same limit
clips       whole videos in six containers           boxes   the pieces of a file;  streams  packets, stamps and codes

`tests/test_fuzz.py` runs a few hundred cases; `python -m tests.fuzz --long` thousands, and prints figures.
"""
