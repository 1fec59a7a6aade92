using System.Globalization;
using System.Text;
using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>The keepalived.conf of a node.</summary>
internal sealed class SiteText(SiteSettings site, int node, NodeFile file)
{
    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        _text.Clear();
        if (file.ScriptWeight is { } weight)
        {
            Add($"vrrp_script chk {{\n script \"/bin/true\"\n interval 2\n weight {weight}\n}}\n");
        }

        if (file.PathWeight is { } pathWeight)
        {
            Add($"bfd_instance path {{\n neighbor_ip 10.0.0.254\n source_ip {SiteSettings.AddressOf(0, node)}\n weight {pathWeight}\n}}\n");
        }

        for (int first = 0; first < site.InstanceCount; first += 2)
        {
            if (!file.Ties(first, site.InstanceCount))
            {
                continue;
            }

            Add($"vrrp_sync_group VG_{(first / 2) + 1} {{\n group {{\n  VI_{first + 1}\n  VI_{first + 2}\n }}\n}}\n");
        }

        IEnumerable<int> instances = Enumerable.Range(0, site.InstanceCount).Where(file.Has);
        foreach (int i in file.IsReversed ? instances.Reverse() : instances)
        {
            AddInstance(i);
        }

        AddService();
        return _text.ToString();
    }

    private void AddInstance(int instance)
    {
        bool isReversed = instance >= 2;
        int priority = isReversed ? site.Priorities[site.NodeCount - 1 - node] : file.Priority;
        byte version = site.VersionOf(instance);
        Add($"vrrp_instance VI_{instance + 1} {{\n state BACKUP\n interface {SiteSettings.InterfaceOf(instance)}\n");
        Add($" virtual_router_id {SiteSettings.FirstRouterId + instance}\n priority {priority}\n advert_int {site.IntervalOf(instance, file).TotalSeconds}\n version {version}\n");
        Add($" garp_master_repeat {file.GarpRepeat}\n");
        _text.Append(file.Nopreempt ? " nopreempt\n" : "");
        _text.Append(node == site.CautiousNode ? $" #pointsman: split_brain {site.Caution}\n" : "");
        _text.Append(version == 2 ? $" authentication {{\n  auth_type PASS\n  auth_pass {file.Password}\n }}\n" : "");
        if (site.IsUnicast)
        {
            IEnumerable<IpAddress> others = Enumerable.Range(0, site.NodeCount).Where(other => other != node).Select(other => site.SourceOf(instance, other));
            Add($" unicast_src_ip {site.SourceOf(instance, node)}\n unicast_peer {{\n  {string.Join("\n  ", others)}\n }}\n");
        }

        Add($" virtual_ipaddress {{\n  {site.VipOf(instance)}\n");
        _text.Append(instance == 0 && file.HasExtraAddress ? $"  {SiteSettings.ExtraVip}\n" : "").Append(" }\n");
        _text.Append(file.ScriptWeight is null ? "" : " track_script {\n  chk\n }\n");
        _text.Append(file.PathWeight is null ? "" : " track_bfd {\n  path\n }\n");
        _text.Append("}\n");
    }

    private void AddService()
    {
        Add($"virtual_server {SiteSettings.Vip} 80 {{\n delay_loop 3\n lb_algo rr\n lb_kind DR\n protocol TCP\n");
        for (int i = site.NodesServe ? 0 : site.NodeCount; i < site.NodeCount + site.OtherServers; i++)
        {
            Add($" real_server {SiteSettings.AddressOf(0, i)} 80 {{\n  TCP_CHECK {{\n   connect_timeout 2\n   retry 1\n   delay_before_retry 1\n  }}\n }}\n");
        }

        _text.Append("}\n");
    }

    private void Add(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture));
}
