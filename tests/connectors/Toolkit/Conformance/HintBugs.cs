using System.Text.Json;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Conformance;
using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Connectors.Toolkit.Conformance;

/// <summary>Bugs that somebody could make where deliveries are hints, signed with a key that the vendor hands out.</summary>
internal static class HintBugs
{
    private const string Belongs = "\n      belongs: [\"{companyId} == {$setting.Company}\"]";

    private const string Webhook = """
        webhook:
          sender: { proof: fetchedKey, header: X-Acme-Signature, keyAddress: meta.keyUrl, keyPath: "/keys/[0-9]+", key: signingKey }
          events:
            - when: ["{type} == alert"]
              reread:
                let: { alert: "{alertId}" }
                request: GET /alerts/{$let.alert}
                at: alert
              belongs: ["{companyId} == {$setting.Company}"]
              id: "{alertId}/{changedAt}"
              status: { of: "{state}", map: { closed: resolved }, otherwise: firing }
              kind: "{rule}"
              device: "{hostname}"
              title: "{text}"
              key: "{alertId}"
              at: "{changedAt}"
              operation: "{reference}"
        """;

    private static readonly HttpClient Plain = new();

    public static string Yaml { get; } = SeededBugs.Yaml[..SeededBugs.Yaml.IndexOf("webhook:", StringComparison.Ordinal)] + Webhook;

    public static IReadOnlyDictionary<string, SeededBug> All { get; } = new Dictionary<string, SeededBug>
    {
        ["takes a hint about another company's record"] = Manifest("other-company-event", Belongs, "\n      belongs: credential"),
        ["makes an event of a record that is not told"] = SeededBug.Reads("hint-not-told", static async (read, _) =>
        {
            try
            {
                return await read();
            }
            catch (MalformedEventException)
            {
                return [Invented];
            }
        }),
        ["drops a hint while the vendor is away"] = SeededBug.Reads("hint-while-away", static async (read, _) =>
        {
            try
            {
                return await read();
            }
            catch (VendorUnavailableException)
            {
                return [];
            }
        }),
        ["refuses a hint while the vendor is away"] = SeededBug.Reads("hint-while-away", static async (read, _) =>
        {
            try
            {
                return await read();
            }
            catch (VendorUnavailableException away)
            {
                throw new MalformedEventException("alertId", away.Message);
            }
        }),
        ["believes what a hint says"] = SeededBug.Reads("hint-believed", static async (read, request) =>
        {
            using var body = JsonDocument.Parse(request.Body);
            return [.. (await read()).Select(one => body.RootElement.TryGetProperty("text", out var text)
                ? one with { Title = text.GetString()!, SourceId = "6666/firing" }
                : one)];
        }),
        ["tells a hint about another company's record as a loss"] = SeededBug.Reads("hint-of-another-company", static async (read, _) =>
            await read() is { Count: > 0 } found ? found : throw new MalformedEventException("companyId", "is another company's")),
        ["takes the id in a hint for a part of the address"] = SeededBug.Reads("hint-hostile-id", static async (read, request) =>
        {
            using var body = JsonDocument.Parse(request.Body);
            return body.RootElement.GetProperty("alertId").GetString()!.Contains("..", StringComparison.Ordinal) ? [Invented] : await read();
        }),
        ["asks whatever host a delivery names for a key"] = SeededBug.Lets("key-of-another-host", static async (accepts, request) =>
        {
            using var body = JsonDocument.Parse(request.Body);
            await Plain.GetAsync(new Uri(body.RootElement.GetProperty("meta").GetProperty("keyUrl").GetString()!));
            return await accepts();
        }),
        ["takes the key of another host"] = SeededBug.Lets("key-of-another-host", true),
        ["takes a wrong key"] = SeededBug.Lets("wrong-signature", true),
        ["turns a sender away while there is no key"] = SeededBug.Lets("key-while-away", static async (accepts, _) =>
        {
            try
            {
                return await accepts();
            }
            catch (VendorUnavailableException)
            {
                return false;
            }
        }),
        ["knows no echo in a hint"] = SeededBug.Changes("own-echo", static one => one with { Operation = null }),
    };

    private static ConnectorEvent Invented => new(
        "?", EventStatus.Firing, DevOpsAI.Connections.Severity.Warning, "?", null, "?", null, "?", default, new Dictionary<string, string>());

    private static SeededBug Manifest(string check, string good, string bad) => new(check, _ =>
    {
        Yaml.ShouldContain(good);
        return ConformanceSubject.For(SeededBugs.Read(Yaml.Replace(good, bad, StringComparison.Ordinal)), TimeProvider.System).Subject;
    });
}
