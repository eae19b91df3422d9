"""Tests of the doorway for a CMS."""
