"""What is heard: recorded phrases, a tone that follows the legs, ticks; one voice at a time."""

RATE = 24_000
"""Samples a second of everything that sounds; one channel, float32, 1.0 is as loud as can be."""
