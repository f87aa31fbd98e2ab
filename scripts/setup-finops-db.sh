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
  exit 2
}

case "${1:-}" in
  -h | --help)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac
[ "$#" -le 1 ] || fail "One database URL at most; got $#."

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
finops=$root/.venv/bin/finops
[ -x "$finops" ] || finops=$(command -v finops) || fail "There is no finops here. Run: make venv"

exec "$finops" db migrate --database-url "${1:-${FINOPS_DATABASE_URL:-sqlite:///finops.db}}"
