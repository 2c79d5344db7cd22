"""``python -m linkkit``."""

from linkkit.cli import main

if __name__ == "__main__":
    main()
