using Pointsman.Base;

namespace Pointsman.Config.Judgement;

/// <summary>What a judgement has to know of the machine a configuration is for.</summary>
public interface IHost
{
    IReadOnlyCollection<string> Interfaces { get; }

    IReadOnlyCollection<IpAddress> Addresses { get; }

    /// <param name="program">The first word of a command.</param>
    /// <param name="user">Null: as this process.</param>
    /// <param name="group">Null: the user's own.</param>
    /// <returns>Null when that user can run it; otherwise why not.</returns>
    string? WhyNotRunnable(string program, string? user, string? group);

    /// <returns>Null when nobody but root can change what runs under that name; otherwise who can, and by what.</returns>
    string? WhoElseMayChange(string program);

    /// <returns>Null when a connection can be made; otherwise why not.</returns>
    string? WhyNoMailServer(string server, ushort port);

    /// <returns>The marks that rules of the firewall give to packets that come in; null: there is something that may give any.</returns>
    IReadOnlySet<(uint Mark, IpFamily Family)>? MarksThatAreSet();

    /// <returns>Null when root can read a password in that file and nobody else can; otherwise what is wrong.</returns>
    string? WhyNoSecret(string path);
}
