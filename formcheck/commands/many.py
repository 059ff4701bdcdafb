"""The command on many clips."""

from __future__ import annotations

from dataclasses import asdict

from formcheck.commands.common import Arguments, limits_of, optics_of, print_json, say, warn


def batch(arguments: Arguments) -> int:
    """Score many clips into one table; exit code 1 where one failed and `--strict` was given."""
    from formcheck.batch import Options
    from formcheck.batch import batch as scored
    from formcheck.batch.words import told, warning

    options = Options(
        arguments.paths,
        out=arguments.out,
        reps=arguments.reps,
        jobs=arguments.jobs,
        scheduler=arguments.scheduler,
        recordings=arguments.recordings,
        report=arguments.report,
        retry_failed=arguments.retry_failed,
        from_recordings=arguments.from_recordings,
        rate_hz=arguments.rate,
        model=arguments.model,
        limits=limits_of(arguments),
        roll_deg=arguments.roll,
        speed=arguments.speed,
        turn_deg=arguments.rotate,
        optics=optics_of(arguments),
    )
    summary = scored(options, quiet=arguments.quiet)
    if line := warning(summary, options):
        warn(line)
    if arguments.json:
        print_json(asdict(summary))
    else:
        say(arguments, told(summary, options))
    return 1 if arguments.strict and summary.failed else 0
