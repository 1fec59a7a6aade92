namespace Pointsman.Config.Tests;

/// <summary>Every keyword of <c>global_defs</c> that works, each with a value that is not its default.</summary>
internal static class EveryGlobalKeyword
{
    internal const string Text = """
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
            lvs_sync_daemon eth5 A id 3 maxlen 1400 port 8849 ttl 2 group 224.0.0.82
            script_user nobody
            enable_script_security
            umask IWGRP | IROTH
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
            rs_init_notifies
            lvs_timeouts tcp 1000 tcpfin 70 udp 33
            #pointsman: share_checks off
            #pointsman: connection_table 1000000
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

        """;
}
