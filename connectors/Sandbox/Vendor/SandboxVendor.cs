using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>An action as it comes in.</summary>
internal sealed record SandboxRequest(string? OperationId, string? Action, string? TargetId, JsonObject? Arguments);

/// <summary>Something that a person does in the vendor's own console. <paramref name="Target"/> is an id or a name.</summary>
internal sealed record SandboxConsoleRequest(string? By, string? Action, string? Target, JsonObject? Arguments, string? OperationId = null);

/// <summary>How an action ended: an effect, or a mishap that the wire has to play.</summary>
internal sealed record SandboxResponse(SandboxEffect? Effect, Mishap Mishap);

/// <summary>
/// The simulated vendor: a small RMM and PSA per tenant. It remembers what it did by operation id, but it does not use that to do things
/// only once: a caller that repeats itself shows up as two effects.
/// </summary>
internal sealed class SandboxVendor(SandboxStore store, TimeProvider clock)
{
    public static readonly IReadOnlyDictionary<string, string> KindOfCollection = new Dictionary<string, string>
    {
        ["devices"] = "device", ["users"] = "user", ["mailboxes"] = "mailbox", ["sites"] = "site",
    };

    private readonly ConcurrentDictionary<TenantId, SwitchBoard> switches = new();

    /// <summary>Operations received and not yet ended. Lost with the process, as is then whatever they were about to do.</summary>
    private readonly ConcurrentDictionary<(TenantId, string), int> underWay = new();

    public SwitchBoard GetSwitches(TenantId tenant) => switches.GetOrAdd(tenant, static _ => new());

    public IReadOnlyList<JsonObject> Find(TenantId tenant, string kind, string? name) =>
        [.. store.Find(tenant, kind, name).Select(thing => Present(kind, thing))];

    public JsonObject? Get(TenantId tenant, string kind, string id)
    {
        if (store.Get(tenant, kind, id) is not { } thing)
            return null;
        foreach (var drift in GetSwitches(tenant).TakeDrift(id, thing["name"]?.ToString() ?? ""))
            thing = store.Merge(tenant, kind, id, drift.State) ?? thing;
        return Present(kind, thing);
    }

    public JsonObject? Merge(TenantId tenant, string kind, string id, JsonObject patch) =>
        store.Merge(tenant, kind, id, patch) is { } thing ? Present(kind, thing) : null;

    public IReadOnlyList<SandboxEffect> Effects(TenantId tenant, string? operationId) => store.Effects(tenant, operationId);

    public IEnumerable<JsonObject> Tickets(TenantId tenant) => store.Find(tenant, "device", null).SelectMany(device =>
        (device["tickets"] as JsonObject ?? []).Select(ticket =>
        {
            var copy = ticket.Value!.DeepClone().AsObject();
            copy["title"] = ticket.Key;
            copy["device"] = device["name"]?.DeepClone();
            return copy;
        }));

    public IEnumerable<JsonObject> Alerts(TenantId tenant) =>
        KindOfCollection.Values.SelectMany(kind => Find(tenant, kind, null).SelectMany(thing => SandboxAlerts.For(kind, thing)));

    public void Reset(TenantId tenant)
    {
        GetSwitches(tenant).Now = new();
        store.Reset(tenant);
    }

    /// <summary>
    /// Receives an action; until it has ended, nobody can tell whether it will take effect. Dispose of the result when it has.
    /// </summary>
    public IDisposable Begin(TenantId tenant, string? operationId)
    {
        var key = (tenant, operationId ?? "");
        underWay.AddOrUpdate(key, 1, static (_, count) => count + 1);
        return new Ending(() =>
        {
            if (underWay.AddOrUpdate(key, 0, static (_, count) => count - 1) == 0)
                underWay.TryRemove(KeyValuePair.Create(key, 0));
        });
    }

    /// <summary><c>applied</c>, <c>notApplied</c>, or <c>unknown</c> while it is under way.</summary>
    public (string Status, IReadOnlyList<SandboxEffect> Effects) LookUp(TenantId tenant, string operationId)
    {
        if (GetSwitches(tenant).Now.CannotTell)
            return ("unknown", []);
        var pending = underWay.GetValueOrDefault((tenant, operationId)) > 0;
        var effects = store.Effects(tenant, operationId);
        if (effects.Count > 0)
            return ("applied", effects);
        return (pending ? "unknown" : "notApplied", effects);
    }

    /// <exception cref="SandboxRefusal">It is not done.</exception>
    public SandboxResponse Act(TenantId tenant, SandboxRequest request, string by)
    {
        if (request is not { OperationId.Length: > 0 and <= 200, Action.Length: > 0, TargetId.Length: > 0 })
            throw new SandboxRefusal("bad-request", "operationId, action and targetId are needed.", 400);
        var arguments = (request.Arguments ?? []).ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "");
        var board = GetSwitches(tenant);
        if (board.Now.Rejects is { } rejects && rejects.Any(name => name == "*" || name == request.Action))
            throw new SandboxRefusal("rejected", $"{request.Action} is rejected by a switch.");
        var mishap = board.TakeMishap();
        if (mishap is Mishap.Before or Mishap.Pretended)
            return new(null, mishap);
        var effect = store.Act(
            tenant, request.OperationId, request.Action, request.TargetId, request.Arguments ?? [], (by, false),
            thing => SandboxWorld.Do(request.Action, new(thing, arguments, clock.GetUtcNow())));
        return new(effect, mishap);
    }

    /// <summary>What a person does at the console, past the bot: no switch concerns it.</summary>
    /// <exception cref="SandboxRefusal">It is not done.</exception>
    public SandboxEffect ActAtConsole(TenantId tenant, SandboxConsoleRequest request)
    {
        if (request is { OperationId.Length: > 200 }
            || request is not { By: { Length: > 0 and <= 100 } by, Action.Length: > 0, Target: { Length: > 0 } target })
            throw new SandboxRefusal("bad-request", "by, action and target are needed.", 400);
        var kind = SandboxWorld.GetKind(request.Action);
        var id = store.Get(tenant, kind, target) is null && store.Find(tenant, kind, target) is [var only] ? (string)only["id"]! : target;
        var arguments = (request.Arguments ?? []).ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "");
        return store.Act(
            tenant, request.OperationId ?? "", request.Action, id, request.Arguments ?? [], (by, true),
            thing => SandboxWorld.Do(request.Action, new(thing, arguments, clock.GetUtcNow())));
    }

    public SandboxLogPart Log(TenantId tenant, string? after, int limit) => store.Log(tenant, after, limit);

    /// <summary>Adds what is computed rather than kept.</summary>
    private static JsonObject Present(string kind, JsonObject thing)
    {
        thing["kind"] = kind;
        if (kind == "mailbox" && SandboxWorld.Number(thing, "quotaGb") is > 0 and var quota)
            thing["usedPercent"] = Math.Round(SandboxWorld.Number(thing, "usedGb") / quota * 100, 1);
        foreach (var volume in (thing["disks"] as JsonObject ?? []).Select(part => part.Value).OfType<JsonObject>())
            volume["freeGb"] = Math.Round(SandboxWorld.Number(volume, "sizeGb") * SandboxWorld.Number(volume, "freePercent") / 100, 1);
        return thing;
    }

    private sealed class Ending(Action end) : IDisposable
    {
        private int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
                end();
        }
    }
}
