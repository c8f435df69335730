using Microsoft.ML.Internal;

namespace Microsoft.ML;

/// <summary>Predicts one object at a time; not for several threads at once.</summary>
public sealed class PredictionEngine<TSrc, TDst> : PredictionEngineBase<TSrc, TDst>
    where TSrc : class where TDst : class, new()
{
    internal PredictionEngine(ITransformer transformer, PredictionEngineOptions options) : base(transformer, options)
    {
    }

    /// <param name="example">The object to predict from.</param>
    /// <param name="prediction">The object to fill; null makes a new one.</param>
    public override void Predict(TSrc example, ref TDst prediction)
    {
        Check.NotNull(example, nameof(example));
        prediction ??= new TDst();
        Map(example, prediction);
    }
}
