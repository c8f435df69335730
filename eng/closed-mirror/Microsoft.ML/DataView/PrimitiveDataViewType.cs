namespace Microsoft.ML.Data;

/// <summary>A type whose values copy by plain assignment, so that they can be items of a vector.</summary>
public abstract class PrimitiveDataViewType : DataViewType
{
    protected PrimitiveDataViewType(Type rawType) : base(rawType)
    {
        if (typeof(IDisposable).IsAssignableFrom(rawType))
            throw new ArgumentException($"A primitive type cannot hold disposable values, got {rawType}",
                nameof(rawType));
    }
}
