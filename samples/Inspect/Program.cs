// Looks an exported detector over before it is tuned, and says how to tune it.
//   dotnet run --project samples/Inspect -- version-RFB-320.onnx
using System.CommandLine;
using MLNet.Detection.Inspection;
using OnnxGraphs.Models;

Argument<string> model = new("model") { Description = "ONNX file of a detector." };
Option<string?> size = new("--image-size") { Description = "WIDTHxHEIGHT of pictures, where the file leaves it open." };
RootCommand command = new("Looks an exported detector over before it is tuned, and says how to tune it.")
{
    model, size,
};
command.SetAction(Run);
return command.Parse(args).Invoke();

int Run(ParseResult given)
{
    try
    {
        (int, int)? pixels = given.GetValue(size) is { } text ? ImageInput.ParseSize(text) : null;
        Console.WriteLine(DetectorInspection.Of(given.GetValue(model)!, pixels));
        return 0;
    }
    catch (Exception error) when (error is ModelException or IOException or UnauthorizedAccessException
        or ArgumentException)
    {
        Console.Error.WriteLine($"error: {error.Message}");
        return 1;
    }
}
