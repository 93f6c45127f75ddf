using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connectors.Sandbox;

/// <summary>The simulated vendor, reached over HTTP as a real one would be. Every card it touches says that it is a simulation.</summary>
public sealed class SandboxConnector(VendorClient vendor, SandboxAddress address, ISecretSource secrets, IOptions<SandboxOptions> options)
    : IConnector, IActionLog
{
    public const string ConnectorName = "sandbox";

    private static readonly Dictionary<string, string> Collections = new()
    {
        ["device"] = "devices", ["user"] = "users", ["mailbox"] = "mailboxes", ["site"] = "sites",
    };

    public string Name => ConnectorName;

    public bool IsSimulation => true;

    public IReadOnlyDictionary<string, ActionSpec> Actions { get; } = SandboxCatalog.For(options.Value.Timeout);

    public async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken)
    {
        if (!Collections.TryGetValue(kind, out var collection))
            return new CallOutcome<IReadOnlyList<Target>>.Done([]);
        return await ReadAsync<IReadOnlyList<Target>>(
            connection, $"{collection}?name={Uri.EscapeDataString(name)}",
            found => [.. found.AsArray().Select(thing => GetTarget(connection, kind, thing!.AsObject()))], cancellationToken);
    }

    public async Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken)
    {
        if (Check<IReadOnlyDictionary<string, string>>(connection, target) is { } refused)
            return refused;
        return await ReadAsync(
            connection, $"{Collections[target.Kind]}/{Uri.EscapeDataString(target.Id)}",
            thing => SandboxObservations.For(target.Kind, thing.AsObject()), cancellationToken);
    }

    public async Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        if (Check<ActionReceipt>(connection, call.Target) is { } refused)
            return refused;
        if (!Actions.TryGetValue(call.Action, out var spec) || spec.TargetKind != call.Target.Kind)
            return new CallOutcome<ActionReceipt>.Refused(
                "no-such-action", $"The Sandbox has no action {call.Action} for a {call.Target.Kind}.");
        var body = new { operationId = call.OperationId, action = call.Action, targetId = call.Target.Id, arguments = call.Arguments };
        return await WithTokenAsync<ActionReceipt>(connection, token => vendor.ActAsync(
            connection,
            () => Request(HttpMethod.Post, "actions", token, JsonContent.Create(body)),
            spec.Timeout,
            result => new ActionReceipt(result["detail"]?.ToString() ?? "Done."),
            cancellationToken));
    }

    public async Task<CallOutcome<OperationStatus>> LookUpAsync(
        Connection connection, ActionCall call, CancellationToken cancellationToken) => await ReadAsync(
        connection, $"operations/{Uri.EscapeDataString(call.OperationId)}",
        result => result["status"]?.ToString() switch
        {
            "applied" => OperationStatus.Applied,
            "notApplied" => OperationStatus.NotApplied,
            _ => OperationStatus.CannotTell,
        },
        cancellationToken);

    public Task<CallOutcome<ActionPage>> ReadLogAsync(
        Connection connection, string? cursor, CancellationToken cancellationToken) => ReadAsync(
        connection, cursor is null ? "log" : $"log?after={Uri.EscapeDataString(cursor)}", result => SandboxLog.Read(connection, result),
            cancellationToken);

    private Task<CallOutcome<T>> ReadAsync<T>(
        Connection connection, string path, Func<JsonNode, T> read, CancellationToken cancellationToken) =>
        WithTokenAsync(connection, token =>
            vendor.ReadAsync(connection, () => Request(HttpMethod.Get, path, token, null), options.Value.Timeout, read, cancellationToken));

    private async Task<CallOutcome<T>> WithTokenAsync<T>(Connection connection, Func<string, Task<CallOutcome<T>>> call)
    {
        string token;
        try
        {
            if (InboundCredentials.Secret(connection, "Token") is not { } reference)
                return new CallOutcome<T>.Refused("no-token", $"The connection {connection.Name} has no Token.");
            token = secrets.Read(reference);
            address.Vendor();
        }
        catch (SecretUnavailableException missing)
        {
            return new CallOutcome<T>.NotDone(missing.Message);
        }
        catch (InvalidOperationException notYet)
        {
            return new CallOutcome<T>.NotDone(notYet.Message);
        }
        return await call(token);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string token, HttpContent? content) =>
        new(method, new Uri(address.Vendor(), path))
    {
        Content = content,
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    /// <summary>A target goes only through the connection it was found through, whoever asks.</summary>
    private static CallOutcome<T>? Check<T>(Connection connection, Target target)
    {
        if (target.Connection != connection.Name)
            return new CallOutcome<T>.Refused("foreign-target", $"{target.Name} was found through another connection.");
        return Collections.ContainsKey(target.Kind)
            ? null
            : new CallOutcome<T>.Refused("unknown-kind", $"The Sandbox knows no {target.Kind}.");
    }

    private static Target GetTarget(Connection connection, string kind, JsonObject thing) =>
        new(connection.Name, kind, thing["id"]!.ToString(), thing["name"]!.ToString(), thing["client"]?.ToString() ?? "");
}
