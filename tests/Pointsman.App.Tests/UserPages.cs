using Pointsman.Tests;

namespace Pointsman.App.Tests;

/// <summary>Finds the pages that tests hold the program to.</summary>
internal static class UserPages
{
    /// <param name="path">From the root of the repository.</param>
    internal static string Read(string path) => File.ReadAllText(SourceTree.PathOf(path));
}
