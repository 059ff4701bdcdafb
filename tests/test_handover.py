"""A queue between threads that Ctrl-C, wherever it comes, leaves usable."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading

import pytest
from conftest import environment

from formcheck.data.handover import Handover

INTERRUPTED = """
import queue, random, signal, sys, threading
from formcheck.data.handover import Handover

class Stop(BaseException):
    pass

def raised(*_):
    raise Stop

dice = random.Random(1)
signal.signal(signal.SIGALRM, raised)
make = {"ours": Handover, "queue": queue.Queue}[sys.argv[1]]
for turn in range(300):
    there, back, stop = make(2), make(2), []

    def echo():
        while not stop:
            try:
                back.put(there.get(timeout=0.05), timeout=0.05)
            except (queue.Empty, queue.Full):
                continue

    thread = threading.Thread(target=echo, daemon=True)
    thread.start()
    signal.setitimer(signal.ITIMER_REAL, dice.uniform(1e-4, 4e-3))
    try:
        while True:
            there.put(1)
            back.get()
    except Stop:
        pass
    stop.append(1)
    thread.join(5)
    if thread.is_alive():
        print("stuck in turn", turn)
        break
"""


def test_in_order_and_bounded() -> None:
    line: Handover[int] = Handover(2)
    line.put(1)
    line.put(2)
    with pytest.raises(queue.Full):
        line.put(3, timeout=0.01)
    assert line.get() == 1
    line.put(3)
    assert [line.get(), line.get()] == [2, 3]
    with pytest.raises(queue.Empty):
        line.get(timeout=0.01)


def test_who_puts_waits_for_room() -> None:
    line: Handover[int] = Handover(1)
    line.put(1)
    thread = threading.Thread(target=line.put, args=(2,))
    thread.start()
    assert line.get() == 1
    assert line.get() == 2
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX timers")
def test_an_exception_at_any_moment_leaves_the_other_thread_alone() -> None:
    line = [sys.executable, "-c", INTERRUPTED, "ours"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment(), timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
