"""Plain values that every other room shares."""
