#!/usr/bin/env bash
# ONNX Runtime 1.31.0, processor: ScatterND with reduction "add" loses updates where indices repeat and the session has
# more than one thread. A table [529, 24] takes 20,736 rows of ones at repeated indices: entries must be counts.
# Seen: 1 thread, 0 of 200 runs wrong; 4 threads on two busy cores, 52 of 200. ScatterElements with 4 threads: 0 of 200.
# Exits with 1 when no run is wrong any more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.csproj" <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.0" />
  </ItemGroup>
</Project>
END
cat > "$folder/Program.cs" <<'END'
using System.Text;
using Microsoft.ML.OnnxRuntime;

const int rows = 529, width = 24, count = 20736;
var random = new Random(1);
var indices = Enumerable.Range(0, count).Select(_ => random.NextInt64(rows)).ToArray();
var expected = new float[rows * width];
foreach (var row in indices)
    for (var i = 0; i < width; i++)
        expected[row * width + i]++;
var scatterNd = Onnx.Model(Onnx.Node("ScatterND", ["x", "i", "u"], "y", Onnx.Str("reduction", "add")),
    Onnx.Input("x", 1, rows, width), Onnx.Input("i", 7, count, 1), Onnx.Input("u", 1, count, width), Onnx.Output("y", 1, rows, width));
var elements = Onnx.Model(Onnx.Node("ScatterElements", ["x", "i", "u"], "y", Onnx.Str("reduction", "add"), Onnx.Int("axis", 0)),
    Onnx.Input("x", 1, rows, width), Onnx.Input("i", 7, count, width), Onnx.Input("u", 1, count, width), Onnx.Output("y", 1, rows, width));
int Wrong(byte[] model, int threads, OrtValue places)
{
    using var session = Onnx.Open(model, threads);
    return Enumerable.Range(0, 200).Count(_ => !Onnx.Run(session, "y", ("x", Onnx.Of(new float[rows * width], rows, width)), ("i", places),
        ("u", Onnx.Of(Enumerable.Repeat(1f, count * width).ToArray(), count, width))).SequenceEqual(expected));
}
var (lines, spread) = (Onnx.Of(indices, count, 1), Onnx.Of(indices.SelectMany(i => Enumerable.Repeat(i, width)).ToArray(), count, width));
var (one, many, other) = (Wrong(scatterNd, 1, lines), Wrong(scatterNd, 4, lines), Wrong(elements, 4, spread));
Console.WriteLine($"wrong of 200 runs: ScatterND, 1 thread {one}; ScatterND, 4 threads {many}; ScatterElements, 4 threads {other}");
return one == 0 && many > 0 && other == 0 ? 0 : 1;

static class Onnx
{
    static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];
    static byte[] Varint(ulong v) { var b = new List<byte>(); for (; v > 127; v >>= 7) b.Add((byte)(v | 128)); b.Add((byte)v); return [.. b]; }
    public static byte[] Num(int field, long v) => Join(Varint((ulong)field << 3), Varint((ulong)v));
    public static byte[] Sub(int field, params byte[][] parts) => Join(Varint((ulong)field << 3 | 2), Varint((ulong)parts.Sum(p => p.Length)), Join(parts));
    public static byte[] Text(int field, string s) => Sub(field, Encoding.UTF8.GetBytes(s));
    public static byte[] Int(string name, long v) => Sub(5, Text(1, name), Num(20, 2), Num(3, v));
    public static byte[] Str(string name, string v) => Sub(5, Text(1, name), Num(20, 3), Text(4, v));
    public static byte[] Ints(string name, params long[] v) => Sub(5, [Text(1, name), Num(20, 7), .. v.Select(i => Num(8, i))]);
    public static byte[] Node(string op, string[] inputs, string output, params byte[][] attributes) =>
        Sub(1, [.. inputs.Select(i => Text(1, i)), Text(2, output), Text(4, op), .. attributes]);
    static byte[] Value(int field, string name, int type, params long[] dims) => Sub(field, Text(1, name),
        Sub(2, Sub(1, Num(1, type), Sub(2, [.. dims.Select(d => Sub(1, Num(1, d)))]))));
    public static byte[] Input(string name, int type, params long[] dims) => Value(11, name, type, dims);
    public static byte[] Output(string name, int type, params long[] dims) => Value(12, name, type, dims);
    public static byte[] Const(string name, float v) => Sub(5, Num(2, 1), Text(8, name), Sub(9, BitConverter.GetBytes(v)));
    public static byte[] Const(string name, params long[] v) => Sub(5, Num(1, v.Length), Num(2, 7), Text(8, name), Sub(9, [.. v.SelectMany(BitConverter.GetBytes)]));
    public static byte[] Model(params byte[][] graph) => Join(Num(1, 8), Sub(7, [Text(2, "g"), .. graph]), Sub(8, Text(1, ""), Num(2, 18)));
    public static InferenceSession Open(byte[] model, int threads = 1, bool optimise = true) => new(model, new SessionOptions
    {
        IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        GraphOptimizationLevel = optimise ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
    });
    public static float[] Run(InferenceSession session, string output, params (string Name, OrtValue Value)[] feeds)
    {
        using var options = new RunOptions();
        using var results = session.Run(options, feeds.ToDictionary(f => f.Name, f => f.Value), [output]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
    public static OrtValue Of<T>(T[] values, params long[] dims) where T : unmanaged => OrtValue.CreateTensorValueFromMemory(values, dims);
}
END
dotnet run --project "$folder/finding.csproj" -c Release
