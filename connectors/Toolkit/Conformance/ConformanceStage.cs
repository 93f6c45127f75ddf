using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Entra;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>A connector in front of a vendor of its own, for one check.</summary>
internal sealed class ConformanceStage : IAsyncDisposable
{
    /// <summary>Whom the checks look for and act on.</summary>
    public const string OwnId = "1001";

    private const string OtherId = "2002";
    private const string Name = "SRV-CONF01";

    private static readonly string[] Samples =
    [
        "Spooler", "C", "normal", "5", "17", "eu", "true", "temp-files", "Restart", "a-1", "4711", "https://vendor.example", "contoso",
        "c0ffee12-0000-4000-8000-000000000001", "2026-12-01", "2026-12-01T08:00:00Z", "name@contoso.example", "1.5", "1.25",
    ];

    private readonly ServiceProvider services;

    private ConformanceStage(
        Manifest manifest, StandInVendor vendor, Connection connection, ConformanceSubject subject, ServiceProvider services)
    {
        (Manifest, Vendor, Connection, Subject, this.services) = (manifest, vendor, connection, subject, services);
        Documents = new(manifest, connection);
    }

    public Manifest Manifest { get; }

    public StandInVendor Vendor { get; }

    public Connection Connection { get; }

    public ConformanceSubject Subject { get; }

    public VendorDocuments Documents { get; }

    /// <summary>What the vendor tells when it is asked for events, by the key of the list.</summary>
    public Dictionary<string, List<JsonObject>> Events { get; private init; } = [];

    /// <summary>What the vendor keeps of operations, by action.</summary>
    public Dictionary<string, List<JsonObject>> Operations { get; private init; } = [];

    public IConnector Connector => Subject.Connector;

    /// <summary>Another tenant's connection with the same credentials.</summary>
    public Connection Elsewhere => Connection with { Name = "fabrikam-conformance", Tenant = TenantId.Parse("fabrikam") };

    public static async Task<ConformanceStage> OpenAsync(Manifest manifest, Func<ConformanceSubject, ConformanceSubject> replace)
    {
        ConformanceStage? stage = null;
        var events = manifest.Polls.ToDictionary(static one => one.Key, static _ => new List<JsonObject>());
        var vendor = await StandInVendor.StartAsync(manifest, Routes(manifest, events, () => stage!));
        var (subject, services) = ConformanceSubject.For(manifest, TimeProvider.System);
        stage = new(manifest, vendor, Connect(manifest, vendor.Address), replace(subject), services)
        {
            Events = events,
            Operations = manifest.Actions.Keys.ToDictionary(static one => one, static _ => new List<JsonObject>()),
        };
        foreach (var (kind, target) in manifest.Targets)
            vendor.Records[kind] = [stage.Documents.Record(target, OwnId, Name)];
        return stage;
    }

    /// <summary>The record that the checks act on, as the vendor has it.</summary>
    public JsonObject Own(string kind) => Vendor.Records[kind].First(one => Id(kind, one) == OwnId);

    public string Id(string kind, JsonObject record) => VendorDocuments.Text(Manifest.Targets[kind].Id, record) ?? "";

    public string NameOf(string kind, JsonObject record) =>
        Manifest.Targets[kind].Names.Select(one => VendorDocuments.Text(one, record)).OfType<string>().FirstOrDefault() ?? "";

    public Target Target(string kind) => For(kind, Own(kind));

    public Target For(string kind, JsonObject record) => new(Connection.Name, kind, Id(kind, record), NameOf(kind, record), "");

    /// <summary>A record of another company under the same name; null where nothing says whose a record is.</summary>
    public JsonObject? AddForeign(string kind)
    {
        var target = Manifest.Targets[kind];
        var record = Documents.Record(target, OtherId, Name);
        if (!Documents.Disown(record, target.Belongs))
            return null;
        Vendor.Records[kind].Insert(0, record);
        return record;
    }

