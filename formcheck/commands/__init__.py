"""What each command does, between the arguments and the rooms that do the work.

What is heavy to load is imported where it is used.
"""

from formcheck.commands.about import doctor, rules
from formcheck.commands.calibrated import calibrate
from formcheck.commands.live import live
from formcheck.commands.many import batch
from formcheck.commands.measured import bench
from formcheck.commands.recorded import analyze, demo, evaluate, replay

__all__ = ["analyze", "batch", "bench", "calibrate", "demo", "doctor", "evaluate", "live", "replay", "rules"]
