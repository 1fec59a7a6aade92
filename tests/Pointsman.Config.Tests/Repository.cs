using Pointsman.Tests;

namespace Pointsman.Config.Tests;

/// <summary>Finds the test inputs in the source tree, where <c>UPDATE=1</c> must write them.</summary>
internal static class Repository
{
    public static string TestRoom { get; } = SourceTree.PathOf("tests", "Pointsman.Config.Tests");

    public static string Site(string name) => File.ReadAllText(Path.Combine(TestRoom, "Sites", name));

    public static IEnumerable<string> Sites() => Files("Sites");

    public static IEnumerable<string> Goldens() => Files("Files");

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(Path.Combine(TestRoom, folder), "*.conf").Select(path => Path.GetFileName(path)!).Order();
}
