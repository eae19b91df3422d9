"""`python -m app.translations update | check`: keeps the Arabic catalogues complete."""

from __future__ import annotations

import sys

from app.translations.catalogues import DOMAINS, FOLDER, problems, update


def main(arguments: list[str]) -> int:
    if arguments == ["update"]:
        for path in update():
            print(path.relative_to(FOLDER))
        return 0
    if arguments == ["check"]:
        found = [line for domain in DOMAINS for line in problems(domain)]
        print("\n".join(found) or "Every message is translated.")
        return 1 if found else 0
    print("usage: python -m app.translations update | check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
