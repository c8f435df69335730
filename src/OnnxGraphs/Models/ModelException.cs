namespace OnnxGraphs.Models;

/// <summary>
/// A model file that cannot be read, changed or written; the message names the file, the place and the remedy.
/// </summary>
public sealed class ModelException : IOException
{
    /// <summary>Creates the exception.</summary>
    public ModelException(string message) : base(message) { }

    /// <summary>Creates the exception with its cause.</summary>
    public ModelException(string message, Exception? inner) : base(message, inner) { }
}
