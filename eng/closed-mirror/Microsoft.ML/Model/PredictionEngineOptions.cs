using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>How a prediction engine reads and writes its objects.</summary>
public sealed class PredictionEngineOptions
{
    /// <summary>Whether members of the output class without a column keep their values instead of throwing.</summary>
    public bool IgnoreMissingColumns = true;

    public SchemaDefinition InputSchemaDefinition;

    public SchemaDefinition OutputSchemaDefinition;

    /// <summary>Whether the transformer is disposed with the engine.</summary>
    public bool OwnsTransformer = true;
}
