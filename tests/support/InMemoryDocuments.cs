using System.Globalization;
using System.Runtime.CompilerServices;
using DevOpsAI.Ledger;

namespace DevOpsAI.Tests.Support;

/// <summary>Documents without a disk.</summary>
public sealed class InMemoryDocuments : IDocuments
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<(string Scope, string Kind, string Id), Document> all = [];
    private long writes;

    public ValueTask<Document?> FindAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        lock (gate)
            return new(all.GetValueOrDefault((scope.Value, kind, id)));
    }

    public async IAsyncEnumerable<Document> ListAsync(DocumentScope scope, string kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<Document> found;
        lock (gate)
        {
            found = [.. all.Where(pair => pair.Key.Scope == scope.Value && pair.Key.Kind == kind && pair.Key.Id.StartsWith(prefix, StringComparison.Ordinal))
                .Select(static pair => pair.Value).OrderBy(static document => document.Id, StringComparer.Ordinal)];
        }
        foreach (var document in found)
            yield return document;
        await Task.CompletedTask;
    }

    public ValueTask<bool> TryPutAsync(DocumentScope scope, string kind, string id, ReadOnlyMemory<byte> value, string? expectedTag, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (all.GetValueOrDefault((scope.Value, kind, id))?.Tag != expectedTag)
                return new(false);
            all[(scope.Value, kind, id)] = new(id, (++writes).ToString(CultureInfo.InvariantCulture), value.ToArray());
            return new(true);
        }
    }

    public ValueTask DeleteAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        lock (gate)
            all.Remove((scope.Value, kind, id));
        return default;
    }
}
