using System.Net;
using System.Text.Json;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>An answer of the service that says something definite.</summary>
/// <param name="ETag">Of the document; empty when there is none.</param>
/// <param name="Uncertain">An earlier attempt of the same call may have done it already.</param>
internal sealed record CosmosResponse(HttpStatusCode Status, byte[] Body, string ETag, bool Uncertain)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public bool IsMissing => Status == HttpStatusCode.NotFound;

    /// <summary>The documents in a page of a query or of the change feed.</summary>
    public IEnumerable<JsonElement> Documents()
    {
        if (Body.Length == 0)
            return [];
        using var page = JsonDocument.Parse(Body);
        return [.. page.RootElement.GetProperty("Documents").EnumerateArray().Select(static document => document.Clone())];
    }

    /// <exception cref="LedgerUnavailableException">It is a refusal.</exception>
    public CosmosResponse OrThrow(string what) =>
        IsSuccess ? this : throw new LedgerUnavailableException($"Cosmos DB refused to {what}: {(int)Status} {Explained()}");

    private string Explained() => Status switch
    {
        HttpStatusCode.Unauthorized => "the key or identity is not accepted (Storage:Cosmos:Key).",
        HttpStatusCode.Forbidden =>
            "the identity lacks the right; it needs the role Cosmos DB Built-in Data Contributor, and the database must exist.",
        HttpStatusCode.NotFound => "there is no such database or container.",
        HttpStatusCode.RequestEntityTooLarge => "it is too large.",
        _ => Status.ToString(),
    };
}
