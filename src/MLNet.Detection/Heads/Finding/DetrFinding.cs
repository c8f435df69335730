namespace MLNet.Detection.Heads;

/// <summary>The values of a set prediction with one sigmoid a class.</summary>
/// <param name="ClassValue">Logits [batch, queries, classes].</param>
/// <param name="BoxValue">Centre and size in parts of the picture [batch, queries, 4].</param>
/// <param name="Queries">Queries.</param>
/// <param name="Classes">Classes.</param>
public sealed record DetrFinding(string ClassValue, string BoxValue, int Queries, int Classes)
{
    /// <summary>What speaks for it.</summary>
    public string Reason => $"{Queries} rows from linear layers with a sigmoid for each of {Classes} classes, and the "
        + "boxes that the file turns into corners, in parts of the picture";
}
