"""Counts the words of new guestbook entries, a few at a time."""

import os
import time
from pathlib import Path

import psycopg

PAUSE = 2.0
SOME_UNCOUNTED = "SELECT id, text FROM entries WHERE words IS NULL ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED"


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


def count_some(connection):
    """Counts one batch and says how many entries it had."""
    with connection.transaction():
        rows = connection.execute(SOME_UNCOUNTED).fetchall()
        for identity, text in rows:
            connection.execute("UPDATE entries SET words = %s WHERE id = %s", (len(text.split()), identity))
    return len(rows)


def main():
    while True:
        try:
            with connect() as connection:
                while True:
                    if not count_some(connection):
                        time.sleep(PAUSE)
        except psycopg.Error as error:
            print(f"the database is not ready: {error}", flush=True)
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
