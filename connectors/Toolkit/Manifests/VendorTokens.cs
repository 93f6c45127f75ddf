using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// The tokens that connections call their vendors with: one for each connection and grant, fetched once however many ask, and again
/// shortly before it expires, when the vendor refuses it, and when the credentials are others.
/// </summary>
internal sealed class VendorTokens(TimeProvider clock, RefreshedTokens refreshed) : IDisposable
{
    private static readonly TimeSpan MaxRenewBefore = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, Place> places = new(StringComparer.Ordinal);

    private sealed class Place
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public Held? Held { get; set; }
    }

    private sealed record Held(string Token, string Credentials, DateTimeOffset RenewAt, DateTimeOffset? EndsAt);

    /// <summary>Answers to refresh tokens.</summary>
    public RefreshedTokens Refreshed => refreshed;

    /// <param name="name">Tells the tokens of one connection from each other.</param>
    /// <param name="credentials">What the token is fetched with, or a digest of it: another one fetches another token.</param>
    /// <param name="fetch">Asks the vendor. What ends otherwise than with a document has changed nothing, so it is
    /// <see cref="CallOutcome{T}.NotDone"/> or <see cref="CallOutcome{T}.Refused"/> here.</param>
    public async Task<CallOutcome<string>> GetAsync(
        string name, TokenRule rule, string credentials, string? refused,
        Func<CancellationToken, Task<CallOutcome<JsonElement>>> fetch, CancellationToken cancellationToken)
    {
        var place = places.GetOrAdd(name, static _ => new());
        if (IsGood(place.Held, credentials, refused))
            return new CallOutcome<string>.Done(place.Held!.Token);
        await place.Turn.WaitAsync(cancellationToken);
        try
        {
            if (IsGood(place.Held, credentials, refused))
                return new CallOutcome<string>.Done(place.Held!.Token);
            var outcome = await fetch(cancellationToken);
            if (outcome is not CallOutcome<JsonElement>.Done(var answer))
                return outcome is CallOutcome<JsonElement>.Unknown(var lost) ? new CallOutcome<string>.NotDone(lost) : outcome.As<string>();
            if (ValueTemplate.Scalar(rule.Answer.Find(answer)) is not { Length: > 0 } token || !VendorMessages.IsHeaderText(token))
                return new CallOutcome<string>.NotDone($"The vendor's answer has no token at {rule.Answer}.");
            var (lasts, isTold) = Lifetime(rule, answer);
            var now = clock.GetUtcNow();
            place.Held = new(token, credentials, now + ValidFor(lasts), isTold ? now + lasts : null);
            return new CallOutcome<string>.Done(token);
        }
        finally
        {
            place.Turn.Release();
        }
    }

    /// <summary>Drops the tokens of a connection that is not used any more. A call in flight ends with its own.</summary>
    public void Forget(string callKey)
    {
        foreach (var name in places.Keys.Where(name => name == callKey || name.StartsWith($"{callKey} ", StringComparison.Ordinal)))
            places.TryRemove(name, out _);
    }

    public void Dispose()
    {
        foreach (var place in places.Values)
            place.Turn.Dispose();
    }

    private bool IsGood(Held? held, string credentials, string? refused) =>
        held is not null && held.Credentials == credentials && held.Token != refused && clock.GetUtcNow() < held.RenewAt;

    /// <summary>When the connection's token ends; null where there is none, or the vendor did not tell.</summary>
    public DateTimeOffset? FindEnd(string connection) => places.GetValueOrDefault(connection)?.Held?.EndsAt;

    /// <summary>Until shortly before it expires; a tenth of its life before, where that is short.</summary>
    private static TimeSpan ValidFor(TimeSpan lifetime)
    {
        var before = lifetime / 10;
        return lifetime - (before < MaxRenewBefore ? before : MaxRenewBefore);
    }

    /// <summary>What the vendor says, else what the manifest says.</summary>
    private static (TimeSpan Lasts, bool IsTold) Lifetime(TokenRule rule, JsonElement answer) =>
        rule.Lifetime?.Find(answer) is { } lifetime && ValueTemplate.Scalar(lifetime) is { } text
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e8
            ? (TimeSpan.FromSeconds(seconds), true)
            : (rule.ValidFor, false);
}
