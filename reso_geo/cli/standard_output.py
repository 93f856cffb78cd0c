"""Standard output is for answers only: what libraries print goes to standard error."""

from __future__ import annotations

import os
import sys

__all__ = ["keep_for_answers"]

_STDOUT, _STDERR = 1, 2


def keep_for_answers() -> None:
    """Return `sys.stdout` a descriptor of its own, and let descriptor 1 lead to standard error.

    A library written in C may print without asking Python, and late: what it wrote to a buffer
    comes out when the process ends. So descriptor 1 is never put back, and this is for a process
    that ends with its command. Where another program took `sys.stdout` over, such as a test or a
    notebook, nothing is done.
    """
    before = sys.stdout
    try:
        if before is None or before.fileno() != _STDOUT:
            return
        before.flush()
        own = os.dup(_STDOUT)
    except (OSError, ValueError):
        return
    # The descriptor lives as long as the process: nobody closes the standard output.
    sys.stdout = open(  # noqa: SIM115 - of a descriptor, and for good
        own, "w", encoding=before.encoding, errors=before.errors, closefd=False
    )
    try:
        os.dup2(_STDERR, _STDOUT)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)
