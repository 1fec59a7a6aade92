using Pointsman.Config.Inventory;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>No keyword is said to work that changes nothing: without its line, another configuration is read, or none.</summary>
public sealed class WorkingKeywordTests
{
    internal static readonly string Everything = """
        instance edge
        global_defs {
            router_id lb7
            default_interface eth3
            vrrp_strict
            vrrp_owner_ignore_adverts
            nftables tt
            nftables_priority -9
            nftables_counters
            vmac_prefix vv
            vmac_addr_prefix va
            vrrp_version 3
            vrrp_skip_check_adv_addr
            vrrp_check_unicast_src
            vrrp_mcast_group4 224.0.0.19
            vrrp_mcast_group6 ff02::19
            v3_checksum_as_v2
            vrrp_down_timer_adverts 4
            notification_email {
                ops@example.org
            }
            notification_email_from lvs@example.org
            smtp_server 10.0.0.25 587
            smtp_connect_timeout 9
            smtp_helo_name lb7.example.org
            smtp_alert on
            smtp_alert_vrrp off
            smtp_alert_checker off
            no_email_faults
            no_checker_emails
            #pointsman: smtp_tls starttls
            #pointsman: smtp_tls_name mail.example.org
            #pointsman: smtp_tls_ca /etc/ca.pem
            #pointsman: smtp_login lb7 /etc/pointsman/password
            script_user nobody
            enable_script_security
            #pointsman: dead_mans_switch off
            notify_fifo /run/pipe
            notify_fifo_script /bin/cat
            vrrp_notify_fifo /run/vrrp-pipe daemon
            vrrp_notify_fifo_script "/bin/tail -f"
            lvs_notify_fifo /run/lvs-pipe
            lvs_notify_fifo_script /bin/cat
            #pointsman: webhook https://hooks.example/x
            vrrp_notify_priority_changes
            fifo_write_vrrp_states_on_reload
            #pointsman: share_checks off
            vrrp_startup_delay 3
            vrrp_delay_after_boot 90
            vrrp_garp_master_delay 11
            vrrp_garp_master_repeat 12
            vrrp_garp_master_refresh 13
            vrrp_garp_master_refresh_repeat 14
            vrrp_garp_lower_prio_delay 15
            vrrp_garp_lower_prio_repeat 16
            vrrp_garp_interval 0.1
            vrrp_gna_interval 0.2
            vrrp_garp_extra_if all 60
            vrrp_min_garp
            vrrp_lower_prio_no_advert
            vrrp_higher_prio_send_advert
        }
        vrrp_script chk {
            script /bin/true
            interval 7
            timeout 3
            weight 5
            rise 2
            fall 4
            init_fail
            user daemon
        }
        track_file drain {
            file /run/drain
            weight 3
            init_file 2 overwrite
        }
        vrrp_track_process web {
            process "nginx -g"
            param_match initial
            weight 6
            quorum 2
            quorum_max 9
            terminate_delay 5
            fork_delay 6
            full_command
        }
        vrrp_track_process db {
            process postgres
            delay 4
        }
        bfd_instance core {
            neighbor_ip 10.0.0.7
            source_ip 10.0.0.6
            min_rx 20
            min_tx 30
            idle_tx 2000
            multiplier 3
            passive
            multihop
            ttl 200
            max_hops 2
            weight 9 reverse
        }
        bfd_instance edge {
            neighbor_ip 10.0.0.8
        }
        bfd_instance near {
            neighbor_ip 10.0.0.9
            checker
        }
        bfd_instance far {
            neighbor_ip 10.0.0.10
            vrrp
        }
        SSL {
            certificate /etc/pointsman/client.pem
            key /etc/pointsman/client.key
            password secret
            ca /etc/pointsman/ca.pem
        }
        interface_up_down_delays {
            eth0 1 2
        }
        vrrp_script other {
            script /bin/false
        }
        garp_group {
            garp_interval 0.3
            gna_interval 0.4
            interface eth0
            interfaces {
                eth1
            }
        }
        track_group T {
            group {
                A
                B
            }
        }
        static_ipaddress {
            10.0.7.1/24 track_group T
        }
        static_routes {
            10.7.0.0/16 via 10.0.0.254 track_group T
        }
        static_rules {
            from 10.7.0.0/16 table 7 preference 700 track_group T
        }
        vrrp_sync_group G {
            group {
                A
                B
            }
            sync_group_tracking_weight
            track_script {
                chk
            }
            track_interface {
                eth1 weight 7 reverse
            }
            track_file {
                drain weight 2
            }
            track_process {
                web
            }
            track_bfd {
                core weight 3
                edge
            }
            notify "/bin/any it"
            notify_master /bin/master daemon
            notify_backup /bin/backup
            notify_fault /bin/fault
            notify_stop /bin/stop
            notify_deleted /bin/deleted
            notify_priority_changes on
            smtp_alert off
        }
        vrrp_instance A {
            state MASTER
            interface eth0
            virtual_router_id 7
            priority 77
            version 2
            advert_int 3
            mcast_src_ip 10.0.0.3
            mcast_dst_ip 224.0.0.20
            track_src_ip
            skip_check_adv_addr off
            check_unicast_src off
            v3_checksum_as_v2 off
            down_timer_adverts 5
            authentication {
                auth_type PASS
                auth_pass secret
            }
            virtual_ipaddress {
                10.0.0.1
            }
            track_interface {
                eth1 weight 7 reverse
            }
            virtual_ipaddress_excluded {
                10.0.0.8/24 dev eth2 use_vmac brd + scope link noprefixroute no_track
                10.0.0.9 peer 10.0.1.9/24 home -nodad mngtmpaddr autojoin preferred_lft 60
            }
            #pointsman: split_brain hold
            track_file {
                drain weight 2
            }
            track_process {
                web
            }
            track_bfd {
                core
            }
            dont_track_primary
            virtual_routes {
                10.8.0.0/16 via 10.0.0.254 dev eth0 no_track
            }
            virtual_rules {
                from 10.0.0.1 table 8 preference 800 no_track
            }
            promote_secondaries
            strict_mode off
            accept
            owner_ignore_adverts off
            use_vmac mine 02:01:02:03:04 group 5
            vmac_xmit_base
            use_vmac_addr
            garp_master_delay 9
            garp_master_repeat 9
            garp_master_refresh 60
            garp_master_refresh_repeat 2
            garp_lower_prio_delay 7
            garp_lower_prio_repeat 3
            garp_extra_if 30
            lower_prio_no_advert off
            higher_prio_send_advert off
            notify "/bin/any it"
            notify_master /bin/master daemon
            notify_backup /bin/backup
            notify_fault /bin/fault
            notify_stop /bin/stop
            notify_deleted /bin/deleted
            notify_priority_changes on
            notify_master_rx_lower_pri /bin/lower
            smtp_alert off
        }
        vrrp_instance B {
            interface eth0
            virtual_router_id 8
            unicast_src_ip 10.0.0.3
            unicast_peer {
                10.0.0.4 min_ttl 254
            }
            unicast_ttl 254
            strict_mode off
            no_accept
            unicast_fault_no_peer
            virtual_ipaddress {
                10.0.0.2
            }
            nopreempt
            track_script {
                chk
                other
            }
        }
        vrrp_instance C {
            interface eth0
            virtual_router_id 9
            strict_mode off
            preempt_delay 60
            virtual_ipaddress {
                fe80::9
            }
        }
        virtual_server 10.0.0.1 80 {
            delay_loop 9
            lb_algo rr
            lb_kind DR
            persistence_timeout 90
            persistence_granularity 255.255.255.0
            protocol TCP
            connect_timeout 8
            retry 8
            delay_before_retry 8
            warmup 8
            alpha
            virtualhost vs.example
            weight 5
            inhibit_on_failure
            quorum 4
            hysteresis 2
            quorum_up "/bin/true up"
            quorum_down /bin/true nobody
            omega
            ha_suspend
            #pointsman: check_road off
            #pointsman: check_road_source 10.0.0.77
            sorry_server 10.0.0.19 80
            sorry_server_lvs_method NAT
            sorry_server_inhibit
            smtp_alert off
            flag-1
            flag-2
            flag-3
            real_server 10.0.0.11 80 {
                weight 9
                lvs_method TUN type gue port 6080 nocsum
                smtp_alert off
                uthreshold 900
                lthreshold 700
                TCP_CHECK {
                    bindto 10.0.0.13
                    bind_port 82
                    bind_if eth9
                    fwmark 83
                    alpha off
                    log_all_failures
                    connect_ip 10.0.0.12
                    connect_port 81
                    connect_timeout 9
                    retry 9
                    delay_before_retry 9
                    delay_loop 19
                    warmup 9
                }
            }
            real_server 10.0.0.12 80 {
                HTTP_GET {
                    url {
                        path /
                    }
                }
            }
            real_server 10.0.0.13 80 {
                inhibit_on_failure off
                notify_up "/bin/true up"
                notify_down "/bin/true down"
                connect_timeout 7
                retry 7
                delay_before_retry 7
                warmup 7
                alpha off
                delay_loop 7
                virtualhost rs.example
                HTTP_GET {
        {PAGE}
                }
                HTTP_GET {
                    url {
                        path /
                    }
                }
                SSL_GET {
        {PAGE}
                }
            }
            real_server 10.0.0.14 80 {
                SMTP_CHECK {
                    connect_ip 10.0.0.12
                    connect_port 81
                    bindto 10.0.0.13
                    bind_port 82
                    bind_if eth9
                    fwmark 83
                    connect_timeout 9
                    retry 9
                    delay_before_retry 9
                    delay_loop 19
                    warmup 9
                    alpha off
                    log_all_failures
                    helo_name me.example
                }
                SMTP_CHECK {
                    host {
                        connect_ip 10.0.0.15
                        connect_port 86
                        bindto 10.0.0.16
                        bind_port 87
                        bind_if eth8
                        fwmark 84
                    }
                    host {
                        connect_ip 10.0.0.17
                    }
                }
                DNS_CHECK {
                    connect_ip 10.0.0.12
                    connect_port 81
                    bindto 10.0.0.13
                    bind_port 82
                    bind_if eth9
                    fwmark 83
                    connect_timeout 9
                    retry 9
                    delay_before_retry 9
                    delay_loop 19
                    warmup 9
                    alpha off
                    log_all_failures
                    type A
                    name a.example
                }
                UDP_CHECK {
                    connect_ip 10.0.0.12
                    connect_port 81
                    bindto 10.0.0.13
                    bind_port 82
                    bind_if eth9
                    fwmark 83
                    connect_timeout 9
                    retry 9
                    delay_before_retry 9
                    delay_loop 19
                    warmup 9
                    alpha off
                    log_all_failures
                    payload 01ff "ab"
                    require_reply 1x
                    min_reply_length 2
                    max_reply_length 9
                }
                PING_CHECK {
                    connect_ip 10.0.0.12
                    connect_port 81
                    bindto 10.0.0.13
                    bind_port 82
                    bind_if eth9
                    fwmark 83
                    connect_timeout 9
                    retry 9
                    delay_before_retry 9
                    delay_loop 19
                    warmup 9
                    alpha off
                    log_all_failures
                }
                FILE_CHECK {
                    track_file drain
                    weight 4 reverse
                }
                BFD_CHECK {
                    name near
                    alpha off
                }
                MISC_CHECK {
                    retry 9
                    delay_before_retry 9
                    delay_loop 19
                    warmup 9
                    alpha off
                    log_all_failures
                    misc_path "/bin/true a"
                    misc_timeout 4
                    misc_dynamic
                    user nobody
                }
            }
        }
        virtual_server 10.0.0.1 81 {
            lb_algo sh
            sh-fallback
            sh-port
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 81 {
            }
        }
        virtual_server 10.0.0.1 82 {
            lb_algo mh
            mh-fallback
            mh-port
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 82 {
            }
        }
        virtual_server 10.0.0.1 53 {
            lb_algo rr
            lb_kind DR
            protocol UDP
            ops
            real_server 10.0.0.11 53 {
            }
        }

        """.Replace("{PAGE}", Page, StringComparison.Ordinal);

