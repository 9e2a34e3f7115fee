"""Saved questions: their headers, parameters and names."""
