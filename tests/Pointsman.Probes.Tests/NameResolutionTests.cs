using Pointsman.Tests;

namespace Pointsman.Probes.Tests;

/// <summary>A resolver that does not answer holds up no check: none of them asks one.</summary>
public sealed class NameResolutionTests
{
    private static readonly string[] s_resolvers = ["Dns.Get", "Dns.Resolve", "DnsEndPoint", "getaddrinfo", "HttpClient", "TcpClient", "new Ping("];

    // What sends mail and webhooks has threads, queues and patience of its own.
    [Fact]
    public void ChecksAndScripts_AskNoResolver()
    {
        string[] files = [.. Directory.GetFiles(SourceTree.PathOf("src", "host", "Pointsman.Probes"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/Sending/", StringComparison.Ordinal))];
        Assert.True(files.Length > 30, "the sources are elsewhere now");
        Assert.Empty(files.SelectMany(file => s_resolvers.Where(File.ReadAllText(file).Contains).Select(word => $"{Path.GetFileName(file)}: {word}")));
    }
}
