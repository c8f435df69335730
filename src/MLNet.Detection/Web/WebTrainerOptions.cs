namespace MLNet.Detection.Web;

/// <summary>What goes into a page that trains a detector.</summary>
public sealed record WebTrainerOptions
{
    /// <summary>The release of onnxruntime-web that the page was tested with.</summary>
    public const string RuntimeVersion = "1.30.0";

    /// <summary>Training pictures in the page, the first ones of the data. They take width x height x 3 bytes each.</summary>
    public int Pictures { get; init; } = 200;

    /// <summary>
    /// Pictures whose predictions are shown before and after: the first of the trainer's validation set; without one they are
    /// taken out of the data, evenly, and not learnt.
    /// </summary>
    public int HeldOut { get; init; } = 6;

    /// <summary>
    /// Where the page finds ONNX Runtime: the <c>dist</c> folder of the package onnxruntime-web on this machine, whose files
    /// are copied to the page; or an http address, which the page reads it from. Null: a public address. Several threads and
    /// pages without the internet need the copy.
    /// </summary>
    public string? Runtime { get; init; }

    /// <summary>Whether files that exist already may be replaced.</summary>
    public bool Overwrite { get; init; }
}
