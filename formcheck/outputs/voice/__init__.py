"""What is heard: recorded phrases, a tone that follows the legs, ticks; one voice at a time."""