    private const string Page = """
                    connect_ip 10.0.0.12
                    connect_port 81
                    bindto 10.0.0.13
                    bind_port 82
                    bind_if eth9
                    fwmark 83
                    connect_timeout 9
                    retry 9
                    delay_before_retry 9
                    delay_loop 19
                    warmup 9
                    alpha
                    log_all_failures
                    http_protocol 1.1
                    virtualhost check.example
                    enable_sni
                    sni_name sni.example
                    fast_recovery
                    tls_compliant
                    url {
                        path /x
                        digest 0123456789ABCDEF0123456789abcdef
                        status_code 200 301-303
                        virtualhost url.example
                        regex "^a\\d+"
                        regex_no_match
                        regex_options caseless
                        regex_min_offset 2
                        regex_max_offset 9
                        tls_compliant
                    }
        """;

    // The only value they can have so far is what happens without them; any other is refused or spoken of.
    // include_check bears on files, not on the model: IncludeTests. checker_log_all_failures would hide the checkers' own.
    private static readonly string[] OfOneValue = ["vrrp_vmac_garp_intvl", "vmac_garp_intvl", "include_check", "vrrp_track_file", "checker_log_all_failures"];

    // Other spellings, read in place of the first.
    private static readonly Dictionary<string, string> Spellings = new()
    {
        ["lvs_id"] = "router_id lb7", ["smtp_connection_timeout"] = "smtp_connect_timeout 9", ["lvs_sched"] = "lb_algo rr", ["lvs_method"] = "lb_kind DR", ["nb_get_retry"] = "retry 9",
        ["neighbour_ip"] = "neighbor_ip 10.0.0.8", ["hoplimit"] = "ttl 200",
    };