    /// <summary>A call of an action with arguments that its patterns take; null when none of ours fits.</summary>
    public ActionCall? Call(string action, string operation, Target? target = null)
    {
        var spec = Connector.Actions[action];
        var arguments = new Dictionary<string, string>();
        foreach (var argument in spec.Arguments.Where(static one => one.Required))
        {
            if (Sample(argument.Pattern) is not { } value)
                return null;
            arguments[argument.Name] = value;
        }
        return new(operation, action, target ?? Target(spec.TargetKind), arguments);
    }

    /// <summary>What templates may refer to for a call.</summary>
    public Dictionary<string, string> Given(ActionCall call)
    {
        var given = VendorCredentials.Given(Manifest, Connection);
        (given["operation"], given["target.id"], given["target.name"]) = (call.OperationId, call.Target.Id, call.Target.Name);
        foreach (var (name, value) in call.Arguments)
            given[$"argument.{name}"] = value;
        return given;
    }

    public async ValueTask DisposeAsync()
    {
        await Vendor.DisposeAsync();
        await services.DisposeAsync();
    }

    private static string? Sample(string pattern)
    {
        var match = new WholeMatch(pattern);
        return Samples.Concat(pattern.Split('|')).FirstOrDefault(match.Accepts);
    }

    /// <summary>Of the directory and of the application.</summary>
    private const string EntrasId = "84841066-274d-4ec0-a5c1-276be684bdd3";

    private static Connection Connect(Manifest manifest, Uri address)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            [VendorCredentials.AddressSetting] = $"{address}",
        };
        var proof = manifest.Authentication;
        if (proof.EntraScope is not null)
        {
            foreach (var name in (string[])[EntraApplication.Directory, EntraApplication.Application])
                settings[name] = EntrasId;
            settings[EntraApplication.ClientSecret] = "conformance";
            settings[EntraApplication.AuthorityName] = $"{address}";
        }
        // A refresh token is not used where a new one could not be kept.
        foreach (var setting in manifest.Settings.Where(one => !proof.IsEntras(one.Name) && one.Name != proof.Token?.Refresh?.Setting))
        {
            if (setting.IsSecret)
                settings[setting.Name] = $"conformance-{setting.Name}";
            else if (setting.Values.Count > 0)
                settings[setting.Name] = setting.Values.Keys.First();
            else if (setting.Example is { } example && setting.Pattern?.Accepts(example) != false)
                settings[setting.Name] = example;
            else
                settings[setting.Name] = (setting.Pattern is { } pattern ? Sample(pattern.Pattern) : null) ?? "conformance";
        }
        if (manifest.Webhook?.Sender is { Proof: SenderProof.Certificate, Setting: { } thumbprint })
            settings[thumbprint] = SentDeliveries.Thumbprint;
        if (manifest.Webhook?.Sender is { IsKeyBase64: true, Setting: { } key })
            settings[key] = "Y29uZm9ybWFuY2U=";
        return new("contoso-conformance", TenantId.Parse("contoso"), manifest.Name, settings);
    }

    private static IEnumerable<VendorRoute> Routes(
        Manifest manifest, Dictionary<string, List<JsonObject>> events, Func<ConformanceStage> stage)
    {
        if (manifest.Authentication.Token is { } token)
            yield return new(RouteUse.Token, "token", token.Request, token.IsAtHost);
        if (manifest.Authentication.EntraScope is not null)
        {
            yield return new(
                RouteUse.Token, "token", new(HttpMethod.Post, ValueTemplate.Parse($"/{EntrasId}/oauth2/v2.0/token"), null, true), true);
        }
        if (manifest.Health is { } health)
            yield return new(RouteUse.Health, "health", health);
        foreach (var (kind, target) in manifest.Targets)
        {
            yield return new(RouteUse.List, kind, target.Find.Request) { Items = target.Find.Items, Paging = target.Find.Paging };
            yield return new(RouteUse.Read, kind, target.Read) { RecordAt = target.ReadAt };
            foreach (var observed in target.Observations.Where(static one => one.Request is not null))
                yield return new(RouteUse.Observe, kind, observed.Request!) { Items = observed.Each, Paging = observed.Paging };
        }
        foreach (var (name, action) in manifest.Actions)
        {
            yield return new(RouteUse.Act, name, action.Call);
            if (action.Reconcile?.List is { } list)
            {
                yield return new(RouteUse.Reconcile, name, list.Request)
                {
                    Items = list.Items, Paging = list.Paging, Found = () => stage().Operations[name],
                };
            }
            foreach (var lookup in action.Lookups)
            {
                yield return new(RouteUse.LookUp, name, lookup.List.Request)
                {
                    Items = lookup.List.Items, Paging = lookup.List.Paging, Found = () => [LookedUp(stage(), name, lookup)],
                };
            }
        }
        foreach (var reread in manifest.Webhook?.Events.Select(static one => one.Reread).OfType<RereadRule>() ?? [])
            yield return new(RouteUse.Hinted, "webhook", reread.Request) { RecordAt = reread.At };
        if (manifest.Webhook?.Sender.FetchedKey is not null)
            yield return KeyRoute();
        foreach (var poll in manifest.Polls)
        {
            VendorRoute For(RequestTemplate request, PagingRule? paging) =>
                new(RouteUse.Poll, poll.Key, request) { Items = poll.List.Items, Paging = paging, Found = () => events[poll.Key] };
            yield return For(poll.List.Request, poll.List.Paging);
            if (poll.First is { } first)
                yield return For(first, null);
            if (poll.Read is { } read)
                yield return new(RouteUse.Beside, poll.Key, read.Request) { Found = () => Beside(stage(), poll, read) };
        }
    }

    /// <summary>Tells the key of a signature.</summary>
    public static VendorRoute KeyRoute() =>
        new(RouteUse.Key, "key", new(HttpMethod.Get, ValueTemplate.Parse(DeliverySamples.KeyPath), null, false), isAtHost: true);

    /// <summary>What goes with an event that does not say everything itself: that member of the event.</summary>
    private static IEnumerable<JsonObject> Beside(ConformanceStage stage, PollManifest poll, PollRead read) =>
        EventSamples.Whole(stage, poll)[read.As] is JsonObject beside ? [beside] : [];

    private static JsonObject LookedUp(ConformanceStage stage, string action, LookupRule lookup)
    {
        var call = stage.Call(action, "op");
        return VendorDocuments.Item(lookup, call is null ? VendorCredentials.Given(stage.Manifest, stage.Connection) : stage.Given(call));
    }
}

