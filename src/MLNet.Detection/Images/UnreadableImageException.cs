namespace MLNet.Detection.Images;

/// <summary>The bytes of an image file are no picture that can be decoded, are damaged, or break off. The message names the file.</summary>
/// <param name="file">The file, or another name of the picture.</param>
/// <param name="found">What is wrong with it.</param>
/// <param name="inner">The decoder's own error.</param>
public sealed class UnreadableImageException(string file, string found, Exception? inner = null)
    : Exception($"{file}: {found}. Replace the file, or remove the image from the annotations.", inner)
{
    /// <summary>The file, or another name of the picture.</summary>
    public string File { get; } = file;

    /// <summary>What is wrong with it.</summary>
    public string Found { get; } = found;
}
