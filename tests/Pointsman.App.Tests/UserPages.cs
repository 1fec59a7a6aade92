namespace Pointsman.App.Tests;

/// <summary>Finds the pages that tests hold the program to.</summary>
internal static class UserPages
{
    /// <param name="path">From the root of the repository.</param>
    internal static string Read(string path)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "pointsman.slnx")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        return File.ReadAllText(Path.Combine(folder.FullName, path));
    }
}
