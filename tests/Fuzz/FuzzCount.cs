namespace MLNet.Detection.Fuzz;

/// <summary>What became of damaged inputs.</summary>
/// <param name="Read">Inputs that were read all the same.</param>
/// <param name="Refused">Inputs that were not.</param>
internal readonly record struct FuzzCount(int Read, int Refused)
{
    /// <summary>With one more.</summary>
    public FuzzCount With(bool read) => read ? this with { Read = Read + 1 } : this with { Refused = Refused + 1 };
}