    [Fact]
    public void EveryKeywordThatWorks_LeftOut_IsMissed()
    {
        string[] lines = Everything.Split('\n');
        (string Block, string Name)[] places = Places(lines);
        string whole = Read(Everything);
        Assert.DoesNotContain("PM", whole, StringComparison.Ordinal);
        foreach (KeywordEntry entry in KeywordManual.Entries.Where(entry => entry.Fate == Fate.Works))
        {
            if (OfOneValue.Contains(entry.Name) || entry.Name == "preempt" || Spellings.ContainsKey(entry.Name))
            {
                continue;
            }

            int index = Array.IndexOf(places, (entry.Block, entry.Name));
            Assert.True(index >= 0, $"{entry.Name} is said to work in {entry.Block} and stands in no line here");
            Assert.True(whole != Read(string.Join('\n', Without(lines, index))), $"{entry.Name} in {entry.Block} changes nothing");
        }
    }

    [Fact]
    public void OtherSpelling_InPlaceOfTheFirst_MeansTheSame()
    {
        string whole = ModelText.Of(ConfigReader.Read("f", Everything).Configuration!);
        foreach ((string spelling, string line) in Spellings)
        {
            string text = Everything.Replace($" {line}\n", $" {spelling} {line.Split(' ')[1]}\n", StringComparison.Ordinal);
            Assert.NotEqual(Everything, text);
            Assert.Equal(whole, ModelText.Of(ConfigReader.Read("f", text).Configuration!));
        }
    }

