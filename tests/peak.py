"""The peak of memory, for tests that read a large file in a process of its own."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def peak_mb() -> float:
    """Return the most megabytes this program has held.

    Linux hands on `ru_maxrss` from the process that started this one; its own stands in /proc.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
