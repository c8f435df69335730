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
    /// <exception cref="InvalidOperationException">The session reads its inputs from memory of another name than the device's:
    /// values on the host would be copied there once, when they are bound, and steps would not see later ones.</exception>
    public DeviceMemory(InferenceSession session, Device device)
    {
        using var places = session.GetMemoryInfosForInputs();
        RequireKnown(device, places);
        _device = device.MemoryName is { } name
            ? Allocator(session, name, device, OrtMemType.Default) : null;
        _pageLocked = ExecutionProvider.PageLocked(device) is { } locked
            ? PageLocked(session, locked, device) : null;
        _readOnHost = [.. session.InputNames.Zip(places)
            .Where(input => input.Second.Name != device.MemoryName).Select(input => input.First)];
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

    private static void RequireKnown(Device device, IEnumerable<OrtMemoryInfo> places)
    {
        if (places.FirstOrDefault(place => !IsHost(place) && place.Name != device.MemoryName) is { } unknown)
            throw new InvalidOperationException($"Device {device}: the session reads from memory called '{unknown.Name}', which is "
                + $"not the host's, and the device's is taken to be '{device.MemoryName ?? "none"}'; steps would be wrong "
                + $"without an error. Set {nameof(Device)}.{nameof(Device.MemoryName)} to that name.");
    }

    private static bool IsHost(OrtMemoryInfo place) =>
        place.Name == "Cpu" || place.GetMemoryType() is OrtMemType.CpuInput or OrtMemType.CpuOutput;

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
