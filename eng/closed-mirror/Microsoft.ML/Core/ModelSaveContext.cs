namespace Microsoft.ML;

/// <summary>
/// A place in a model file being written. Nothing creates one here: this subset writes no model files.
/// </summary>
public sealed class ModelSaveContext : IDisposable
{
    internal const string Unsupported = "The contract subset of ML.NET neither writes nor reads ML.NET model files; " +
        "build with the Microsoft.ML package to save a model as a zip";

    private ModelSaveContext()
    {
    }

    public void Dispose()
    {
    }
}
