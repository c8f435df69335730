#!/usr/bin/env bash
# ONNX Runtime 1.31.0, processor: a layer between QuantizeLinear and DequantizeLinear whose result is not quantised. MatMul of
# quantised input and weights runs on integers all the same (MatMulIntegerToFloat); Conv of the same does not: it becomes a
# float Conv on numbers that were turned back into floats, without a word. With a pair behind it, it is QLinearConv.
# Seen: MatMul, no pair: MatMulIntegerToFloat. Conv, no pair: Conv. Conv, pair: QLinearConv.
# Exits with 1 when one of the three changes.
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

// x and w in 8 bits, y = x w; as Conv x [1, 2, 1, 1], w [2, 2, 1, 1], as MatMul x [1, 2], w [2, 2].
string Operators(string op, bool pair)
{
    long[] x = op == "Conv" ? [1, 2, 1, 1] : [1, 2], w = op == "Conv" ? [2, 2, 1, 1] : [2, 2];
    var result = pair ? "exact" : "y";
    var path = Path.Combine(AppContext.BaseDirectory, $"{op}-{pair}.onnx");
    byte[][] ends = pair ? [Onnx.Node("QuantizeLinear", ["exact", "s", "z"], "yq"), Onnx.Node("DequantizeLinear", ["yq", "s", "z"], "y")] : [];
    var model = Onnx.Model(
    [
        Onnx.Node("QuantizeLinear", ["x", "s", "z"], "xq"), Onnx.Node("DequantizeLinear", ["xq", "s", "z"], "xf"),
        Onnx.Node("DequantizeLinear", ["w", "s", "wz"], "wf"), Onnx.Node(op, ["xf", "wf"], result), .. ends,
        Onnx.Const("s", 0.1f), Onnx.Whole("z", 2, [128]), Onnx.Whole("wz", 3, [0]), Onnx.Whole("w", 3, [1, 2, 3, 4], w),
        Onnx.Input("x", 1, x), Onnx.Output("y", 1, x),
    ]);
    using var options = new SessionOptions { OptimizedModelFilePath = path, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
    using var session = new InferenceSession(model, options);
    var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
    return string.Join(' ', new[] { "QLinearConv", "MatMulIntegerToFloat", "QLinearMatMul" }.Where(text.Contains)) is { Length: > 0 } whole ? whole : op;
}
var (product, convolution, paired) = (Operators("MatMul", false), Operators("Conv", false), Operators("Conv", true));
Console.WriteLine($"MatMul, no pair: {product}. Conv, no pair: {convolution}. Conv, pair: {paired}.");
return (product, convolution, paired) == ("MatMulIntegerToFloat", "Conv", "QLinearConv") ? 0 : 1;

static class Onnx
{
    static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];
    static byte[] Varint(ulong v) { var b = new List<byte>(); for (; v > 127; v >>= 7) b.Add((byte)(v | 128)); b.Add((byte)v); return [.. b]; }
    public static byte[] Num(int field, long v) => Join(Varint((ulong)field << 3), Varint((ulong)v));
    public static byte[] Sub(int field, params byte[][] parts) => Join(Varint((ulong)field << 3 | 2), Varint((ulong)parts.Sum(p => p.Length)), Join(parts));
    public static byte[] Text(int field, string s) => Sub(field, Encoding.UTF8.GetBytes(s));
    public static byte[] Node(string op, string[] inputs, string output, params byte[][] attributes) =>
        Sub(1, [.. inputs.Select(i => Text(1, i)), Text(2, output), Text(4, op), .. attributes]);
    static byte[] Value(int field, string name, int type, params long[] dims) => Sub(field, Text(1, name),
        Sub(2, Sub(1, Num(1, type), Sub(2, [.. dims.Select(d => Sub(1, Num(1, d)))]))));
    public static byte[] Input(string name, int type, params long[] dims) => Value(11, name, type, dims);
    public static byte[] Output(string name, int type, params long[] dims) => Value(12, name, type, dims);
    public static byte[] Const(string name, float v) => Sub(5, Num(2, 1), Text(8, name), Sub(9, BitConverter.GetBytes(v)));
    public static byte[] Whole(string name, int type, byte[] v, params long[] dims) =>
        Sub(5, [.. dims.Select(d => Num(1, d)), Num(2, type), Text(8, name), Sub(9, v)]);
    public static byte[] Model(params byte[][] graph) => Join(Num(1, 8), Sub(7, [Text(2, "g"), .. graph]), Sub(8, Text(1, ""), Num(2, 18)));
}
END
dotnet run --project "$folder/finding.csproj" -c Release
