using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using DevOpsAI.Ledger;

namespace DevOpsAI.Tests.Support;

/// <summary>Documents that a test may bend or take away.</summary>
public sealed class MemoryDocuments : IDocuments
{
    private readonly ConcurrentDictionary<(string Scope, string Kind, string Id), (long Tag, byte[] Value)> all = new();
    private long writes;

    public bool IsAway { get; set; }

    public bool IsReadOnly { get; set; }

    public IEnumerable<(string Scope, string Kind, string Id)> Keys => all.Keys;

    public byte[] this[string scope, string kind, string id]
    {
        get => all[(scope, kind, id)].Value;
        set => all[(scope, kind, id)] = (NextTag(), value);
    }

    public ValueTask<Document?> FindAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        Check(writes: false);
        DocumentNames.Check(kind, id);
        return new(all.TryGetValue((scope.Value, kind, id), out var found) ? new Document(id, Text(found.Tag), found.Value) : null);
    }

    public async IAsyncEnumerable<Document> ListAsync(
        DocumentScope scope, string kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        Check(writes: false);
        foreach (var (key, found) in all.Where(
            pair => pair.Key.Scope == scope.Value && pair.Key.Kind == kind && pair.Key.Id.StartsWith(prefix, StringComparison.Ordinal))
                     .OrderBy(pair => pair.Key.Id, StringComparer.Ordinal))
            yield return new(key.Id, Text(found.Tag), found.Value);
    }

    public ValueTask<bool> TryPutAsync(DocumentScope scope, string kind, string id, ReadOnlyMemory<byte> value, string? expectedTag,
        CancellationToken cancellationToken)
    {
        Check(writes: true);
        DocumentNames.Check(kind, id);
        var key = (scope.Value, kind, id);
        if (expectedTag is null)
            return new(all.TryAdd(key, (NextTag(), value.ToArray())));
        return new(all.TryGetValue(key, out var found) && Text(found.Tag) == expectedTag
            && all.TryUpdate(key, (NextTag(), value.ToArray()), found));
    }

    public ValueTask DeleteAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        Check(writes: true);
        all.TryRemove((scope.Value, kind, id), out _);
        return default;
    }

    private void Check(bool writes)
    {
        if (IsAway || (writes && IsReadOnly))
            throw new LedgerUnavailableException("The documents are away.");
    }

    /// <summary>Never the same twice, also not for what was deleted in between.</summary>
    private long NextTag() => Interlocked.Increment(ref writes);

    private static string Text(long tag) => tag.ToString(CultureInfo.InvariantCulture);
}
