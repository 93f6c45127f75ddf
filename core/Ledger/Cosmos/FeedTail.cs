using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// Tells an instance what others append, for all tenants with one request per poll. What it misses (it begins now, and it may fail) those
/// who wait find by themselves, a little later.
/// </summary>
internal sealed class FeedTail(CosmosStore store, Func<Commit, CancellationToken, Task> offer, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int started;

    /// <summary>Completes once everything written from then on is told.</summary>
    public Task BegunAsync(CancellationToken closing)
    {
        if (Interlocked.Exchange(ref started, 1) == 0)
            _ = Task.Run(() => RunAsync(closing), CancellationToken.None);
        return begun.Task;
    }

    private async Task RunAsync(CancellationToken closing)
    {
        string? continuation = null;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                var from = continuation is null ? ChangeFeedStartFrom.Now() : ChangeFeedStartFrom.ContinuationToken(continuation);
                using var feed = store.Ledger.GetChangeFeedStreamIterator(from, ChangeFeedMode.LatestVersion, new() { PageSizeHint = 100 });
                while (true)
                {
                    continuation = await ReadAsync(feed, closing) ?? continuation;
                    begun.TrySetResult();
                }
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                logger.FeedFailed(failure, PauseAfterFailure);
                await Task.Delay(PauseAfterFailure, clock, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<string?> ReadAsync(FeedIterator feed, CancellationToken closing)
    {
        using var page = await feed.ReadNextAsync(closing);
        if (page.StatusCode == HttpStatusCode.NotModified)
        {
            begun.TrySetResult();
            await Task.Delay(store.Options.PollEvery, clock, closing);
            return page.ContinuationToken;
        }
        if (!page.IsSuccessStatusCode)
            throw new LedgerUnavailableException($"The change feed answered {(int)page.StatusCode}.");
        using var documents = await JsonDocument.ParseAsync(page.Content, cancellationToken: closing);
        foreach (var document in documents.RootElement.GetProperty("Documents").EnumerateArray())
            await OfferAsync(document, closing);
        return page.ContinuationToken;
    }

    /// <summary>
    /// What is wrong with one tenant's document, or with its keys, keeps no other tenant's news back; whoever waits for it finds that out.
    /// </summary>
    private async Task OfferAsync(JsonElement document, CancellationToken closing)
    {
        try
        {
            await offer(Commit.Read(document), closing);
        }
        catch (Exception unusable) when (unusable is JsonException or LedgerUnavailableException)
        {
            logger.FeedPassedOver(unusable, document.TryGetProperty("tenant", out var partition) ? partition.ToString() : "?");
        }
    }
}
