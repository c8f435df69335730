namespace Samples.WebService;

/// <summary>
/// The service: <c>GET /</c> names the classes, <c>POST /detect</c> takes the bytes of a picture file,
/// <c>POST /feedback</c> a picture with its true boxes.
/// </summary>
public static class DetectionService
{
    private const float Threshold = 0.3f;

    /// <summary>The service by its settings: <c>--detector</c>, an ONNX file; <c>--feedback</c>, a folder.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton(services => new DetectorPool(Setting(builder, "detector", "tuned.onnx")));
        builder.Services.AddSingleton(services => new FeedbackFolder(
            Setting(builder, "feedback", "feedback"), services.GetRequiredService<DetectorPool>().Classes));
        var app = builder.Build();
        app.MapGet("/", (DetectorPool detector) => new { detector.Classes });
        app.MapPost("/detect", Detect);
        app.MapPost("/feedback", Feedback);
        return app;
    }

    private static async Task<IResult> Detect(
        HttpRequest request, DetectorPool detector, CancellationToken cancel, float threshold = Threshold)
    {
        using var picture = new MemoryStream();
        await request.Body.CopyToAsync(picture, cancel);
        return await Answer(async () => Results.Ok(await detector.Detect(picture.ToArray(), threshold, cancel)));
    }

    private static Task<IResult> Feedback(Feedback feedback, FeedbackFolder folder) =>
        Answer(() => Task.FromResult(Results.Created((string?)null, new { File = folder.Add(feedback) })));

    // What the caller sent wrong is said to the caller.
    private static async Task<IResult> Answer(Func<Task<IResult>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception error) when (error is ArgumentException or MLNet.Detection.Images.UnreadableImageException)
        {
            return Results.Problem(error.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static string Setting(WebApplicationBuilder builder, string name, string otherwise) =>
        builder.Configuration[name] ?? otherwise;
}
