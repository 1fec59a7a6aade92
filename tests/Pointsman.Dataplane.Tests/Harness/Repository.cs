namespace Pointsman.Dataplane.Tests;

/// <summary>Finds files of the source tree, from where the tests run.</summary>
internal static class Repository
{
    internal static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string from)
    {
        string? directory = from;
        while (directory is not null && !File.Exists(Path.Combine(directory, "pointsman.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new DirectoryNotFoundException("the tests run outside of the source tree");
    }
}
