using Xunit;

namespace Pointsman.Config.Tests;

/// <summary><c>instance</c>, and the name that stands for it.</summary>
public sealed class InstanceNameTests
{
    private const string Router = "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n";

    [Theory]
    [InlineData("instance edge\nglobal_defs {\nrouter_id lb-${_INSTANCE}\n}\n")]
    [InlineData("global_defs {\nrouter_id lb-${_INSTANCE}\n}\ninstance edge\n")]
    [InlineData("$ME=lb-$_INSTANCE\nglobal_defs {\nrouter_id $ME\n}\ninstance edge\n")]
    public void Name_StandsForTheInstance_WhereverItsLineIs(string text)
    {
        ConfigResult result = ConfigReader.Read("f", text + Router);
        Assert.Empty(result.Diagnostics);
        Assert.Equal("edge", result.Configuration!.Instance);
        Assert.Equal("lb-edge", result.Configuration.Global.RouterId);
    }

    [Fact]
    public void Name_InAnotherFile_ReadOnce_StandsForTheInstance()
    {
        var source = new OnceSource(new MemoryFiles
        {
            ["/a.conf"] = "include b.conf\ninstance edge\n" + Router,
            ["/b.conf"] = "global_defs {\nrouter_id $_INSTANCE\n}\n",
        });
        ConfigResult result = ConfigReader.Read(source, "/a.conf");
        Assert.Empty(result.Diagnostics);
        Assert.Equal("edge", result.Configuration!.Global.RouterId);
    }

    [Fact]
    public void Name_WithoutAnInstance_HasNoValue()
    {
        Diagnostic only = Assert.Single(ConfigReader.Read("f", "global_defs {\nrouter_id $_INSTANCE\n}\n" + Router).Diagnostics, d => d.Descriptor == DiagnosticCatalogue.NoValue);
        Assert.Contains("the file has no line `instance NAME`", only.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../etc")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("ü")]
    public void Instance_ThatIsNoNameForAFolder_IsRefused(string name) =>
        Assert.Null(ConfigReader.Read("f", $"instance {name}\n{Router}").Configuration);

    // A pipe: the second time there is nothing in it.
    private sealed class OnceSource(IConfigSource files) : IConfigSource
    {
        private readonly HashSet<string> _read = [];

        public bool TryRead(string path, out string text, out string error)
        {
            Assert.True(_read.Add(path));
            return files.TryRead(path, out text, out error);
        }

        public ConfigFileKind KindOf(string path) => files.KindOf(path);

        public IReadOnlyList<string> NamesIn(string folder) => files.NamesIn(folder);
    }
}
