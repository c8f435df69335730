using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace OnnxGraphs.Graphs;

/// <summary>Copies between <see cref="Tensor"/> and ONNX Runtime's values in host memory.</summary>
public static class HostTensors
{
    /// <summary>A copy of a value that lies in host memory.</summary>
    public static Tensor Read(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var type = (ElementType)(int)info.ElementDataType;
        return new(type, new(info.Shape), info.ElementCount == 0 ? [] : value.GetTensorMutableRawData().ToArray());
    }

    /// <summary>A new value in host memory with a copy of the tensor.</summary>
    public static OrtValue Write(Tensor tensor)
    {
        var value = Allocate(tensor.Type, tensor.Shape);
        if (tensor.Data.Length > 0)
            tensor.Data.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    /// <summary>A new value in host memory, all zero.</summary>
    /// <exception cref="DllNotFoundException">No package of the application brings ONNX Runtime's native
    /// library.</exception>
    public static OrtValue Allocate(ElementType type, TensorShape shape)
    {
        OrtLibrary.Require();
        return Allocate(type, shape, OrtAllocator.DefaultInstance);
    }

    internal static OrtValue Allocate(ElementType type, TensorShape shape, OrtAllocator allocator)
    {
        var value = OrtValue.CreateAllocatedTensorValue(allocator, (TensorElementType)(int)type, shape.ToArray());
        if (shape.Size > 0)
            value.GetTensorMutableRawData().Clear();
        return value;
    }
}
