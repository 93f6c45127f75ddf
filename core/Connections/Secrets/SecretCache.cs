using System.Collections.Concurrent;
using DevOpsAI.Common;

namespace DevOpsAI.Connections.Secrets;

/// <summary>
/// Secrets as they were last read, and that there are none of a name. Each is read once however many ask; what is known is given at once
/// and read again in the background when it is old, so that one which was removed or renewed elsewhere is not used for long.
/// </summary>
internal sealed class SecretCache(TimeProvider clock, Func<SecretReference, Task<string?>> read)
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MissKeptFor = TimeSpan.FromSeconds(10);

    /// <summary>While its store does not answer, what was read last is good for so long.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Known> all = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> reading = new(StringComparer.Ordinal);

    private readonly record struct Known(string? Secret, DateTimeOffset At);

    /// <summary>Null when there is none. Waits for the store only where nothing is known.</summary>
    /// <exception cref="SecretUnavailableException">It cannot be read now.</exception>
    public string? Get(SecretReference reference)
    {
        if (Find(reference) is not { } known)
            return Task.Run(() => LoadAsync(reference)).GetAwaiter().GetResult();
        if (known.Secret is not null && clock.GetUtcNow() - known.At >= ReadAgainAfter)
            _ = Task.Run(() => LoadAsync(reference)).ContinueWith(
                static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
        return known.Secret;
    }

    /// <summary>As <see cref="Get"/>, without a thread that waits.</summary>
    public async ValueTask<string?> GetAsync(SecretReference reference) =>
        Find(reference) is { } known ? known.Secret : await LoadAsync(reference);

    /// <summary>It was kept just now.</summary>
    public void Put(SecretReference reference, string secret) => all[reference.Setting] = new(secret, clock.GetUtcNow());

    public void Forget(SecretReference reference) => all.TryRemove(reference.Setting, out _);

    private Known? Find(SecretReference reference)
    {
        if (!all.TryGetValue(reference.Setting, out var known))
            return null;
        var age = clock.GetUtcNow() - known.At;
        var goodFor = known.Secret is null ? MissKeptFor : GoodFor;
        return age >= TimeSpan.Zero && age < goodFor ? known : null;
    }

    private Task<string?> LoadAsync(SecretReference reference) =>
        reading.GetOrAdd(reference.Setting, _ => new(() => ReadAsync(reference))).Value;

    private async Task<string?> ReadAsync(SecretReference reference)
    {
        // Not before it is among those that are being read.
        await Task.Yield();
        try
        {
            var secret = await read(reference);
            all[reference.Setting] = new(secret, clock.GetUtcNow());
            DropOld();
            return secret;
        }
        finally
        {
            reading.TryRemove(reference.Setting, out _);
        }
    }

    /// <summary>What nobody asked for is not held in memory.</summary>
    private void DropOld()
    {
        var now = clock.GetUtcNow();
        foreach (var (name, known) in all)
        {
            if (now - known.At >= GoodFor)
                all.TryRemove(name, out _);
        }
    }
}
