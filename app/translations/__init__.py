"""The message catalogues: `<language>/LC_MESSAGES/<domain>.po`, ids in English."""
