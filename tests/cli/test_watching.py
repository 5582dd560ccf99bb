"""While the solver searches: what is shown, and what Ctrl-C does: once, twice, before there is anything to keep."""

from __future__ import annotations

import os
import signal

import pytest

from beachhead.cli.watching import STOPPING, WAITING, Watch, progress_words, watched
from beachhead.rollout.solve import Progress

FIRST, OTHER = "Choosing the moves", "What more would buy"


def silent() -> Watch:
    return Watch(lambda label: None)


def test_the_first_ctrl_c_ends_the_step_that_runs_and_lets_the_next_one_run():
    watch = silent()
    assert watch(Progress(FIRST, 10.0, 0.5)) is True
    watch.interrupt()
    assert watch(Progress(FIRST, 12.0, 0.4)) is False and watch(Progress(FIRST, 12.0, 0.4)) is False
    assert watch(Progress(OTHER)) is True


def test_a_search_without_a_plan_goes_on_until_there_is_one(capsys):
    watch = silent()
    watch(Progress(FIRST))
    watch.interrupt()
    assert watch(Progress(FIRST)) is True and WAITING in " ".join(capsys.readouterr().err.split())
    assert watch(Progress(FIRST, 3.0, 0.9)) is False


def test_the_second_ctrl_c_gives_up_and_so_does_the_first_before_any_search():
    watch = silent()
    with pytest.raises(KeyboardInterrupt):
        watch.interrupt()
    watch(Progress(FIRST, 1.0, 0.5))
    watch.interrupt()
    with pytest.raises(KeyboardInterrupt):
        watch.interrupt()


def test_ctrl_c_reaches_the_watch_as_a_signal_and_is_as_before_afterwards(capsys):
    before = signal.getsignal(signal.SIGINT)
    with watched("Weighing") as watch:
        assert watch(Progress(FIRST, 10.0, 0.5))
        os.kill(os.getpid(), signal.SIGINT)
        assert watch(Progress(FIRST, 10.0, 0.5)) is False
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert STOPPING in " ".join(capsys.readouterr().err.split())


def test_where_ctrl_c_is_ignored_it_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with watched("Weighing"):
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_solver_stops_on_the_first_ctrl_c_with_its_best(capsys):
    """With HiGHS itself: the signal is taken while it runs, and what it has found so far is there afterwards."""
    import highspy
    import numpy as np

    rng, n, m = np.random.default_rng(0), 60, 40
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("time_limit", 60.0)
    solver.addVars(n, np.zeros(n), np.ones(n))
    solver.changeColsCost(n, np.arange(n, dtype=np.int32), -rng.integers(1, 100, n).astype(float))
    solver.changeColsIntegrality(n, np.arange(n, dtype=np.int32), np.full(n, highspy.HighsVarType.kInteger))
    weights = rng.integers(1, 100, (m, n)).astype(float)
    for row in weights:
        solver.addRow(-np.inf, row.sum() // 2, n, np.arange(n, dtype=np.int32), row)
    calls = []

    def tell(event):
        best = -event.data_out.mip_primal_bound
        calls.append(best)
        if len(calls) == 500:
            os.kill(os.getpid(), signal.SIGINT)
        if not watch(Progress(FIRST, best if np.isfinite(best) else None, None)):
            event.interrupt()

    with watched("Weighing") as watch:
        solver.cbMipInterrupt += tell
        solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kInterrupt
    chosen = np.array(solver.getSolution().col_value)
    assert (weights @ chosen <= weights.sum(axis=1) // 2 + 1e-6).all() and chosen.sum() > 0


def test_progress_is_said_in_money_and_distance():
    assert progress_words(Progress(FIRST)) == FIRST
    said = progress_words(Progress(FIRST, 61_240.0, 0.023))
    assert said == "Choosing the moves: best so far USD 61k, at most 2 % from the best possible"
