#!/bin/sh
# Sets up, builds and runs samples/FineTune with the arguments given; without any it runs the built-in demo.
# A device cuda, or DETECTION_MLNET_CUDA=true, takes the CUDA build of ONNX Runtime.
root=$(cd "$(dirname "$0")" && pwd)
case " $* " in *" --device cuda"* | *" --device=cuda"*) export DETECTION_MLNET_CUDA=true ;; esac
"$root/eng/setup.sh" || exit 1
cuda=$(echo "${DETECTION_MLNET_CUDA:-false}" | tr '[:upper:]' '[:lower:]')
dotnet build "$root/samples/FineTune" -c Release -nologo -v:q -nodeReuse:false "-p:Cuda=$cuda" \
    >"$root/artifacts/build.log" 2>&1 || { cat "$root/artifacts/build.log" >&2; exit 1; }
exec dotnet "$root/samples/FineTune/bin/Release/net10.0/FineTune.dll" "$@"