/// <summary>Events as the vendor of a stage tells them.</summary>
internal static class EventSamples
{
    /// <summary>One that was asked for, with everything that belongs to it.</summary>
    public static JsonObject Whole(ConformanceStage stage, PollManifest poll, string id = "5001", string? at = null)
    {
        var rule = poll.Events.First(static one => !one.Ignore);
        var item = stage.Documents.Event(rule, id, "SRV-CONF01", poll.Cursor is null && VendorDocuments.HasEnd(rule) && IsEnded(poll));
        if (poll.Cursor is { } cursor && cursor.Of.FirstPath is { } path && (at is not null || !cursor.IsId))
            VendorDocuments.Set(item, path, JsonValue.Create(at ?? DateTimeOffset.UtcNow.AddMinutes(-1).ToString("O", null)));
        if (poll.Read is { Id.FirstPath: { } place })
            VendorDocuments.Set(item, place, JsonValue.Create(ConformanceStage.OwnId));
        return item;
    }

    /// <summary>As the list has it: without what is read beside it.</summary>
    public static JsonObject Listed(ConformanceStage stage, PollManifest poll, string id, string? at = null)
    {
        var item = Whole(stage, poll, id, at);
        if (poll.Read is { } read)
            item.Remove(read.As);
        return item;
    }

    private static bool IsEnded(PollManifest poll) => poll.List.Request.Path.Source.Contains("resolved", StringComparison.Ordinal);
}
