using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Conversations;

/// <summary>One change to be kept.</summary>
internal abstract record ConversationChange(ConversationId ConversationId)
{
    public sealed record Conversation(Known Known) : ConversationChange(Known.Place.ConversationId);

    public sealed record Person(ConversationId Id, Member Member) : ConversationChange(Id);

    public sealed record PersonLeft(ConversationId Id, string Mri) : ConversationChange(Id);

    /// <summary>Concerns every conversation.</summary>
    /// <param name="Done">Completes once nothing of the person is kept.</param>
    public sealed record PersonErased(PersonId Whom, TaskCompletionSource Done) : ConversationChange(default(ConversationId));
}

/// <summary>A conversation as it is kept.</summary>
internal sealed record SyncedConversation(Known Known, IReadOnlyList<Member> People)
{
    public bool Knows(PersonId whom) => People.Any(person => person.ObjectId == whom);

    public SyncedConversation Without(PersonId whom) => this with { People = [.. People.Where(person => person.ObjectId != whom)] };

    /// <summary>Two instances may each know something: a change says only what it is about.</summary>
    public static SyncedConversation? Apply(SyncedConversation? kept, ConversationChange change) => change switch
    {
        ConversationChange.Conversation(var known) => kept is null
            ? new(known, [])
            : kept with { Known = known with { Installed = known.Installed ?? kept.Known.Installed } },
        ConversationChange.Person(_, var member) => kept is null
            ? null
            : kept with { People = [.. kept.People.Where(person => person.Mri != member.Mri), member] },
        ConversationChange.PersonLeft(_, var mri) =>
            kept is null ? null : kept with { People = [.. kept.People.Where(person => person.Mri != mri)] },
        _ => kept,
    };
}

/// <summary>
/// Keeps the book in the documents beside the ledger, where other instances find it. Changes are written behind, in batches: a click never
/// waits for the store, and what a crash loses is seen again with the next activity.
/// </summary>
internal sealed class ConversationFile(IDocuments documents, ILogger<ConversationFile> logger) : BackgroundService
{
    public const string Kind = "conversation";
    private const int MaxBatch = 500;
    private const int Tries = 5;

    private readonly Channel<ConversationChange> changes = Channel.CreateUnbounded<ConversationChange>(new() { SingleReader = true });

    /// <summary>False when the process is stopping and nothing is taken any more.</summary>
    public bool Keep(ConversationChange change) => changes.Writer.TryWrite(change);

    /// <summary>Everything kept.</summary>
    public async Task<IReadOnlyList<SyncedConversation>> LoadAsync(CancellationToken cancellationToken)
    {
        var kept = new List<SyncedConversation>();
        await foreach (var document in documents.ListAsync(DocumentScope.Host, Kind, "", cancellationToken))
        {
            if (Read(document) is { } conversation)
                kept.Add(conversation);
        }
        return kept;
    }

    /// <summary>What is kept of one conversation; null when nothing is, or it cannot be read now.</summary>
    public async Task<SyncedConversation?> FindAsync(ConversationId conversationId, CancellationToken cancellationToken)
    {
        try
        {
            return await documents.FindAsync(DocumentScope.Host, Kind, GetId(conversationId), cancellationToken) is { } document
                ? Read(document)
                : null;
        }
        catch (LedgerUnavailableException unavailable)
        {
            logger.ReferencesNotWritten(unavailable);
            return null;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        changes.Writer.TryComplete();
        if (ExecuteTask is { } writing)
            await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var batch = new List<ConversationChange>();
        while (await changes.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            while (batch.Count < MaxBatch && changes.Reader.TryRead(out var change))
            {
                if (change is ConversationChange.PersonErased erased)
                {
                    // In order: what was seen before is written before.
                    await WriteAsync(batch);
                    batch.Clear();
                    await EraseAsync(erased);
                }
                else
                {
                    batch.Add(change);
                }
            }
            await WriteAsync(batch);
        }
    }

    private async Task WriteAsync(List<ConversationChange> batch)
    {
        foreach (var ofConversation in batch.GroupBy(static change => change.ConversationId))
        {
            try
            {
                await WriteAsync(ofConversation.Key, [.. ofConversation]);
            }
            catch (LedgerUnavailableException unavailable)
            {
                logger.ReferencesNotWritten(unavailable);
            }
        }
    }

    private async Task EraseAsync(ConversationChange.PersonErased erased)
    {
        try
        {
            await new StoredPeople(documents).ForgetAsync(erased.Whom, CancellationToken.None);
            erased.Done.TrySetResult();
        }
        catch (Exception failure)
        {
            logger.ReferencesNotWritten(failure);
            erased.Done.TrySetException(failure as LedgerUnavailableException
                ?? new LedgerUnavailableException("The people known from Teams cannot be written at the moment.", failure));
        }
    }

    private async Task WriteAsync(ConversationId conversationId, List<ConversationChange> batch)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var document = await documents.FindAsync(DocumentScope.Host, Kind, GetId(conversationId), CancellationToken.None);
            var before = document is null ? null : Read(document);
            var after = batch.Aggregate(before, SyncedConversation.Apply);
            if (after is null)
                return;
            var value = JsonSerializer.SerializeToUtf8Bytes(after, ConversationJson.Default.SyncedConversation);
            if (document is not null && value.AsSpan().SequenceEqual(document.Value.Span))
                return;
            if (await documents.TryPutAsync(DocumentScope.Host, Kind, GetId(conversationId), value, document?.Tag, CancellationToken.None))
                return;
        }
        throw new LedgerUnavailableException("The conversation cannot be written at the moment: others keep being faster.");
    }

    internal static SyncedConversation? Read(Document document)
    {
        try
        {
            return JsonSerializer.Deserialize(document.Value.Span, ConversationJson.Default.SyncedConversation);
        }
        catch (JsonException)
        {
            return null; // learned again
        }
    }

    /// <summary>Conversation ids hold characters that an id of a document may not.</summary>
    private static string GetId(ConversationId conversationId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(conversationId.Value)));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SyncedConversation))]
internal sealed partial class ConversationJson : JsonSerializerContext;
