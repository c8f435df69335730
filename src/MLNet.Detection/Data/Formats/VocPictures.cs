namespace MLNet.Detection.Data.Formats;

/// <summary>
/// Which picture an annotation file of Pascal VOC belongs to. Its <c>filename</c> often is that of before the pictures
/// were renamed, has no ending, or is a path of another machine: then the picture of the XML file's own name is taken.
/// </summary>
internal sealed class VocPictures(VocFolder files, DatasetAssembly assembly)
{
    /// <summary>The picture's name below the image folder; a problem says where it is not the one written.</summary>
    /// <param name="name">The name of the XML file, without ending.</param>
    /// <param name="document">Its content.</param>
    public string NameOf(string name, VocDocument document)
    {
        var (folder, written) = (assembly.Folder, document.FileName);
        if (folder.Missing == MissingImages.Unchecked)
            return written.Length > 0 ? written : throw NoName(document);
        var own = folder.WithEnding(name);
        var last = written[(written.LastIndexOfAny(['/', '\\']) + 1)..];
        var named = folder.Exists(written) ? written : folder.Exists(last) ? last : null;
        if (named is not null && own is not null && BelongsToAnother(named, name))
            return Said(own, $"<filename> is \"{written}\", which has an annotation file of its own", document);
        if (named == written)
            return written;
        var found = named ?? own ?? (last.Length > 0 ? folder.WithEnding(last) : null);
        return found is null ? written.Length > 0 ? written : throw NoName(document)
            : Said(found, written.Length == 0 ? "there is no <filename>"
                : $"<filename> is \"{written}\", which is no picture below {folder.Root}", document);
    }

    private static DatasetException NoName(VocDocument document) => document.Place.Error(
        "<annotation> has no <filename>, and no picture of the file's own name was found", "Add it.");

    private bool BelongsToAnother(string written, string name) =>
        Path.GetFileNameWithoutExtension(written) is var stem && stem != name && files.Annotates(stem);

    private string Said(string picture, string why, VocDocument document)
    {
        assembly.AddProblem(document.Place.Problem($"{why}; {picture} is taken", DatasetProblemKind.OtherPicture));
        return picture;
    }
}
