#!/usr/bin/env bash
# Microsoft.ML.ImageAnalytics 5.0.1: [ImageType] without height and width, which its documentation offers for images of
# any size, throws ArgumentOutOfRangeException when a row type with it is read. And two equal ImageDataViewType differ
# when they are compared as objects, so that a CustomMapping over the column of LoadImages fits alone, but not in a chain:
# "Schema mismatch for input column: expected Image, got Image".
# Exits with 1 when one of them works.
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
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

var ml = new MLContext();
var attribute = Message(() => SchemaDefinition.Create(typeof(Sizeless)));
Console.WriteLine($"[ImageType]: {attribute}");
DataViewType one = new ImageDataViewType(), other = new ImageDataViewType();
Console.WriteLine($"equal as types: {one.Equals(other)}, as objects: {one.Equals((object)other)}");

var data = ml.Data.LoadFromEnumerable([new Named()]);
var images = ml.Transforms.LoadImages("Image", "", "File").Fit(data).Transform(data);
var mapping = ml.Transforms.CustomMapping<WithImage, Width>((row, width) => width.Value = row.Image!.Width, null);
var alone = Message(() => mapping.Fit(images));
var chain = Message(() => mapping.Append(ml.Transforms.CopyColumns("Copy", "Value")).Fit(images));
Console.WriteLine($"alone: {alone}");
Console.WriteLine($"in a chain: {chain}");
return attribute != "fine" && alone == "fine" && chain != "fine" && one.Equals(other) && !one.Equals((object)other) ? 0 : 1;

static string Message(Action action)
{
    try
    {
        action();
        return "fine";
    }
    catch (Exception error)
    {
        return $"{error.GetType().Name}: {error.Message}";
    }
}

class Named
{
    public string File { get; set; } = "none.png";
}

class Sizeless
{
    [ImageType]
    public MLImage? Image { get; set; }
}

class WithImage
{
    [AnySize]
    public MLImage? Image { get; set; }
}

class Width
{
    public int Value { get; set; }
}

class AnySizeAttribute : DataViewTypeAttribute
{
    public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);

    public override bool Equals(DataViewTypeAttribute? other) => other is AnySizeAttribute;

    public override bool Equals(object? obj) => obj is AnySizeAttribute;

    public override int GetHashCode() => 1;
}
END
dotnet run --project "$folder" -c Release -v quiet
