using Pointsman.Config.Model;
using Pointsman.Engine.Notifications;

namespace Pointsman.Engine;

/// <summary>The scripts of virtual and real servers, with whoever runs them where the line does not say.</summary>
internal static class ServerScripts
{
    /// <param name="subject">Scripts of one subject run one after the other.</param>
    public static Notice.RunScript Notice(string subject, NotifyScriptConfig script, GlobalDefinitions global) => new(
        subject,
        script.Command,
        script.User ?? global.ScriptUser,
        script.User is null ? global.ScriptGroup : script.Group);
}
