#!/usr/bin/env bash
# Microsoft.ML.OnnxRuntime 1.31.0 copies its library for Windows into the output of a program that is built for Linux.
#
# build/netstandard2.1/Microsoft.ML.OnnxRuntime.props adds runtimes/win-x64/native/onnxruntime.dll as an item that is copied to
# the output, whatever the system and the runtime identifier: a program built for linux-x64 alone holds 17 MB that it cannot load,
# beside the 29 MB of libonnxruntime.so.
#
# Output seen (x64, .NET SDK 10.0.401):
#   libonnxruntime.so 29345384
#   onnxruntime.dll 17253176
# Exit code 0 while that is so, 1 when it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case "$(uname -s)" in Linux) ;; *) echo "for Linux only"; exit 0 ;; esac
cat >"$work/Program.csproj" <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
    <SelfContained>false</SelfContained>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.0" />
  </ItemGroup>
</Project>
END
echo 'System.Console.WriteLine(Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString());' >"$work/Program.cs"
dotnet build "$work" -nologo -v:q -nodeReuse:false -o "$work/out" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
found=0
for file in libonnxruntime.so onnxruntime.dll; do
    if [ -f "$work/out/$file" ]; then
        echo "$file $(stat -c %s "$work/out/$file")"
        found=$((found + 1))
    fi
done
[ "$found" -eq 2 ]
