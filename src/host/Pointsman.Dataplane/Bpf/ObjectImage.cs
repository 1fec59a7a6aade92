namespace Pointsman.Dataplane.Bpf;

/// <summary>The compiled data path, carried in this assembly.</summary>
internal static class ObjectImage
{
    internal static byte[] Read()
    {
        using Stream stream = typeof(ObjectImage).Assembly.GetManifestResourceStream("pointsman.bpf.o")
            ?? throw new System.Diagnostics.UnreachableException("the build embeds the BPF object");
        var image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }
}
