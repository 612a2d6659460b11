#!/bin/sh
# Runs Lighthouse on the demo and prints the scores: of Today, Orders and an order, signed in, on a desktop; of the public help page in three
# countries on a phone, where less than 100 in one of the four fails. Needs Node with npx, Chromium and curl; says so and does nothing without.
set -eu
cd "$(dirname "$0")/.."
for program in npx curl; do
	command -v "$program" >/dev/null || { echo "lighthouse: $program is not here, nothing was measured"; exit 0; }
done
chrome=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "lighthouse: Chromium is not here, nothing was measured"; exit 0; }
work=$(mktemp -d)
demo=
trap 'if [ -n "$demo" ]; then kill "$demo" 2>/dev/null || true; fi; rm -rf "$work"' EXIT
CGO_ENABLED=0 go build -o "$work/counterfoil" ./cmd/counterfoil
"$work/counterfoil" demo --json --addr 127.0.0.1:0 --data "$work/demo" >"$work/started" 2>"$work/log" &
demo=$!
until [ -s "$work/started" ]; do
	kill -0 "$demo" || { cat "$work/log" >&2; exit 1; }
	sleep 1
done
read_started() { node -e 'const d=JSON.parse(require("fs").readFileSync(process.argv[1],"utf8").split("\n")[0]);const a=(d.accounts||d.Accounts).find(a=>(a.role||a.Role)==="manager");console.log({app:d.app,email:a.email||a.Email,password:a.password||a.Password}[process.argv[2]])' "$work/started" "$1"; }
app=$(read_started app)
token=$(curl -s -c "$work/jar" "$app/sign-in" | sed -n 's/.*name="csrf_token" value="\([^"]*\)".*/\1/p' | head -n 1)
curl -s -o /dev/null -b "$work/jar" -c "$work/jar" -H "Origin: $app" --data-urlencode "csrf_token=$token" \
	--data-urlencode "email=$(read_started email)" --data-urlencode "password=$(read_started password)" "$app/sessions"
order=$(curl -s -b "$work/jar" "$app/orders?tab=to-capture" | grep -o '/orders/pi_[A-Za-z0-9]*' | head -n 1)
awk '!/^# / && NF >= 7 { printf "%s%s=%s", sep, $6, $7; sep = "; " }' "$work/jar" >"$work/cookies"
node -e 'console.log(JSON.stringify({Cookie: require("fs").readFileSync(process.argv[1], "utf8")}))' "$work/cookies" >"$work/headers.json"
cd "$work"
npm install --silent --no-fund --no-audit lighthouse@12.8.2
measure() { # path, then options of Lighthouse
	path=$1; shift
	CHROME_PATH="$chrome" npx lighthouse "$app$path" --quiet "$@" --chrome-flags="--headless --no-sandbox --disable-gpu" --output=json --output-path="$work/report.json"
	node -e '
		const report = require(process.argv[1]), whole = process.argv[2].startsWith("/help");
		const scores = Object.values(report.categories).map((c) => [c.title.toLowerCase(), Math.round(c.score * 100)]);
		console.log(process.argv[2].replace(/pi_.*/, "pi_…"), ...scores.flat(), "CLS", report.audits["cumulative-layout-shift"].displayValue);
		for (const a of Object.values(report.audits))
			if (a.score !== null && a.score < 0.9 && a.scoreDisplayMode !== "informative") console.log("   ", a.id, a.displayValue || a.title);
		if (whole && (scores.length !== 4 || scores.some(([, n]) => n < 100))) process.exit(1);
	' "$work/report.json" "$path" || short=1
}
short=0
for path in / /orders "$order"; do
	measure "$path" --preset=desktop --extra-headers="$work/headers.json" --only-categories=performance,accessibility,best-practices
done
for path in /help/de/de /help/gr/el /help/us/en; do
	measure "$path"
done
exit "$short"
