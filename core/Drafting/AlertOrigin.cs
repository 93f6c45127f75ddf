using System.Collections.Frozen;
using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting;

/// <summary>
/// What the labels of an alert say about where its figures come from. An alert of a host's own exporter is about the host; one of a
/// database's, a cloud's or a cluster's is not, whatever its name says.
/// </summary>
internal static class AlertOrigin
{
    /// <summary>Sources of metrics about the host that they run on, as they stand in the label <c>job</c>.</summary>
    private static readonly FrozenSet<string> HostJobs =
        For("node windows wmi host hosts server servers linux collector unix baremetal vmware_guest");

    /// <summary>Sources that say whether a device answers at all.</summary>
    private static readonly FrozenSet<string> ReachJobs =
        For("snmp ping icmp ipmi switch switches router routers firewall firewalls nas printer printers ups nut apc apcupsd");

    /// <summary>Sources that report about a part of a device: its disks, its backups, its certificates, its processes.</summary>
    private static readonly FrozenSet<string> PartJobs = For(
        "smartctl smart idrac ilo redfish bmc hardware netdata raid megaraid storcli mdadm veeam backup backups wbadmin acronis "
        + "wireguard vpn ipsec openvpn x509 ssl tls "
        + "cert certs certificate certificates blackbox probe probes process processes textfile systemd defender antivirus clamav rmm "
        + "nagios icinga checkmk zabbix prtg "
        + "telegraf cups synology qnap fortigate ntp chrony patch updates wsus iis");

    /// <summary>Sources that carry others' metrics, or those of an application, whatever else their name says.</summary>
    private static readonly FrozenSet<string> OtherJobs = For(
        "otel opentelemetry kube kubernetes k8s sql mysql mysqld mariadb mssql postgres postgresql oracle redis memcached kafka mq "
        + "rabbitmq activemq nats web http app application "
        + "vault consul nomad docker container containers cadvisor kubelet apiserver minecraft game dns coredns mail smtp proxy haproxy "
        + "nginx apache tomcat traefik envoy istio "
        + "db database exim ldap api elasticsearch opensearch solr mongodb mongo couchdb couchbase cassandra clickhouse influxdb "
        + "cockroachdb etcd zookeeper minio ceph "
        + "longhorn rook gluster hadoop hdfs spark flink airflow jenkins gitlab grafana alertmanager loki mimir tempo thanos cortex "
        + "velero argocd flux jmx jvm java "
        + "pushgateway federate federation cloudwatch yace stackdriver gcp aws azure openstack vsphere vcenter vmware proxmox pve");

    /// <summary>Words of names by which rule collections call the figures of a host and nothing else.</summary>
    private static readonly FrozenSet<string> HostNames = For("host windows linux netdata smartctl systemd");

    /// <summary>Labels that only parts of clouds and clusters have.</summary>
    private static readonly string[] CloudLabels =
    [
        "resource_group", "resourcegroup", "resource_id", "resourceid", "subscription_id", "subscriptionid", "subscriptionname",
        "subscription", "project_id",
        "instance_id", "volume_id", "dbinstance_identifier", "db_instance", "load_balancer", "aws_account", "kube_cluster_name",
        "kubernetes_pod_name",
        "pod", "pod_name", "container", "container_name", "cgroup_name", "namespace", "exported_namespace", "exported_pod", "deployment",
        "statefulset", "daemonset",
        "persistentvolumeclaim", "svm", "vm_name", "datastore",
    ];

    /// <summary>It was collected by an exporter of the host's own figures.</summary>
    public static bool IsHost(string job) => Words(job) is var words && words.Any(HostJobs.Contains) && !words.Any(OtherJobs.Contains);

    /// <summary>Why it cannot be said that the device which the labels name is meant; null when it can.</summary>
    /// <param name="down">The runbook is for a device that does not answer: then the job says what it is that does not.</param>
    public static string? Doubt(string kind, AlertName name, IReadOnlyDictionary<string, string> attributes, bool down)
    {
        var job = attributes.Attribute("job");
        if (!(job is { Length: > 0 } && IsHost(job))
            && CloudLabels.FirstOrDefault(label => attributes.Attribute(label) is { Length: > 0 }) is { } cloud)
            return $"The label '{cloud}' ({QuotedText.Short(attributes.Attribute(cloud)!)}) belongs to a part of a cloud, a cluster or a "
                + $"store, so no device is meant for certain. A person must look.";
        if (string.IsNullOrEmpty(job))
            return null;
        if (RemoteExporters.IsAt(kind, attributes.Attribute("instance"), job) && !HostLabels.NameAnother(attributes))
            return $"'instance' says {QuotedText.Short(attributes.Attribute("instance")!.Split('@')[^1])}, where '{QuotedText.Short(job)}' "
                + $"gathers the figures of other things, and no label names the device. A person must say which one is meant.";
        var words = Words(job);
        var isDevices = !words.Any(OtherJobs.Contains)
            && (words.Any(HostJobs.Contains) || words.Any(ReachJobs.Contains) || (!down && words.Any(PartJobs.Contains)));
        return isDevices || (!down && name.Words.Any(HostNames.Contains))
            ? null
            : $"The alert comes from the job '{QuotedText.Short(job)}', which is not known to report about the host that it runs on. A "
                + $"person must say what is meant.";
    }

    private static IReadOnlySet<string> Words(string job) => AlertName.From(job).Words;

    private static FrozenSet<string> For(string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
