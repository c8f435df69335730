#!/bin/sh
# Sets up, builds the tool and runs it: 'train' with the options given, or another verb ('./run.sh inspect model.onnx').
# Without arguments it trains the built-in detector. A device cuda, or DETECTION_MLNET_CUDA=true, takes the CUDA build of
# ONNX Runtime.
root=$(cd "$(dirname "$0")" && pwd)
case " $* " in *" --device cuda"* | *" --device=cuda"*) export DETECTION_MLNET_CUDA=true ;; esac
case "${1:-}" in "" | -*) set -- train "$@" ;; esac
"$root/eng/setup.sh" || exit 1
cuda=$(echo "${DETECTION_MLNET_CUDA:-false}" | tr '[:upper:]' '[:lower:]')
DOTNET_CLI_UI_LANGUAGE=en dotnet build "$root/src/MLNet.Detection.Tool" -c Release -nologo -v:q -nodeReuse:false "-p:Cuda=$cuda" \
    >"$root/artifacts/build.log" 2>&1 || { "$root/eng/setup.sh" --explain "$root/artifacts/build.log" >&2; exit 1; }
exec dotnet "$root/src/MLNet.Detection.Tool/bin/Release/net10.0/mlnet-detect.dll" "$@"
