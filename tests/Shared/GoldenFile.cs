namespace Pointsman.Tests;

/// <summary>A kept text that the program must give; <c>UPDATE=1</c> rewrites it, and the diff is the review.</summary>
internal static class GoldenFile
{
    internal static void Check(string path, string given)
    {
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllText(path, given);
        }
        else
        {
            Assert.Equal(File.ReadAllText(path), given);
        }
    }
}
