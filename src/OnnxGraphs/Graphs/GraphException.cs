namespace OnnxGraphs.Graphs;

/// <summary>
/// An expression, node or model that cannot be built; the message names the operator or file and the remedy.
/// </summary>
public sealed class GraphException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    public GraphException(string message) : base(message) { }

    /// <summary>Creates the exception with its cause.</summary>
    public GraphException(string message, Exception inner) : base(message, inner) { }
}
