"""Many threads may meet a type for the first time at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RACE = """
import sys, threading
from governance.catalog.connector_grammar import structure
sys.setswitchinterval(1e-6)
start = threading.Barrier(4)
def first():
    start.wait()
    structure({"connector": "one", "objects": {"thing": {"path": "/things"}}})
threads = [threading.Thread(target=first) for _ in range(4)]
for one in threads: one.start()
for one in threads: one.join()
print("whole")
"""


def test_the_first_use_of_a_type_by_several_threads_does_not_crash_the_process():
    for _ in range(3):
        told = subprocess.run(
            [sys.executable, "-c", RACE], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (told.returncode, told.stdout) == (0, "whole\n"), told.stderr
