"""`python -m ronghe`."""

from ronghe.management.cli import main

main()
