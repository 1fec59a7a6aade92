using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Engine;

/// <summary>What a virtual server of the configuration is called where packets are balanced.</summary>
public static class ServiceKeys
{
    /// <summary>Of a group: its first address; orders and checks of the whole group go by it.</summary>
    public static ServiceKey Key(this VirtualServerConfig server) => ServiceKey.Of(server.Protocol, server.Address);

    /// <summary>One for each of its addresses.</summary>
    public static IEnumerable<ServiceKey> Keys(this VirtualServerConfig server) =>
        server.Targets.Select(target => ServiceKey.Of(server.Protocol, target.Address));

    /// <summary>The target of that key; null: it is none of this virtual server's.</summary>
    public static VirtualTarget? Find(this VirtualServerConfig server, ServiceKey key)
    {
        if (!key.IsMark && server.Protocol != key.Protocol)
        {
            return null;
        }

        foreach (VirtualTarget target in server.Targets)
        {
            if (target.Address == key.Address)
            {
                return target;
            }
        }

        return null;
    }
}
