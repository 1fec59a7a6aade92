using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Vrrp.Rivals;
using Xunit;

namespace Pointsman.Vrrp.Tests;

/// <summary>What holds for any order of inputs, also such as no network would give.</summary>
public sealed class PropertyTests
{
    private const int Seeds = 300;
    private const int StepsEach = 400;

    private static readonly IpAddress[] Sources =
        [RouterHarness.Lower, RouterHarness.Own, RouterHarness.Higher, IpAddress.Parse("10.0.0.6")];

    [Fact]
    public void AnyInputs_NothingThrows_ActionsAreInOrder_DeadlinesLieAhead()
    {
        var reasons = new SortedSet<VrrpReason>();
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                new Run(seed, reasons, Reloads.WithOtherSettings).Play();
            }
            catch (Exception thrown)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}: {thrown}");
            }
        }

        // Else the inputs go nowhere, and the test proves nothing.
        Assert.Equal(Enum.GetValues<VrrpReason>().Where(reason => reason != VrrpReason.None), reasons);
    }

    [Fact]
    public void AnyInputs_SameSettingsAgainAtAnyMoment_NothingComesOfIt()
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var undisturbed = new Run(seed, [], Reloads.None);
            var reloaded = new Run(seed, [], Reloads.WithSameSettings);
            undisturbed.Play();
            reloaded.Play();
            Assert.True(reloaded.ReloadCount > 0 || undisturbed.Trace.Count == 0, $"seed {seed} reloads nothing");
            int same = undisturbed.Trace.Zip(reloaded.Trace).TakeWhile(pair => pair.First == pair.Second).Count();
            Assert.True(
                same == undisturbed.Trace.Count && same == reloaded.Trace.Count,
                $"seed {seed}, action {same}:\n{undisturbed.Trace.ElementAtOrDefault(same)}\nbecame\n{reloaded.Trace.ElementAtOrDefault(same)}\nafter\n{string.Join('\n', reloaded.Trace.Take(same).TakeLast(12))}");
        }
    }

    private enum Reloads
    {
        None,
        WithSameSettings,
        WithOtherSettings,
    }

    private sealed class Run
    {
        private readonly Reloads _reloads;

        // Of its own, so that a run with reloads draws the same inputs as one without.
        private readonly Prng _reloadRandom;
        private readonly Prng _random;
        private VrrpRouter _router;
        private readonly ActionWitness _witness;
        private readonly SortedSet<VrrpReason> _reasons;
        private readonly List<VrrpAction> _actions = [];
        private Instant _now = Instant.FromSeconds(50);
        private VrrpAction _former = VrrpAction.Disarm(0);

        public Run(ulong seed, SortedSet<VrrpReason> reasons, Reloads reloads)
        {
            _reasons = reasons;
            _reloads = reloads;
            _reloadRandom = new Prng(seed + 1_000_000);
            _random = new Prng(seed);
            _router = new VrrpRouter(DrawSettings());
            _witness = new ActionWitness(_router);
        }

        public void Play()
        {
            for (int i = 0; i < _router.Instances.Length; i++)
            {
                _router.OnSourceAddress(_now, i, RouterHarness.Own, _actions);
            }

            Start();
            Check();
            for (int step = 0; step < StepsEach; step++)
            {
                Reload();
                Step();
                Check();
            }
        }

        public List<string> Trace { get; } = [];

        public int ReloadCount { get; private set; }

        private void Reload()
        {
            if (!_router.IsStarted || !_reloadRandom.OneIn(20))
            {
                return;
            }

            if (_reloads == Reloads.None)
            {
                // An input that concerns nobody: who overslept notices at any input.
                _router.OnOtherRouterId(_now, "elsewhere", default, _actions);
                Check();
                return;
            }

            ReloadCount++;
            VrrpRouter former = _router;
            _router = new VrrpRouter(_reloads == Reloads.WithOtherSettings ? DrawSettings() : former.Settings, former, _now);
            _witness.MoveTo(_router);
            bool[] isPlacedAnew = new bool[_router.Instances.Length];
            foreach (VrrpInstance instance in _router.Instances)
            {
                if (instance.SourceAddress == default && _reloads == Reloads.WithOtherSettings)
                {
                    _router.OnSourceAddress(_now, instance.Index, RouterHarness.Own, _actions);
                }

                isPlacedAnew[instance.Index] = _reloads == Reloads.WithOtherSettings && _reloadRandom.OneIn(3);
            }

            _router.Settle(_now, isPlacedAnew, _actions);
            Check();
            _former = _reloads == Reloads.WithOtherSettings ? VrrpAction.Disarm(0) : _former;
        }

        private void Step()
        {
            switch (_random.NextInt(17))
            {
                case 0: Track(); break;
                case 1: _router.OnLink(_now, _random.OneIn(2) ? "eth0" : "eth1", !_random.OneIn(4), _actions); break;
                case 2: _router.OnSourceAddress(_now, AnyInstance, _random.OneIn(4) ? default : RouterHarness.Own, _actions); break;
                case 3: _router.OnActionFailed(_now, _former, errno: 1, _actions); break;
                case 4 when _random.OneIn(4): _router.Stop(_now, _actions); break;
                case 5 when _router.IsStopped: Start(); break;
                case 16: _router.OnOrder(_now, AnyInstance, Enum.GetValues<VrrpOrder>()[_random.NextInt(5)], _actions); break;
                case 6 when _random.OneIn(8): _now += TimeSpan.FromSeconds(_random.NextInt(20)); break;
                case 7 or 8 or 9: Hear(); break;
                case 11: HearArp(); break;
                case 10: _router.OnDeadline(_now, _actions); break;
                default: Wait(); break;
            }
        }

        private void Track()
        {
            switch (_random.NextInt(5))
            {
                case 3: _router.OnPath(_now, "core", _random.OneIn(2), _actions); break;
                case 4: _router.OnTrackGroup(_now, "static", !_random.OneIn(4), _actions); break;
                case 0: _router.OnTrackResult(_now, "chk", _random.OneIn(2), _actions); break;
                case 1: _router.OnProcess(_now, "nginx", _random.OneIn(2), _actions); break;
                default: _router.OnFile(_now, "drain", _random.OneIn(3) ? -300 : _random.NextInt(500) - 250, _actions); break;
            }
        }

        private void Check()
        {
            if (_actions.Count > 0)
            {
                _former = _actions[_random.NextInt(_actions.Count)];
            }

            Trace.AddRange(_actions.Select(action => $"{_now} {action}"));
            _witness.Follow(_now, _actions);
            _reasons.UnionWith(_actions
                .Where(action => action.Event.Kind == VrrpEventKind.StateChanged).Select(action => action.Event.Reason));
            _actions.Clear();
        }

        private int AnyInstance => _random.NextInt(_router.Instances.Length);

        private void Start()
        {
            bool[] resume = [.. _router.Instances.Select(_ => _random.OneIn(3))];
            _router.Start(_now, resume, _actions);
        }

        // To the next deadline, a little late as all processes are, or a little too early.
        private void Wait()
        {
            if (_router.Deadline is { } due && due > _now)
            {
                _now = _random.OneIn(5) ? _now + ((due - _now) / 2) : due + _random.NextSpan(TimeSpan.FromMilliseconds(2));
            }

            _router.OnDeadline(_now, _actions);
            Assert.False(_router.Deadline <= _now, $"the deadline {_router.Deadline} lies ahead of {_now}");
        }

        private void Hear()
        {
            VrrpInstance instance = _router.Instances[AnyInstance];
            byte[] bytes = RouterHarness.Advert(instance.Settings, (byte)_random.NextInt(256));
            if (_random.OneIn(5))
            {
                bytes[_random.NextInt(bytes.Length)] ^= (byte)_random.NextInt(256);
            }

            var packet = new ReceivedAdvert
            {
                Source = instance.Settings.Family == IpFamily.V4 ? Sources[_random.NextInt(Sources.Length)] : RouterHarness.HigherV6,
                Destination = instance.Settings.IsUnicast && !_random.OneIn(5) ? instance.SourceAddress : default,
                SourceMac = new MacAddress((ulong)_random.NextInt(4)),
                TimeToLive = (byte)(_random.OneIn(20) ? 64 : 255),
                Bytes = bytes.AsSpan(0, _random.OneIn(20) ? _random.NextInt(bytes.Length) : bytes.Length),
            };
            if (_random.OneIn(10))
            {
                _router.OnOtherRouterId(_now, "eth0", packet, _actions);
                return;
            }

            _router.OnAdvert(_now, instance.Index, packet, _actions);
        }

        private void HearArp() => _router.OnClaim(
            _now,
            _random.OneIn(3) ? Sources[_random.NextInt(Sources.Length)] : RouterHarness.Vip,
            new MacAddress((ulong)_random.NextInt(4)),
            _actions);

        private VrrpRouterSettings DrawSettings()
        {
            int count = 1 + _random.NextInt(3);
            ImmutableArray<VrrpInstanceSettings> instances = [.. Enumerable.Range(1, count).Select(DrawInstance)];
            return new VrrpRouterSettings
            {
                Instances = instances,
                StartupDelay = TimeSpan.FromSeconds(_random.OneIn(4) ? _random.NextInt(10) : 0),
                LinkDelays = _random.OneIn(3) ? [new VrrpLinkDelay("eth0", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1))] : [],
                SyncGroups = count > 1 && _random.OneIn(2) ? [new VrrpSyncGroupSettings("VG_1", [instances[0].Name, instances[1].Name])] : [],
            };
        }

        private VrrpInstanceSettings DrawInstance(int number)
        {
            int[] weights = [0, 2, -50, 253];
            string name = string.Create(CultureInfo.InvariantCulture, $"VI_{number}");
            VrrpInstanceSettings drawn = _random.NextInt(4) switch
            {
                0 => RouterHarness.Fast(name),
                1 => RouterHarness.OverIpv6(name),
                2 => RouterHarness.Instance(name) with { AuthPass = "1111", UsesAuthenticationHeader = _random.OneIn(2) },
                _ => RouterHarness.Instance(name),
            };
            return drawn with
            {
                UnicastPeers = drawn.Family == IpFamily.V4 && _random.OneIn(5) ? [new UnicastPeer(RouterHarness.Higher)] : [],
                LacksPeers = _random.OneIn(50),
                DownTimerAdverts = _random.OneIn(5) ? 1 + _random.NextInt(5) : 3,
                Priority = (byte)(_random.OneIn(5) ? 255 : 1 + _random.NextInt(254)),
                StartsAsMaster = _random.OneIn(3),
                Nopreempt = _random.OneIn(4),
                AdvertInterval = drawn.Version == 3 ? drawn.AdvertInterval : TimeSpan.FromSeconds(1 + _random.NextInt(3)),
                GarpMasterDelay = TimeSpan.FromSeconds(_random.NextInt(6)),
                RivalProbeInterval = TimeSpan.FromSeconds(_random.OneIn(2) ? 5 : 0),
                RivalPolicy = (RivalPolicy)_random.NextInt(3),
                TrackScripts = _random.OneIn(2) ? [new VrrpTrack("chk", weights[_random.NextInt(4)])] : [],
                PreemptDelay = TimeSpan.FromSeconds(_random.OneIn(3) ? _random.NextInt(10) : 0),
                IgnoresOwnLink = _random.OneIn(6),
                GarpMasterRefresh = TimeSpan.FromSeconds(_random.OneIn(3) ? _random.NextInt(10) : 0),
                KeepsSilentToLower = _random.OneIn(5),
                AlwaysSaysLastWord = _random.OneIn(5),
                TrackFiles = _random.OneIn(3) ? [new VrrpTrack("drain", weights[_random.NextInt(3)]) { Reverse = _random.OneIn(3) }] : [],
                TrackProcesses = _random.OneIn(3) ? [new VrrpTrack("nginx", weights[_random.NextInt(3)]) { Reverse = _random.OneIn(3) }] : [],
                TrackPaths = _random.OneIn(3) ? [new VrrpTrack("core", weights[_random.NextInt(3)]) { Reverse = _random.OneIn(3) }] : [],
                TrackGroups = _random.OneIn(3) ? [new VrrpTrack("static", Weight: 0)] : [],
                TrackInterfaces = _random.OneIn(3) ? [new VrrpTrack("eth1", weights[_random.NextInt(3)])] : [],
            };
        }
    }
}
