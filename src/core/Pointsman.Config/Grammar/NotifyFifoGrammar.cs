using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary>What <c>global_defs</c> says of named pipes for events.</summary>
internal static class NotifyFifoGrammar
{
    private static readonly Argument Pipe = Argument.Texts("PATH [USER [GROUP]]");
    private static readonly Argument Reader = Argument.Texts(NotifyLine.Form);

    public static ImmutableArray<Keyword<GlobalDefinitions>> Rows { get; } =
    [
        new("notify_fifo", Pipe, "a named pipe that gets a line for every event", (global, setting) =>
            global with { NotifyFifo = TakePipe(global.NotifyFifo, setting) })
        { Default = "no pipe" },

        new("notify_fifo_script", Reader, "the program that reads it, with the path as its last argument",
            (global, setting) => global with { NotifyFifo = TakeReader(global.NotifyFifo, setting) })
        { Default = "whoever opens it" },

        new("vrrp_notify_fifo", Pipe, "the same for the events of VRRP only", (global, setting) =>
            global with { VrrpNotifyFifo = TakePipe(global.VrrpNotifyFifo, setting) })
        { Default = "no pipe" },

        new("vrrp_notify_fifo_script", Reader, "the program that reads it, with the path as its last argument",
            (global, setting) => global with { VrrpNotifyFifo = TakeReader(global.VrrpNotifyFifo, setting) })
        { Default = "whoever opens it" },

        new("lvs_notify_fifo", Pipe, "the same for the events of servers only", (global, setting) =>
            global with { LvsNotifyFifo = TakePipe(global.LvsNotifyFifo, setting) })
        { Default = "no pipe" },

        new("lvs_notify_fifo_script", Reader, "the program that reads it, with the path as its last argument",
            (global, setting) => global with { LvsNotifyFifo = TakeReader(global.LvsNotifyFifo, setting) })
        { Default = "whoever opens it" },

        new($"{Directive.Prefix}webhook", Argument.Text("an address that begins with http:// or https://"),
            "gets every event as JSON, by POST", TakeWebhook)
        { Default = "nobody is told so" },

        new("vrrp_notify_priority_changes", Argument.Boolean, "a line in those pipes when a priority changes",
            (global, setting) => global with { NotifyPriorityChanges = setting.Value.IsOn })
        { Default = "off" },

        new("fifo_write_vrrp_states_on_reload", Argument.Nothing, "all states once more into those pipes after a reload",
            (global, _) => global with { FifoWriteStatesOnReload = true }),
    ];

    private static GlobalDefinitions TakeWebhook(GlobalDefinitions global, Setting setting)
    {
        bool isAddress = Uri.TryCreate(setting.Value.Text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https";
        if (!isAddress)
        {
            ArgumentReader.ReportWrong(setting.Statement.Arguments[0], "an address that begins with http:// or https://", setting.Sink);
        }

        return isAddress ? global with { Webhook = setting.Value.Text } : global;
    }

    // Either line may come first.
    private static NotifyFifoConfig? TakePipe(NotifyFifoConfig? fifo, Setting setting)
    {
        ImmutableArray<Word> words = setting.Statement.Arguments;
        if (words.Length > 3 || !words[0].Text.StartsWith('/'))
        {
            Word wrong = words.Length > 3 ? words[3] : words[0];
            ArgumentReader.ReportWrong(wrong, "the whole path of a named pipe, a user and a group if needed", setting.Sink);
            return fifo;
        }

        return new NotifyFifoConfig(
            words[0].Text, words.Length > 1 ? words[1].Text : null, words.Length > 2 ? words[2].Text : null)
        {
            Script = fifo?.Script,
        };
    }

    private static NotifyFifoConfig? TakeReader(NotifyFifoConfig? fifo, Setting setting) =>
        (fifo ?? new NotifyFifoConfig("", null, null)) with { Script = NotifyLine.Read(setting) };
}
