namespace Pointsman.Config.Model;

/// <summary>A named pipe that gets a line for each event.</summary>
/// <param name="User">Who owns a pipe we make; null: this process.</param>
/// <param name="Group">Null: the user's own.</param>
public sealed record NotifyFifoConfig(string Path, string? User, string? Group)
{
    /// <summary>The program that reads it, started with it; gets the path as its last argument. Null: another's affair.</summary>
    public NotifyScriptConfig? Script { get; init; }
}
