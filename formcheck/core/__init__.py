"""The measuring core: numpy and scipy only, no pictures, no files.

Each stage is a module with a frozen `State`, `step(state, block) -> (state, block)` and
`finish(state) -> block` for what a look-ahead stage still holds. Arrays have time first. Cutting the
input anywhere does not change the output, bit for bit: that is the law, and `tests/laws.py` checks it.
"""
