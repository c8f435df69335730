namespace MLNet.Detection.Data;

/// <summary>The three lists of a COCO file as written, before anything is checked against anything else.</summary>
internal sealed record CocoContent(
    List<CocoContent.Category> Categories, List<CocoContent.Image> Images, List<CocoContent.Annotation> Annotations)
{
    public readonly record struct Category(JsonPlace At, long Id, string Name);

    public readonly record struct Image(JsonPlace At, long Id, string FileName, long Width, long Height);

    public readonly record struct Annotation(
        JsonPlace At, long Id, long ImageId, long CategoryId, double[] Xywh, double? Area, bool Crowd, bool Difficult);
}
