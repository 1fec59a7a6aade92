namespace Pointsman.Config.Tests;

/// <summary>Every keyword of VRRP that works: trackers, static things, groups, instances.</summary>
internal static class EveryVrrpKeyword
{
    internal const string Text = """
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
        linkbeat_use_polling
        linkbeat_interfaces {
            eth0 MII
            eth1
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
            linkbeat_use_polling
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

        """;
}
