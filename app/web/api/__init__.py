"""The doorway for a CMS: JSON in, JSON out, a bearer token and no cookie."""
