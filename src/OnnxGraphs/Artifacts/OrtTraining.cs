using System.Runtime.InteropServices;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// Whether the native library of this process can train. It is asked through the C API itself: the managed binding ends
/// the process with a segmentation fault when the library is older than it expects.
/// </summary>
public static unsafe class OrtTraining
{
    /// <summary>Version of the C API that the managed binding which this library is built with asks for.</summary>
    public const int BindingApi = 26;

    // The version of the training API that artifacts are tested with, and the place of the function that gives it in
    // onnxruntime_c_api.h; places never change.
    private const uint TrainingApi = 19;
    private const int GetTrainingApi = 219;

    /// <summary>Why the native library cannot train, and what to do; null where it can.</summary>
    /// <param name="bindingApi">
    /// Version of the C API that the managed binding asks for: 19 where an application takes
    /// Microsoft.ML.OnnxRuntime.Managed 1.19.
    /// </param>
    public static string? WhyNot(int bindingApi = BindingApi)
    {
        const string remedy = "Add a native library built with training of the version of the managed binding: the "
            + "package Microsoft.ML.OnnxRuntime.Training in the place of Microsoft.ML.OnnxRuntime, or a build of your "
            + "own with --enable_training_apis.";
        var apiBase = OrtLibrary.ApiBase();
        if (apiBase is null)
            return $"The native library {OrtLibrary.Name} was not found. {remedy}";
        var getApi = (delegate* unmanaged<uint, void**>)apiBase[0];
        var version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)apiBase[1])());
        if (getApi((uint)Math.Max(bindingApi, TrainingApi)) is null)
            return $"ONNX Runtime {version} is older than the managed binding, which asks for version {bindingApi} of "
                + $"its C API. {remedy}";
        var getTrainingApi = (delegate* unmanaged<uint, void*>)getApi(TrainingApi)[GetTrainingApi];
        return getTrainingApi(TrainingApi) is null
            ? $"ONNX Runtime {version} as it is installed here was built without training. {remedy}" : null;
    }
}
