using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>The outermost level of a file.</summary>
internal static class FileGrammar
{
    public static BlockGrammar<Draft> Block { get; } = new("the file",
    [
        new("global_defs", Argument.Nothing, "settings of the whole node", (draft, setting) =>
        {
            draft.Global = setting.Bind(GlobalGrammar.Block, draft.Global).Value;
            return draft;
        })
        { Opens = GlobalGrammar.Block, IsRepeatable = true },

        new("vrrp_sync_group", Argument.Text("a name"), "instances that change state together", (draft, setting) =>
        {
            var group = new SyncGroupDraft(new SyncGroupConfig(setting.Value.Text, setting.Statement.HeaderSpan), []);
            draft.SyncGroups.Add(setting.Bind(SyncGroupGrammar.Block, group));
            return draft;
        })
        { Opens = SyncGroupGrammar.Block, IsRepeatable = true },

        new("vrrp_script", Argument.Text("a name"), "a command that tells an instance's fitness", (draft, setting) =>
        {
            var script = new VrrpScriptConfig(setting.Value.Text, setting.Statement.HeaderSpan);
            draft.Scripts.Add(setting.Bind(ScriptGrammar.Block, script));
            return draft;
        })
        { Opens = ScriptGrammar.Block, IsRepeatable = true },

        new("vrrp_instance", Argument.Text("a name"), "a virtual router: who holds the addresses", (draft, setting) =>
        {
            var instance = new VrrpInstanceConfig(setting.Value.Text, setting.Statement.HeaderSpan);
            draft.Instances.Add(setting.Bind(InstanceGrammar.Block, instance));
            return draft;
        })
        { Opens = InstanceGrammar.Block, IsRepeatable = true },

        new("virtual_server", Argument.Endpoint, "a service spread over real servers", (draft, setting) =>
        {
            var address = new Base.TransportEndpoint(setting.Value.Address, setting.Value.Port);
            var server = new VirtualServerDraft(new VirtualServerConfig(address, setting.Statement.HeaderSpan), []);
            draft.VirtualServers.Add(setting.Bind(VirtualServerGrammar.Block, server));
            return draft;
        })
        { Opens = VirtualServerGrammar.Block, IsRepeatable = true },
    ]);
}
