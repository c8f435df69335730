# Sourced by run: the site of the pages in docs/ and of the XML documentation, in artifacts/site. A dead link fails it.

dead_links() { # dead_links <page>...: links to files that are not there
    local page link dead=0
    for page in "$@"; do
        while read -r link; do
            [ -e "$(dirname "$page")/${link%%#*}" ] && continue
            echo "$page: '$link' is not there"
            dead=1
        done < <(grep -o '](\([^)]*\))' "$page" | sed 's/^](//; s/)$//' | grep -vE '^(https?:|#|xref:|mailto:)')
    done
    return $dead
}

run_pages() {
    check "pages: links of README and its like lead somewhere" dead_links README.md CONTRIBUTING.md CHANGELOG.md benchmarks/README.md \
        docs/*.md
    # In a home of its own: the home's list of tools goes on naming a package cache that was deleted or moved, after 'restore' too.
    check "pages: docfx is restored" timeout 300 env DOTNET_CLI_HOME="$work/home" dotnet tool restore
    check "pages: the site is built without a warning" timeout 900 env DOTNET_CLI_HOME="$work/home" dotnet docfx docs/docfx.json --warningsAsErrors
    check "pages: the site has its first page and the API" test -s artifacts/site/index.html \
        -a -s artifacts/site/api/MLNet.Detection.DetectionCatalog.html
}
