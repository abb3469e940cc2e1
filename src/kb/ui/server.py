"""The process of the app's server: `python -m kb.ui.server FLAGS`, the flags being those of `streamlit run`.

Streamlit runs the app's script for a visitor, not before. So its modules, the library and the model are loaded behind
the server's start, which takes as long as a browser does.
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread

ENTRY = Path(__file__).with_name("entry.py")


def main() -> None:
    """Serve until interrupted."""
    from streamlit.web import bootstrap, cli  # noqa: F401 - all of it, before another thread imports parts of it

    Thread(target=_load, name="ahead", daemon=True).start()
    cli.main(["run", str(ENTRY), *sys.argv[1:]], prog_name="streamlit")


def _load() -> None:
    import kb.ui.main  # noqa: F401
    from kb.ui.ahead import open_ahead

    open_ahead()


if __name__ == "__main__":
    main()
