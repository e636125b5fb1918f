# SPDX-License-Identifier: MIT
"""Each script of this folder, in each of its ways; see run.py."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run  # noqa: E402


@pytest.mark.parametrize("mode,seed", run.runs())
@pytest.mark.parametrize("script", run.scripts(), ids=os.path.basename)
def test_script_gets_the_same_replies(script, mode, seed):
    wrong = run.run_once(run.default_server(), script, mode, seed)
    assert wrong is None, wrong
