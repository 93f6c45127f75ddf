using System.Text.Json.Nodes;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>What is in the two directories; each is seen with its own tokens alone. Filters are read as Graph reads them.</summary>
internal sealed class GraphWorld
{
    private readonly Lock gate = new();

    /// <summary>By directory and collection, as in <c>users</c>.</summary>
    public Dictionary<(string Directory, string Collection), List<JsonObject>> All { get; } = new()
    {
        [(GraphHost.ContosoId, "users")] =
        [
            User(GraphHost.MiaId, GraphHost.Mia, "Mia Okafor"),
            User("22222222-44d7-43e1-9a83-5f2406dee5bd", "sean.o'neil@northwinddental.example", "Sean O'Neil"),
            User("33333333-44d7-43e1-9a83-5f2406dee5bd", "guest_fabrikam.example#EXT#@northwinddental.example", "100% Guest"),
            User("44444444-44d7-43e1-9a83-5f2406dee5bd", "j.lee@northwinddental.example", "Jo Lee"),
            User("55555555-44d7-43e1-9a83-5f2406dee5bd", "jo.lee@northwinddental.example", "Jo Lee", isSynchronized: true),
        ],
        [(GraphHost.FabrikamId, "users")] = [User("99999999-44d7-43e1-9a83-5f2406dee5bd", GraphHost.Mia, "Mia Okafor")],
        [(GraphHost.ContosoId, "managedDevices")] =
        [
            Device(GraphHost.PcId, "ND-PC-014"), Device("22222222-034c-705c-4c03-5c704c035c70", "TWICE"),
            Device("33333333-034c-705c-4c03-5c704c035c70", "TWICE"),
        ],
        [(GraphHost.FabrikamId, "managedDevices")] = [Device("99999999-034c-705c-4c03-5c704c035c70", "ND-PC-014")],
        [(GraphHost.ContosoId, "riskyUsers")] =
        [
            new()
            {
                ["id"] = GraphHost.MiaId, ["userPrincipalName"] = GraphHost.Mia, ["riskLevel"] = "high", ["riskState"] = "atRisk",
                ["riskDetail"] = "none", ["riskLastUpdatedDateTime"] = "2026-08-20T12:00:00Z",
            },
        ],
        [(GraphHost.ContosoId, "riskDetections")] =
        [
            new() { ["id"] = "1", ["userId"] = GraphHost.MiaId, ["riskState"] = "atRisk", ["activity"] = "signin" },
            new() { ["id"] = "2", ["userId"] = GraphHost.MiaId, ["riskState"] = "dismissed", ["activity"] = "signin" },
        ],
        [(GraphHost.ContosoId, "alerts_v2")] = [Sample("graph-alert-v2.json")],
        [(GraphHost.ContosoId, "incidents")] = [Sample("graph-incident-with-alerts.json")],
        [(GraphHost.ContosoId, "issues")] = [Sample("graph-service-health-issue.json")],
        [(GraphHost.ContosoId, "subscriptions")] = [],
        [(GraphHost.ContosoId, "roleDefinitions")] =
        [
            Role("fdd7a751-b60b-444a-984c-02652fe8fa1c", "Groups Administrator"),
            Role("62e90394-69f5-4237-9190-012177145e10", "Global Administrator"),
        ],
        [(GraphHost.ContosoId, "roleAssignmentScheduleInstances")] = [],
        [(GraphHost.ContosoId, "deviceLocalCredentials")] =
        [
            new()
            {
                ["id"] = GraphHost.PcEntraId, ["deviceName"] = "ND-PC-014", ["lastBackupDateTime"] = "2026-08-01T09:00:00Z",
                ["refreshDateTime"] = "2026-08-31T09:00:00Z",
            },
        ],
    };

    /// <summary>Writes that Graph took, as <c>PATCH /users/…</c>.</summary>
    public List<string> Effects { get; } = [];

    public int PageSize { get; set; } = 100;

    public JsonObject Find(string directory, string collection, string id)
    {
        lock (gate)
            return All[(directory, collection)].Single(one => one["id"]!.ToString() == id);
    }

