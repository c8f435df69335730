#!/usr/bin/env bash
# ONNX Runtime 1.31.0, processor (x64): Sigmoid in float32 is right to 3e-7, not in its digits: 0 from -18 down where
# e^-18 is 1.5e-8, about twice or half of the right number at -17, and not monotone. Logarithms, quotients and
# orders of small probabilities are wrong. 1 / (1 + Exp(-x)) by other operators is right.
# Exits with 1 when the tail is right.
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

var x = Enumerable.Range(0, 2001).Select(i => -20f + i * 0.005f).ToArray();
var model = Onnx.Model(Onnx.Node("Sigmoid", ["x"], "y"), Onnx.Input("x", 1, x.Length), Onnx.Output("y", 1, x.Length));
using var session = Onnx.Open(model);
var y = Onnx.Run(session, "y", ("x", Onnx.Of(x, x.Length)));
double Right(float at) => 1 / (1 + Math.Exp(-(double)at));
foreach (var at in new[] { -20f, -18f, -17f, -16f, -14f })
{
    var i = Array.FindIndex(x, v => Math.Abs(v - at) < 1e-4);
    Console.WriteLine($"Sigmoid({x[i]}) = {y[i]:g4}, right {Right(x[i]):g4}");
}
var falls = Enumerable.Range(1, y.Length - 1).Count(i => y[i] < y[i - 1]);
var largest = x.Zip(y, (a, b) => Math.Abs(b - Right(a))).Max();
Console.WriteLine($"smaller than at a smaller x: {falls} of {y.Length - 1}; largest error {largest:g2}");
return y[Array.FindIndex(x, v => v > -18.001f)] == 0 && falls > 0 ? 0 : 1;

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
