namespace Microsoft.ML;

/// <summary>Uses of fitted models.</summary>
public sealed partial class ModelOperationsCatalog
{
    internal ModelOperationsCatalog()
    {
    }

    /// <summary>Not supported by this subset.</summary>
    public void Save(ITransformer model, DataViewSchema inputSchema, string filePath) => throw Unsupported();

    /// <summary>Not supported by this subset.</summary>
    public void Save(ITransformer model, DataViewSchema inputSchema, Stream stream) => throw Unsupported();

    /// <summary>Not supported by this subset.</summary>
    public ITransformer Load(string filePath, out DataViewSchema inputSchema) => throw Unsupported();

    /// <summary>Not supported by this subset.</summary>
    public ITransformer Load(Stream stream, out DataViewSchema inputSchema) => throw Unsupported();

    private static NotSupportedException Unsupported() => new(ModelSaveContext.Unsupported);
}
