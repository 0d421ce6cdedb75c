"""Reckoning: every published number is a measure over the ledger, with the entries behind it.

Reads the ledger, organisations and definitions; no room of work.
"""
