namespace Microsoft.ML.Data;

/// <summary>A type made of items.</summary>
public abstract class StructuredDataViewType : DataViewType
{
    protected StructuredDataViewType(Type rawType) : base(rawType)
    {
    }
}
