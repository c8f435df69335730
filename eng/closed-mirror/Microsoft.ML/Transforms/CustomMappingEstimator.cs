using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Maps rows by the user's code.</summary>
public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
    where TSrc : class, new() where TDst : class, new()
{
    internal CustomMappingEstimator(CustomMappingTransformer<TSrc, TDst> transformer) : base(transformer)
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        foreach (var column in Transformer.InputColumns)
            CheckInput(inputSchema.Input(column.Name), column);
        return inputSchema.With([.. SchemaShape.Of(BoundColumn.Schema(Transformer.OutputColumns))]);
    }

    // A member that holds vectors of any size also takes vectors of a known one.
    private static void CheckInput(SchemaShape.Column found, BoundColumn wanted)
    {
        var expected = SchemaShape.Column.Of(wanted.Name, wanted.Type, null);
        var fits = expected.Kind == found.Kind || (expected.Kind, found.Kind) is
            (SchemaShape.Column.VectorKind.VariableVector, SchemaShape.Column.VectorKind.Vector);
        if (!fits || expected.ItemType != found.ItemType || expected.IsKey != found.IsKey)
            throw Check.ColumnType("inputSchema", "input", wanted.Name, wanted.Type.ToString(),
                $"{found.Kind} of {(found.IsKey ? "keys in " : "")}{found.ItemType}");
    }
}
