#!/usr/bin/env bash
# ONNX Runtime 1.31.0, processor: a value takes the buffer of an earlier one that is needed no more where both have the same known
# shape. The buffer is then held from the first value's beginning to the second one's end, also in between, where nothing needs
# it. So a model of fixed shapes can take more memory than the same model with a named dimension for each of its inputs.
# Three values of 100 MB, one behind the other, the middle one a number shorter: each is reduced to its mean before the next one
# is computed. With fixed shapes the first and the third share a buffer, and the second one lies beside it. The arena is off.
# Seen: "fixed shapes: 204 MB more; named dimensions: 104 MB more".
# Exits with 1 when either is further than 10 MB from 200 and 100.
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
using System.Diagnostics;
using System.Text;
using Microsoft.ML.OnnxRuntime;

const long length = 25_000_000;
if (args.Length == 1)
    return Measure(args[0] == "fixed");
var (isFixed, named) = (Child("fixed"), Child("named"));
Console.WriteLine($"fixed shapes: {isFixed} MB more; named dimensions: {named} MB more");
return Math.Abs(isFixed - 200) <= 10 && Math.Abs(named - 100) <= 10 ? 0 : 1;

// Memory is that of a process of its own.
int Child(string form)
{
    using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [form]) { RedirectStandardOutput = true })!;
    var megabytes = int.Parse(process.StandardOutput.ReadToEnd());
    process.WaitForExit();
    return megabytes;
}

int Measure(bool isFixed)
{
    (string Name, long Length)[] inputs = [("x", length), ("y", length - 1), ("z", length)];
    var model = Onnx.Model([
        Onnx.Node("Sigmoid", ["x"], "first"), Onnx.Node("ReduceMean", ["first"], "a"),
        Onnx.Node("Add", ["y", "a"], "second"), Onnx.Node("ReduceMean", ["second"], "b"),
        Onnx.Node("Add", ["z", "b"], "third"), Onnx.Node("ReduceMean", ["third"], "c"),
        .. inputs.Select(input => isFixed ? Onnx.Input(input.Name, 1, input.Length) : Onnx.Input(input.Name, 1, "length of " + input.Name)),
        Onnx.Output("c", 1, 1)]);
    using var options = new SessionOptions { IntraOpNumThreads = 1, EnableCpuMemArena = false, EnableMemoryPattern = false };
    using var session = new InferenceSession(model, options);
    var feeds = inputs.Select(input => (input.Name, Onnx.Of(new float[input.Length], input.Length))).ToArray();
    Array.ForEach(feeds, feed => feed.Item2.GetTensorMutableDataAsSpan<float>().Fill(0.5f));
    var before = Peak();
    Onnx.Run(session, "c", feeds);
    Console.WriteLine((Peak() - before) * 1024 / 1_000_000);
    return 0;
}

static int Peak() => int.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim());

static class Onnx
{
    static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(p => p)];
    static byte[] Varint(ulong v) { var b = new List<byte>(); for (; v > 127; v >>= 7) b.Add((byte)(v | 128)); b.Add((byte)v); return [.. b]; }
    public static byte[] Num(int field, long v) => Join(Varint((ulong)field << 3), Varint((ulong)v));
    public static byte[] Sub(int field, params byte[][] parts) => Join(Varint((ulong)field << 3 | 2), Varint((ulong)parts.Sum(p => p.Length)), Join(parts));
    public static byte[] Text(int field, string s) => Sub(field, Encoding.UTF8.GetBytes(s));
    public static byte[] Int(string name, long v) => Sub(5, Text(1, name), Num(20, 2), Num(3, v));
    public static byte[] Named(string name, string op, string[] inputs, string output) =>
        Sub(1, [.. inputs.Select(i => Text(1, i)), Text(2, output), Text(3, name), Text(4, op)]);
    public static byte[] Node(string op, string[] inputs, string output, params byte[][] attributes) =>
        Sub(1, [.. inputs.Select(i => Text(1, i)), Text(2, output), Text(4, op), .. attributes]);
    static byte[] Value(int field, string name, int type, params long[] dims) => Sub(field, Text(1, name),
        Sub(2, Sub(1, Num(1, type), Sub(2, [.. dims.Select(d => Sub(1, Num(1, d)))]))));
    public static byte[] Input(string name, int type, params long[] dims) => Value(11, name, type, dims);
    public static byte[] Input(string name, int type, string dim) => Sub(11, Text(1, name), Sub(2, Sub(1, Num(1, type), Sub(2, Sub(1, Text(2, dim))))));
    public static byte[] Output(string name, int type, params long[] dims) => Value(12, name, type, dims);
    public static byte[] Model(params byte[][] graph) => Join(Num(1, 8), Sub(7, [Text(2, "g"), .. graph]), Sub(8, Text(1, ""), Num(2, 18)));
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
