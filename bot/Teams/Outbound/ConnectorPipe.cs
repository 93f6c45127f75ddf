using System.Net;
using System.Text.Json;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Settings;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>How one attempt ended; <paramref name="Outcome"/> null when it succeeded.</summary>
/// <param name="TryAgain">Nothing was done (or doing it twice is harmless), so another attempt may follow, after <paramref name="After"/>
/// if given.</param>
internal readonly record struct Attempt(SendOutcome? Outcome, byte[]? Body = null, bool TryAgain = false, TimeSpan? After = null)
{
    public static Attempt NotDone(string reason, TimeSpan? after = null) =>
        new(new SendOutcome.NotSent(reason, after), TryAgain: true, After: after);

    public static Attempt Refused(RefusalReason reason, string code, string message) => new(new SendOutcome.Refused(reason, code, message));
}

/// <summary>
/// Makes a call: paced, within its time, repeated while that is safe, and sorted into one of four endings. A POST whose answer was lost
/// is never repeated here, because the message may be there.
/// </summary>
internal sealed class ConnectorPipe(IHttpClientFactory clients, Pacer pacer, TrustedServiceUrls trusted, TimeProvider clock,
    ILogger<ConnectorPipe> logger)
{
    /// <summary>Named client, with <see cref="ConnectorHandler"/> in its pipeline.</summary>
    public const string Client = "teams-connector";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan TimeoutWhenCancelled = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AfterBadCredential = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The longest window of Teams' limits. Whoever asks for more has made a mistake, and it would be ours to wait for years.
    /// </summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    /// <exception cref="OperationCanceledException">Cancelled while nothing of it was under way.</exception>
    public async Task<Attempt> CallAsync(ConnectorCall call, SendOptions options, CancellationToken cancellationToken)
    {
        if (!trusted.IsTrusted(call.ServiceUrl))
        {
            logger.NotTrusted(call.ServiceUrl);
            return Attempt.Refused(RefusalReason.BadRequest, "UntrustedServiceUrl",
                "The conversation's service address is not a trusted one.");
        }
        if (!call.StaysInPlace)
            return Attempt.Refused(RefusalReason.BadRequest, "BadId", "The conversation's or message's id cannot be part of an address.");
        var began = clock.GetTimestamp();
        for (var tries = 0; ; tries++)
        {
            Attempt attempt;
            using (await pacer.EnterAsync(call.PaceKey, options.Urgency, cancellationToken))
                attempt = options.Unless?.Invoke() == true
                    ? new(new SendOutcome.NotSent("held back", null))
                    : await TryAsync(call, cancellationToken);
            if (attempt.After is { } pause && pause > TimeSpan.Zero)
                pacer.Hold(call.PaceKey, pause);
            if (attempt.Outcome is null)
                return attempt;
            var wait = attempt.After ?? Backoff(tries);
            if (!attempt.TryAgain || clock.GetElapsedTime(began) + wait > options.RetryFor)
            {
                logger.CallEnded(call.Operation, call.ConversationId, attempt.Outcome.ToString());
                return attempt with { After = wait };
            }
            logger.CallRepeated(call.Operation, call.ConversationId, attempt.Outcome.ToString(), wait);
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    private async Task<Attempt> TryAsync(ConnectorCall call, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(call.Method, call.Address);
        var content = call.Body is null ? null : new TrackedContent(call.Body);
        request.Content = content;
        using var timeout = new CancellationTokenSource(Timeout, clock);
        // A stop while a send is under way would leave a message that nobody knows the id of, and so one that is sent again.
        await using var hurry = cancellationToken.UnsafeRegister(
            _ =>
            {
                if (content?.HasLeft is true && !call.IsRepeatable)
                    timeout.CancelAfter(TimeoutWhenCancelled);
                else
                    timeout.Cancel();
            },
            null);
        try
        {
            using var client = clients.CreateClient(Client);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, timeout.Token);
            if (logger.IsEnabled(LogLevel.Debug))
                logger.Called(call.Method, call.Operation, (int)response.StatusCode, Header(response, "MS-CV"));
            return Judge(call, response, await response.Content.ReadAsByteArrayAsync(timeout.Token));
        }
        catch (UntrustedServiceUrlException untrusted)
        {
            return Attempt.Refused(RefusalReason.BadRequest, "UntrustedServiceUrl", untrusted.Message);
        }
        catch (TokenUnavailableException noToken)
        {
            return Attempt.NotDone(noToken.Message);
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or IOException)
        {
            if (content?.HasLeft is not true || call.IsRepeatable)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return Attempt.NotDone(timeout.IsCancellationRequested ? "no answer in time" : lost.Message);
            }
            return new(new SendOutcome.Unknown(timeout.IsCancellationRequested ? "no answer in time" : lost.Message));
        }
    }

    private Attempt Judge(ConnectorCall call, HttpResponseMessage response, byte[] body)
    {
        if (response.IsSuccessStatusCode)
            return new(null, body);
        var (code, message) = GetError(body);
        var status = (int)response.StatusCode;
        var told = $"{status} {code} {message}".TrimEnd();
        return response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => Attempt.NotDone(told, RetryAfter(response)),
            HttpStatusCode.PreconditionFailed => Attempt.NotDone(told),
            HttpStatusCode.ServiceUnavailable => Attempt.NotDone(told, RetryAfter(response)),
            HttpStatusCode.Unauthorized => new(new SendOutcome.NotSent(told, AfterBadCredential), After: null),
            HttpStatusCode.Forbidden => Attempt.Refused(RefusalReason.Forbidden, code, message),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => Attempt.Refused(RefusalReason.Gone, code, message),
            HttpStatusCode.RequestEntityTooLarge => Attempt.Refused(RefusalReason.TooBig, code, message),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError when call.IsRepeatable => Attempt.NotDone(told),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new(new SendOutcome.Unknown(told)),
            _ => Attempt.Refused(RefusalReason.BadRequest, code.Length > 0 ? code : status.ToString(), message),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } seconds } => seconds,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, MaxRetryAfter.Ticks)) : null;
    }

    /// <summary>1, 2, 4 ... 30 seconds, each between half and all of it, so that many waiters do not come back together.</summary>
    private static TimeSpan Backoff(int tries)
    {
        var full = Math.Min(MaxWait.TotalSeconds, Math.Pow(2, Math.Min(tries, 10)));
#pragma warning disable CA5394 // spreading load needs no secret randomness
        return TimeSpan.FromSeconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static (string Code, string Message) GetError(byte[] body)
    {
        try
        {
            var error = body.Length == 0 ? null : JsonSerializer.Deserialize(body, TeamsJson.Default.ErrorResponse)?.Error;
            return (error?.Code ?? "", error?.Message ?? "");
        }
        catch (JsonException)
        {
            return ("", ""); // as the HTML page of some proxy
        }
    }
}
