#!/usr/bin/env bash
# Tests on a processor that qemu emulates: arm64 (NEON), or an x64 one without AVX. The vectors have 128 bits on both. It
# needs qemu's user mode (Debian: qemu-user-static), for arm64 its C and C++ libraries (libc6-arm64-cross and
# libstdc++6-arm64-cross), and NuGet's Microsoft.NETCore.App.Runtime.linux-<processor>.
#   eng/emulated.sh arm64|x64 [FILTER]
set -euo pipefail
cd "$(dirname "$0")/.."
processor=${1:?arm64 or x64}
# The widths' test starts a .NET SDK, which is not emulated.
filter=${2:-FullyQualifiedName~Tests.Kernels&FullyQualifiedName!~VectorWidth}
case $processor in
    arm64) emulator=(qemu-aarch64-static -cpu max -L artifacts/emulated-arm64-root) ;;
    x64) emulator=(qemu-x86_64-static -cpu Nehalem) ;;
    *) echo "$processor: expected arm64 or x64" >&2; exit 2 ;;
esac
command -v "${emulator[0]}" >/dev/null || { echo "${emulator[0]} is missing; install qemu-user-static" >&2; exit 1; }

eng/setup.sh
out=$PWD/artifacts/emulated-$processor
dotnet publish tests/OnnxGraphs.Tests -c Release -nologo -v:q -nodeReuse:false -r "linux-$processor" --self-contained \
    -p:TestProgram=true -o "$out"
# The closed mirror's package has no ONNX Runtime for Linux on arm64; that of Node.js has.
if [ "$processor" = arm64 ] && [ -e artifacts/closed-mirror ]; then
    package=onnxruntime-node@$(sed -n 's/.*"onnxruntime-node": "\(.*\)".*/\1/p' eng/closed-mirror/cuda/package.json)
    (cd "$out" && npm pack --silent "$package" >/dev/null && tar xzf onnxruntime-node-*.tgz --strip-components=5 \
        package/bin/napi-v6/linux/arm64 && mv libonnxruntime.so.1 libonnxruntime.so && rm onnxruntime-node-*.tgz)
fi
# ONNX Runtime reads /proc/cpuinfo, which qemu takes from a root of our own before it takes this machine's.
if [ "$processor" = arm64 ]; then
    root=artifacts/emulated-arm64-root
    mkdir -p $root/proc
    ln -sfn /usr/aarch64-linux-gnu/lib $root/lib
    for ((i = 0; i < $(nproc); i++)); do
        printf 'processor\t: %d\nFeatures\t: fp asimd atomics asimdrdm cpuid\nCPU implementer\t: 0x41\n' $i
        printf 'CPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n\n'
    done >$root/proc/cpuinfo
fi
# Emulated, .NET crashes while it moves code or collects garbage beside running threads.
DOTNET_TieredCompilation=0 DOTNET_EnableWriteXorExecute=0 DOTNET_gcConcurrent=0 \
    "${emulator[@]}" "$out/OnnxGraphs.Tests" --filter "$filter"
