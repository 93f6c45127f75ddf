using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>The documents in the container <c>documents</c>: partition by scope, id from kind and id, the tag is the etag.</summary>
public sealed class CosmosDocuments(CosmosStore store) : IDocuments
{
    private const int PageSize = 100;

    public async ValueTask<Document?> FindAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, id);
        return (await ReadAsync(scope, kind, id, cancellationToken))?.Document;
    }

    public async IAsyncEnumerable<Document> ListAsync(
        DocumentScope scope, string kind, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, prefix.Length == 0 ? "any" : prefix);
        var query = new QueryDefinition("SELECT * FROM c WHERE c.scope = @scope AND STARTSWITH(c.id, @prefix) ORDER BY c.id")
            .WithParameter("@scope", scope.Value).WithParameter("@prefix", GetId(kind, prefix));
        using var pages = store.Documents.GetItemQueryStreamIterator(
            query, requestOptions: new() { PartitionKey = new(scope.Value), MaxItemCount = PageSize });
        while (pages.HasMoreResults)
        {
            var page = await store.Calls.SendAsync(pages.ReadNextAsync, cancellationToken);
            foreach (var document in page.OrThrow("list documents").Documents())
                yield return Decode(document, kind).Document;
        }
    }

    public async ValueTask<bool> TryPutAsync(
        DocumentScope scope, string kind, string id, ReadOnlyMemory<byte> value, string? expectedTag, CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, id);
        var write = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var body = Encode(scope, kind, id, value, write);
        var result = await store.Calls.SendAsync(
            async token =>
            {
                using var content = new MemoryStream(body, writable: false);
                return expectedTag is null
                    ? await store.Documents.CreateItemStreamAsync(content, new(scope.Value), cancellationToken: token)
                    : await store.Documents.ReplaceItemStreamAsync(
                        content, GetId(kind, id), new(scope.Value), new() { IfMatchEtag = expectedTag }, token);
            },
            cancellationToken);
        if (result.Status is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed)
        {
            // The attempt that was answered may not be the one that did it.
            return (await ReadAsync(scope, kind, id, cancellationToken))?.Write == write;
        }
        if (result.IsMissing && expectedTag is not null)
            return false;
        result.OrThrow("write a document");
        return true;
    }

    public async ValueTask DeleteAsync(DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        DocumentNames.Check(kind, id);
        var result = await store.Calls.SendAsync(
            token => store.Documents.DeleteItemStreamAsync(GetId(kind, id), new(scope.Value), cancellationToken: token), cancellationToken);
        if (!result.IsMissing)
            result.OrThrow("delete a document");
    }

    /// <summary>A kind has no colon, so kind and id cannot run together.</summary>
    private static string GetId(string kind, string id) => $"{kind}:{id}";

    private async Task<(Document Document, string? Write)?> ReadAsync(
        DocumentScope scope, string kind, string id, CancellationToken cancellationToken)
    {
        var result = await store.Calls.SendAsync(
            token => store.Documents.ReadItemStreamAsync(GetId(kind, id), new(scope.Value), cancellationToken: token), cancellationToken);
        if (result.IsMissing)
            return null;
        using var document = JsonDocument.Parse(result.OrThrow("read a document").Body);
        return Decode(document.RootElement, kind);
    }

    private static (Document Document, string? Write) Decode(JsonElement document, string kind) =>
        (new(document.GetProperty("id").GetString()![(kind.Length + 1)..], document.GetProperty("_etag").GetString()!,
            document.GetProperty("value").GetBytesFromBase64()),
            document.GetProperty("write").GetString());

    private static byte[] Encode(DocumentScope scope, string kind, string id, ReadOnlyMemory<byte> value, string write)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("id", GetId(kind, id));
            writer.WriteString("scope", scope.Value);
            writer.WriteString("write", write);
            writer.WriteBase64String("value", value.Span);
            writer.WriteEndObject();
        }
        return output.ToArray();
    }
}
