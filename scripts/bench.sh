#!/bin/sh
# Runs the benchmarks of the desk on COUNTERFOIL_BENCH_ROWS orders (1,000,000) and writes their table between the markers of the README.
# Every number of the table comes from the run.
set -eu
cd "$(dirname "$0")/.."
export CGO_ENABLED=0 COUNTERFOIL_BENCH_ROWS="${COUNTERFOIL_BENCH_ROWS:-1000000}"
out=$(mktemp)
trap 'rm -f "$out" "$out.table"' EXIT
export COUNTERFOIL_BENCH_LEDGER="${COUNTERFOIL_BENCH_LEDGER:-10000000}"
go test -run '^$' -bench 'BenchmarkDesk|BenchmarkSettlements|BenchmarkBestPractice|BenchmarkStart|BenchmarkWire' -benchtime 1x -timeout 60m ./cmd/counterfoil | tee "$out"
go test -run '^$' -bench BenchmarkXLSX300k -benchtime 1x ./models/books | tee -a "$out"
awk '
	function metric(name,   i) { for (i = 3; i < NF; i += 2) if ($(i + 1) == name) return $i + 0; return "" }
	function row(what, figure, yardstick, ratio, goal) { printf "| %s | %s | %s | %s | %s |\n", what, figure, yardstick, ratio, goal }
	BEGIN { print "| what | figure | yardstick | ratio | goal |"; print "|---|---|---|---|---|" }
	/P1_list,_tab/ { row("P1 list, tab Captured, CPU of the static page", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "≤ 2.0"); alloc = metric("alloc-ratio") }
	/P1_list,_filtered/ { row("P1 list, filtered by status", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "≤ 2.0") }
	/P3_month/ { row("P3 settlements of a month, " metric("rows") " movements, CPU of the static page", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "≤ 1.5") }
	/P3_rows/ { row("P3 rows behind a figure", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "≤ 1.5") }
	/scorecard/ { row("Best practice, CPU of the static page", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "≤ 2.0") }
	/orders_behind/ { row("Orders behind a check", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "") }
	/payout_of/ { row("Payout of 100,000 lines, CPU of the static page", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "") }
	/search_in/ { row("Search among its lines", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "") }
	/XLSX300k/ { row("XLSX of 300,000 rows", metric("rows/s") " rows/s", "", "", "") }
	/P6_ledger/ { row("P6 ledger CSV, of a raw scan", metric("rows/s") " rows/s", metric("yardstick-rows/s") " rows/s", sprintf("%.2f", metric("ratio")), "≥ 0.6"); row("P6 ledger, memory growth", metric("MB-growth") " MB", "", "", "< 40 MB") }
	/P4_search/ { row("P4 search p99, of the keyset list", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.1f", metric("ratio")), "≤ 10"); row("P4 Stripe id", "", "", sprintf("%.2f", metric("id-ratio")), "≤ 1") }
	/Desk.P6_CSV/ { row("P6 CSV, of a raw scan", metric("rows/s") " rows/s", metric("yardstick-rows/s") " rows/s", sprintf("%.2f", metric("ratio")), "≥ 0.6"); row("P6 memory growth", metric("MB-growth") " MB", "", "", "< 40 MB") }
	/P8_list/ { row("P8 list, of 10,000 orders", metric("us") " µs", metric("yardstick-us") " µs", sprintf("%.2f", metric("ratio")), "≤ 1.25") }
	/^BenchmarkStart/ { row("P7 start, of an empty database", metric("ms") " ms", metric("yardstick-ms") " ms", sprintf("%.2f", metric("ratio")), "≤ 1.5"); row("P7 memory when idle", sprintf("%.0f", metric("MB-idle")) " MB", "", "", "< 40 MB") }
	/^BenchmarkWire/ { row("P9 Today / Orders / Order with CSS, JS and icons", metric("today-kB") " / " metric("orders-kB") " / " metric("order-kB") " kB", "", "", "≤ 60 kB") }
	END { row("P7 page of 50 rows allocates, of the static page", "", "", sprintf("%.2f", alloc), "≤ 2") }
' "$out" >"$out.table"
awk -v table="$out.table" -v day="$(date +%F)" -v rows="$COUNTERFOIL_BENCH_ROWS" '
	/<!-- bench -->/ { print; print ""; printf "%s orders, 2 cores, synchronous=FULL, one run of %s:\n\n", rows, day; while ((getline line <table) > 0) print line; print ""; skip = 1 }
	/<!-- \/bench -->/ { skip = 0 }
	!skip { print }
' README.md >"$out.readme" && cat "$out.readme" >README.md && rm -f "$out.readme"
