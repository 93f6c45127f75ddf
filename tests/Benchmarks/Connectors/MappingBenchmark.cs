using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Benchmarks.Connectors;

/// <summary>
/// A delivery of a vendor mapped to an event as its manifest says, on one processor, against System.Text.Json parsing the same bytes
/// between rounds of it. Both are let go of what they read.
/// </summary>
internal sealed class MappingBenchmark : IBenchmark
{
    private const int Rounds = 7;
    private const double Enough = 100_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public string Verb => "mapping";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<ISecretSource>(new SecretSource(TimeProvider.System))
            .AddManifestConnectors()
            .BuildServiceProvider();
        var engine = new NormalizeByManifestHandler(TimeProvider.System);
        var round = TimeSpan.FromSeconds(quick ? 0.2 : 1.5);
        List<Measured> measured = [];
        foreach (var (vendor, settings, delivery) in Deliveries())
        {
            var source = services.GetServices<IWebhookSource>().Single(one => one.Connector == vendor);
            var connection = new Connection($"contoso-{vendor}", TenantId.Parse("contoso"), vendor, settings);
            var request = new WebhookRequest("application/json", new HeaderDictionary(), null, delivery);
            measured.Add(await CompareAsync(vendor, delivery, round, MapAsync));

            async Task<ConnectorEvent> MapAsync() =>
                (await engine.Handle((NormalizeByManifest)source.Normalize(connection, request), CancellationToken.None)).Events.Single();
        }
        return measured;
    }

    private static async Task<Measured> CompareAsync(string vendor, byte[] delivery, TimeSpan round, Func<Task> map)
    {
        Task Parse()
        {
            JsonDocument.Parse(delivery).Dispose();
            return Task.CompletedTask;
        }
        await RateAsync(Parse, WarmUp);
        await RateAsync(map, WarmUp);
        List<(double Parse, double Map)> rounds = [];
        for (var n = 0; n < Rounds; n++)
            rounds.Add((await RateAsync(Parse, round), await RateAsync(map, round)));
        var median = rounds.OrderBy(static one => one.Map / one.Parse).ElementAt(Rounds / 2);
        var bar = Math.Min(Enough, median.Parse / 3);
        return new($"events mapped per second of what is asked, {vendor}", median.Map / bar, "x", 1, new Dictionary<string, double>
        {
            ["events mapped/s"] = median.Map,
            ["the same bytes parsed/s"] = median.Parse,
            ["asked: 100,000, or a third of parsing where that is less"] = bar,
            ["bytes"] = delivery.Length,
        });
    }

    private static async Task<double> RateAsync(Func<Task> work, TimeSpan time)
    {
        var done = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            for (var n = 0; n < 100; n++)
                await work();
            done += 100;
        }
        return done / watch.Elapsed.TotalSeconds;
    }

    private static IEnumerable<(string Vendor, Dictionary<string, string> Settings, byte[] Delivery)> Deliveries()
    {
        yield return ("ninjaone", new() { ["Organization"] = "2" }, Encoding.UTF8.GetBytes("""
            {"id":177210,"activityTime":1742391675.556,"deviceId":7,"seriesUid":"e6b0b0bd-5753-445d-9e4a-71c08983cbd5","activityType":"CONDITION","statusCode":"TRIGGERED","status":"Triggered","sourceConfigUid":"205b85b2-8a12-4123-834f-164be08b3314","sourceName":"_average_","subject":"","message":"Memory Utilization is greater than or equal to 80% for 5 minutes","type":"Condition","severity":"MAJOR","data":{"message":{"code":"vmm_cond_memory_usage_ge","params":{"duration":5,"end_date":1742391675556,"start_date":1742391365182,"target":"_average_","threshold":80,"unit":"%","value":84.80957683284261}}},"device":{"id":7,"parentDeviceId":6,"organizationId":2,"locationId":2,"nodeClass":"VMWARE_VM_HOST","nodeRoleId":9,"rolePolicyId":43,"approvalStatus":"APPROVED","offline":false,"displayName":"192.168.50.43","systemName":"esxi03.corp.local","dnsName":"192.168.50.43","created":1707363433.892432,"lastContact":1741793638.531,"lastUpdate":1741793638.531,"references":{"organization":{"name":"Example Consulting","nodeApprovalMode":"AUTOMATIC","id":2},"location":{"name":"Main Office","id":2}}}}
            """));
        yield return ("wazuh", new() { ["Group"] = "contoso" }, Encoding.UTF8.GetBytes("""
            {"severity":2,"pretext":"WAZUH Alert","title":"sshd: Attempt to login using a non-existent user","text":"Oct 15 21:07:00 linux-agent sshd[29205]: Invalid user blimey from 18.18.18.18 port 48928","rule_id":"5710","timestamp":"2023-04-25T13:50:43.764000Z","id":"1682430643.3725","all_fields":{"timestamp":"2023-04-25T13:50:43.764000Z","rule":{"level":5,"description":"sshd: Attempt to login using a non-existent user","id":"5710","mitre":{"id":["T1110.001","T1021.004","T1078"],"tactic":["Credential Access","Lateral Movement","Initial Access"],"technique":["Password Guessing","SSH","Valid Accounts"]},"firedtimes":1,"mail":false,"groups":["syslog","sshd","authentication_failed","invalid_login"],"gdpr":["IV_35.7.d","IV_32.2"],"hipaa":["164.312.b"],"pci_dss":["10.2.4","10.2.5","10.6.1"]},"agent":{"id":"007","name":"centos7","labels":{"client":"contoso"}},"manager":{"name":"wazuh"},"id":"1682430643.3725","full_log":"Oct 15 21:07:00 linux-agent sshd[29205]: Invalid user blimey from 18.18.18.18 port 48928","decoder":{"parent":"sshd","name":"sshd"},"data":{"srcip":"18.18.18.18","srcport":"48928","srcuser":"blimey"},"location":"/var/log/auth.log"}}
            """));
        using var rendered = JsonDocument.Parse(Samples.Bytes("datto-rmm-webhook-template-and-rendered.json"));
        yield return ("datto-rmm", new() { ["Site"] = "11111111-2222-3333-4444-555555555555" },
            Encoding.UTF8.GetBytes(rendered.RootElement.GetProperty("rendered_example").GetRawText()));
    }
}
