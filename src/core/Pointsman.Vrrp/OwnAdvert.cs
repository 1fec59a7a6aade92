using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>What an instance's adverts say, all but the priority; others' adverts are held against it.</summary>
internal sealed class OwnAdvert
{
    private const int AddressLengthBytes = 4;

    private readonly VrrpInstanceSettings _settings;
    private readonly byte[] _authData;
    private readonly byte[] _addressBytes;
    private ushort _identification;

    public OwnAdvert(VrrpInstanceSettings settings)
    {
        _settings = settings;
        AuthType = settings.AuthPass is null ? VrrpAuthType.None : VrrpAuthType.SimplePassword;
        IntervalSeconds = (byte)Math.Clamp(Math.Round(settings.AdvertInterval.TotalSeconds), 1, 255);
        _authData = VrrpAdvert.EncodePassword(settings.AuthPass ?? "");
        _addressBytes = new byte[AddressLengthBytes * settings.VirtualAddresses.Length];
        for (int i = 0; i < settings.VirtualAddresses.Length; i++)
        {
            settings.VirtualAddresses[i].WriteBytes(_addressBytes.AsSpan(AddressLengthBytes * i, AddressLengthBytes));
        }
    }

    public VrrpAuthType AuthType { get; }

    public ReadOnlySpan<byte> AuthData => _authData;

    public byte IntervalSeconds { get; }

    /// <summary>Writes the IPv4 packet; returns the number of bytes.</summary>
    public int Write(IpAddress source, byte priority, Span<byte> target)
    {
        var advert = new VrrpAdvert
        {
            VirtualRouterId = _settings.VirtualRouterId,
            Priority = priority,
            AdvertIntervalSeconds = IntervalSeconds,
            AuthType = AuthType,
            AddressBytes = _addressBytes,
            AuthData = _authData,
        };
        int lengthBytes = advert.Write(target[Ipv4Header.LengthBytes..]);

        _identification++;
        var header = new Ipv4Header
        {
            TypeOfService = Ipv4Header.InternetworkControl,
            TotalLengthBytes = Ipv4Header.LengthBytes + lengthBytes,
            Identification = _identification,
            TimeToLive = VrrpReceiver.RequiredTimeToLive,
            Protocol = VrrpAdvert.IpProtocol,
            Source = source,
            Destination = VrrpAdvert.MulticastGroup,
        };
        return header.Write(target) + lengthBytes;
    }

    /// <summary>How the other's addresses differ from ours, if they do; their order does not count.</summary>
    public VrrpEvent? FindMismatch(in VrrpAdvert theirs)
    {
        if (theirs.AddressBytes.SequenceEqual(_addressBytes))
        {
            return null;
        }

        if (theirs.AddressCount != _settings.VirtualAddresses.Length)
        {
            return new VrrpEvent(VrrpEventKind.AddressCountMismatch, 0)
            {
                Theirs = theirs.AddressCount, Ours = _settings.VirtualAddresses.Length,
            };
        }

        foreach (IpAddress address in _settings.VirtualAddresses)
        {
            bool isPresent = false;
            for (int i = 0; i < theirs.AddressCount && !isPresent; i++)
            {
                isPresent = theirs.AddressAt(i) == address;
            }

            if (!isPresent)
            {
                return new VrrpEvent(VrrpEventKind.AddressMissing, 0) { Address = address };
            }
        }

        return null;
    }
}
