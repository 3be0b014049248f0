"""The worker and beat as threads of the serving process, for one host without a broker.

Everything that matters stands in rows, so these threads may die with the process at any moment;
stopping them in order only makes the stop quick.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from celery import signals
from celery.beat import Service
from celery.worker import WorkController
from celery.worker import state as worker_state

from portal.celery import app

log = logging.getLogger(__name__)
THREADS = 4
TICK = "integrations.tick"
WATCH_SECONDS = 1.0
ONE_IS_ENOUGH = {signal.SIGINT}
"""Ctrl-C reaches every process of a terminal, and the server then ends its child by SIGTERM: a
second signal at that moment makes the child wait for itself."""
BEAT_SECONDS = 1
"""Longest sleep of beat, so that a stop is quick."""


class Engine:
    """One worker with a pool of threads, and one beat."""

    def __init__(self) -> None:
        self._worker = WorkController(
            app=app,
            hostname="embedded@localhost",
            pool_cls="threads",
            concurrency=THREADS,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._beat = _beat()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start the threads and ring once for whatever fell due while nothing ran."""
        self._run("concordat-worker", self._worker.start)
        self._run("concordat-beat", self._beat_until_stopped)
        app.send_task(TICK, ignore_result=True)

    def stop(self, *, seconds: float = 4.0) -> None:
        """Take no new task; wait that long at most for those at work."""
        deadline = time.monotonic() + seconds
        self._stopping.set()
        worker_state.should_stop = 0  # type: ignore[assignment]
        self._beat.stop()
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        worker_state.should_stop = None

    @property
    def alive(self) -> bool:
        """Whether any thread runs."""
        return any(thread.is_alive() for thread in self._threads)

    def _beat_until_stopped(self) -> None:
        """A database that is busy or restarting may end beat's loop; it begins again."""
        while not self._stopping.is_set():
            try:
                self._beat.start()
            except Exception:
                log.exception("beat failed and starts again")
                self._stopping.wait(BEAT_SECONDS)
                self._beat = _beat()

    def _run(self, name: str, target: Callable[[], Any]) -> None:
        thread = threading.Thread(target=_logged, args=(target,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()


def _beat() -> Service:
    return Service(app, max_interval=BEAT_SECONDS, scheduler_cls=app.conf.beat_scheduler)


def _logged(target: Callable[[], Any]) -> None:
    """A process that lost a thread it needs is ended, so that a supervisor starts a whole one."""
    try:
        target()
    except Exception:
        log.exception("an embedded thread ended")
        os.kill(os.getpid(), signal.SIGTERM)


_engine: Engine | None = None
_once = threading.Lock()


def start() -> Engine:
    """The process's engine, started on the first call, by the main thread."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ONE_IS_ENOUGH)
    global _engine
    with _once:
        if _engine is None:
            _engine = Engine()
            _engine.start()
            threading.Thread(
                target=_stop_with_main, args=(_engine, os.getppid()), name="concordat-stop"
            ).start()
        return _engine


def _stop_with_main(engine: Engine, parent: int) -> None:
    """Stop the engine when the main thread has ended, and the process when its parent has."""
    main = threading.main_thread()
    told = False
    while main.is_alive():
        main.join(WATCH_SECONDS)
        if os.getppid() != parent and not told:
            os.kill(os.getpid(), signal.SIGTERM)
            told = True
    engine.stop()
    if engine.alive:
        log.warning("stopped while work was going on; the next start continues it")
        sys.stdout.flush()
        os._exit(0)  # the pool's threads would be waited for


@signals.setup_logging.connect
def _keep_our_logging(**kwargs: Any) -> None:
    """Celery leaves logging alone when somebody answers this."""
