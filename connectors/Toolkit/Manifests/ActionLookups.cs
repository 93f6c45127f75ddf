using System.Text.Json;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Finds at the vendor what an action has to know before its call.</summary>
internal sealed class ActionLookups(Manifest manifest, VendorCall call)
{
    /// <summary>Adds what was found to <paramref name="given"/>; the way it ends when there is no such thing, or several.</summary>
    public async Task<CallOutcome<ActionReceipt>?> FindAsync(
        Connection connection, LookupRule rule, Dictionary<string, string> given, CancellationToken cancellationToken)
    {
        var outcome = await call.ListAsync(
            connection, rule.List.Request, rule.List.Items, rule.List.Paging, given, cancellationToken);
        if (outcome is not CallOutcome<IReadOnlyList<JsonElement>>.Done(var items))
            return ManifestConnector.NothingDone<IReadOnlyList<JsonElement>, ActionReceipt>(outcome);
        // While a list shifts under the reading, one thing may be told on two of its pages.
        List<Dictionary<string, string?>> fitting =
        [
            .. items.Where(item => rule.Where.All(one => one.Holds(new(item, given))))
                .Select(item => rule.Let.ToDictionary(static one => one.Key, one => one.Value.Text(new(item, given))))
                .DistinctBy(
                    found => rule.Let.Count == 0 ? (object)found : string.Join('\0', found.Select(static one => one.Value ?? "\0"))),
        ];
        var what = rule.What.Text(new(default, given)) ?? "what the action needs";
        if (fitting is not [var only])
        {
            return new CallOutcome<ActionReceipt>.Refused(
                fitting.Count == 0 ? "not-found" : "ambiguous", $"{manifest.Title} has {(fitting.Count == 0 ? "no" : "several")}: {what}.");
        }
        foreach (var (name, value) in only)
        {
            if (value is null)
                return new CallOutcome<ActionReceipt>.Refused("not-found", $"{manifest.Title} does not tell the {name} of {what}.");
            given[$"let.{name}"] = value;
        }
        return null;
    }
}
