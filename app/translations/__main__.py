"""`python -m app.translations compile | update | check`."""

from __future__ import annotations

import sys

from app.translations.catalogues import DOMAINS, FOLDER, compile_stale, problems, update


def main(arguments: list[str]) -> int:
    if arguments == ["compile"]:
        written = compile_stale()
    elif arguments == ["update"]:
        written = update()
    elif arguments == ["check"]:
        found = [line for domain in DOMAINS for line in problems(domain)]
        print("\n".join(found) or "Every message is translated.")
        return 1 if found else 0
    else:
        print("usage: python -m app.translations compile | update | check", file=sys.stderr)
        return 2
    for path in written:
        print(path.relative_to(FOLDER))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
