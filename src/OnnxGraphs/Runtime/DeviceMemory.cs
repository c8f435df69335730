using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace OnnxGraphs.Runtime;

/// <summary>Float vectors in a device's memory, and copies to and from it.</summary>
internal sealed class DeviceMemory : IDisposable
{
    private readonly InferenceSession? _identity;
    private readonly OrtMemoryInfo? _info;
    private readonly OrtAllocator? _allocator;

    public DeviceMemory(Device device)
    {
        if (!device.IsCuda)
            return;
        // A session that only copies: ONNX Runtime moves its bound input and output between the memories.
        using var options = device.CreateSessionOptions();
        _identity = new(IdentityModel(), options);
        _info = new(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, device.Id, OrtMemType.Default);
        _allocator = new(_identity, _info);
    }

    /// <summary>A vector in the device's memory, not initialised.</summary>
    public OrtValue Allocate(long size) => Allocate(ElementType.Float32, new(size));

    /// <summary>A tensor in the device's memory, not initialised.</summary>
    public OrtValue Allocate(ElementType type, TensorShape shape) => _allocator is null
        ? HostTensors.Allocate(type, shape)
        : OrtValue.CreateAllocatedTensorValue(_allocator, (TensorElementType)(int)type, shape.ToArray());

    /// <summary>Copies a vector; either side may lie on the host or on the device.</summary>
    public void Copy(OrtValue from, OrtValue to)
    {
        if (_identity is null)
        {
            from.GetTensorDataAsSpan<float>().CopyTo(to.GetTensorMutableDataAsSpan<float>());
            return;
        }
        using var binding = _identity.CreateIoBinding();
        using var run = new RunOptions();
        binding.BindInput("x", from);
        binding.BindOutput("y", to);
        _identity.RunWithBinding(run, binding);
        binding.SynchronizeBoundOutputs();
    }

    public void Dispose()
    {
        _allocator?.Dispose();
        _info?.Dispose();
        _identity?.Dispose();
    }

    private static byte[] IdentityModel()
    {
        var graph = new Graph();
        graph.Output("y", graph.Input("x", 1));
        var model = GraphWriter.Write(graph, "copy");
        foreach (var info in model.Proto.Graph.Input.Concat(model.Proto.Graph.Output))
            info.Type.TensorType.Shape.Dim[0].DimParam = "size";
        return model.ToBytes();
    }
}
