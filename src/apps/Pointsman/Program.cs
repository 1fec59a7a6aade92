namespace Pointsman.App;

/// <summary>One program, many names: the name it was started under decides whose command line it reads.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
        return name switch
        {
            _ => PointsmanCommand.Run(args),
        };
    }
}
