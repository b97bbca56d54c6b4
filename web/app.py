"""The application: what every answer carries, and whether it is well."""

from flask import Flask, Response, jsonify

from matcher.errors import DebanError
from matcher.services.opening_store import check_ready
from matcher.storage.work import Store

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


def create_app(store: Store) -> Flask:
    """The application on a store that somebody else opened and will close."""
    app = Flask(__name__)
    app.extensions["store"] = store

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/healthz")
    def health() -> tuple[Response, int]:
        """Whether the database is there and of the right revision; tells nothing else."""
        try:
            check_ready(store)
        except DebanError:
            return jsonify(ready=False), 503
        return jsonify(ready=True), 200

    return app
