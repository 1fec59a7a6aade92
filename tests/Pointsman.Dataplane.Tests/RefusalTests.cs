using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>What cannot be loaded is refused with the kernel's or libbpf's own words.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void VerifierRefuses_ItsLastLineIsTold()
    {
        using var pins = new PinDirectory();
        using BpfObject bpf = BpfObject.Open(ObjectImage.Read());
        bpf.Load();
        using BpfMap tooSmall = bpf.TakeMap(Names.Loads);
        using BpfObject broken = BpfObject.Open(ObjectImage.Read());
        // A map of values too small for what the program does with them.
        broken.Reuse(Names.Servers, tooSmall);

        var refused = Assert.Throws<ErrnoException>(broken.Load);

        Assert.Contains("outside of the allowed memory", refused.Detail, StringComparison.Ordinal);
        DataplaneException told = Failures.Describe("the data path cannot be loaded", refused);
        Assert.Contains("verifier refused the program: ", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told.Message);
    }

    [Fact]
    public void ObjectCutShort_IsRefused()
    {
        byte[] image = ObjectImage.Read();
        Assert.Throws<ErrnoException>(() => BpfObject.Open(image.AsSpan(0, image.Length / 2)).Dispose());
    }

    [Theory]
    [InlineData(Errno.InvalidArgument, "Linux 5.10 or later")]
    [InlineData(Errno.NotSupported, "Linux 5.10 or later")]
    [InlineData(12, "a smaller connection table")]
    public void KernelRefuses_TheMessageSaysWhatToDo(int errno, string remedy)
    {
        DataplaneException told = Failures.Describe("loading", new ErrnoException("bpf_object__load", errno));
        Assert.Contains(remedy, told.Message, StringComparison.Ordinal);
        Assert.StartsWith("loading: ", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NotPermitted_TheMessageSaysWhatToDo()
    {
        DataplaneException told = Failures.Describe("loading", new ErrnoException("bpf_object__load", Errno.NotPermitted));
        string remedy = Environment.IsPrivilegedProcess ? "locked memory is limited" : "run as root";
        Assert.Contains(remedy, told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("0-3\n", 4)]
    [InlineData("0,2-5", 5)]
    public void PossibleCpus_AreCounted(string ranges, int count) => Assert.Equal(count, PossibleCpus.Parse(ranges));
}
