#!/usr/bin/env bash
# Creates the bot's database where it is missing, and brings its schema up to date.
#
#   scripts/setup-finops-db.sh                                          sqlite:///finops.db
#   scripts/setup-finops-db.sh sqlite:////var/lib/finops/finops.db
#   scripts/setup-finops-db.sh postgresql://user:password@host/finops
#
# Without an argument FINOPS_DATABASE_URL decides. Run it as often as you like.
set -euo pipefail

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

case "${1:-}" in
  -h | --help)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac
[ "$#" -le 1 ] || fail "One database URL at most; got $#."

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
url=${1:-${FINOPS_DATABASE_URL:-sqlite:///finops.db}}

finops=$root/.venv/bin/finops
[ -x "$finops" ] || finops=$(command -v finops) || fail "There is no finops here. Run: make venv"
python=$(dirname "$finops")/python
[ -x "$python" ] || fail "There is no Python beside $finops. Run: make venv"

# Prints the URL in the form the bot wants, once there is something to connect to.
url=$("$python" - "$url" <<'PYTHON'
"""The folder of a SQLite file, or the database of a PostgreSQL server."""

import re
import sys
from pathlib import Path

import psycopg2
from psycopg2 import errors, sql
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError


def read(text: str) -> URL:
    text = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", text)
    try:
        url = make_url(text)
    except ArgumentError:
        sys.exit("Not a database URL. Examples: sqlite:///finops.db, postgresql://user:password@host/finops")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        sys.exit(f"{url.get_backend_name()} is not supported: sqlite or postgresql.")
    if not url.database or url.database == ":memory:":
        sys.exit("The URL names no database that would last: sqlite:///FILE or postgresql://…/NAME.")
    return url


def make_folder(url: URL) -> None:
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        sys.exit(f"Cannot make the folder {folder}: {problem.strerror}.")


def connect(url: URL, database: str):
    arguments = url.set(drivername="postgresql", database=database)
    connection = psycopg2.connect(arguments.render_as_string(hide_password=False))
    connection.autocommit = True  # CREATE DATABASE refuses to run in a transaction
    return connection


def make_database(url: URL) -> None:
    try:
        connect(url, url.database).close()
        return
    except psycopg2.OperationalError as problem:
        if f'database "{url.database}" does not exist' not in str(problem):
            sys.exit(f"Cannot connect to {url}: {str(problem).strip()}")
    try:
        connection = connect(url, "postgres")
        connection.cursor().execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(url.database)))
        print(f"Created the database {url.database}.", file=sys.stderr)
    except errors.DuplicateDatabase:
        pass  # somebody else was first
    except psycopg2.Error as problem:
        sys.exit(f"Cannot create the database {url.database}: {str(problem).strip()}")


url = read(sys.argv[1])
make_folder(url) if url.get_backend_name() == "sqlite" else make_database(url)
print(url.render_as_string(hide_password=False))
PYTHON
)

exec "$finops" db migrate --database-url "$url"