    [Fact]
    public void OldNameOfTrackFile_MeansTheSame() => Assert.Equal(
        Read(Everything), Read(Everything.Replace("\ntrack_file drain", "\nvrrp_track_file drain", StringComparison.Ordinal)));

    [Fact]
    public void Preempt_AfterNopreempt_TakesItBack() =>
        Assert.NotEqual(Read(Everything), Read(Everything.Replace("nopreempt\n", "nopreempt\npreempt\n", StringComparison.Ordinal)));

    [Fact]
    public void CheckerLogAllFailures_HoldsForAllCheckers() =>
        Assert.NotEqual(Read(Everything), Read(Everything.Replace("router_id lb7\n", "router_id lb7\nchecker_log_all_failures\n", StringComparison.Ordinal)));

    private static string Read(string text)
    {
        ConfigResult result = ConfigReader.Read("f", text);
        string codes = string.Join(' ', result.Diagnostics.Where(diagnostic => diagnostic.IsError).Select(diagnostic => diagnostic.Descriptor.Code));
        return result.Configuration is { } configuration ? ModelText.Of(configuration) : codes;
    }

    // The block and the keyword of each line.
    private static (string Block, string Name)[] Places(string[] lines)
    {
        var open = new Stack<string>(["the file"]);
        var places = new (string, string)[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Trim().Split(' ');
            string name = words[0] == "#pointsman:" ? $"{words[0]} {words[1]}" : words[0];
            places[i] = (open.Peek(), name);
            if (lines[i].EndsWith('{'))
            {
                open.Push(name);
            }
            else if (name == "}")
            {
                open.Pop();
            }
        }

        return places;
    }

    // A block goes as a whole.
    private static IEnumerable<string> Without(string[] lines, int index)
    {
        int end = index;
        int indent = lines[index].Length - lines[index].TrimStart().Length;
        if (lines[index].EndsWith('{'))
        {
            end = Array.FindIndex(lines, index, line => line.TrimEnd() == new string(' ', indent) + "}");
        }

        return [.. lines[..index], .. lines[(end + 1)..]];
    }
}
