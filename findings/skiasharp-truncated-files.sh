#!/usr/bin/env bash
# SkiaSharp 2.88.9 and Microsoft.ML.ImageAnalytics 5.0.1: SKBitmap.Decode and MLImage.CreateFromStream give a picture for
# two thirds of a JPEG file, without an error; what is missing is grey. SKCodec.GetPixels says IncompleteInput for the same bytes.
# Exits with 1 when SKBitmap or MLImage refuse it, or SKCodec does not.
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
    <PackageReference Include="Microsoft.ML.ImageAnalytics" Version="5.0.1" />
    <PackageReference Include="SkiaSharp" Version="2.88.9" />
    <PackageReference Include="SkiaSharp.NativeAssets.Linux.NoDependencies" Version="2.88.9" />
  </ItemGroup>
</Project>
END
cat > "$folder/Program.cs" <<'END'
using Microsoft.ML.Data;
using SkiaSharp;

using var drawn = new SKBitmap(64, 64);
for (var y = 0; y < 64; y++)
    for (var x = 0; x < 64; x++)
        drawn.SetPixel(x, y, new SKColor((byte)(4 * x), (byte)(4 * y), (byte)(x * y)));
var whole = drawn.Encode(SKEncodedImageFormat.Jpeg, 90).ToArray();
var half = whole[..(2 * whole.Length / 3)];

using var bitmap = SKBitmap.Decode(half);
Console.WriteLine($"SKBitmap.Decode: {(bitmap is null ? "null" : $"{bitmap.Width} x {bitmap.Height}")}");
string image;
try
{
    using var read = MLImage.CreateFromStream(new MemoryStream(half));
    image = $"{read.Width} x {read.Height}";
}
catch (Exception error)
{
    image = error.GetType().Name;
}
Console.WriteLine($"MLImage: {image}");
using var codec = SKCodec.Create(SKData.CreateCopy(half));
using var target = new SKBitmap(new SKImageInfo(64, 64, SKColorType.Rgba8888, SKAlphaType.Unpremul));
var result = codec.GetPixels(target.Info, target.GetPixels());
Console.WriteLine($"SKCodec.GetPixels: {result}");
return bitmap is not null && image == "64 x 64" && result == SKCodecResult.IncompleteInput ? 0 : 1;
END
dotnet run --project "$folder" -c Release -v quiet
