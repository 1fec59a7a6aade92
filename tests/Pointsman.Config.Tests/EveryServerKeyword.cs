namespace Pointsman.Config.Tests;

/// <summary>Every keyword of virtual and real servers and their checkers that works.</summary>
internal static class EveryServerKeyword
{
    internal static readonly string Text = """
        virtual_server 10.0.0.1 80 {
            delay_loop 9
            lb_algo rr
            lb_kind DR
            persistence_timeout 90
            persistence_granularity 255.0.255.0
            persistence_engine sip
            protocol TCP
            ip_family inet
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
            #pointsman: conn_reuse_mode 2
            #pointsman: expire_nodest_conn on
            #pointsman: expire_quiescent_template on
            #pointsman: sloppy on
            #pointsman: check_road off
            #pointsman: check_road_source 10.0.0.77
            #pointsman: full_nat 10.0.0.70 10.0.0.72-73
            sorry_server 10.0.0.19 80
            sorry_server_lvs_method NAT
            sorry_server_inhibit
            smtp_alert off
            flag-1
            flag-2
            flag-3
            real_server 10.0.0.11 80 {
                weight 9
                lvs_method TUN type gue port 6080 remcsum
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
        virtual_server_group WEB {
            10.0.0.1 8080
            10.0.0.2-3 8080
        }
        virtual_server group WEB {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.11 {
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
        virtual_server 10.0.0.1 3868 {
            lb_algo rr
            lb_kind DR
            protocol SCTP
            real_server 10.0.0.11 3868 {
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
}
