"""Attacks on what SECURITY.md promises: no unwanted connection, no crash, no lost data."""
