using DevOpsAI.Drafting;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>
/// Names with the words of a runbook that say something else: that all is well, that a part, an application or another thing is meant.
/// </summary>
public sealed class SoundsAlikeTests
{
    private static readonly RunbookCatalog BuiltIn = RunbookCatalog.Load(null, []);

    public static TheoryData<string> Names =>
    [
        // All is well, or again.
        "No malware found", "Malware scan: 0 threats", "Malware scan completed", "No disk errors on server", "SMART test passed",
        "Backup jobs: 0 failed", "Backup completed successfully",
        "Device is online (was offline for 5 minutes)", "Server back online, was down",
        "Windows Service 'Spooler' changed from Stopped to Running", "Print spooler is running",
        "No reboot required", "Reboot not required", "Reboot completed", "RAID not degraded", "UPS no longer on battery", "Not on battery",
        "System time synchronized",
        "Time sync restored on host", "Certificate valid for 300 days", "Certificate renewed", "Account unlocked", "Disk space OK",
        "CPU usage back to normal",
        "Sicherung erfolgreich", "Copia de seguridad completada", "Sauvegarde réussie", "Dienst läuft",
        // Hardware, cables, people and policies rather than what the runbook treats.
        "Memory error critical", "Critical ECC memory errors on server", "Memory module failed", "CPU fan critical", "CPU error critical",
        "CPU usage too low on server",
        "Temperature sensor stopped reporting", "USB device disconnected", "Laptop running on battery", "Battery temperature high on UPS",
        "UPS self test failed",
        "Drive mapping failed", "Account lockout policy changed", "User risk policy changed", "Password expires in 5 days",
        "Malware protection disabled", "Ransomware protection disabled",
        "Virus signatures outdated", "Print service account expired", "Mailbox rule created", "Mailbox exceeded message rate limit",
        "VPN user disconnected", "VPN license expired",
        "Disk temperature critical", "Disk replaced", "Disk C: failed", "Disk encryption failed", "Backup repository space low",
        "Backup license expires", "Backup copy failed",
        "Domain expires in 14 days", "License expires", "Support contract expiring",
        // Applications, clouds, stores, quotas.
        "High memory usage in Redis", "High memory usage (redis)", "High memory usage [web container]", "Low disk space in SQL database",
        "Disk quota exceeded for user", "OneDrive disk space low",
        "Elasticsearch disk usage high", "Cloud storage full", "Backup storage full", "Log file of SQL database full", "Website is down",
        "Web service is down", "SQL Server is down",
        "Application server down", "Mail server down", "DNS server down", "Database server high CPU", "Container host high memory",
        "VM host CPU ready high", "Load balancer high",
        "High load time of website", "Ping response time high", "API certificate authority expires", "Kubernetes node down",
        "AWS VPN: Tunnel 1.2.3.4 is down", "K8s node high CPU",
        "Service Bus stopped", "Service desk queue high", "Service account locked by policy", "Postgres-Dienst reagiert nicht",
        "Datenbank-Speicherplatz knapp", "Mémoire du conteneur élevée",
        "Base de datos: poco espacio", "Lizenz läuft ab", "Kennwort läuft in 5 Tagen ab", "Licence bientôt expirée", "Fast Ethernet down",
        "perf_resource_usage_ctx",
    ];

    [Theory, MemberData(nameof(Names))]
    public void What_sounds_alike_reaches_no_runbook(string name)
    {
        foreach (var labels in new Dictionary<string, string>[]
        {
            new() { ["device"] = "SRV-FILE01" },
            new() { ["host"] = "srv-file01", ["severity"] = "high" },
            new() { ["job"] = "windows", ["instance"] = "srv-file01:9182" },
            new() { ["user"] = "anna@contoso.com" },
        })
            (BuiltIn.For(name, labels)?.Runbook.Name).ShouldBeNull($"{name} {string.Join(' ', labels)}");
    }

    [Theory]
    [InlineData("Low disk space on C:", "C:")]
    [InlineData("FS [(D:)]: Space is critically low (used > 90%, total 118.6GB)", "D:")]
    [InlineData("FS [/var/lib/docker]: Space is low (used > 80%, total 50GB)", "/var/lib/docker")]
    [InlineData("DISK CRITICAL - free space: / 1024 MB (3% inode=88%)", "/")]
    [InlineData("Memory: 5 Pages/sec and http://x/y and 10:30", null)]
    public void The_volume_that_the_name_names_is_the_one(string kind, string? volume) =>
        NamedInText.Values(Parameter("disk-space", "volume"), kind).ShouldBe(volume is null ? [] : [volume]);

    [Theory]
    [InlineData("Service \"W32Time\" (Windows Time) is not running (startup type automatic)", "W32Time")]
    [InlineData("\"MSSQLSERVER\" (SQL Server (MSSQLSERVER)) is not running (startup type automatic)", "MSSQLSERVER")]
    [InlineData("Service MSSQLSERVER: stopped (start type is auto)", "MSSQLSERVER")]
    [InlineData("Dienst MSSQLSERVER gestoppt", "MSSQLSERVER")]
    [InlineData("The server's service isn't running", null)]
    public void The_service_that_the_name_names_is_the_one(string kind, string? service) =>
        NamedInText.Values(Parameter("service-stopped", "service"), kind).ShouldBe(service is null ? [] : [service]);

    private static ParameterRule Parameter(string runbook, string name) =>
        BuiltIn.All.Single(one => one.Name == runbook).Parameters.Single(parameter => parameter.Name == name);

    [Fact]
    public async Task Another_service_than_the_one_in_the_name_is_not_started()
    {
        var draft = await new DraftingScene().DraftOfAsync(
            "Service \"W32Time\" (Windows Time) is not running (startup type automatic)", "SRV-FILE01", [("host", "SRV-FILE01")]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain("W32Time");
    }

    [Fact]
    public async Task Another_volume_than_the_one_in_the_name_is_not_cleaned()
    {
        var draft = await new DraftingScene().DraftOfAsync("Low disk space on Q:", "SRV-FILE01", [("host", "SRV-FILE01")]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain("'Q'");
    }
}
