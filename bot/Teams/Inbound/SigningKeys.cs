using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DevOpsAI.Bot.Teams.Settings;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Inbound;

/// <summary>No keys are known and none can be fetched: the sender is fine, we are not.</summary>
internal sealed class SigningKeysUnavailableException(Exception inner)
    : Exception("The Bot Connector's signing keys cannot be fetched.", inner);

/// <summary>
/// The Bot Connector's keys by id. Fetched when first needed, again in the background after 12 hours and before use after 24;
/// a key id we do not know forces a fetch, at most three times in five minutes, since anyone can send random ids: a stranger who spends one
/// of them does not keep a key out that appears right after. The last good set stays in use while fetching fails.
/// </summary>
internal sealed class SigningKeys(IHttpClientFactory clients, IOptions<TeamsOptions> options, TimeProvider clock,
    ILogger<SigningKeys> logger) : IDisposable
{
    /// <summary>Named client: no redirects, no cookies.</summary>
    public const string Client = "teams-keys";

    public static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(12);
    public static readonly TimeSpan StaleAfter = TimeSpan.FromHours(24);
    public static readonly TimeSpan ForcedWithin = TimeSpan.FromMinutes(5);
    public const int MaxForced = 3;

    private const int MaxAnswerBytes = 512 * 1024;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    private readonly Uri metadataUrl = CloudEnvironment.From(options.Value).MetadataUrl;
    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile KeySet? current;
    private readonly Queue<long> forced = new(MaxForced);
    private (DateTimeOffset At, Exception Error)? failure;
    private int refreshing;

    private sealed record KeySet(FrozenDictionary<string, SigningKey> ById, DateTimeOffset FetchedAt);

    /// <summary>The key, or null when the Bot Connector has none of this id.</summary>
    /// <param name="mayForce">Whether the token that names the id is worth asking for it.</param>
    /// <exception cref="SigningKeysUnavailableException">Nothing is known at all.</exception>
    public async ValueTask<SigningKey?> FindAsync(string keyId, bool mayForce, CancellationToken cancellationToken)
    {
        var keys = current;
        var age = keys is null ? TimeSpan.MaxValue : clock.GetUtcNow() - keys.FetchedAt;
        if (age >= StaleAfter)
            keys = await FetchOnceAsync(keys, cancellationToken);
        else if (age >= RefreshAfter && Interlocked.Exchange(ref refreshing, 1) == 0)
            _ = RefreshAsync(keys);
        if (keys!.ById.TryGetValue(keyId, out var key))
            return key;
        return mayForce && MayForce() ? (await FetchOnceAsync(keys, cancellationToken)).ById.GetValueOrDefault(keyId) : null;
    }

    public void Dispose() => turn.Dispose();

    private bool MayForce()
    {
        lock (turn)
        {
            while (forced.TryPeek(out var oldest) && clock.GetElapsedTime(oldest) >= ForcedWithin)
                forced.Dequeue();
            if (forced.Count >= MaxForced)
                return false;
            forced.Enqueue(clock.GetTimestamp());
            return true;
        }
    }

    private async Task RefreshAsync(KeySet? seen)
    {
        try
        {
            await FetchOnceAsync(seen, CancellationToken.None);
        }
        catch (SigningKeysUnavailableException)
        {
            // logged where it was thrown; the last good set stays
        }
        finally
        {
            Volatile.Write(ref refreshing, 0);
        }
    }

    /// <summary>Replaces <paramref name="seen"/>; whoever waited while another fetched takes that one's result.</summary>
    private async Task<KeySet> FetchOnceAsync(KeySet? seen, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (current is { } fresh && !ReferenceEquals(fresh, seen))
                return fresh;
            if (failure is { } recent && clock.GetUtcNow() - recent.At < PauseAfterFailure)
                return current ?? throw new SigningKeysUnavailableException(recent.Error);
            try
            {
                var fetched = await FetchAsync();
                current = fetched;
                failure = null;
                logger.KeysFetched(fetched.ById.Count, metadataUrl.Host);
                return fetched;
            }
            catch (Exception error)
                when (error is HttpRequestException or JsonException or OperationCanceledException or InvalidDataException)
            {
                failure = (clock.GetUtcNow(), error);
                logger.KeysNotFetched(metadataUrl.Host, error.Message);
                return current ?? throw new SigningKeysUnavailableException(error);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<KeySet> FetchAsync()
    {
        using var timeout = new CancellationTokenSource(FetchTimeout, clock);
        var metadata = await GetAsync(metadataUrl, KeysJson.Default.OpenIdMetadata, timeout.Token);
        if (!Uri.TryCreate(metadata.KeysUrl, UriKind.Absolute, out var keysUrl)
            || keysUrl.Scheme != metadataUrl.Scheme
            || !keysUrl.Host.Equals(metadataUrl.Host, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException("jwks_uri is not on the metadata's host.");
        }
        var set = await GetAsync(keysUrl, KeysJson.Default.JsonWebKeySet, timeout.Token);
        var byId = new Dictionary<string, SigningKey>();
        foreach (var key in set.Keys ?? [])
        {
            if (key is not null && SigningKey.From(key) is { } usable)
                byId.TryAdd(usable.KeyId, usable);
        }
        return byId.Count > 0
            ? new(byId.ToFrozenDictionary(), clock.GetUtcNow())
            : throw new InvalidDataException("The key set has no usable key.");
    }

    private async Task<T> GetAsync<T>(Uri url, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Client);
        client.MaxResponseContentBufferSize = MaxAnswerBytes;
        using var response = await client.GetAsync(url, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{url.AbsolutePath} answered {(int)response.StatusCode}.", null, response.StatusCode);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return JsonSerializer.Deserialize(body, type) ?? throw new JsonException($"{url.AbsolutePath} is null.");
    }
}
