namespace MLNet.Detection.Tests.Web;

/// <summary>SwiftShader, a Vulkan driver that computes on the processor; Debian's Chromium brings it, and a loader.</summary>
internal static class SoftwareGpu
{
    private const string Folder = "/usr/lib/chromium", Driver = "vk_swiftshader_icd.json";

    /// <summary>Variables with which ONNX Runtime finds it. A test is inconclusive where it is missing.</summary>
    public static IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            if (!File.Exists(Path.Combine(Folder, Driver)))
                Assert.Inconclusive($"There is no {Path.Combine(Folder, Driver)}: WebGPU has no device. Install Debian's chromium.");
            return new Dictionary<string, string>
            {
                ["VK_ICD_FILENAMES"] = Path.Combine(Folder, Driver), ["LD_LIBRARY_PATH"] = Folder,
            };
        }
    }
}
