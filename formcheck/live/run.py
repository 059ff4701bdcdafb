"""A live session from the camera to the files: who runs on which thread, and what is left when it ends.

Capture, the loudspeaker, the journal and a saved video have threads of their own; one judges; the caller's thread
shows the window, or waits.

    with Live(options, tell=print) as live:
        while not live.over.wait(1.0):
            ...
    folder = live.keep()
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from datetime import datetime
from math import isfinite, nan
from pathlib import Path
from types import TracebackType
from typing import Self

from formcheck.data.journal import Journal
from formcheck.data.recording import Source
from formcheck.data.result import Rep, Result
from formcheck.data.versions import versions
from formcheck.errors import FormcheckError
from formcheck.inputs import hushed, models
from formcheck.inputs.camera import Capture, Shot, open_camera
from formcheck.inputs.people import People
from formcheck.inputs.pose import PoseModel
from formcheck.inputs.rotate import rotated, rotated_size
from formcheck.inputs.turn import told
from formcheck.inputs.video import USUAL_FPS
from formcheck.inputs.watch import Watcher
from formcheck.live import first, pace
from formcheck.live.coach import Coach
from formcheck.live.ending import Ending
from formcheck.live.judge import Judge
from formcheck.live.keep import keep
from formcheck.live.look import Judged, Look, View
from formcheck.live.notices import Notices
from formcheck.live.options import Options
from formcheck.live.stats import Stats
from formcheck.live.steady import steady
from formcheck.live.wayup import WayUp
from formcheck.outputs import live_folder
from formcheck.outputs.saved_video import SavedVideo
from formcheck.outputs.voice.mixer import VOCAL, Mixer
from formcheck.outputs.voice.phrases import Pack
from formcheck.outputs.voice.player import Player
from formcheck.outputs.voice.sounds import Hush

Tell = Callable[[str], None]
WAIT_S = 0.25


class Live:
    """A session that runs from entering the context until `over` is set; `stop` ends it.

    `tell` gets what is worth a line on the terminal; `judged` each rep with its verdict. Raises `FormcheckError`
    where it cannot begin; what went wrong later is raised by `keep`. `dropped` frames nobody looked at.
    """

    def __init__(self, options: Options, *, tell: Tell, judged: Callable[[Rep], None] = lambda _: None) -> None:
        self.options, self.over, self.stats = options, threading.Event(), Stats()
        self.view: View | None = None
        self.dropped = 0
        self._began_at: Callable[[], float] = lambda: nan
        self._tell, self._on_rep = tell, judged
        self._stop = threading.Event()
        self._hurry = False
        self._turn_deg, self._remarks = options.turn_deg or 0, list[str]()
        self._error: Exception | None = None
        self._open = ExitStack()
        with ExitStack() as undo:
            self._prepare(undo)
            undo.pop_all()

    def _prepare(self, undo: ExitStack) -> None:
        """All that can be refused or takes long, before the first picture is waited for."""
        options = self.options
        (pack := Pack.load(options.voice)).decode()
        self._camera = open_camera(options.camera, optics=options.optics)
        undo.callback(self._camera.close)
        self.model = pace.chosen(options.model, self._camera.fps or USUAL_FPS, self._tell)
        self.first_time = first.is_first()
        self.coach = Coach(options.limits, breathing=options.breathing, first_time=self.first_time)
        self.mixer = Mixer(pack, mode=options.sound, volume=options.volume)
        self._notices = Notices(self.mixer, self._tell)
        self._versions = versions()
        self._pose = PoseModel(models.find(self.model))
        undo.callback(self._pose.close)
        self._people = People()
        self._people.load()
        self.folder = live_folder.start(options.out, datetime.now())
        undo.callback(live_folder.discard, self.folder)
        self.player = Player(self.mixer, self.clock, device=options.loudspeaker, wav=options.sound_to, quiet=hushed)

    def __enter__(self) -> Self:
        with ExitStack() as to_close:
            to_close.enter_context(steady())
            self._video = self._saved_video()
            if self._video is not None:
                to_close.callback(self._video.close)
            self._journal = Journal(self.folder.journal)
            to_close.callback(self._journal.close)
            to_close.callback(self.player.close)
            self.player.start()
            self._notices.sound(self.player.warning)
            self.capture = Capture(self._camera, tap=None if self._video is None else self._keep_picture)
            to_close.callback(self.capture.close)
            self._began_at, self.stats = lambda: self.capture.started_at, Stats()
            self._thread = threading.Thread(target=self._work, name="formcheck-judge", daemon=True)
            self._thread.start()
            self._open = to_close.pop_all()
        if self.first_time:
            self._tell(first.NOTE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing is lost by whatever ends it: what was recorded is on the disk."""
        self._stop.set()
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self._hasten()
            self._thread.join(WAIT_S)
        self._open.close()
        if self.first_time and self.stats.frames and self._note_given():
            first.remember()

    def stop(self) -> None:
        """End the session; it is over when its last words are said, or at once when asked a second time."""
        if self._stop.is_set():
            self._hasten()
        self._stop.set()

    def clock(self) -> float:
        """Seconds of the session; 0 before its first frame."""
        began = self._began_at()
        return time.perf_counter() - began if isfinite(began) else 0.0

    def keep(self) -> tuple[Path, Result] | None:
        """Judge what was recorded once more and write all files; `None`, and no folder, where no frame came.

        To be called after the context has ended. Raises what ended the session early; the journal is kept then.
        """
        if self.stats.frames == 0:
            live_folder.discard(self.folder)
        if isinstance(self._error, FormcheckError) and self.stats.frames:
            kept = f"what was seen until then: formcheck replay {self.folder.path}"
            raise type(self._error)(f"{self._error}; {kept}") from self._error
        if self._error is not None:
            raise self._error
        return keep(self.folder, self.options.limits, self._remarks) if self.stats.frames else None

    @property
    def camera_name(self) -> str:
        """What is looked through, without password or folder."""
        return self._camera.name

    @property
    def trouble(self) -> str:
        """What is amiss with camera or sound, empty while all is well."""
        return self._notices.standing

    @property
    def disk_trouble(self) -> str:
        """What keeps the session from being written, empty while all is well."""
        return self._journal.trouble or (self._video.trouble if self._video is not None else "")

    def _note_given(self) -> bool:
        """Whether the note was heard to its end; where nobody can hear it, it was shown at least."""
        silent = bool(self.player.warning) and self.options.sound_to is None
        return silent or self.mixer.mode not in VOCAL or self.mixer.heard("back-note")

    def _hasten(self) -> None:
        self._hurry = True
        self.mixer.play(Hush())

    def _saved_video(self) -> SavedVideo | None:
        if not self.options.save_video:
            return None
        return SavedVideo(self.folder.camera, self._camera.fps or USUAL_FPS)

    def _keep_picture(self, shot: Shot) -> None:
        assert self._video is not None
        self._video.put(shot.time_s, rotated(shot.picture, self._turn_deg))

    def _work(self) -> None:
        """The thread that judges."""
        try:
            with Watcher(self._pose) as watcher:
                self._watch(watcher)
        except Exception as error:  # noqa: BLE001 - raised again by `keep`
            self._error = error
        finally:
            self._people.close()
            self.over.set()

    def _watch(self, watcher: Watcher) -> None:
        shot = self._first_shot()
        if shot is None:
            return
        way_up = WayUp(watcher.later, lambda: self._people.scout) if self.options.turn_deg is None else None
        look = Look(watcher, self._people, self._judge(watcher, shot.picture.shape[1::-1]), way_up)
        ending, steps = Ending(), pace.Steps(self.options.model == "auto", self._camera.fps)
        while shot is not None and not self._stop.is_set():
            judged = self._step(look, shot)
            if way_up is not None and (way_up.turn or way_up.doubt):
                look, way_up = self._turned(watcher, look, way_up), None
            self._pace(look, steps, judged)
            if ending.step(judged.moment, self.coach.stage, self.coach.rest_until_s):
                break
            shot = self._next()
        self.dropped = self.capture.dropped
        reps, heard = look.judge.finish()
        self._take_reps(reps)
        if not heard.sounds and self._stop.is_set():
            self.mixer.play(Hush())
        if not self._hurry:
            self.mixer.take(heard)
            self.player.finish()

    def _judge(self, watcher: Watcher, size: tuple[int, ...]) -> Judge:
        camera, opts, scene = self._camera, self.options, watcher.scene
        lens = scene.seen_through(camera.lens(*rotated_size((size[0], size[1]), self._turn_deg)), size[0])
        source = Source(camera.name, camera.kind, "", size[0], size[1], camera.fps, turn_deg=self._turn_deg, lens=lens)
        name = self.model if self.model in models.NAMES else Path(self.model).name
        self._journal.begin(source, name, self._versions)
        beside = (watcher.later, scene.room, opts.roll_deg, scene.camera)
        return Judge(source, name, opts.limits, self.coach, self._journal, *beside)

    def _turned(self, watcher: Watcher, look: Look, way_up: WayUp) -> Look:
        """Begin anew with upright pictures; where they only may not be so, say it."""
        turn = way_up.turn
        self._remarks.append(told(turn) if turn else way_up.doubt)
        self._tell(self._remarks[-1])
        if turn == 0:
            return look
        self._turn_deg = turn
        self._notices.say("picture-turned")
        watcher.begin_anew()
        if self.coach.stage != "setup":
            self.coach = Coach(self.options.limits, breathing=self.options.breathing)
        size = rotated_size((look.judge.source.width, look.judge.source.height), self._turn_deg)
        return Look(watcher, self._people, self._judge(watcher, size))

    def _first_shot(self) -> Shot | None:
        """The first frame, however long it takes; `None` where none comes."""
        shot = self._next()
        if shot is None and not self._stop.is_set() and self.capture.trouble:
            raise FormcheckError(self.capture.trouble)
        return shot

    def _next(self) -> Shot | None:
        """The next frame; `None` when none comes any more."""
        while not self._stop.is_set():
            shot = self.capture.next(WAIT_S)
            self._notices.camera(self.capture.state == "lost", self.capture.trouble)
            if shot is not None or self.capture.state == "ended":
                return shot and shot._replace(picture=rotated(shot.picture, self._turn_deg))
        return None

    def _step(self, look: Look, shot: Shot) -> Judged:
        began = time.perf_counter()
        look.judge.guessed(shot.guessed_s)
        judged = look.step(shot.picture, shot.time_s)
        self.mixer.take(judged.heard)
        done = time.perf_counter()
        verdict = 1000 * (done - shot.captured_at)
        self.stats.add(
            wait=1000 * (began - shot.captured_at),
            pose=judged.pose_ms,
            rest=1000 * (done - began) - judged.pose_ms,
            verdict=verdict,
            sound=verdict + 1000 * self.player.delay_s,
        )
        self._take_reps(judged.moment.reps)
        self.view = View(shot, judged, look.judge.session.calibration, look.judge.source)
        self._notices.sound(self.player.warning)
        self._notices.disk(self.disk_trouble)
        return judged

    def _take_reps(self, reps: Iterable[Rep]) -> None:
        for rep in reps:
            with suppress(OSError):  # whoever reads them may have gone; the session goes on
                self._on_rep(rep)

    def _pace(self, look: Look, steps: pace.Steps, judged: Judged) -> None:
        """Take the next quicker model where this one does not keep up any more."""
        if steps.step(judged.pose_ms, self.model):
            self._tell(f"{self.model} has become too slow; {steps.coming} takes over")
        ready = steps.ready()
        if ready is not None:
            pose, self.model = ready
            self._take_reps(look.exchange(pose, self.model))
            self._notices.say("model-slower")
