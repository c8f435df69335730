#!/usr/bin/env bash
# SkiaSharp's libraries for Linux x64, 2.88.9 to 4.155.0, hold libjpeg-turbo without its SIMD code: a JPEG of 640 x 480 takes more than
# twice as long to decode as with OpenCvSharp4's, which has it (measured: 2.15 ms with 2.88.9, 2.00 with 4.155.0, 0.93 with
# OpenCvSharp4 4.13 to the same order of colours, AMD Zen 3, one thread). A newer SkiaSharp does not help.
# The names of the environment variables that choose among libjpeg-turbo's SIMD code (JSIMD_FORCE...) tell which library has it.
# Exits with 1 when one of SkiaSharp's libraries names them or is not at least 1.4 times slower.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/Program.cs" <<'END'
using System.Diagnostics;
using OpenCvSharp;
using SkiaSharp;

// Waves and a little noise, as photographs have.
using var drawn = new SKBitmap(640, 480);
var random = new Random(1);
byte Level(double wave) => (byte)(128 + 90 * Math.Sin(wave) + random.Next(16));
for (var y = 0; y < 480; y++)
    for (var x = 0; x < 640; x++)
        drawn.SetPixel(x, y, new SKColor(Level(x / 17.0), Level(y / 23.0), Level((x + y) / 31.0)));
var jpeg = drawn.Encode(SKEncodedImageFormat.Jpeg, 90).ToArray();
Cv2.SetNumThreads(1);

void Skia()
{
    using var codec = SKCodec.Create(SKData.CreateCopy(jpeg));
    using var bitmap = new SKBitmap(codec.Info.WithColorType(SKColorType.Rgba8888));
    codec.GetPixels(bitmap.Info, bitmap.GetPixels());
}

void OpenCv()
{
    using var picture = Cv2.ImDecode(jpeg, ImreadModes.Color);
    Cv2.CvtColor(picture, picture, ColorConversionCodes.BGR2RGB);
}

double[] best = [double.MaxValue, double.MaxValue];
for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < 5;)
    foreach (var (i, decode) in new Action[] { Skia, OpenCv }.Index())
    {
        var start = Stopwatch.GetTimestamp();
        decode();
        best[i] = Math.Min(best[i], Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
bool Names(string library) => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(
    AppContext.BaseDirectory, "runtimes", "linux-x64", "native", library))).Contains("JSIMD_FORCE");
var (skia, openCv) = (Names("libSkiaSharp.so"), Names("libOpenCvSharpExtern.so"));
Console.WriteLine($"SkiaSharp {args[0]}: {best[0]:f2} ms, SIMD code named: {skia}; OpenCvSharp4: {best[1]:f2} ms, {openCv}; "
    + $"ratio {best[0] / best[1]:f2}");
return !skia && openCv && best[0] > 1.4 * best[1] ? 0 : 1;
END
for version in 2.88.9 4.155.0; do
    mkdir "$folder/$version"
    cp "$folder/Program.cs" "$folder/$version"
    cat > "$folder/$version/finding.csproj" <<END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="OpenCvSharp4" Version="4.13.0.20260627" />
    <PackageReference Include="OpenCvSharp4.official.runtime.linux-x64" Version="4.13.0.20260627" />
    <PackageReference Include="SkiaSharp" Version="$version" />
    <PackageReference Include="SkiaSharp.NativeAssets.Linux.NoDependencies" Version="$version" />
  </ItemGroup>
</Project>
END
    dotnet run --project "$folder/$version" -c Release -v quiet -- "$version"
done
