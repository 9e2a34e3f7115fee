"""Attacks on what the project promises: nothing leaves, nothing breaks, nothing is lost."""
