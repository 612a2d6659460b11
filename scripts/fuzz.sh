#!/bin/sh
# Runs every fuzz test of the project for a time each: sh scripts/fuzz.sh 1m
set -eu
cd "$(dirname "$0")/.."
time=${1:-1m}
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | sort -u | while read -r folder; do
	for name in $(grep -h '^func Fuzz' "$folder"/*_test.go | sed 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/'); do
		echo "== $folder $name"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "$folder" </dev/null
	done
done
