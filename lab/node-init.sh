#!/bin/bash
# The first process of a lab machine. It runs with its own network, mounts, host name and process ids, makes them look
# like a machine's, says "ready", and then only reaps children. When it dies the kernel removes all of the machine.
# Usage: node-init.sh LAB NODE
set -euo pipefail
node=$2
trap 'echo "node $node: line $LINENO of node-init.sh failed: $BASH_COMMAND"' ERR
exec 2>&1

# /sys shows the network devices of the namespace that mounted it.
mount -t sysfs sysfs /sys
mount -t bpf bpf /sys/fs/bpf

# /etc and /var are the host's to read and the node's own to write; /run and the logs start empty.
mount -t tmpfs -o mode=0755 lab-run /run
mkdir -p /run/lab/disk /run/lock
mount -t tmpfs -o mode=0755 lab-disk /run/lab/disk
for part in etc var; do
    mkdir -p "/run/lab/disk/$part.upper" "/run/lab/disk/$part.work"
    mount -t overlay overlay -o "lowerdir=/$part,upperdir=/run/lab/disk/$part.upper,workdir=/run/lab/disk/$part.work" "/$part"
done
for directory in /var/log /var/lib/nginx /var/lib/postgresql; do
    mkdir -p "$directory"
    mount -t tmpfs -o mode=0755 lab-fresh "$directory"
done
rm -rf /etc/keepalived /etc/nginx/nginx.conf
mkdir -p /etc/keepalived /etc/nginx /var/log/nginx /var/lib/nginx/body
hostname "$node"
echo "$node" > /etc/hostname

# A new network namespace inherits what the host was tuned to; a lab must behave alike on every host.
for setting in rp_filter arp_ignore arp_announce arp_filter; do
    for scope in all default; do
        echo 0 > "/proc/sys/net/ipv4/conf/$scope/$setting"
    done
done
if [[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]]; then
    for table in arptables iptables ip6tables; do
        echo 0 > "/proc/sys/net/bridge/bridge-nf-call-$table"
    done
fi
ip link set lo up

trap - ERR
set +e
echo ready
exec < /dev/null > /dev/null 2>&1
# Not one long sleep: bash reaps the orphans of the machine while it waits, and a killed sleep must not end it.
while :; do
    sleep 3600 &
    wait $!
done
