using Microsoft.ML;
using Microsoft.ML.Runtime;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Interop;

/// <summary>The device that an <see cref="MLContext"/> asks for.</summary>
internal static class ContextDevice
{
    /// <summary>
    /// The device chosen; where none is, the GPU of <see cref="MLContext.GpuDeviceId"/>, or the processor where that
    /// cannot be used and <see cref="MLContext.FallbackToCpu"/> allows it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The GPU cannot be used, and the processor is not allowed.</exception>
    public static Device Of(MLContext context, Device? chosen)
    {
        if (chosen is not null || context.GpuDeviceId is not { } id)
            return chosen ?? Device.Cpu;
        var device = new Device("cuda", id);
        try
        {
            device.CreateSessionOptions().Dispose();
            return device;
        }
        catch (InvalidOperationException error) when (context.FallbackToCpu)
        {
            using var channel = ((IChannelProvider)context).Start(nameof(Device));
            channel.Warning(MessageSensitivity.None, "{0}",
                $"MLContext.GpuDeviceId is {id}, but the CPU is used, as FallbackToCpu allows: {error.Message}");
            return Device.Cpu;
        }
    }
}
