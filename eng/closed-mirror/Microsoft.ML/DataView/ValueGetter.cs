namespace Microsoft.ML;

/// <summary>
/// Fetches the current value of a column; what <paramref name="value"/> holds may be reused as a buffer.
/// </summary>
public delegate void ValueGetter<TValue>(ref TValue value);
