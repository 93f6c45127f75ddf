using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>A target of a manifest, from a kind of things in a description.</summary>
internal sealed class DraftTarget(ApiDescription api, DraftSettings settings)
{
    /// <summary>Members that are likely to say whose a thing is, the likeliest first.</summary>
    public static readonly string[] Owners =
    [
        "companyId", "organizationId", "organisationId", "orgId", "customerId", "clientId", "tenantId", "accountId", "siteId", "siteUid",
        "companyUid", "customerUid", "companyIdentifier", "accountUid", "groupId",
    ];

    /// <summary>Members that are likely to be what a thing is called.</summary>
    public static readonly string[] Names =
    [
        "hostname", "systemName", "computerName", "deviceName", "dnsName", "userPrincipalName", "displayName", "name", "number",
        "ticketNumber", "title", "summary", "subject", "username", "login", "email",
    ];

    private static readonly string[] NameParameters =
    [
        "hostname", "systemName", "computerName", "name", "deviceName", "displayName", "search", "q", "searchText", "keyword", "query",
        "number",
    ];

    private static readonly (string Kind, string Observation, string Filter, string[] Members)[] Observations =
    [
        ("device", "device.online", "", ["online", "isOnline", "connected"]),
        ("device", "device.lastSeen", " | time", ["lastSeen", "lastSeenAt", "lastContact", "lastCheckIn", "lastKeepAlive"]),
        ("device", "device.os", "", ["operatingSystem", "osName", "os"]),
        ("device", "device.serial", "", ["serialNumber", "serial"]),
        ("device", "device.pendingReboot", "", ["rebootRequired", "pendingReboot", "needsReboot"]),
        ("user", "user.enabled", "", ["enabled", "accountEnabled", "isActive", "active"]),
        ("user", "user.locked", "", ["locked", "isLocked"]),
        ("ticket", "ticket.status", "", ["statusName", "status", "state"]),
        ("ticket", "ticket.closed", "", ["closed", "isClosed", "closedFlag"]),
    ];

    /// <summary>The kinds that runbooks ask for.</summary>
    private static readonly HashSet<string> Known = new(
        Capabilities.Observations.Select(static one => one.TargetKind)
            .Concat(Capabilities.Actions.Values.Select(static one => one.TargetKind)),
        StringComparer.Ordinal);

    public string Company => settings.Add("Company", $"id of the client at {api.Title}", "17", "[0-9A-Za-z._-]{1,100}");

    public YamlDraft Write(ApiResource resource)
    {
        var word = ApiText.Singular(resource.Read.Segments[^2]);
        var draft = new YamlDraft()
            .Line(1, $"{resource.Kind}:", Kind(resource.Kind, word))
            .Line(2, "find:");
        var paging = DraftPaging.For(resource.List, resource);
        var (query, filtered) = Query(resource.List, paging);
        draft.Line(3, $"request: {ApiText.Quoted($"{resource.List.Method} {Path(resource.List.Segments)}{query}")}", filtered);
        if (resource.List.Method == HttpMethod.Post)
            draft.Line(3, "body: {}", $"how {api.Title} is asked for those whose name is {{$name}}");
        if (resource.Items is null)
            draft.Line(3, "items: $", "where the list is in the answer; the description does not say");
        else if (resource.Items != "$")
            draft.Line(3, $"items: {resource.Items}");
        if (paging.Line is { } line)
            draft.Line(3, $"paging: {line}", paging.Decide);
        else if (paging.Decide is not null)
            draft.Line(3, "# paging: { style: number, parameter: page, size: 100 }", paging.Decide);
        var id = ApiSchemas.FindPath(
            resource.Record, resource.IdParameter, WithoutKind(resource), $"{resource.Kind}Id", "id", "uid", "uuid", "guid", "sys_id",
            $"{resource.Kind}Uid");
        draft.Line(2, $"id: \"{{{id ?? "id"}}}\"", id is null ? "which member is the id; the description does not say" : null);
        Name(draft, resource);
        draft.Line(2, Belongs(resource.Kind, resource.Record, out var decide), decide);
        draft.Line(2, $"read: {ApiText.Quoted($"GET {Path(resource.Read.Segments[..^1])}/{{$target.id}}")}");
        if (resource.ReadAt != "$")
            draft.Line(2, $"readAt: {resource.ReadAt}");
        return Observe(draft, resource);
    }

