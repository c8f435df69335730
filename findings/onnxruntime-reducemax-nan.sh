#!/usr/bin/env bash
# ONNX Runtime 1.31.0, processor: ReduceMax of numbers with one NaN is NaN or the largest number, by where the NaN stands.
# A loss that has become NaN may pass a maximum unseen.
# Exits with 1 when the result is the same wherever it stands.
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

const int length = 37;
var model = Onnx.Model(Onnx.Node("ReduceMax", ["x"], "y", Onnx.Int("keepdims", 0)), Onnx.Input("x", 1, length), Onnx.Output("y", 1));
using var session = Onnx.Open(model);
var seen = new List<int>();
for (var place = 0; place < length; place++)
{
    var x = Enumerable.Range(0, length).Select(i => i == place ? float.NaN : i).ToArray();
    if (float.IsNaN(Onnx.Run(session, "y", ("x", Onnx.Of(x, length)))[0]))
        seen.Add(place);
}
Console.WriteLine($"ReduceMax of {length} numbers is NaN for a NaN at {(seen.Count == 0 ? "none" : string.Join(" ", seen))}, {length - seen.Count} places do not show");
return seen.Count > 0 && seen.Count < length ? 0 : 1;

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
