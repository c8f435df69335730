#!/bin/sh
# Checks for the .NET SDK, then lets Setup.cs do the rest. Prints nothing when all is done already.
eng=$(cd "$(dirname "$0")" && pwd)
get="Get it from https://dotnet.microsoft.com/download/dotnet/10.0"
if ! command -v dotnet >/dev/null 2>&1; then
    echo "set-up: dotnet was not found on the PATH; the .NET SDK 10 is needed. $get" >&2
    exit 1
fi
if ! (cd "$eng" && dotnet --version >/dev/null 2>&1); then
    found=$(cd / && dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')
    echo "set-up: the .NET SDK 10 is needed; found: ${found:-none }- $get" >&2
    exit 1
fi
exec dotnet run --file "$eng/Setup.cs" -- "$@"
