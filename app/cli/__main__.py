"""`python -m app.cli`: the command `nashra` where it is not on PATH."""

from app.cli.main import nashra

nashra(prog_name="nashra")
