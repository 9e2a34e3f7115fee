#!/usr/bin/env bash
# Jena's command `shacl`, which Debian's libapache-jena-java does not have.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
java -cp "$(python3 "$(dirname "$(readlink -f "$0")")/java_engines.py" classpath "$scratch")" shacl.shacl "$@"
