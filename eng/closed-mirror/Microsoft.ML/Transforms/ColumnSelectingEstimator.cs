using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Keeps some columns only.</summary>
public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(string[] names, bool drop, bool keepHidden)
        : base(new ColumnSelectingTransformer(names, drop, keepHidden))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        Transformer.CheckInput(inputSchema.Select(column => column.Name));
        return new(inputSchema.Where(column => Transformer.Keeps(column.Name)));
    }
}