    public VendorReply Answer(string directory, VendorRequest request, Uri address)
    {
        lock (gate)
        {
            return (request.Method, request.Path.Trim('/').Split('/')) switch
            {
                ("GET", ["organization"]) => VendorReply.Ok(
                    $$"""{"value":[{"id":"{{directory}}","displayName":"{{(directory == GraphHost.ContosoId ? "Northwind Dental" : "Fabrikam")}}"}]}"""),
                ("GET", [.., "users" or "managedDevices" or "alerts_v2" or "incidents" or "issues" or "riskyUsers" or "riskDetections"
                    or "subscriptions" or "roleDefinitions" or "roleAssignmentScheduleInstances"]) =>
                    List(directory, request, address),
                ("GET", [.., var collection, var id]) => One(directory, collection, id, static _ => { }),
                ("POST", [.., "roleAssignmentScheduleRequests"]) => RequestRole(directory, request),
                ("POST", ["subscriptions"]) => Subscribe(directory, request),
                ("DELETE", ["subscriptions", var id]) => Write(request, One(directory, "subscriptions", id, found =>
                    All[(directory, "subscriptions")].Remove(found))),
                ("PATCH", [.., var collection, var id]) => Write(request, One(directory, collection, id, found => Change(found, request.Json))),
                ("POST", [.., var collection, var id, "revokeSignInSessions"]) => Write(
                    request, One(directory, collection, id, static found => found["signInSessionsValidFromDateTime"] = "2026-12-01T00:00:00Z"),
                    """{"value":true}"""),
                ("POST", [.., var collection, var id, "rebootNow" or "shutDown" or "windowsDefenderScan"
                    or "rotateLocalAdminPassword"]) => Write(
                    request, One(directory, collection, id, found => Queue(found, request.Path.Split('/')[^1])), ""),
                _ => GraphHost.Error(404, "ResourceNotFound"),
            };
        }
    }

    private VendorReply Write(VendorRequest request, VendorReply reply, string? body = null)
    {
        if (reply.Status != 200)
            return reply;
        Effects.Add($"{request.Method} {request.Path}");
        return string.IsNullOrEmpty(body) ? new(204) : VendorReply.Ok(body);
    }

    private VendorReply One(string directory, string collection, string id, Action<JsonObject> act)
    {
        var found = All.GetValueOrDefault((directory, collection))?.FirstOrDefault(one => one["id"]!.ToString() == id);
        if (found is null)
            return GraphHost.Error(404, "Request_ResourceNotFound", $"Resource '{id}' does not exist.");
        act(found);
        return VendorReply.Ok(found.ToJsonString());
    }

    private VendorReply List(string directory, VendorRequest request, Uri address)
    {
        var collection = request.Path.Split('/')[^1];
        var all = All.GetValueOrDefault((directory, collection)) ?? [];
        var fitting = all.Where(one => Fits(one, request.Query.GetValueOrDefault("$filter"))).ToList();
        var skip = int.Parse(request.Query.GetValueOrDefault("$skiptoken", "0"), null);
        var page = new JsonObject
        {
            ["value"] = new JsonArray([.. fitting.Skip(skip).Take(PageSize).Select(static one => one.DeepClone())]),
        };
        if (fitting.Count > skip + PageSize)
        {
            var query = string.Join('&', request.Query.Where(static one => one.Key != "$skiptoken")
                .Select(static one => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value)}").Append($"$skiptoken={skip + PageSize}"));
            page["@odata.nextLink"] = $"{address.ToString().TrimEnd('/')}{request.Path}?{query}";
        }
        return VendorReply.Ok(page.ToJsonString());
    }

    /// <summary><c>a eq 'b'</c> and <c>a ge time</c>, joined by <c>and</c>, and those by <c>or</c>; anything else fits nothing.</summary>
    private static bool Fits(JsonObject one, string? filter) =>
        filter is null || filter.Split(" or ").Any(either => either.Split(" and ").All(part => FitsPart(one, part)));

