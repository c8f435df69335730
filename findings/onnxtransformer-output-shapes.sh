#!/usr/bin/env bash
# Microsoft.ML.OnnxTransformer 5.0.1 with ONNX Runtime 1.31.0, ApplyOnnxModel on y = abs(x), x float [3]:
#  - the output without a shape (valid ONNX): NullReferenceException when the estimator is made;
#  - the output of shape [n]: the column says one slot, the rows hold all numbers;
#  - a scalar output (shape of no axis): ArgumentNullException when a row is read.
# Exits with 1 when one of these changes.
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
    <PackageReference Include="Microsoft.ML.OnnxTransformer" Version="5.0.1" />
    <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.0" />
    <PackageReference Include="Microsoft.ML.OnnxRuntime.Managed" Version="1.31.0" />
  </ItemGroup>
</Project>
END
cat > "$folder/Program.cs" <<'END'
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext();
var path = Path.Combine(AppContext.BaseDirectory, "model.onnx");
var data = ml.Data.LoadFromEnumerable([new Row { X = [1, -2, 3] }]);
var shapeless = Try(() => ml.Transforms.ApplyOnnxModel(Write("Abs", null)).ToString()!);
Console.WriteLine($"no shape: {shapeless}");
var open = ml.Transforms.ApplyOnnxModel("y", "x", Write("Abs", "n")).Fit(data).Transform(data);
var (slots, held) = (((VectorDataViewType)open.Schema["y"].Type).Size, open.GetColumn<float[]>("y").Single().Length);
Console.WriteLine($"shape [n]: {slots} slot declared, {held} numbers held");
var scalar = ml.Transforms.ApplyOnnxModel("y", "x", Write("ReduceMax", "")).Fit(data).Transform(data);
var read = Try(() => scalar.GetColumn<float>("y").Single().ToString());
Console.WriteLine($"scalar: {read}");
return shapeless == "NullReferenceException" && (slots, held) == (1, 3) && read == "ArgumentNullException" ? 0 : 1;

static string Try(Func<string> action)
{
    try
    {
        return action();
    }
    catch (Exception error)
    {
        return (error.InnerException ?? error).GetType().Name;
    }
}

// ModelProto, by the field numbers of onnx.proto. A dimension is a name or 3; "" is a shape without one; null is no shape.
string Write(string op, string? dimension)
{
    byte[] attribute = op == "Abs" ? []
        : Field(5, [.. Field(1, Text("keepdims")), 3 << 3, 0, .. Number(20, 2)]);
    var node = Field(1, [.. Field(1, Text("x")), .. Field(2, Text("y")), .. Field(4, Text(op)), .. attribute]);
    byte[] graph = [.. node, .. Field(2, Text("g")), .. Field(11, Value("x", "3")), .. Field(12, Value("y", dimension))];
    File.WriteAllBytes(path, [.. Number(1, 8), .. Field(7, graph), .. Field(8, [.. Field(1, []), .. Number(2, 13)])]);
    return path;
}

static byte[] Value(string name, string? dimension)
{
    byte[] shape = dimension switch
    {
        null => [],
        "" => Field(2, []),
        "3" => Field(2, Field(1, Number(1, 3))),
        _ => Field(2, Field(1, Field(2, Text(dimension)))),
    };
    return [.. Field(1, Text(name)), .. Field(2, Field(1, [.. Number(1, 1), .. shape]))];
}

static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

static byte[] Number(int field, byte value) => [.. Tag(field, 0), value];

static byte[] Field(int field, byte[] content) => [.. Tag(field, 2), .. Length(content.Length), .. content];

static byte[] Tag(int field, int wire) => Length(field << 3 | wire);

static byte[] Length(int value) => value < 128 ? [(byte)value] : [(byte)(value & 127 | 128), .. Length(value >> 7)];

class Row
{
    [ColumnName("x"), VectorType(3)]
    public float[] X { get; set; } = [];
}
END
dotnet run --project "$folder" -c Release -v quiet
