"""A guestbook: GET / lists the newest entries, POST / adds one, GET /health says whether the database answers."""

import html
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import psycopg

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id serial PRIMARY KEY,
    written timestamptz NOT NULL DEFAULT now(),
    text text NOT NULL,
    words integer
)
"""
PAGE = """<!doctype html>
<title>Guestbook</title>
<form method="post"><input name="text" maxlength="500" required> <button>Sign</button></form>
<ul>{entries}</ul>
"""
LONGEST_BODY = 4096


def connect():
    """A connection; the password comes from a file where one is named, else from the environment."""
    secret = os.environ.get("DATABASE_PASSWORD_FILE")
    password = Path(secret).read_text().strip() if secret else os.environ["DATABASE_PASSWORD"]
    return psycopg.connect(
        host=os.environ.get("DATABASE_HOST", "database"),
        dbname="guestbook",
        user="guestbook",
        password=password,
        connect_timeout=5,
    )


def entry(text, words):
    count = "" if words is None else f" <small>({words} words)</small>"
    return f"<li>{html.escape(text)}{count}</li>"


class Guestbook(BaseHTTPRequestHandler):
    def do_GET(self):
        with connect() as connection:
            if self.path == "/health":
                connection.execute("SELECT 1")
                return self.answer(200, "healthy\n", "text/plain")
            rows = connection.execute("SELECT text, words FROM entries ORDER BY id DESC LIMIT 50").fetchall()
        self.answer(200, PAGE.format(entries="".join(entry(*row) for row in rows)))

    def do_POST(self):
        length = min(int(self.headers.get("Content-Length", 0)), LONGEST_BODY)
        text = parse_qs(self.rfile.read(length).decode(errors="replace")).get("text", [""])[0]
        if text:
            with connect() as connection:
                connection.execute("INSERT INTO entries (text) VALUES (%s)", (text,))
        self.send_response(303)
        self.send_header("Location", "/")
        self.end_headers()

    def answer(self, status, body, kind="text/html"):
        payload = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


if __name__ == "__main__":
    with connect() as connection:
        connection.execute(SCHEMA)
    ThreadingHTTPServer(("", 8080), Guestbook).serve_forever()
