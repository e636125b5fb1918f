# SPDX-License-Identifier: MIT
"""Crash tests share one fixture; the rest is in desk.py."""
from desk import desk  # noqa: F401
