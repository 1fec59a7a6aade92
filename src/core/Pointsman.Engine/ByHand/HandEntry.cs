using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Engine.ByHand;

/// <summary>One thing that was set by hand, in place of what the configuration file says of it.</summary>
/// <param name="Server">Null: it is the service itself.</param>
/// <param name="FileSaid">What the file said of it then; null: nothing. When the file says otherwise, the file counts.</param>
public sealed record HandEntry(ServiceKey Service, TransportEndpoint? Server, string? FileSaid)
{
    /// <summary>Null: removed, or this is a server.</summary>
    public HandService? AsService { get; init; }

    /// <summary>Null: removed, or this is a service.</summary>
    public HandServer? AsServer { get; init; }

    public bool IsRemoved => AsService is null && AsServer is null;

    /// <summary>For the operator.</summary>
    public override string ToString()
    {
        string name = Server is { } server ? $"{Service} -> {server}" : $"{Service}";
        string now = IsRemoved ? "removed" : FileSaid is null ? $"added ({AsService?.ToString() ?? AsServer!.ToString()})"
            : AsService?.ToString() ?? AsServer!.ToString();
        return FileSaid is null || IsRemoved ? $"{name}: {now}" : $"{name}: {now} (the file: {FileSaid})";
    }
}
