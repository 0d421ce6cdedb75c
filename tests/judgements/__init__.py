"""Tests of the judgements room."""
