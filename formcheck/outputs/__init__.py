"""What a session leaves behind: tables, summary, overlay, report and OpenSim files.

Everything here takes a `Result` and writes; nothing here measures or judges.
"""
