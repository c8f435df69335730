#!/bin/sh
# Sets up, builds the tool where its sources have changed, and runs it: 'train' with the options given, or another verb
# ('./run.sh inspect model.onnx'). Without arguments it trains the built-in detector. A device cuda, or
# DETECTION_MLNET_CUDA=true, takes the CUDA build of ONNX Runtime.
root=$(cd "$(dirname "$0")" && pwd)
case " $* " in *" --device cuda"* | *" --device=cuda"*) export DETECTION_MLNET_CUDA=true ;; esac
case "${1:-}" in "" | -*) set -- train "$@" ;; esac
cuda=$(echo "${DETECTION_MLNET_CUDA:-false}" | tr '[:upper:]' '[:lower:]')
tool=$root/src/MLNet.Detection.Tool/bin/Release/net10.0/mlnet-detect
built=$root/artifacts/built # since when the sources have been built

is_built() { # for this ONNX Runtime, and nothing that a build reads is newer; what was deleted changes its folder
    [ -f "$tool.dll" ] && [ -f "$built" ] || return 1
    grep -q '"Microsoft.ML.OnnxRuntime.Gpu/' "$tool.deps.json" && runtime=true || runtime=false
    [ "$cuda" = "$runtime" ] && [ -z "$(find "$root/src" "$root/eng" "$root"/Directory.* "$root/global.json" "$root/run.sh" \
        \( -name bin -o -name obj \) -prune -o -newer "$built" -print | head -n 1)" ]
}

build() {
    "$root/eng/setup.sh" || return 1
    rm -f "$built"
    touch "$built.begun"
    DOTNET_CLI_UI_LANGUAGE=en dotnet build "$root/src/MLNet.Detection.Tool" -c Release -nologo -v:q -nodeReuse:false "-p:Cuda=$cuda" \
        >"$root/artifacts/build.log" 2>&1 || { "$root/eng/setup.sh" --explain "$root/artifacts/build.log" >&2; return 1; }
    mv "$built.begun" "$built"
}

is_built || build || exit 1
exec dotnet "$tool.dll" "$@"
