using Pointsman.App.Names;

namespace Pointsman.App;

/// <summary>One program, many names: the name it was started under decides whose command line it reads.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        // The runtime hides what it was called: its first argument is the path of the file, after links.
        string calledAs = CalledName.Read();
        return Personalities.Find(calledAs) is { } personality ? personality(args) : PointsmanCommand.Run(args);
    }
}
