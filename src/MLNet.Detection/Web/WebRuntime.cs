namespace MLNet.Detection.Web;

/// <summary>Where a page finds ONNX Runtime.</summary>
internal static class WebRuntime
{
    private const string Public = $"https://cdn.jsdelivr.net/npm/onnxruntime-web@{WebTrainerOptions.RuntimeVersion}/dist/";
    private const string Folder = "ort";

    // The bundles hold their loaders; each loads the WebAssembly beside it.
    private static readonly string[] Files =
    [
        "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm",
        "ort.webgpu.bundle.min.mjs", "ort-wasm-simd-threaded.asyncify.mjs", "ort-wasm-simd-threaded.asyncify.wasm",
    ];

    /// <summary>Copies the runtime to a page where it is a folder, and returns the address that the page uses.</summary>
    /// <exception cref="ArgumentException">It is neither an address nor a folder with the runtime.</exception>
    public static string Place(string? runtime, string site)
    {
        if (runtime is null)
            return Public;
        if (Uri.TryCreate(runtime, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return runtime.TrimEnd('/') + "/";
        if (Files.FirstOrDefault(file => !File.Exists(Path.Combine(runtime, file))) is { } missing)
            throw new ArgumentException($"{nameof(WebTrainerOptions.Runtime)} is '{runtime}', where '{missing}' is not; expected "
                + "an http address, or the folder 'dist' of the npm package onnxruntime-web "
                + $"{WebTrainerOptions.RuntimeVersion}.");
        Directory.CreateDirectory(Path.Combine(site, Folder));
        foreach (var file in Files)
            File.Copy(Path.Combine(runtime, file), Path.Combine(site, Folder, file), overwrite: true);
        return $"./{Folder}/";
    }
}
