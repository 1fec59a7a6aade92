using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>What an instance's adverts say, all but the priority; others' adverts are held against it.</summary>
internal sealed class OwnAdvert
{
    private readonly VrrpInstanceSettings _settings;
    private readonly byte[] _authData;
    private readonly byte[] _addressBytes;
    private ushort _identification;

    public OwnAdvert(VrrpInstanceSettings settings)
    {
        _settings = settings;
        AuthType = settings.AuthType;
        _authData = VrrpAdvert.EncodePassword(settings.AuthPass ?? "");
        int lengthBytes = VrrpAdvert.AddressLengthBytes(settings.Family);
        _addressBytes = new byte[lengthBytes * settings.VirtualAddresses.Length];
        for (int i = 0; i < settings.VirtualAddresses.Length; i++)
        {
            settings.VirtualAddresses[i].WriteBytes(_addressBytes.AsSpan(lengthBytes * i, lengthBytes));
        }

        if (AuthType == VrrpAuthType.AuthenticationHeader)
        {
            WarmUp();
        }
    }

    public VrrpAuthType AuthType { get; }

    public ReadOnlySpan<byte> AuthData => _authData;

    /// <summary>As it stands on the wire: in version 2, whole seconds.</summary>
    public TimeSpan Interval => _settings.Version == 2
        ? TimeSpan.FromSeconds(Math.Clamp(Math.Round(_settings.AdvertInterval.TotalSeconds), 1, 255))
        : _settings.AdvertInterval;

    public AdvertSequence Sequence { get; private set; } = new();

    /// <summary>Numbers go on where they were.</summary>
    public void Continue(OwnAdvert former)
    {
        Sequence = former.Sequence;
        _identification = former._identification;
    }

    /// <summary>Whether it says the same as another, to the same.</summary>
    public bool Says(OwnAdvert other) =>
        _settings.Version == other._settings.Version
        && _settings.AdvertInterval == other._settings.AdvertInterval
        && AuthType == other.AuthType
        && _settings.ChecksumForm == other._settings.ChecksumForm
        && _settings.Group == other._settings.Group
        && _settings.UnicastPeers.AsSpan().SequenceEqual(other._settings.UnicastPeers.AsSpan())
        && _authData.AsSpan().SequenceEqual(other._authData)
        && _addressBytes.AsSpan().SequenceEqual(other._addressBytes);

    /// <summary>Writes the IP packet; returns the number of bytes.</summary>
    public int Write(in PacketPath path, byte priority, Span<byte> target)
    {
        int headerLengthBytes = _settings.Family == IpFamily.V4 ? Ipv4Header.LengthBytes : Ipv6Header.LengthBytes;
        bool isAuthenticated = AuthType == VrrpAuthType.AuthenticationHeader;
        int messageAt = headerLengthBytes + (isAuthenticated ? IpAuthenticationHeader.LengthBytes : 0);
        int lengthBytes = messageAt + WriteMessage(path, priority, target[messageAt..]);
        WriteHeader(path, lengthBytes, target);
        if (isAuthenticated)
        {
            var header = new IpAuthenticationHeader
            {
                ParametersIndex = path.Source.V4Bits, SequenceNumber = Sequence.Next(),
            };
            header.Write(target[headerLengthBytes..]);
            IpAuthenticationHeader.Seal(target[..lengthBytes], headerLengthBytes, _authData);
        }

        return lengthBytes;
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

    private int WriteMessage(in PacketPath path, byte priority, Span<byte> target)
    {
        var advert = new VrrpAdvert
        {
            Version = _settings.Version,
            Family = _settings.Family,
            VirtualRouterId = _settings.VirtualRouterId,
            Priority = priority,
            AdvertInterval = Interval,
            AuthType = AuthType,
            ChecksumForm = _settings.ChecksumForm,
            AddressBytes = _addressBytes,
            AuthData = AuthType == VrrpAuthType.SimplePassword ? _authData : [],
        };
        return advert.Write(path, target);
    }

    private void WriteHeader(in PacketPath path, int lengthBytes, Span<byte> target)
    {
        byte timeToLive = path.Destination.IsMulticast ? VrrpReceiver.RequiredTimeToLive : _settings.UnicastTimeToLive;
        if (_settings.Family == IpFamily.V6)
        {
            var header = new Ipv6Header
            {
                TrafficClass = Ipv4Header.InternetworkControl,
                PayloadLengthBytes = lengthBytes - Ipv6Header.LengthBytes,
                NextHeader = VrrpAdvert.IpProtocol,
                HopLimit = timeToLive,
                Source = path.Source,
                Destination = path.Destination,
            };
            header.Write(target);
            return;
        }

        _identification++;
        var header4 = new Ipv4Header
        {
            TypeOfService = Ipv4Header.InternetworkControl,
            TotalLengthBytes = lengthBytes,
            Identification = _identification,
            TimeToLive = timeToLive,
            Protocol = AuthType == VrrpAuthType.AuthenticationHeader ? IpAuthenticationHeader.IpProtocol : VrrpAdvert.IpProtocol,
            Source = path.Source,
            Destination = path.Destination,
        };
        header4.Write(target);
    }

    // The first digest loads a library; that must not happen when the first advert is due.
    private void WarmUp()
    {
        Span<byte> packet = stackalloc byte[Ipv4Header.LengthBytes + IpAuthenticationHeader.LengthBytes];
        packet.Clear();
        IpAuthenticationHeader.Seal(packet, Ipv4Header.LengthBytes, _authData);
    }
}
