using Pointsman.Control.Status;

namespace Pointsman.Control.Tests;

public sealed class SorryServerTextTests
{
    [Theory]
    [InlineData(null, "no real server is up: clients are not served")]
    [InlineData("10.0.0.9:80", "no real server is up: sorry server 10.0.0.9:80 serves all clients")]
    public void NoServerUp_SaysWhoServesInstead(string? sorry, string line)
    {
        var node = new NodeStatus { VirtualServers = [new VirtualServerStatus { Address = "10.0.0.1:80", SorryServer = sorry }] };
        var output = new StringWriter();

        StatusText.Write(node, output, colour: false);

        Assert.Contains(line, output.ToString(), StringComparison.Ordinal);
    }
}
