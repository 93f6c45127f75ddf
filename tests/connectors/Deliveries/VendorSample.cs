using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Tests.Connectors.Deliveries;

/// <summary>
/// A delivery as a vendor sends it. Those that may be given away are in <c>tests/support/Samples</c>; the others are looked for in
/// <c>shared/vendors/samples</c> beside the checkout.
/// </summary>
internal sealed record VendorSample(string Name, JsonNode Json)
{
    private static readonly string Approved = Path.Combine(Repository.Root, "tests", "connectors", "Deliveries", "approved");

    /// <summary>Skips the test where the sample is not on this machine.</summary>
    public static VendorSample Find(string name)
    {
        string[] places =
        [
            Path.Combine(AppContext.BaseDirectory, "Samples", $"{name}.json"),
            Path.Combine(Directory.GetParent(Repository.Root)!.FullName, "shared", "vendors", "samples", $"{name}.json"),
        ];
        var path = Array.Find(places, File.Exists);
        Assert.SkipWhen(path is null, $"the sample {name} is not on this machine");
        return new(name, JsonNode.Parse(File.ReadAllText(path!))!);
    }

    /// <summary>The body of a sample that says how it is sent, byte by byte as it was signed.</summary>
    public byte[] RawBody => Encoding.UTF8.GetBytes(Json["request"]!["rawBody"]!.GetValue<string>());

    public IReadOnlyList<(string Name, string Value)> Headers =>
        [.. Json["request"]!["headers"]!.AsObject().Select(static one => (one.Key, one.Value!.GetValue<string>()))];

    /// <summary>Whether the sender proves itself, as the endpoint for deliveries asks it.</summary>
    public static async Task<bool> IsVerifiedAsync(
        IWebhookSource source, Connection connection, byte[] body, IReadOnlyList<(string Name, string Value)> headers)
    {
        var all = new HeaderDictionary();
        foreach (var (name, value) in headers)
            all[name] = value;
        var request = new WebhookRequest("application/json", all, null, body);
        var authentication = new InboundAuthentication(new SecretSource(TimeProvider.System), TimeProvider.System);
        var credentials = source.GetCredentials(connection);
        return authentication.CheckHeaders(credentials, request) switch
        {
            Verdict.Accepted => true,
            Verdict.DependsOnBody => await authentication.CheckBodyAsync(credentials, request, ManifestHost.Token),
            _ => false,
        };
    }

    /// <summary>
    /// Holds the events against what was approved of them, in <c>approved/{name}.txt</c>. With <c>UPDATE_SAMPLES=1</c> it is written.
    /// </summary>
    public async Task MustBecomeAsync(IReadOnlyList<ConnectorEvent> events)
    {
        var told = string.Join('\n', events.Select(Tell));
        var path = Path.Combine(Approved, $"{Name}.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_SAMPLES") == "1")
            await File.WriteAllTextAsync(path, told, ManifestHost.Token);
        told.ShouldBe((await File.ReadAllTextAsync(path, ManifestHost.Token)).ReplaceLineEndings("\n"), Name);
    }

    /// <summary>What decides about an event; of what else it tells, the names.</summary>
    private static string Tell(ConnectorEvent told) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {told.Status} {told.Severity} {told.Kind}
        about: {(told.AboutUser ? "user" : "device")} {told.Device ?? "-"}
        source id: {told.SourceId}
        alert: {told.AlertKey}
        at: {told.OccurredAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}
        also: {string.Join(", ", told.Attributes.Keys.Order(StringComparer.Ordinal))}

        """);
}
