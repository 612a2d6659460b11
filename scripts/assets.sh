#!/bin/sh
# Vendors the browser's third-party files from npm, each package by exact version and checksum, so that every run gives the same bytes.
# Needs: npm, tar, sha256sum, node (none of them is needed to build or run the product).
# Writes: static/js/htmx-*.min.js, static/js/hx-preload-*.min.js, static/fonts/*, static/icons.svg, web/webtest/axe.min.js.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# take NAME VERSION SHA256: unpacks one npm package into $work/package.
take() {
	rm -rf "$work/package"
	file=$(cd "$work" && npm pack --silent "$1@$2" | tail -n 1)
	echo "$3  $work/$file" | sha256sum --check --quiet
	tar -xzf "$work/$file" -C "$work"
}

take htmx.org 4.0.1 5fba65616ca148a86d377e9771bcada7f35faee3558651feb929eea425e13b3c
for part in dist/htmx dist/ext/hx-preload; do
	grep -v '^//# sourceMappingURL=' "$work/package/$part.min.js" >"static/js/$(basename $part)-4.0.1.min.js"
done

take @fontsource-variable/inter 5.3.0 d26710dd38e7217484a1d47ee76c024977ec550548876f26d06ed1844af09a14
cp "$work/package/files/inter-latin-wght-normal.woff2" static/fonts/inter-latin.woff2
cp "$work/package/files/inter-latin-ext-wght-normal.woff2" static/fonts/inter-latin-ext.woff2
cp "$work/package/LICENSE" static/fonts/LICENSE-inter.txt

take lucide-static 1.62.0 386f9080c440d6f5049cefe3456ae8357f7a0c7f76e59670cd1cb83bc7050a44
node scripts/sprite.js "$work/package/icons" >static/icons.svg

mkdir -p web/webtest
take axe-core 4.14.1 e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745
cp "$work/package/axe.min.js" web/webtest/axe.min.js
