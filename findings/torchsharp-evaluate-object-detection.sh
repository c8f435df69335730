#!/usr/bin/env bash
# Microsoft.ML.TorchSharp 0.23.1 (with TorchSharp 0.107.0), MulticlassClassification.EvaluateObjectDetection:
#  - two detections on one object: the one with the higher IoU counts, whatever the scores; COCO takes the higher score
#    (seen: MAP50 0.5; COCO: 1);
#  - sides count one pixel more: IoU of 0 0 10 10 and 0 0 10 4.8 is 0.58 instead of 0.48 (seen: MAP50 1; COCO: 0);
#  - detections with a score below 0.05 are dropped (seen: MAP50 0.5; COCO: 1);
#  - a predicted class without a true box anywhere is a KeyNotFoundException.
# It prints a line of its own for each call. Exits with 1 when one of these changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.csproj" <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <InvariantGlobalization>true</InvariantGlobalization>
    <NoWarn>$(NoWarn);NU1603;NU1701</NoWarn>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML.TorchSharp" Version="0.23.1" />
    <PackageReference Include="TorchSharp" Version="0.107.0" />
    <PackageReference Include="SkiaSharp" Version="2.88.9" />
    <PackageReference Include="SkiaSharp.NativeAssets.Linux.NoDependencies" Version="2.88.9" />
  </ItemGroup>
</Project>
END
cat > "$folder/Program.cs" <<'END'
using Microsoft.ML;
using Microsoft.ML.TorchSharp;

var better = MAP50(new() { Label = ["a"], Box = [0, 0, 100, 100], Found = ["a", "a"],
    FoundBox = [0, 0, 100, 80, 0, 0, 100, 100], Score = [0.9f, 0.2f] });
var sides = MAP50(new() { Label = ["a"], Box = [0, 0, 10, 10], Found = ["a"], FoundBox = [0, 0, 10, 4.8f], Score = [0.9f] });
var low = MAP50(new() { Label = ["a", "a"], Box = [0, 0, 10, 10, 20, 20, 30, 30], Found = ["a", "a"],
    FoundBox = [0, 0, 10, 10, 20, 20, 30, 30], Score = [0.9f, 0.04f] });
string unknown;
try
{
    unknown = MAP50(new() { Label = ["a"], Box = [0, 0, 10, 10], Found = ["a", "b"],
        FoundBox = [0, 0, 10, 10, 20, 20, 30, 30], Score = [0.9f, 0.8f] }).ToString();
}
catch (KeyNotFoundException error)
{
    unknown = $"{nameof(KeyNotFoundException)}: {error.Message}";
}
Console.WriteLine($"two on one object: {better}; a pixel more: {sides}; score 0.04: {low}; class without objects: {unknown}");
return better == 0.5 && sides == 1 && low == 0.5 && unknown.StartsWith("Key") ? 0 : 1;

static double MAP50(Row row)
{
    var ml = new MLContext();
    var data = ml.Data.LoadFromEnumerable([row]);
    var schema = data.Schema;
    return Math.Round(ml.MulticlassClassification.EvaluateObjectDetection(data, schema["Label"], schema["Box"],
        schema["Found"], schema["FoundBox"], schema["Score"]).MAP50, 6);
}

class Row
{
    public string[] Label { get; set; } = [];

    public float[] Box { get; set; } = [];

    public string[] Found { get; set; } = [];

    public float[] FoundBox { get; set; } = [];

    public float[] Score { get; set; } = [];
}
END
dotnet run --project "$folder" -c Release -v quiet
