using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tests.Btf;
using Pointsman.Tests;

namespace Pointsman.Dataplane.Tests;

public sealed class BpfTypesTests
{
    // scripts/bpf-types runs this test with UPDATE=1.
    [Fact]
    public void Mirrors_ComparedWithTheObjectsBtf_AreTheSame()
    {
        string path = SourceTree.PathOf("src/host/Pointsman.Dataplane/Bpf/BpfTypes.g.cs");
        string expected = BpfTypesWriter.Write(BtfFile.OfObject(ObjectImage.Read()));
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllText(path, expected);
        }

        string found = File.ReadAllText(path);
        Assert.True(expected == found, "bpf/ and BpfTypes.g.cs differ: run scripts/bpf-types, look at the difference");
    }
}
