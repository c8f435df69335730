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
var batch = new Option<int[]>("--batch")
{
    Description = "Images of a step; several with --csv.", AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [8],
};
var size = Of("--size", "Height and width of a picture.", "320x320");
var (loss, optimizer) = (Of("--loss", "multibox or retinanet.", "multibox"), Of("--optimizer", "sgd or adamw.", "sgd"));
var kernels = Of("--kernels", "on, off, or both in turn.", "both");
var (rounds, threads) = (Of("--rounds", "Rounds of each form.", 5), Of("--threads", "0 for all.", 0));
var profile = new Option<string?>("--profile") { Description = "Prefix of ONNX Runtime's profile; runs some steps." };
var csv = new Option<string?>("--csv")
{
    Description = "A name: prints for each batch size name, form, threads, batch, height, width, median and best ms.",
};
var recompute = Of("--recompute", "Whether values of the forward pass are computed again.", false);
var seconds = Of("--seconds", "Of measured steps, with --csv; three steps at least.", 2.0);
var command = new RootCommand("Times training steps of a network.")
{
    model, heads, batch, size, loss, optimizer, kernels, rounds, threads, profile, csv,
    seconds, recompute,
};
command.SetAction(given =>
{
    long[] picture = [.. given.GetValue(size)!.Split('x').Select(long.Parse)];
    NetworkStep Step(int images) => new(given.GetValue(model)!, given.GetValue(heads)!, images, picture,
        given.GetValue(loss)!, given.GetValue(optimizer)!, given.GetValue(threads),
        given.GetValue(recompute));
    bool[] forms = given.GetValue(kernels) switch { "on" => [true], "off" => [false], _ => [true, false] };
    var batches = given.GetValue(batch)!;
    if (given.GetValue(csv) is { } name)
        foreach (var (images, form) in batches.SelectMany(images => forms.Select(form => (images, form))))
        {
            var (median, best) = Step(images).Time(form, given.GetValue(seconds));
            Console.WriteLine($"{name},{(form ? "kernels" : "operators")},{given.GetValue(threads)},{images},{picture[0]},"
                + $"{picture[1]},{median:f2},{best:f2}");
        }
    else if (given.GetValue(profile) is { } prefix)
        Step(batches[0]).Profile(forms[0], prefix, steps: 10);
    else
        Console.WriteLine(string.Join('\n', Step(batches[0]).Measure(forms, given.GetValue(rounds))));
});
return command.Parse(args).Invoke();
