using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Raises alerts at the bot as the sources do, with the development secrets.</summary>
internal static class Alerts
{
    public static async Task<HttpResponseMessage> RaiseAsync(
        this BotProcess bot, string kind, string device, params (string Name, string Value)[] labels) =>
        await bot.AlertmanagerAsync("contoso", Payload(kind, device, "firing", labels));

    public static async Task<HttpResponseMessage> AlertmanagerAsync(this BotProcess bot, string tenant, JsonObject payload)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/events/{tenant}-alertmanager")
            { Content = JsonContent.Create(payload) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"alertmanager-{tenant}-dev");
        return await bot.Http.SendAsync(request);
    }

    /// <summary>An Alertmanager v4 message with one alert.</summary>
    public static JsonObject Payload(string kind, string device, string status, params (string Name, string Value)[] labels)
    {
        var labelSet = new JsonObject { ["alertname"] = kind, ["instance"] = device, ["severity"] = "critical" };
        foreach (var (name, value) in labels)
            labelSet[name] = value;
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(labelSet.ToJsonString())))[..16];
        return new JsonObject
        {
            ["version"] = "4",
            ["groupKey"] = string.Create(CultureInfo.InvariantCulture, $"{{}}:{{alertname=\"{kind}\"}}"),
            ["truncatedAlerts"] = 0,
            ["status"] = status,
            ["receiver"] = "bot",
            ["groupLabels"] = new JsonObject { ["alertname"] = kind },
            ["commonLabels"] = new JsonObject { ["alertname"] = kind },
            ["commonAnnotations"] = new JsonObject(),
            ["externalURL"] = "http://127.0.0.1:9093",
            ["alerts"] = new JsonArray(new JsonObject
            {
                ["status"] = status,
                ["labels"] = labelSet,
                ["annotations"] = new JsonObject { ["summary"] = $"{kind} on {device}" },
                ["startsAt"] = "2026-11-21T01:54:22.665643904Z",
                ["endsAt"] = status == "firing" ? "0001-01-01T00:00:00Z" : "2026-11-21T02:54:22.665643904Z",
                ["generatorURL"] = "",
                ["fingerprint"] = fingerprint,
            }),
        };
    }
}
