using System.Collections.Immutable;

namespace Pointsman.Config.Grammar;

/// <summary>All blocks of the language, for questions that go across them.</summary>
internal static class Language
{
    public static BlockGrammar SyncGroup => SyncGroupGrammar.Block;

    /// <summary>From the outermost inwards.</summary>
    public static ImmutableArray<BlockGrammar> Blocks { get; } =
    [
        FileGrammar.Block, GlobalGrammar.Block, SyncGroupGrammar.Block, ScriptGrammar.Block, TrackFileGrammar.Block, TrackProcessGrammar.Block,
        BfdGrammar.Block, TlsClientGrammar.Block, GarpGrammar.Group, StaticGrammar.TrackGroup, InstanceGrammar.Block,
        InstanceGrammar.Authentication, VirtualServerGrammar.Block, RealServerGrammar.Block, TcpCheckGrammar.Block,
        HttpCheckGrammar.Http, HttpCheckGrammar.Tls, HttpCheckGrammar.Url,
        OtherCheckGrammar.Smtp, OtherCheckGrammar.SmtpHost, OtherCheckGrammar.Dns, OtherCheckGrammar.Udp, OtherCheckGrammar.Ping,
        OtherCheckGrammar.File, OtherCheckGrammar.Bfd, OtherCheckGrammar.Misc,
    ];

    /// <summary>The names of the blocks where a keyword works.</summary>
    public static ImmutableArray<string> BlocksWith(string keyword) =>
        [.. Blocks.Where(block => block.Find(keyword) is not null).Select(block => block.Name)];
}
