using System.CommandLine;
using System.Globalization;
using Benchmarks.Networks;

// Times training steps of a network on random pictures, with this library's kernels and without, in turn.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Option<T> Of<T>(string name, string description, T value) => new(name)
{
    Description = description, DefaultValueFactory = _ => value,
};

var model = new Option<string>("--model") { Description = "ONNX file.", Required = true };
var heads = new Option<string[]>("--heads")
{
    Description = "Values of class logits and box deltas.", Required = true, AllowMultipleArgumentsPerToken = true,
};
var (batch, size) = (Of("--batch", "Images of a step.", 8), Of("--size", "Height and width of a picture.", "320x320"));
var (loss, optimizer) = (Of("--loss", "multibox or retinanet.", "multibox"), Of("--optimizer", "sgd or adamw.", "sgd"));
var kernels = Of("--kernels", "on, off, or both in turn.", "both");
var (rounds, threads) = (Of("--rounds", "Rounds of each form.", 5), Of("--threads", "0 for all.", 0));
var profile = new Option<string?>("--profile") { Description = "Prefix of ONNX Runtime's profile; runs some steps." };
var command = new RootCommand("Times training steps of a network.")
{
    model, heads, batch, size, loss, optimizer, kernels, rounds, threads, profile,
};
command.SetAction(given =>
{
    var step = new NetworkStep(given.GetValue(model)!, given.GetValue(heads)!, given.GetValue(batch),
        [.. given.GetValue(size)!.Split('x').Select(long.Parse)], given.GetValue(loss)!, given.GetValue(optimizer)!,
        given.GetValue(threads));
    bool[] forms = given.GetValue(kernels) switch { "on" => [true], "off" => [false], _ => [true, false] };
    if (given.GetValue(profile) is { } prefix)
        step.Profile(forms[0], prefix, steps: 10);
    else
        Console.WriteLine(string.Join('\n', step.Measure(forms, given.GetValue(rounds))));
});
return command.Parse(args).Invoke();
