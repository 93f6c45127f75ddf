using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.LocalTeams.Connector;
using Microsoft.Extensions.Options;

namespace DevOpsAI.LocalTeams.People;

/// <summary>What came of delivering an activity.</summary>
/// <param name="Status">HTTP status; null when the bot did not answer in time or could not be reached.</param>
/// <param name="Body">The JSON it answered; null when there was none.</param>
internal sealed record BotResponse(int? Status, JsonElement? Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>Delivers activities to the bot, with the the time allowed and the repetitions of Teams.</summary>
internal sealed partial class BotClient(
    HttpClient http,
    Addresses addresses,
    Switches switches,
    ChangeFeed changes,
    IOptions<LocalTeamsOptions> options,
    TimeProvider clock,
    ILogger<BotClient> logger)
{
    public async Task<BotResponse> DeliverAsync(JsonObject activity, CancellationToken cancellationToken)
    {
        var isInvoke = (string?)activity["type"] == "invoke";
        if (isInvoke && switches.Current.DuplicateInvokes)
        {
            var both = await Task.WhenAll(RoundAsync(activity, cancellationToken), RoundAsync(activity, cancellationToken));
            return Tell(activity, both[0]);
        }

        var result = await RoundAsync(activity, cancellationToken);
        if (result.Status is null && isInvoke && switches.Current.Redeliver)
        {
            await Task.Delay(options.Value.SecondRoundAfter, clock, cancellationToken);
            activity["id"] = Activities.FreshId();
            result = await RoundAsync(activity, cancellationToken);
        }

        return Tell(activity, result);
    }

    /// <summary>True when anything answers at the bot's address, whatever it says.</summary>
    public async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, addresses.BotMessages);
            using var response = await http.SendAsync(request, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<BotResponse> RoundAsync(JsonObject activity, CancellationToken cancellationToken)
    {
        var body = activity.ToJsonString();
        var result = await PostAsync(body, cancellationToken);
        return result.Status is null && switches.Current.Redeliver ? await PostAsync(body, cancellationToken) : result;
    }

    private async Task<BotResponse> PostAsync(string body, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.AnswerTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(addresses.BotMessages, content, both.Token);
            var text = await response.Content.ReadAsStringAsync(both.Token);
            return new BotResponse((int)response.StatusCode, Parse(text));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogTooSlow(options.Value.AnswerTimeout);
            return new BotResponse(null, null);
        }
        catch (HttpRequestException failure)
        {
            LogUnreachable(addresses.BotMessages, failure.Message);
            return new BotResponse(null, null);
        }
    }

    private BotResponse Tell(JsonObject activity, BotResponse result)
    {
        changes.Publish("activity", (string?)activity["conversation"]!["id"],
            detail: $"{activity["type"]} {result.Status?.ToString() ?? "unanswered"}");
        return result;
    }

    private static JsonElement? Parse(string text)
    {
        if (text.Length == 0)
            return null;
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(EventId = 7101, Level = LogLevel.Warning, Message = "Local Teams: the bot did not answer within {Timeout}")]
    private partial void LogTooSlow(TimeSpan timeout);

    [LoggerMessage(EventId = 7102, Level = LogLevel.Warning, Message = "Local Teams: no bot at {Address}: {Reason}")]
    private partial void LogUnreachable(Uri address, string reason);
}
