"""What the web server starts: the application, on the store of this installation, open until the process ends."""

import atexit
from contextlib import ExitStack

from flask import Flask

from matcher import logs
from matcher.services.opening_store import opened
from web.app import create_app


def application() -> Flask:
    """The application of this installation, by the environment's settings.

    Raises:
        DebanError: the store cannot be opened; the sentence says why.
    """
    logs.set_up()
    held = ExitStack()
    atexit.register(held.close)
    return create_app(held.enter_context(opened()))
