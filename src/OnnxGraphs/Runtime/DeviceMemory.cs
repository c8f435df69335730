using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace OnnxGraphs.Runtime;

/// <summary>Tensors in the memory that a session computes in, and in host memory that is fast to copy from there.</summary>
internal sealed class DeviceMemory : IDisposable
{
    private readonly OrtAllocator? _device, _pageLocked;
    private readonly HashSet<string> _readOnHost;

    /// <summary>The memory of a session on a device.</summary>
    public DeviceMemory(InferenceSession session, Device device)
    {
        _device = ExecutionProvider.Memory(device) is { } name
            ? Allocator(session, name, device, OrtMemType.Default) : null;
        _pageLocked = ExecutionProvider.PageLocked(device) is { } locked
            ? PageLocked(session, locked, device) : null;
        using var places = session.GetMemoryInfosForInputs();
        _readOnHost = [.. session.InputNames.Zip(places)
            .Where(input => input.Second.Name != ExecutionProvider.Memory(device)).Select(input => input.First)];
    }

    /// <summary>A tensor in the device's memory, not initialised.</summary>
    public OrtValue Allocate(ElementType type, TensorShape shape) => _device is null
        ? HostTensors.Allocate(type, shape)
        : OrtValue.CreateAllocatedTensorValue(_device, (TensorElementType)(int)type, shape.ToArray());

    /// <summary>
    /// Memory for an input of the session, where it reads it: what is bound elsewhere is copied once, when it is bound, and
    /// no step would see later values.
    /// </summary>
    public OrtValue AllocateInput(string name, ElementType type, TensorShape shape) =>
        _readOnHost.Contains(name) ? AllocateHost(type, shape) : Allocate(type, shape);

    /// <summary>A tensor in host memory, all zero; page-locked where the device copies faster from such memory.</summary>
    public OrtValue AllocateHost(ElementType type, TensorShape shape) =>
        HostTensors.Allocate(type, shape, _pageLocked ?? OrtAllocator.DefaultInstance);

    public void Dispose()
    {
        _device?.Dispose();
        _pageLocked?.Dispose();
    }

    private static OrtAllocator Allocator(InferenceSession session, string name, Device device, OrtMemType type)
    {
        using var info = new OrtMemoryInfo(name, OrtAllocatorType.DeviceAllocator, device.Id, type);
        return new(session, info);
    }

    // Page-locked memory only saves time: a session that gives none works with the ordinary kind.
    private static OrtAllocator? PageLocked(InferenceSession session, string name, Device device)
    {
        try
        {
            return Allocator(session, name, device, OrtMemType.CpuOutput);
        }
        catch (OnnxRuntimeException)
        {
            return null;
        }
    }
}
