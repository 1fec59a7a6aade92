using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.App.Run;

/// <summary>
/// All that is not the file's, whoever said it: settings in ipvsadm's words, and orders about real servers. Of two words about
/// one server the last one counts.
/// </summary>
internal sealed class HandList(ByHandPart settings, ServerOrderPart orders)
{
    /// <summary>A line each: settings first.</summary>
    internal ImmutableArray<string> Lines(Configuration file) =>
        [.. settings.Table.Lines, .. orders.Describe(settings.Table.Over(file))];

    /// <summary>A setting of that server was made: the order before it is over.</summary>
    internal void OnSetting(ServiceKey service, TransportEndpoint server, Configuration file) =>
        orders.TakeBack(service, server, settings.Table.Over(file));

    /// <summary>Another file is in force: what it says otherwise, or of no more, is over.</summary>
    internal void OnFile(Configuration file)
    {
        settings.OnFile(file);
        orders.Keep(settings.Table.Over(file));
    }
}
