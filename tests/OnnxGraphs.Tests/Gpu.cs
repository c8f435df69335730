using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests;

/// <summary>The first GPU; tests that need it are of the category "Cuda".</summary>
internal static class Gpu
{
    public static Device Device { get; } = Device.Parse("cuda");

    /// <summary>Makes the test inconclusive where there is no GPU, or no provider for it.</summary>
    public static void Require()
    {
        try
        {
            Device.CreateSessionOptions().Dispose();
        }
        catch (InvalidOperationException error)
        {
            Assert.Inconclusive(error.Message);
        }
    }
}
