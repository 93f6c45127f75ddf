using System.Text.Json;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Asks a vendor for each list that targets are found in, as a person's question would, so that a misspelt path or a missing right shows
/// before somebody is told that there is no such thing.
/// </summary>
internal sealed class ListTrials(Manifest manifest, VendorCall call)
{
    /// <summary>Names that nothing has, for lists by name and for lists by number.</summary>
    private static readonly string[] Names = ["devops-ai-bot-no-such-name", "999999999"];

    /// <summary>One sentence for each list.</summary>
    public async Task<IReadOnlyList<CallOutcome<string>>> RunAsync(Connection connection, CancellationToken cancellationToken)
    {
        var all = new List<CallOutcome<string>>();
        foreach (var (kind, rule) in manifest.Targets.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            foreach (var list in new[] { rule.Find, rule.AlsoFind }.OfType<ListTemplate>())
                all.Add(await TryAsync(connection, kind, list, cancellationToken));
        }
        return all;
    }

    private async Task<CallOutcome<string>> TryAsync(
        Connection connection, string kind, ListTemplate list, CancellationToken cancellationToken)
    {
        var given = call.Given(connection);
        foreach (var name in Names)
        {
            given["name"] = name;
            if (list.Request.Path.Text(new(default, given)) is null)
                continue;
            var outcome = await call.ListAsync(connection, list.Request, list.Items, list.Paging, given, cancellationToken);
            return outcome is CallOutcome<IReadOnlyList<JsonElement>>.Done
                ? new CallOutcome<string>.Done($"{manifest.Title} can be asked for a {kind}.")
                : new CallOutcome<string>.Unknown($"{manifest.Title} cannot be asked for a {kind}: {outcome.Reason}");
        }
        return new CallOutcome<string>.Done($"{manifest.Title} was not asked for a {kind}: its request takes none of the names tried.");
    }
}
