using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary><c>lvs_sync_daemon INTERFACE [INSTANCE] [id N] [maxlen N] [port N] [ttl N] [group A]</c>.</summary>
internal static class SyncDaemonLine
{
    public const string Form = "INTERFACE [INSTANCE] [id N] [maxlen N] [port N] [ttl N] [group A]";

    public const string Name = "lvs_sync_daemon";

    private static readonly ImmutableArray<string> Options = ["id", "maxlen", "port", "ttl", "group"];

    // Ranges as keepalived and ipvsadm have them.
    private static readonly Keyword Id = Number("id", 0, 255);
    private static readonly Keyword MaxLength = Number("maxlen", 1, 65507);
    private static readonly Keyword Port = Number("port", 1, 65535);
    private static readonly Keyword TimeToLive = Number("ttl", 1, 255);

    public static GlobalDefinitions Take(GlobalDefinitions global, Setting setting)
    {
        ImmutableArray<Word> words = setting.Statement.Arguments;
        if (!InterfaceName.Check(words[0], setting.Sink))
        {
            return global;
        }

        Word? instance = words.Length > 1 && !Options.Contains(words[1].Text) ? words[1] : null;
        var config = new SyncDaemonConfig(words[0].Text, instance?.Text, (instance ?? words[0]).Span);
        for (int at = instance is null ? 1 : 2; at < words.Length; at += 2)
        {
            if (!Options.Contains(words[at].Text) || at + 1 == words.Length)
            {
                ArgumentReader.ReportWrong(words[at], $"`{Form}`", setting.Sink);
                return global;
            }

            if (!TryTake(words[at].Text, words[at + 1], setting.Sink, ref config))
            {
                return global;
            }
        }

        return global with { SyncDaemon = config };
    }

    /// <summary>The instance it names has to be there.</summary>
    public static void Check(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        if (hasGaps || draft.Global.SyncDaemon is not { Instance: { } name } config || draft.Instances.Any(instance => instance.Value.Name == name))
        {
            return;
        }

        string? near = sink.IsFull ? null : EditDistance.Nearest(name, draft.Instances.Select(instance => instance.Value.Name));
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownInstance, config.Source, name) with
        {
            Label = near is null ? null : $"did you mean `{near}`?",
        });
    }

    /// <summary>As one would type it.</summary>
    public static ImmutableArray<string> Typed(SyncDaemonConfig? config)
    {
        if (config is null)
        {
            return [];
        }

        var words = ImmutableArray.CreateBuilder<string>();
        words.Add(config.Interface);
        if (config.Instance is { } instance)
        {
            words.Add(instance);
        }

        AddOption("id", config.SyncId);
        AddOption("maxlen", config.MaxLengthBytes);
        AddOption("port", config.Port);
        AddOption("ttl", config.TimeToLive);
        AddOption("group", config.Group);
        return words.ToImmutable();

        void AddOption<T>(string option, T? value)
        {
            if (value is not null)
            {
                words.Add(option);
                words.Add(string.Create(CultureInfo.InvariantCulture, $"{value}"));
            }
        }
    }

    private static bool TryTake(string option, Word word, DiagnosticSink sink, ref SyncDaemonConfig config)
    {
        if (option == "group")
        {
            bool isGroup = AddressArgument.TryRead(Argument.Multicast, word, sink, out ArgumentValue address);
            config = isGroup ? config with { Group = address.Address } : config;
            return isGroup;
        }

        Keyword row = option switch { "id" => Id, "maxlen" => MaxLength, "port" => Port, _ => TimeToLive };
        if (!NumberArgument.TryRead(row, [word], sink, out ArgumentValue number))
        {
            return false;
        }

        int value = (int)number.Number;
        config = option switch
        {
            "id" => config with { SyncId = (byte)value },
            "maxlen" => config with { MaxLengthBytes = value },
            "port" => config with { Port = (ushort)value },
            _ => config with { TimeToLive = (byte)value },
        };
        return true;
    }

    private static Keyword<int> Number(string option, long minimum, long maximum) =>
        new($"{Name} ... {option}", Argument.Number(minimum, maximum), "a part of the line", (_, setting) => setting.Whole);
}
