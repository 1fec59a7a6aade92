using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Says single adverts of version 3 for router 51 from a machine's eth0, as no daemon would: any priority, distance, list.</summary>
internal sealed class Speaker : IDisposable
{
    private readonly IpAddress _source;
    private readonly VrrpSender _sender;

    /// <param name="source">The machine's address; over IPv6 the machine's link-local one is taken where this is empty.</param>
    internal Speaker(string machine, string source = "")
    {
        _source = Node.Address(source.Length > 0 ? source : LinkLocalOf(machine));
        IpFamily family = _source.Family;
        _sender = NetworkNamespace.InNamed(machine, () =>
        {
            using var routes = new RouteClient();
            return new VrrpSender(routes.FindLink("eth0")!.Index, family, [VrrpAdvert.MulticastGroup(family)]);
        });
    }

    /// <summary>The address the kernel gave to eth0 by itself.</summary>
    internal static string LinkLocalOf(string machine)
    {
        string words = Network.Command("ip", $"-n {machine} -6 -o addr show dev eth0 scope link");
        return words.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Split('/')[0];
    }

    /// <param name="to">Null: the group.</param>
    /// <param name="addresses">The list; empty: the virtual address of the family's <see cref="Way"/>.</param>
    internal void Say(byte priority, byte timeToLive = 255, string? to = null, byte virtualRouterId = 51, TimeSpan? interval = null, byte version = 3, params string[] addresses)
    {
        IpFamily family = _source.Family;
        IpAddress target = to is null ? VrrpAdvert.MulticastGroup(family) : Node.Address(to);
        string[] list = addresses.Length > 0 ? addresses : Way.All[family == IpFamily.V4 ? "v3 IPv4" : "v3 IPv6"].Addresses;
        int lengthBytes = VrrpAdvert.AddressLengthBytes(family);
        byte[] bytes = new byte[lengthBytes * list.Length];
        for (int i = 0; i < list.Length; i++)
        {
            Node.Address(list[i]).WriteBytes(bytes.AsSpan(lengthBytes * i, lengthBytes));
        }

        // A message of another version is made of ours: nobody looks at more of it.
        var advert = new VrrpAdvert
        {
            Version = 3,
            Family = family,
            VirtualRouterId = virtualRouterId,
            Priority = priority,
            AdvertInterval = interval ?? TimeSpan.FromMilliseconds(100),
            ChecksumForm = VrrpChecksumForm.PseudoHeader,
            AddressBytes = bytes,
        };
        byte[] packet = new byte[1500];
        int headerLengthBytes = family == IpFamily.V4 ? Ipv4Header.LengthBytes : Ipv6Header.LengthBytes;
        int messageLengthBytes = advert.Write(new PacketPath(_source, target), packet.AsSpan(headerLengthBytes));
        packet[headerLengthBytes] = (byte)((version << 4) | (packet[headerLengthBytes] & 0x0f));
        if (family == IpFamily.V4)
        {
            new Ipv4Header
            {
                TypeOfService = Ipv4Header.InternetworkControl,
                TotalLengthBytes = headerLengthBytes + messageLengthBytes,
                TimeToLive = timeToLive,
                Protocol = VrrpAdvert.IpProtocol,
                Source = _source,
                Destination = target,
            }.Write(packet);
        }
        else
        {
            new Ipv6Header
            {
                PayloadLengthBytes = messageLengthBytes,
                NextHeader = VrrpAdvert.IpProtocol,
                HopLimit = timeToLive,
                Source = _source,
                Destination = target,
            }.Write(packet);
        }

        Assert.True(_sender.TrySend(packet.AsSpan(0, headerLengthBytes + messageLengthBytes), target, out int errno), $"errno {errno}");
    }

    public void Dispose() => _sender.Dispose();
}
