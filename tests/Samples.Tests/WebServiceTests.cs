using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using Samples.WebService;

namespace Samples.Tests;

[TestClass]
public sealed class WebServiceTests
{
    private static readonly string[] Classes = [.. ShapesGenerator.Categories.Select(category => category.Name)];
    private string _folder = "";
    private WebApplication _service = null!;
    private HttpClient _client = null!;

    [TestInitialize]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("web-service").FullName;
        var detector = new SmallDetector { Classes = Classes }.Build();
        (detector with { Decoder = detector.Decoder with { ScoreThreshold = 0f } }).Save(Path.Combine(_folder, "model.onnx"));
        _service = DetectionService.Build(["--detector", Path.Combine(_folder, "model.onnx"), "--feedback",
            Path.Combine(_folder, "feedback"), "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None"]);
        await _service.StartAsync();
        _client = new() { BaseAddress = new(_service.Urls.Single()) };
    }

    [TestCleanup]
    public async Task Stop()
    {
        _client.Dispose();
        await _service.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task Objects_are_found_in_a_picture()
    {
        var response = await _client.PostAsync("/detect?threshold=0", new ByteArrayContent(Picture(1)));
        var answer = await response.Content.ReadFromJsonAsync<DetectionAnswer>();
        Assert.AreEqual(ShapesGenerator.Draw(new(), 1).Image.Width, answer!.Width);
        Assert.IsNotEmpty(answer.Objects);
        Assert.IsTrue(answer.Objects.All(found => Classes.Contains(found.Class) && found.Box.Length == 4));
    }

    [TestMethod]
    public async Task Many_requests_at_once_find_what_one_finds()
    {
        const int Clients = 64, Each = 4, Pictures = 5;
        byte[][] pictures = [.. Enumerable.Range(1, Pictures).Select(Picture)];
        string[] expected = await Task.WhenAll(pictures.Select(Detected));
        Assert.HasCount(Pictures, expected.Distinct());
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = client; i < client + Each; i++)
                Assert.AreEqual(expected[i % Pictures], await Detected(pictures[i % Pictures]));
        })));

        async Task<string> Detected(byte[] picture)
        {
            var response = await _client.PostAsync("/detect?threshold=0", new ByteArrayContent(picture));
            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        }
    }

    [TestMethod]
    public async Task Feedback_becomes_a_data_set_and_replaces_earlier_feedback_on_the_picture()
    {
        foreach (var (picture, box) in new[] { (1, 10f), (2, 20f), (1, 30f) })
        {
            var sent = new Feedback(Picture(picture), [new(Classes[^1], [box, 5, box + 20, 40])]);
            Assert.AreEqual(HttpStatusCode.Created, (await _client.PostAsJsonAsync("/feedback", sent)).StatusCode);
        }
        var kept = DatasetFormat.Detect(Path.Combine(_folder, "feedback")).Load(
            Path.Combine(_folder, "feedback"), new() { Categories = Classes });
        Assert.IsEmpty(kept.Problems);
        CollectionAssert.AreEquivalent(new[] { 20f, 30f }, kept.Images.Select(image => image.Boxes.Single().Box.X0).ToArray());
        Assert.IsTrue(kept.Images.All(image => image.Boxes[0].Category == Classes.Length - 1));
        var bytes = File.ReadAllBytes(kept.Images.Single(image => image.Boxes[0].Box.X0 == 30f).Path);
        CollectionAssert.AreEqual(Picture(1), bytes);
    }

    [TestMethod]
    public async Task What_is_wrong_with_a_request_is_said()
    {
        var broken = await _client.PostAsync("/detect", new ByteArrayContent([1, 2, 3]));
        Assert.AreEqual(HttpStatusCode.BadRequest, broken.StatusCode);
        await Refused("unicorn", [0, 0, 10, 10], "'unicorn' is no class");
        await Refused(Classes[0], [0, 0, 10_000, 10], "expected x0, y0, x1, y1");
        await Refused(Classes[0], [10, 10, 0, 0], "expected x0, y0, x1, y1");
        await Refused(Classes[0], [10, 10], "expected x0, y0, x1, y1");
        Assert.IsFalse(Directory.Exists(Path.Combine(_folder, "feedback")));
    }

    private async Task Refused(string name, float[] box, string message)
    {
        var response = await _client.PostAsJsonAsync("/feedback", new Feedback(Picture(1), [new(name, box)]));
        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<Dictionary<string, object>>();
        StringAssert.Contains($"{problem!["detail"]}", message);
    }

    private static byte[] Picture(int index)
    {
        using var encoder = new ImageEncoder(ImageFormat.Png);
        return encoder.Encode(ShapesGenerator.Draw(new(), index).Image);
    }
}
