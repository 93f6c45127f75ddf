using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Ledger;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Answers of vendors to a refresh token. One that came in its place is durable before the access token beside it is used, or a process
/// that ends would leave the connection without either.
/// </summary>
/// <param name="secrets">Keeps them; null where nothing is kept, and then none is used.</param>
internal sealed class RefreshedTokens(Func<RotatingSecrets?> secrets)
{
    /// <summary>Longer than any answer is waited for.</summary>
    private static readonly TimeSpan MaxTurn = VendorCall.ReadTimeout + TimeSpan.FromSeconds(20);

    private static readonly TimeSpan OtherInstance = TimeSpan.FromSeconds(5);

    /// <param name="initial">The refresh token that a person gave.</param>
    /// <param name="ask">Asks the vendor with the newest one. Nobody can call this off: the answer may hold the only one left.</param>
    public async Task<CallOutcome<JsonElement>> FetchAsync(
        Connection connection, RefreshRule rule, string initial, Func<string, Task<CallOutcome<JsonElement>>> ask,
        CancellationToken cancellationToken)
    {
        if (secrets() is not { } kept)
            return new CallOutcome<JsonElement>.NotDone(
                $"{rule.Setting} of {connection.Name} is not used where a new one could not be kept.");
        try
        {
            if (await kept.TakeTurnAsync(connection.Tenant, initial, MaxTurn, cancellationToken) is not { } turn)
                return new CallOutcome<JsonElement>.NotDone($"Another instance is signing {connection.Name} in.", OtherInstance);
            var outcome = await AskAsync(kept, turn, ask);
            var next = outcome is CallOutcome<JsonElement>.Done(var answer) ? ValueTemplate.Scalar(rule.Next.Find(answer)) : null;
            return await kept.EndAsync(turn, string.IsNullOrEmpty(next) ? null : next)
                ? outcome
                : new CallOutcome<JsonElement>.NotDone($"Another instance has signed {connection.Name} in meanwhile.", OtherInstance);
        }
        catch (LedgerUnavailableException)
        {
            return new CallOutcome<JsonElement>.NotDone($"The refresh token of {connection.Name} cannot be kept at the moment.");
        }
    }

    /// <exception cref="FormatException">There is nothing that could be sent.</exception>
    private static async Task<CallOutcome<JsonElement>> AskAsync(
        RotatingSecrets kept, RotatingSecretTurn turn, Func<string, Task<CallOutcome<JsonElement>>> ask)
    {
        try
        {
            return await ask(turn.Secret);
        }
        catch
        {
            await kept.EndAsync(turn, null);
            throw;
        }
    }
}
