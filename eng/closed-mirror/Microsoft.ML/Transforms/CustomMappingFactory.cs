namespace Microsoft.ML.Transforms;

/// <summary>Finds the code of a custom mapping again when a saved model is loaded.</summary>
public abstract class CustomMappingFactory<TSrc, TDst> where TSrc : class, new() where TDst : class, new()
{
    public abstract Action<TSrc, TDst> GetMapping();
}
