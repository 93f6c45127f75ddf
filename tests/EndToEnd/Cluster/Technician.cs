using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd.Cluster;

/// <summary>
/// Lets one service on one device fail again and again: stops it at the vendor, sends the alert until it is acknowledged, has two people
/// approve at the same time, and waits until the card says that it runs. Repeats whatever a dying bot did not answer, as senders and people
/// do.
/// </summary>
internal sealed class Technician(BotCluster cluster, PlayedTeams teams, string tenant, string device, string deviceId, string service)
{
    /// <summary>Ids of the events that were answered with 202.</summary>
    public List<string> Acknowledged { get; } = [];

    public List<string> Incidents { get; } = [];

    public async Task WorkAsync(Func<bool> isOver)
    {
        for (var round = 1; !isOver(); round++)
            await RoundAsync($"{service} of {device} stopped for time {round} at {tenant}");
    }

    private async Task RoundAsync(string title)
    {
        var state = new JsonObject
            { ["services"] = new JsonObject { [service] = new JsonObject { ["state"] = "stopped", ["startup"] = "automatic" } } };
        using (var stopped = await SendAsync(cluster.Vendor.Http, $"/sandbox/devices/{deviceId}/state", state))
            stopped.EnsureSuccessStatusCode();
        await RaiseAsync(title);
        var card = await teams.CardAsync(title);
        var incident = System.Text.RegularExpressions.Regex.Match(
            card.Card!.ToJsonString(), "[A-Z]{3}-[0-9]{4,}", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Value;
        Incidents.Add(incident);
        await Eventually.TrueAsync(async () =>
        {
            if (Says(title, "Verified"))
                return true;
            foreach (var shown in teams.Messages.Values.Where(message => Contains(message, title)))
                await ApproveAsync(shown);
            await Task.Delay(250);
            return Says(title, "Verified");
        }, () => $"{incident} verified: {string.Join("\n", teams.Messages.Values.Where(message => Contains(message, title)).Select(static message => message.Card!.ToJsonString()))}");
    }

    private async Task RaiseAsync(string title)
    {
        var alert = new JsonObject
        {
            ["id"] = Guid.NewGuid().ToString("N"), ["kind"] = "WindowsServiceDown", ["device"] = device, ["severity"] = "critical",
            ["name"] = service, ["title"] = title,
        };
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                using var result = await SendAsync(cluster.Http, $"/api/events/{tenant}-sandbox", alert);
                if (result.StatusCode != HttpStatusCode.Accepted)
                    return false;
                Acknowledged.Add((await result.Content.ReadFromJsonAsync<JsonObject>())!["eventId"]!.GetValue<string>());
                return true;
            }
            catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException or IOException)
            {
                return false;
            }
        }, () => $"{title} acknowledged");
    }

    /// <summary>Two people at once; whichever bots get the clicks.</summary>
    private Task ApproveAsync(PlayedMessage shown) =>
        Task.WhenAll(ClickAsync(PlayedTeams.Tara, shown), ClickAsync(PlayedTeams.Omar, shown));

    private async Task ClickAsync(PlayedPerson who, PlayedMessage shown)
    {
        try
        {
            var card = await teams.ViewAsync(who, shown);
            if (PlayedTeams.Actions(card).FirstOrDefault(static action => action["title"]?.GetValue<string>() == "Approve") is { } approve)
                await teams.InvokeAsync(who, shown, approve);
        }
        catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException or IOException)
        {
            // The person sees an error and clicks again.
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient http, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"sandbox-{tenant}-dev");
        return await http.SendAsync(request);
    }

    private bool Says(string title, string text) =>
        teams.Messages.Values.Any(message => Contains(message, title) && Contains(message, text));

    private static bool Contains(PlayedMessage message, string text) =>
        message.Card?.ToJsonString().Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
