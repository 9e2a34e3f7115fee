"""The shapes and their engines: what is wrong with a value, and the rule that says so."""

from __future__ import annotations
