using Microsoft.ML.Data;
using Microsoft.ML.Internal;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Rows mapped and filtered by the user's code.</summary>
public static class CustomMappingCatalog
{
    /// <param name="catalog">The catalog.</param>
    /// <param name="mapAction">Fills the output object from the input object, row after row the same two
    /// objects.</param>
    /// <param name="contractName">Name under which a saved model finds the code again; null for one that is never
    /// saved.</param>
    /// <param name="inputSchemaDefinition">How members of the input class are columns, where attributes do not say
    /// it.</param>
    /// <param name="outputSchemaDefinition">The same of the output class.</param>
    public static CustomMappingEstimator<TSrc, TDst> CustomMapping<TSrc, TDst>(
        this TransformsCatalog catalog, Action<TSrc, TDst> mapAction, string contractName,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
        where TSrc : class, new() where TDst : class, new()
    {
        Check.NotNull(mapAction, nameof(mapAction));
        return new(new(mapAction, inputSchemaDefinition, outputSchemaDefinition));
    }

    /// <summary>The rows but those for which the predicate holds; it sees the same object row after row.</summary>
    public static IDataView FilterByCustomPredicate<TSrc>(
        this DataOperationsCatalog catalog, IDataView input, Func<TSrc, bool> filterPredicate) where TSrc : class, new()
    {
        Check.NotNull(input, nameof(input));
        Check.NotNull(filterPredicate, nameof(filterPredicate));
        var reader = new ObjectReader<TSrc>(input.Schema, false, null);
        return new FilteredView(input, input.CanShuffle, _ => null, reader.Needs, row =>
        {
            var fill = reader.FillerFor(row);
            var target = new TSrc();
            return () =>
            {
                fill(target);
                return !filterPredicate(target);
            };
        });
    }
}
