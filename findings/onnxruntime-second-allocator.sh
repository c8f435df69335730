#!/usr/bin/env bash
# ONNX Runtime 1.31.0: a second allocator of the environment replaces the first one without a word. The documentation of
# RegisterAllocator, and of CreateAndRegisterAllocator, has an error there: "Returns an error if an allocator with the same
# OrtMemoryInfo is already registered". A library that shares an arena among its sessions so takes that of the application away:
# sessions that are opened later get memory from another arena, with other limits. GetSharedAllocator does not tell either: it
# returns the same allocator with none, one or two registered.
# Whether two sessions ask one arena is seen by their addresses: one that was given back by the first is given to the second.
# Seen: "first registration: no error; second: no error; sessions of the first share: True, of the second: True, one of each: False;
# GetSharedAllocator: the same thrice".
# Exits with 1 when any of it is otherwise.
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

var model = Onnx.Model([Onnx.Node("Relu", ["x"], "y"), Onnx.Input("x", 1, 1), Onnx.Output("y", 1, 1)]);
using var options = new SessionOptions();
options.AddSessionConfigEntry("session.use_env_allocators", "1");
using var arenaMemory = new OrtMemoryInfo("Cpu", OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
using var memory = new OrtMemoryInfo("Cpu", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
var none = OrtEnv.Instance().GetSharedAllocator(memory).DangerousGetHandle();
var firstError = Register(1 << 28);
var one = OrtEnv.Instance().GetSharedAllocator(memory).DangerousGetHandle();
using InferenceSession a = new(model, options), b = new(model, options);
var secondError = Register(1 << 29);
var two = OrtEnv.Instance().GetSharedAllocator(memory).DangerousGetHandle();
using InferenceSession c = new(model, options), d = new(model, options);
var (first, second, mixed, same) = (Share(a, b), Share(c, d), Share(a, c), none == one && one == two);
Console.WriteLine($"first registration: {firstError}; second: {secondError}; sessions of the first share: {first}, of the second: {second}, "
    + $"one of each: {mixed}; GetSharedAllocator: {(same ? "the same thrice" : "not the same")}");
return firstError == "no error" && secondError == "no error" && first && second && !mixed && same ? 0 : 1;

string Register(uint limit)
{
    try
    {
        OrtEnv.Instance().CreateAndRegisterAllocator(arenaMemory, new OrtArenaCfg(limit, -1, -1, -1));
        return "no error";
    }
    catch (OnnxRuntimeException error)
    {
        return error.Message;
    }
}

bool Share(InferenceSession one, InferenceSession other) => Address(one) == Address(other);

nint Address(InferenceSession session)
{
    using var allocator = new OrtAllocator(session, memory);
    using var block = allocator.Allocate(1 << 20);
    return block.DangerousGetHandle();
}

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
