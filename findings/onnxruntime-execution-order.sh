#!/usr/bin/env bash
# ONNX Runtime 1.31.0, processor: nodes are not executed in the order of the file, nor inputs of a node in theirs. The inputs of a
# node are computed from the one whose node is last in the file to the first, each with all that it needs. Where each gives up
# large values that the next needs too, as gradients do, the order of otherwise equal files decides how much memory a run takes.
# A chain of 24 sigmoids of 1024 x 1024, products back through it, the mean of each of them times its sigmoid, and one Concat of the means: with the
# means in the file from the front of the chain to its end they are executed from the end to the front; turned round in the file
# (and not in the Concat) from the front to the end, with all products held.
# Seen: "means first to last: executed 23 to 0, 114 MB more; last to first: executed 0 to 23, 209 MB more" (2 threads).
# Exits with 1 when the order of execution or its price is another.
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
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

const int links = 24, side = 1024;
if (args.Length == 2)
    return Measure(args[0] == "turned", args[1]);
var (plain, turned) = (Child("plain"), Child("turned"));
Console.WriteLine($"means first to last: executed {plain.Order[0]} to {plain.Order[^1]}, {plain.Megabytes} MB more; "
    + $"last to first: executed {turned.Order[0]} to {turned.Order[^1]}, {turned.Megabytes} MB more");
var rising = Enumerable.Range(0, links).ToArray();
return plain.Order.SequenceEqual(rising.Reverse()) && turned.Order.SequenceEqual(rising) && turned.Megabytes > 1.4 * plain.Megabytes ? 0 : 1;

// Memory is that of a process of its own.
(int[] Order, int Megabytes) Child(string form)
{
    var folder = Directory.CreateTempSubdirectory("order-").FullName;
    using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [form, folder]) { RedirectStandardOutput = true })!;
    var megabytes = int.Parse(process.StandardOutput.ReadToEnd());
    process.WaitForExit();
    using var profile = JsonDocument.Parse(File.ReadAllText(Directory.GetFiles(folder).Single()));
    var order = profile.RootElement.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)
        .Where(name => name.StartsWith("mean") && name.EndsWith("_kernel_time")).Select(name => int.Parse(name[4..name.IndexOf('_')])).ToArray();
    Directory.Delete(folder, recursive: true);
    return (order, megabytes);
}

int Measure(bool isTurned, string folder)
{
    var nodes = new List<byte[]>();
    for (var i = 0; i < links; i++)
        nodes.Add(Onnx.Node("Sigmoid", [i == 0 ? "x" : $"f{i - 1}"], $"f{i}"));
    for (var i = links - 1; i >= 0; i--)
        nodes.Add(Onnx.Node("Mul", [i == links - 1 ? $"f{i}" : $"d{i + 1}", $"f{i}"], $"d{i}"));
    foreach (var i in Enumerable.Range(0, links).Select(i => isTurned ? links - 1 - i : i))
        nodes.AddRange([Onnx.Node("Mul", [$"d{i}", $"f{i}"], $"p{i}"), Onnx.Named($"mean{i}", "ReduceMean", [$"p{i}"], $"g{i}")]);
    nodes.Add(Onnx.Node("Concat", [.. Enumerable.Range(0, links).Select(i => $"g{i}")], "y", Onnx.Int("axis", 0)));
    var model = Onnx.Model([.. nodes, Onnx.Input("x", 1, side, side), Onnx.Output("y", 1, links, 1)]);
    using var options = new SessionOptions { IntraOpNumThreads = 2, ProfileOutputPathPrefix = Path.Combine(folder, "run"), EnableProfiling = true };
    using var session = new InferenceSession(model, options);
    var x = Onnx.Of(new float[side * side], side, side);
    var before = Peak();
    Onnx.Run(session, "y", ("x", x));
    Console.WriteLine((Peak() - before) / 1024);
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
