namespace Contract.Tests.Behaviour;

/// <summary>Writes down the shape it is handed, and changes nothing.</summary>
internal sealed class ShapeProbe : IEstimator<ITransformer>
{
    public List<string> Seen { get; } = [];

    public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Seen.Clear();
        foreach (var column in inputSchema)
        {
            var annotations = string.Join(",", column.Annotations.Select(annotation => annotation.Name));
            Seen.Add($"{column.Name} {column.Kind} {column.ItemType} {column.IsKey} {annotations}");
        }
        return inputSchema;
    }
}