    private static bool FitsPart(JsonObject one, string part) => part.Split(' ', 3) switch
    {
        [var member, "eq", ['\'', .. var text, '\'']] => text.Replace("''", "\0", StringComparison.Ordinal) is var whole
            && !whole.Contains('\'') && string.Equals(
                one[member]?.ToString(), whole.Replace('\0', '\''), StringComparison.OrdinalIgnoreCase),
        [var member, "ge", var time] => string.CompareOrdinal(one[member]?.ToString(), time) >= 0,
        [var member, "eq", var word] => one[member]?.ToString() == word,
        _ => false,
    };

    private static void Change(JsonObject found, JsonNode change)
    {
        foreach (var (name, value) in change.AsObject())
            found[name] = value?.DeepClone();
    }

    private VendorReply Subscribe(string directory, VendorRequest request)
    {
        var made = request.Json.AsObject();
        made["id"] = Guid.NewGuid().ToString();
        made.Remove("clientState");
        All[(directory, "subscriptions")].Add(made);
        Effects.Add($"POST /subscriptions {made["resource"]}");
        return new(201, made.ToJsonString());
    }

    /// <summary>What a request for a role leads to; <c>Provisioned</c> at once unless a test says otherwise.</summary>
    public string RoleStatus { get; set; } = "Provisioned";

    private VendorReply RequestRole(string directory, VendorRequest request)
    {
        Effects.Add($"{request.Json["action"]} {request.Json["principalId"]} {request.Json["roleDefinitionId"]}");
        var instances = All[(directory, "roleAssignmentScheduleInstances")];
        var role = All[(directory, "roleDefinitions")].Single(one => one["id"]!.ToString() == request.Json["roleDefinitionId"]!.ToString());
        if (request.Json["action"]!.ToString() == "adminRemove")
            instances.RemoveAll(one => one["roleDefinitionId"]!.ToString() == role["id"]!.ToString());
        else if (RoleStatus == "Provisioned")
            instances.Add(RoleOf(request.Json["principalId"]!.ToString(), role, "2026-12-01T02:00:00Z"));
        return new(201, $$"""{"id":"95c690fb-3eb3-4942-a03f-4524aed6f31e","status":"{{RoleStatus}}"}""");
    }

    public static JsonObject RoleOf(string user, JsonObject role, string? until) => new()
    {
        ["id"] = Guid.NewGuid().ToString(), ["principalId"] = user, ["roleDefinitionId"] = role["id"]!.ToString(), ["directoryScopeId"] = "/",
        ["roleDefinition"] = role.DeepClone(), ["endDateTime"] = until,
    };

    private static JsonObject Role(string id, string name) => new()
    {
        ["id"] = id, ["displayName"] = name, ["templateId"] = id, ["isEnabled"] = true, ["isBuiltIn"] = true,
    };

    private static JsonObject Sample(string name) => Samples.Json(name)["response"]!["body"]!.DeepClone().AsObject();

    private static void Queue(JsonObject found, string action) => found["deviceActionResults"]!.AsArray().Add(new JsonObject
    {
        ["actionName"] = action, ["actionState"] = "pending", ["startDateTime"] = "2026-12-01T00:00:00Z",
    });

    /// <summary>As the vendor's sample has it.</summary>
    private static JsonObject Device(string id, string name) => new()
    {
        ["id"] = id, ["deviceName"] = name, ["serialNumber"] = "5CG2098XYZ", ["operatingSystem"] = "Windows", ["osVersion"] = "10.0.22631.4037",
        ["userPrincipalName"] = GraphHost.Mia, ["lastSyncDateTime"] = "2026-08-20T11:31:08Z", ["isEncrypted"] = true,
        ["complianceState"] = "noncompliant", ["azureADDeviceId"] = GraphHost.PcEntraId,
        ["ethernetMacAddress"] = "0A1B2C3D4E5F", ["wiFiMacAddress"] = "0A1B2C3D4E60", ["deviceActionResults"] = new JsonArray(),
    };

    private static JsonObject User(string id, string upn, string name, bool? isSynchronized = null) => new()
    {
        ["id"] = id, ["userPrincipalName"] = upn, ["displayName"] = name, ["accountEnabled"] = true,
        ["onPremisesSyncEnabled"] = isSynchronized, ["signInSessionsValidFromDateTime"] = "2026-07-01T10:00:00Z",
    };
}