    private string? Kind(string kind, string word)
    {
        if (!Known.Contains(kind))
            return $"no runbook knows a {ApiText.Line(kind, 40)}; they know {string.Join(", ", Known.Order(StringComparer.Ordinal))}";
        return word == kind ? null : $"whether what {api.Title} calls {ApiText.Line(word, 40)} is that";
    }

    /// <summary>A path whose parameters are settings of the connection.</summary>
    public string Path(IEnumerable<string> segments) => "/" + string.Join('/', segments.Select(
        segment => ApiResources.IsParameter(segment) ? $"{{$setting.{Place(segment.Trim('{', '}'))}}}" : ApiText.Line(segment, 100)));

    /// <summary>The line that says whose a document is, and what is left to decide about it.</summary>
    public string Belongs(string kind, IReadOnlyList<ApiMember> record, out string decide)
    {
        var path = kind is "company" or "organization" or "customer" or "client" or "account" or "tenant"
            ? ApiSchemas.FindPath(record, "id", "uid")
            : ApiSchemas.FindPath(record, Owners);
        decide = path is null
            ? "which member says whose it is, as in [\"{companyId} == {$setting.Company}\"]; credential only where each client has its own"
            : "whether this says which client it belongs to";
        return path is null ? "belongs: decide" : $"belongs: [\"{{{path}}} == {{$setting.{Company}}}\"]";
    }

    /// <summary>As in <c>Uid</c> of <c>deviceUid</c>.</summary>
    private static string WithoutKind(ApiResource resource)
    {
        var word = ApiText.Singular(resource.Read.Segments[^2]);
        var name = resource.IdParameter;
        return name.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? name[word.Length..] : name;
    }

    private string Place(string parameter) => settings.Add(
        ApiText.Pascal(parameter), $"{ApiText.Line(parameter, 60)} in addresses of {api.Title}", "17", "[0-9A-Za-z._-]{1,100}");

    private (string Query, string? Decide) Query(ApiOperation list, DraftPaging paging)
    {
        var parts = new List<string>();
        string? decide = null;
        var name = list.Method == HttpMethod.Get ? DraftPaging.Find(list, NameParameters) : null;
        if (name is not null)
            parts.Add($"{name.Name}={{$name}}");
        foreach (var needed in list.Query.Where(one => one.Required && one != name && !DraftPaging.IsAbout(one.Name!)))
        {
            parts.Add($"{ApiText.Line(needed.Name, 60)}={{$setting.{Place(needed.Name!)}}}");
            decide = $"what {ApiText.Line(needed.Name, 60)} has to be; now it is a setting";
        }
        if (paging.Query is { } size)
            parts.Add(size);
        return (parts.Count == 0 ? "" : $"?{string.Join('&', parts)}", decide);
    }

    private static void Name(YamlDraft draft, ApiResource resource)
    {
        var name = ApiSchemas.FindPath(resource.Record, [.. Names, $"{resource.Kind}Name"]);
        if (name is null)
            draft.Line(2, "names: []", "what one goes by, as in [\"{name}\"]; the description does not say");
        else
            draft.Line(2, $"names: [\"{{{name}}}\"]", "whether this is the name that alerts use");
    }

    /// <summary>What runbooks may ask of it is a beginning in comments: a wrong observation is worse than none.</summary>
    private static YamlDraft Observe(YamlDraft draft, ApiResource resource)
    {
        var found = Observations.Where(one => one.Kind == resource.Kind)
            .Select(one => (one.Observation, Path: ApiSchemas.FindPath(resource.Record, one.Members), one.Filter))
            .Where(static one => one.Path is not null).ToList();
        if (found.Count == 0)
            return draft;
        draft.Line(2, "# observe:", "what of this runbooks may rely on (docs/capabilities.md)");
        draft.Line(2, "#   - values:");
        foreach (var (observation, path, filter) in found)
            draft.Line(2, $"#       {observation}: \"{{{path}{filter}}}\"");
        return draft;
    }
}
