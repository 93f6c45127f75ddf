using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>
/// Which subscription was made with which state, in a document for each connection: a mark of both, which tells neither.
/// </summary>
internal sealed class GraphStates(IDocuments documents)
{
    private const string Kind = "graph-subscription-states";

    /// <summary>The one of these that was made with the state; null for none, or where that is not known.</summary>
    public async Task<GraphSubscription?> FindAsync(
        Connection connection, IEnumerable<GraphSubscription> all, string state, CancellationToken cancellationToken)
    {
        var document = await documents.FindAsync(DocumentScope.From(connection.Tenant), Kind, connection.Name, cancellationToken);
        return document is null ? null : all.FirstOrDefault(one => document.Value.Span.SequenceEqual(Mark(one, state)));
    }

    /// <summary>Writes over what is there: Graph has the subscription, so this is how it is.</summary>
    public async Task SaveAsync(
        Connection connection, GraphSubscription subscription, string state, CancellationToken cancellationToken)
    {
        var scope = DocumentScope.From(connection.Tenant);
        var known = await documents.FindAsync(scope, Kind, connection.Name, cancellationToken);
        await documents.TryPutAsync(scope, Kind, connection.Name, Mark(subscription, state), known?.Tag, cancellationToken);
    }

    private static byte[] Mark(GraphSubscription subscription, string state) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(subscription.Id));
}
