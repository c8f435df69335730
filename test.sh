#!/bin/sh
# Sets up, builds the solution and runs all its tests. Arguments go to 'dotnet test'; see eng/Test.cs.
root=$(cd "$(dirname "$0")" && pwd)
"$root/eng/setup.sh" --tests || exit 1
exec dotnet run --file "$root/eng/Test.cs" -- "$@"
