using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting;

/// <summary>The parts of a device that runbooks treat one at a time: what their parameters are filled with from an alert.</summary>
internal sealed class RunbookParts(RunbookCatalog runbooks) : IAlertParts
{
    /// <summary>Labels that name a thing, as exporters and rule collections use them; in a fixed order.</summary>
    private static readonly string[] Identifying =
    [
        "instance", "cluster", "namespace", "pod", "container", "deployment", "statefulset", "daemonset", "replicaset", "job_name",
        "cronjob", "persistentvolumeclaim",
        "exported_namespace", "exported_job", "exported_pod", "target", "url", "endpoint", "probe", "check", "interface", "ifname",
        "mountpoint", "volume", "name",
        "service", "service_name", "service_id", "unit", "queue", "queue_name", "topic", "vhost", "database", "datname", "db",
        "dbinstance_identifier", "instance_id",
        "resourcename", "load_balancer", "bucket", "pool", "schedule", "backup", "repository", "proxy", "backend", "server", "groupname",
        "task_name", "partition",
        "consumergroup", "index", "certificate", "subject", "domain", "path", "user", "account", "tenant_name", "site", "printer",
    ];

    public string? GetPart(string kind, string? device, IReadOnlyDictionary<string, string> attributes)
    {
        if (runbooks.For(kind, attributes)?.Runbook is not { } runbook)
            return Thing(attributes);
        var target = device is null ? "" : EventKeys.ShortName(device);
        var named = runbook.Parameters.Select(rule => ParameterValues.NamedBy(rule, target, attributes, kind).Value).OfType<string>();
        return string.Join('|', named).ToLowerInvariant() is { Length: > 0 } part ? part : null;
    }

    public string? GetPartInText(string device, string text) => NamedInText.First(text, EventKeys.ShortName(device)) is { } named
        ? Readings.Without(named).ToLowerInvariant()
        : null;

    public bool HasPlan(string kind, IReadOnlyDictionary<string, string> attributes) => runbooks.For(kind, attributes) is not null;

    /// <summary>
    /// Without a runbook nothing says which label names the part, so all count that usually do: alerts of two pods, probes or queues are
    /// two incidents although one exporter reports them.
    /// </summary>
    private static string? Thing(IReadOnlyDictionary<string, string> attributes)
    {
        var named = Identifying
            .Select(name => (Name: name, Value: attributes.Attribute(name)))
            .Where(static label => !string.IsNullOrWhiteSpace(label.Value)
                && (label.Name != "instance" || label.Value.Contains("://", StringComparison.Ordinal)))
            .Select(static label => $"{label.Name}={label.Value!.Trim()}");
        return string.Join('|', named).ToLowerInvariant() is { Length: > 0 } thing ? thing : null;
    }
}
